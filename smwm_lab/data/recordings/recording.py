"""Recording: episodes of observations and actions, with named state columns where somebody knew the state."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from smwm_lab.data.recordings.episodes import Episodes
from smwm_lab.data.recordings.observations import KINDS, as_observations, check_observations, not_finite
from smwm_lab.data.recordings.rows import ArrayRows, Rows
from smwm_lab.data.recordings.tables import number_columns
from smwm_lab.errors import InputError, check, check_instance, check_range, shown
from smwm_lab.gates import real_array


@dataclass(frozen=True, eq=False)
class Recording:
    """Episodes recorded elsewhere; observations and state columns are read where they are asked for.

    >>> images = np.zeros((6, 8, 8, 3), np.uint8)
    >>> recording = Recording.from_arrays(images, np.zeros((6, 1)), lengths=[4, 2])
    >>> recording
    Recording(6 rows in 2 episodes, images 8 x 8, 1 action component)
    """

    observations: Rows
    """Images uint8 (rows, H, W, 3), windows of a series (rows, channels, time) or vectors (rows, k), both floats."""
    actions: np.ndarray
    """Float32 (rows, A): row t leads to row t + 1; NaN in the last row of each episode."""
    episodes: Episodes
    states: Mapping[str, Rows] = field(default_factory=dict)
    """State component -> numbers (rows,); empty where nobody recorded the state."""
    units: Mapping[str, str] = field(default_factory=dict)
    """State component -> unit; 'rad' marks an angle."""
    action_names: tuple[str, ...] = ()
    """One name per action component."""
    rate_hz: float | None = None
    """Rows per second; None if unknown."""
    source: str = "arrays"
    """Where it comes from: the path of a file, or words."""
    left_out: tuple[str, ...] = ()
    """Columns of the file that are no state columns, with the reason."""
    made: Mapping[str, Any] = field(default_factory=dict)
    """How it was made, where that is known: environment, seed, policy, or the file it was converted from."""
    action_range: tuple[tuple[float, float] | None, ...] = ()
    """Smallest and largest value that each action component can take, None where there is no end; empty if unknown."""

    def __post_init__(self):
        check_instance("episodes", self.episodes, Episodes, "Episodes(lengths) gives one")
        check_observations(self.observations, self.source)
        flat = np.ndim(self.actions) == 1
        check(
            not flat,
            f"{self.source}: actions have shape {np.shape(self.actions)}; allowed: (rows, A) (actions[:, None])",
        )
        actions = real_array("actions", self.actions, len(self), None, allowed=f"({len(self)}, A), one row each")
        check(actions.shape[1] > 0, f"{self.source}: actions have no component; allowed: one or more")
        names = tuple(self.action_names) or tuple(f"action_{i}" for i in range(actions.shape[1]))
        check(
            len(names) == len(set(names)) == actions.shape[1],
            f"action_names = {shown(names)}; allowed: {actions.shape[1]} different names",
        )
        object.__setattr__(self, "action_names", names)
        ends = self.action_range
        whole = len(ends) in (0, len(names)) and all(pair is None or pair[0] < pair[1] for pair in ends)
        wanted = f"low < high, or None, for each of {len(names)} action components"
        check(whole, f"{self.source}: action_range = {shown(ends)}; allowed: {wanted}")
        object.__setattr__(self, "actions", self._checked_actions(actions))
        for name, column in self.states.items():
            fits = tuple(column.shape) == (len(self),) and np.issubdtype(column.dtype, np.number)
            check(
                fits,
                f"{self.source}: state column {name!r} is {column.dtype} {tuple(column.shape)}; allowed: numbers "
                f"({len(self)},), one per row (leave out what is text)",
            )
        unknown = sorted(set(self.units) - set(self.states))
        check(not unknown, f"units of {', '.join(unknown)}, which are no state columns; allowed: {sorted(self.states)}")
        if self.rate_hz is not None:
            check_range("rate_hz", self.rate_hz, 1e-9, 1e9, "rows per second")

    @classmethod
    def from_arrays(
        cls,
        observations: Any,
        actions: Any,
        *,
        lengths: Any = None,
        episode: Any = None,
        states: pd.DataFrame | Mapping[str, np.ndarray] | None = None,
        units: Mapping[str, str] | None = None,
        action_names: Sequence[str] = (),
        rate_hz: float | None = None,
        source: str = "arrays",
    ) -> "Recording":
        """Return the recording of arrays that lie in memory or are mapped from a file.

        Raises `InputError` for what does not fit together, with the place.

        Parameters
        ----------
        observations
            Uint8 images (rows, H, W, 3), windows (rows, channels, time) or vectors (rows, k).
        actions
            Numbers (rows, A); what stands in the last row of an episode is not used.
        lengths, episode
            Rows of each episode, or the number or name of the episode of each row; one episode if both are None.
        states
            State component -> numbers (rows,).
        units
            State component -> unit.
        """
        array = as_observations(observations, source)
        given = {} if states is None else states
        check_instance("states", given, (pd.DataFrame, Mapping), "name -> numbers, one per row")
        columns = {str(name): np.asarray(column) for name, column in given.items()}
        check_instance("units", {} if units is None else units, Mapping, "state component -> unit")
        check_instance("action_names", action_names, (list, tuple), "a name per action component")
        made = cls(
            observations=ArrayRows(array),
            actions=actions,
            episodes=_episodes(len(array), lengths, episode, source),
            states={name: ArrayRows(column) for name, column in columns.items()},
            units=dict(units or {}),
            action_names=tuple(action_names),
            rate_hz=rate_hz,
            source=source,
        )
        if not isinstance(observations, np.memmap):  # of a mapped file all would be read
            made.require_finite(0, len(made))
        return made

    @classmethod
    def from_frame(
        cls,
        table: pd.DataFrame,
        *,
        observations: Sequence[str],
        actions: Sequence[str],
        episode: str | None = None,
        states: Sequence[str] = (),
        units: Mapping[str, str] | None = None,
        rate_hz: float | None = None,
    ) -> "Recording":
        """Return the recording of a table with a row per time: columns of numbers that are observed, and of actions.

        episode: the column that names the episode of each row; all are one if None. Raises `InputError` for a column
        that is not there, is no numbers, or misses some, with the row.
        """
        check_instance("table", table, pd.DataFrame)
        labels = None if episode is None else number_columns(table, [episode], "episode", any_kind=True)
        return cls.from_arrays(
            number_columns(table, observations, "observations").to_numpy(np.float32),
            number_columns(table, actions, "actions").to_numpy(np.float32),
            episode=None if labels is None else labels.iloc[:, 0].to_numpy(),
            states=number_columns(table, states, "states") if len(states) else None,
            units=units,
            action_names=tuple(map(str, actions)),
            rate_hz=rate_hz,
            source="table",
        )

    def __len__(self) -> int:
        return self.episodes.num_rows

    @property
    def kind(self) -> str:
        """What the observations are: images, windows or vectors."""
        return KINDS[len(self.observations.shape)]

    @property
    def action_dim(self) -> int:
        """Number of action components."""
        return self.actions.shape[1]

    def require_finite(self, start: int, stop: int) -> None:
        """Raise `InputError`, with episode and row, if observations of rows start to stop - 1 hold NaN or infinity."""
        if self.kind == "images":
            return
        row = not_finite(self.observations, start, stop)
        check(
            row is None,
            f"{self.source}: the observation of {self.place(row or 0)} holds NaN or infinity; allowed: finite numbers "
            "(cut the episode there, or fill the gap)",
        )

    def place(self, row: int) -> str:
        """Return where a row is, for messages: its episode, and its row in there."""
        episode = int(self.episodes.of_rows(np.array([row]))[0])
        return f"episode {episode}, row {row - int(self.episodes.offsets[episode])}"

    def state_table(self, rows: np.ndarray) -> pd.DataFrame:
        """Return the state columns of rows, float64, indexed by row."""
        rows = np.asarray(rows)
        columns = {name: column.read(rows).astype(np.float64) for name, column in self.states.items()}
        return pd.DataFrame(columns, index=pd.Index(rows, name="row"))

    def state_spans(self) -> dict[str, tuple[float, float]]:
        """Return the smallest and the largest finite value of each state column, NaN where there is none."""
        spans = {}
        for name, column in self.states.items():
            values = column.read_span(0, len(self)).astype(np.float64)
            known = values[np.isfinite(values)]
            spans[name] = (float(known.min()), float(known.max())) if len(known) else (np.nan, np.nan)
        return spans

    def __repr__(self) -> str:
        components = f"{self.action_dim} action component" + "s" * (self.action_dim != 1)
        count = f"{len(self.episodes):,} episode" + "s" * (len(self.episodes) != 1)
        size = " x ".join(
            map(str, self.observations.shape[1:3] if self.kind == "images" else self.observations.shape[1:])
        )
        return f"Recording({len(self):,} rows in {count}, {self.kind} {size}, {components})"

    def _checked_actions(self, actions: np.ndarray) -> np.ndarray:
        """Return actions as float32 with NaN where there is none; raise `InputError` for NaN where there is one."""
        with np.errstate(over="ignore"):  # becomes infinity, which is told below
            found = actions.astype(np.float32)
        found[self.episodes.last_rows] = np.nan
        gaps = ~np.isfinite(found)
        bad: np.ndarray = np.asarray(gaps.any(1))
        bad[self.episodes.last_rows] = False
        if bad.any():
            row = int(np.flatnonzero(bad)[0])
            name = self.action_names[int(np.flatnonzero(gaps[row])[0])]
            raise InputError(
                f"{self.source}: {name}, the action of {self.place(row)}, holds NaN or infinity ("
                f"{int(bad.sum())} rows do); allowed: numbers in all rows but the last of an episode "
                "(cut the episode there, or fill the gap)"
            )
        return found


def _episodes(rows: int, lengths: Any, episode: Any, source: str) -> Episodes:
    check(lengths is None or episode is None, "lengths and episode both say where episodes end; give one of them")
    if episode is not None:
        count = len(np.atleast_1d(np.asarray(episode)))
        check(count == rows, f"{source}: episode has {count} rows, the observations {rows}; allowed: as many")
        return Episodes.of_labels(episode)
    found = Episodes(np.array([rows]) if lengths is None else np.asarray(lengths))
    check(
        found.num_rows == rows,
        f"{source}: episode lengths add up to {found.num_rows} rows, the observations have {rows}; allowed: as many",
    )
    return found
