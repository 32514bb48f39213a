"""Checks of what goes into a probe: rows of latents with the rows of targets that belong to them.

Every array from outside passes here once, so that a bad one is a one-line error and not an empty figure.
"""

import warnings
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from torch import Tensor

from smwm_lab.data import StateSplit, sample_states
from smwm_lab.errors import check, check_count, check_instance, check_named, shown
from smwm_lab.gates import real_array
from smwm_lab.probes.inputs.encode import to_numpy
from smwm_lab.seeding import generator


ANGLE_WORDS = {"angle", "heading", "orientation", "phi", "rotation", "theta", "turn", "yaw"}
"""Words in the names of columns that are probably angles."""


@dataclass(frozen=True)
class ProbeStates:
    """Disjoint states of one world, with what may be read out of them."""

    training: Tensor
    """World states (n, state) on which probes are fitted."""
    held_out: Tensor
    """World states (m, state) on which probes are scored."""
    targets: dict[str, np.ndarray]
    """State component -> its values in the training states, float64 (n, k); an angle as (cosine, sine)."""
    held_out_targets: dict[str, np.ndarray]
    """State component -> its values in the held-out states, float64 (m, k)."""


def draw_probe_states(split: StateSplit, *, num_train: int, num_test: int, seed: int) -> ProbeStates:
    """Draw states on both sides of a split, from streams of their own."""
    sides = (("probe states", num_train, False), ("held-out probe states", num_test, True))
    for name, n, _ in sides:
        check_count(f"number of {name}", n, 2, 10**9)
    training, held_out = (
        sample_states(split, n, held_out=held, generator=generator(seed, name)) for name, n, held in sides
    )
    targets, held_out_targets = (
        {name: to_numpy(value) for name, value in split.world.targets(state).items()} for state in (training, held_out)
    )
    return ProbeStates(training, held_out, targets, held_out_targets)


def table_targets(states: pd.DataFrame, *, angles: tuple[str, ...] = ()) -> dict[str, np.ndarray]:
    """Return the columns of a table as targets: name -> float64 (n, 1), or (cosine, sine) for `angles`, in rad.

    Warns of a column that runs over more than one turn: of one in `angles`, as it may be in degrees; of another with
    the name of an angle, as a linear probe of the bare number reads next to nothing of it.

    >>> table_targets(pd.DataFrame({"turn": [0.0, 0.0]}), angles=("turn",))["turn"].tolist()
    [[1.0, 0.0], [1.0, 0.0]]
    """
    check_instance("states", states, pd.DataFrame)
    check_instance("angles", angles, (tuple, list), "names of columns")
    for name in angles:
        check(name in states, f"angles names {name!r}, which is no column; allowed: {', '.join(map(str, states))}")
    targets = {}
    for name, value in table_columns(states).items():
        _warn_of_turns(name, value, is_angle=name in angles)
        targets[name] = np.hstack([np.cos(value), np.sin(value)]) if name in angles else value
    return targets


def table_columns(states: pd.DataFrame) -> dict[str, np.ndarray]:
    """Return the columns of a table as they are: name, as text, -> float64 (n, 1).

    Raises `InputError` for a column without numbers, and for two whose names are the same text.
    """
    check_instance("states", states, pd.DataFrame)
    check(len(states.columns) > 0, "states have no columns; allowed: one or more (a row number will do)")
    names = [str(name) for name in states.columns]
    twice = sorted({name for name in names if names.count(name) > 1})
    check(not twice, f"two columns of the states are called {', '.join(twice)}; rename one (1 and '1' are one name)")
    columns = {}
    for i, name in enumerate(states.columns):
        column = states.iloc[:, i]
        numeric = pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_complex_dtype(column)
        check(numeric, f"state column {name!r} holds {column.dtype}; allowed: numbers (encode or drop the column)")
        columns[str(name)] = column.to_numpy(np.float64, na_value=np.nan)[:, None]
    return columns


def _warn_of_turns(name: str, value: np.ndarray, *, is_angle: bool) -> None:
    known = value[np.isfinite(value)]
    turns = np.ptp(known) / (2 * np.pi) if len(known) else 0.0
    if turns <= 1 + 1e-6 or not (is_angle or ANGLE_WORDS & set(name.lower().split("_"))):
        return
    runs = f"state column {name!r} runs from {known.min():.4g} to {known.max():.4g}, {turns:.3g} turns if that is rad"
    remedy = (
        "only its direction is read; give degrees as np.deg2rad(column)"
        if is_angle
        else f"a linear probe reads next to nothing of such a number; if it is an angle, give angles=({name!r},)"
    )
    warnings.warn(f"{runs}; {remedy}", stacklevel=3)


