"""A recording as a world: states are what was recorded of them, and the row where they stand.

So everything that trains on a world, reports on it, probes it or shows it does so with a recording. What needs a
simulator (stepping, planning, any state that was not recorded) is refused in one line.
"""

import functools
from pathlib import Path

import numpy as np
import torch
from torch import Generator, Tensor

from smwm_lab.axes import Action, Observation, State
from smwm_lab.config import config, whereabouts
from smwm_lab.data.recordings.recording import Recording
from smwm_lab.data.recordings.row_splits import RowSplit, split_by_episode, split_by_time
from smwm_lab.data.recordings.world.frame_cache import FrameCache
from smwm_lab.data.recordings.world.reopening import reopen
from smwm_lab.data.splits import StateSplit
from smwm_lab.errors import InputError, check, check_count, check_range
from smwm_lab.gates import require_rows
from smwm_lab.worlds.base import World, WorldConfig, WorldSpec, require_draw
from smwm_lab.worlds.transitions import Step, Trajectories, TransitionBatch


ROW = "row"
"""The last state component: the row of the recording. A recording shows nothing but its rows."""
MOST_ROWS = 1 << 24
"""Rows that float32 counts."""
FEW_EPISODES = 10
"""Below this number blocks of time are held out instead of whole episodes."""


@config
class RecordingConfig(WorldConfig):
    """Which recording, how its frames are seen, and what its actions are scaled by; `recording_entry` makes one."""

    path: str = whereabouts()
    """Where the file lies; a file that was moved is the same recording."""
    content: str
    """SHA-256 of what it holds: a changed file is another recording."""
    side: int
    """Side to which images are averaged, px; 0 where there are none."""
    frameskip: int
    """Recorded steps in one action of the model: their actions side by side."""
    action_low: tuple[float, ...]
    """Value of each recorded action component that becomes -1."""
    action_high: tuple[float, ...]
    """Value of each recorded action component that becomes 1."""
    controllable_dim: int
    """Number of independent directions in which actions move the state: given by a person who knows, else the number of
    recorded action components."""

    def __post_init__(self):
        check_range("side", self.side, 0, 1024)
        check_range("frameskip", self.frameskip, 1, 1000)
        check_range("controllable_dim", self.controllable_dim, 1, 4096)
        rising = len(self.action_low) == len(self.action_high) > 0
        rising = rising and all(low < high for low, high in zip(self.action_low, self.action_high, strict=True))
        check(rising, f"action_low = {self.action_low}, action_high = {self.action_high}; allowed: low < high in each")

    @property
    def label(self) -> str:
        """Name of the file, without its ending."""
        return Path(self.path).stem


class RecordedWorld(World):
    """The world of a recording of images; it draws states, transitions and windows from the recorded rows."""

    config_class = RecordingConfig

    def __init__(self, config: RecordingConfig):
        self.config: RecordingConfig = config
        self.recording = reopen(config.path, config.content)
        check(
            len(self.recording) < MOST_ROWS,
            f"{self.recording.source} has {len(self.recording):,} rows; allowed: below {MOST_ROWS:,} (cut it)",
        )
        self._names, table = _states_of(self.recording)
        rows = torch.arange(len(self.recording), dtype=torch.float32)[:, None]
        self._table = torch.cat([torch.from_numpy(table), rows], 1)  # (rows, components + 1)
        self._actions = torch.from_numpy(self._scaled_actions())
        self._frames = _frame_cache(self.recording, config.side)
        self.spec = self._make_spec()

    @property
    def frameskip(self) -> int:
        return self.config.frameskip

    def _make_spec(self) -> WorldSpec:
        low, high = self._table.amin(0), self._table.amax(0)
        k = self.config.frameskip
        plain = self.recording.action_names
        units = tuple(self.recording.units.get(name, "") for name in self._names)
        return WorldSpec(
            observation_shape=self._frames.shape,
            state_names=(*self._names, ROW),
            state_units=(*units, ""),
            state_low=tuple(low.tolist()),
            state_high=tuple(high.tolist()),
            controllable=(*(True for _ in self._names), False),
            action_names=plain if k == 1 else tuple(f"{name}_{i}" for i in range(k) for name in plain),
            controllable_dim=self.config.controllable_dim,
        )

    def _scaled_actions(self) -> np.ndarray:
        """Return the recorded actions scaled to [-1, 1], float32 (rows, A), 0 where an episode ends."""
        low, high = np.array(self.config.action_low), np.array(self.config.action_high)
        check(
            len(low) == self.recording.action_dim,
            f"{self.recording.source} has {self.recording.action_dim} action components, its run {len(low)}; use the "
            "file that the run was trained on",
        )
        return np.nan_to_num((self.recording.actions - low) / (high - low) * 2 - 1).astype(np.float32)

    def sample_state(self, n: int, generator: Generator, *, anywhere: bool = False) -> State:
        """Draw n recorded states, each row as likely as any other; `anywhere` makes no difference. CPU tensor."""
        require_draw(n, generator)
        return self._table[torch.randint(len(self._table), (n,), generator=generator)]

    def sample_action(self, n: int, generator: Generator) -> Action:
        """Draw n recorded actions. CPU tensor."""
        return self.sample_transitions(n, generator).action

    def sample_transitions(self, n: int, generator: Generator) -> TransitionBatch:
        """Draw n recorded transitions, each as likely as any other. CPU tensors."""
        windows = self.sample_trajectories(n, 1, generator)
        return TransitionBatch(windows.states[:, 0], windows.actions[:, 0], windows.states[:, 1])

    def sample_trajectories(self, n: int, length: int, generator: Generator) -> Trajectories:
        """Draw n recorded windows of `length` actions of the model, each as likely as any other. CPU tensors."""
        require_draw(n, generator)
        check_count("length", length, 1, 10**9)
        starts = _starts(self.recording, length * self.frameskip)
        check(
            len(starts) > 0,
            f"{self.recording.source}: no episode has the {length * self.frameskip + 1} rows of {length} actions of "
            f"{self.frameskip} steps; allowed: a smaller frameskip, or fewer actions",
        )
        first = starts[torch.randint(len(starts), (n,), generator=generator)]
        return self._windows(first, length)

    def _windows(self, first: Tensor, length: int) -> Trajectories:
        """Return the windows that begin at rows, int64 (n,)."""
        k = self.frameskip
        states = self._table[first[:, None] + torch.arange(length + 1) * k]  # (n, length + 1, s)
        actions = self._actions[first[:, None] + torch.arange(length * k)]  # (n, length k, A)
        tokens = actions.unflatten(1, (length, k)).flatten(2)  # (n, length, k A): a step after the other
        return Trajectories(states, tokens, tokens)

    def step(self, state: State, action: Action, generator: Generator) -> Step:
        """Refuse: only what was recorded happened."""
        raise InputError(
            f"{self.recording.source} is a recording, which nothing can move; allowed here: a world or an environment "
            "that can be stepped (reports, probes, maps of latents and readouts work with recordings)"
        )

    def render(self, state: State) -> Observation:
        """Return the recorded frames; raise `InputError` for a state that is no row of the recording."""
        rows = state[:, -1].round().long().cpu()
        inside = bool(((rows >= 0) & (rows < len(self._table))).all())
        if not inside or not torch.allclose(self._table[rows.clamp(0, len(self._table) - 1)], state.cpu(), atol=1e-4):
            raise InputError(
                f"{self.recording.source} shows only the {len(self._table):,} states that were recorded; allowed: "
                "rows as `sample_state` gives them"
            )
        return self._frames.read(rows).to(state.device)

    def to_units(self, action: Action) -> Action:
        """Return actions in the units in which they were recorded."""
        require_rows("actions", action, self.spec.action_dim)
        ends = (self.config.action_low, self.config.action_high)
        low, high = (action.new_tensor(each * self.frameskip) for each in ends)
        return low + (action + 1) / 2 * (high - low)

    def targets(self, state: State) -> dict[str, Tensor]:
        """Return the recorded state components, without the row: name -> float32 (n, k)."""
        return {name: values for name, values in super().targets(state).items() if name != ROW}

    def cells(self, state: State) -> Tensor:
        """Return the episode of each state, int64 (n, 1)."""
        self.require_states(state)
        rows = state[:, -1].long().cpu().numpy()
        return torch.from_numpy(self.recording.episodes.of_rows(rows))[:, None].to(state.device)

    def near_cell_border(self, state: State) -> Tensor:
        """Return bool (n,), False: episodes have no border that a state could be near."""
        return torch.zeros(len(state), dtype=torch.bool, device=state.device)

    def own_split(self, *, seed: int, fraction: float) -> StateSplit:
        """Return the split that holds out a share of the episodes, or of blocks of time where there are few."""
        recording = self.recording
        if len(recording.episodes) >= FEW_EPISODES:
            return RecordedSplit(self, split_by_episode(recording, seed=seed, fraction=fraction))
        block = max(2 * self.frameskip + 2, len(recording) // 50)
        rows = split_by_time(recording, seed=seed, fraction=fraction, block=block, gap=self.frameskip)
        return RecordedSplit(self, rows)


class RecordedSplit(StateSplit):
    """Which states of a recording may occur in training: those whose rows may."""

    def __init__(self, world: RecordedWorld, rows: RowSplit):
        self.world, self._rows = world, rows
        self._training, self._held_out = (torch.from_numpy(side) for side in (rows.training, rows.held_out))

    @property
    def key(self) -> str:
        return f"world {self.world.config.fingerprint()}, {self._rows.key}"

    def is_training(self, state: State) -> Tensor:
        return self._side(self._training, state)

    def is_held_out(self, state: State) -> Tensor:
        return self._side(self._held_out, state)

    def _side(self, side: Tensor, state: State) -> Tensor:
        self.world.require_inside(state)
        return side[state[:, -1].round().long().cpu()].to(state.device)


@functools.lru_cache(maxsize=4)
def _frame_cache(recording: Recording, side: int) -> FrameCache:
    return FrameCache(recording.observations, side)


@functools.lru_cache(maxsize=32)
def _starts(recording: Recording, steps: int) -> Tensor:
    return torch.from_numpy(recording.episodes.starts(steps))


@functools.lru_cache(maxsize=4)
def _states_of(recording: Recording) -> tuple[tuple[str, ...], np.ndarray]:
    """Return the state components that can be learned from and told apart, and their numbers, float32 (rows, k).

    Constant columns, and those with NaN, are left out.
    """
    columns: dict[str, np.ndarray] = {}
    for name, column in recording.states.items():
        values = column.read_span(0, len(recording)).astype(np.float32)
        if np.isfinite(values).all() and values.min() < values.max() and name != ROW:
            columns[name] = values
    table = np.stack(list(columns.values()), 1) if columns else np.empty((len(recording), 0), np.float32)
    return tuple(columns), table