def check_rows(values: object, name: str, *, min_rows: int = 2, copy: bool = True) -> np.ndarray:
    """Return values as float64 (n, d); raise `InputError` unless they are numbers, finite, and enough rows.

    copy: whether it is a copy also where they are float64 already: of a million latents it takes half a GB.
    """
    values = real_array(name, values)
    check(values.ndim == 2, f"{name} have shape {values.shape}; allowed: (rows, columns)")
    check(values.shape[1] >= 1, f"{name} have no columns; allowed: one or more")
    check(len(values) >= min_rows, f"{name} have {len(values)} rows, too few; allowed: {min_rows} or more")
    values = values.astype(np.float64, copy=copy)
    if not np.isfinite(values.sum()) and not np.isfinite(values).all():  # a sum can overflow
        bad = ~np.isfinite(values)
        row, column = (int(i) for i in np.argwhere(bad)[0])
        check(
            False,
            f"{name} hold {values[row, column]} at row {row}, column {column} ({int(bad.sum())} in all); "
            "allowed: finite numbers (drop those rows or check the training run)",
        )
    return values


def check_noise(noise: object, *, least: int) -> tuple[float, ...]:
    """Return noise levels; raise `InputError` unless they are `least` or more rising numbers above 0."""
    allowed = f"{least} or more rising levels above 0"
    levels = real_array("noise", noise, None, allowed=allowed)
    rising = len(levels) >= least and bool(np.isfinite(levels).all()) and bool((np.diff(levels, prepend=0) > 0).all())
    check(rising, f"noise = {shown(noise)} is no scale; allowed: {allowed}")
    return tuple(levels.tolist())


def check_targets(
    targets: Mapping[str, np.ndarray], rows: int, side: str, *, constant: bool = False
) -> dict[str, np.ndarray]:
    """Return targets as float64 (n, k); raise `InputError` unless each fits `rows` rows and, if it must, varies."""
    check_named(f"{side} targets", targets)
    checked = {}
    for name, values in targets.items():
        label = f"{side} target {name!r}"
        values = real_array(f"values of {label}", values)
        check(values.ndim in (1, 2), f"{label} has shape {values.shape}; allowed: (rows,) or (rows, columns)")
        columns = check_rows(values[:, None] if values.ndim == 1 else values, f"values of {label}")
        check(len(columns) == rows, f"{label} has {len(columns)} rows for {rows} rows of latents; allowed: as many")
        check(
            constant or bool(np.ptp(columns, 0).max() > 0),
            f"{label} is constant, so nothing can be read of it; drop it",
        )
        checked[name] = columns
    return checked


@dataclass(frozen=True)
class ProbeRows:
    """Latents and targets of training and held-out rows that fit together."""

    latents: np.ndarray
    """Training rows, float64 (n, d), finite."""
    targets: dict[str, np.ndarray]
    """Target -> its values in the training rows, float64 (n, k)."""
    held_out_latents: np.ndarray
    """Held-out rows, float64 (m, d), finite."""
    held_out_targets: dict[str, np.ndarray]
    """Target -> its values in the held-out rows, float64 (m, k)."""

    @classmethod
    def of(
        cls,
        latents: np.ndarray,
        targets: Mapping[str, np.ndarray],
        held_out_latents: np.ndarray,
        held_out_targets: Mapping[str, np.ndarray],
        *,
        constant_targets: bool = False,
    ) -> "ProbeRows":
        """Return the rows, checked; raise `InputError` for anything that a probe cannot use.

        Constant latent columns are allowed: dead directions are what a probe is there to find. Constant targets are
        where `constant_targets` says so.
        """
        z, held = check_rows(latents, "latents"), check_rows(held_out_latents, "held-out latents")
        least = z.shape[1] + 1
        check(len(z) >= least, f"{len(z)} rows are too few for {least - 1} latent columns; allowed: {least} or more")
        check(
            z.shape[1] == held.shape[1],
            f"latents have {z.shape[1]} columns, held-out latents {held.shape[1]}; allowed: as many",
        )
        given = (targets, len(z), "training"), (held_out_targets, len(held), "held-out")
        sides = [check_targets(*side, constant=constant_targets) for side in given]
        widths = [{name: value.shape[1] for name, value in side.items()} for side in sides]
        check(
            widths[0] == widths[1],
            f"training targets {widths[0]} and held-out targets {widths[1]} differ; allowed: one shape",
        )
        return cls(z, sides[0], held, {name: sides[1][name] for name in sides[0]})

    def first(self, size: int) -> "ProbeRows":
        """Return the same with only the first `size` training rows."""
        targets = {name: value[:size] for name, value in self.targets.items()}
        return ProbeRows(self.latents[:size], targets, self.held_out_latents, self.held_out_targets)
