"""Columns of files: which of them are state columns, and wide ones by component."""

import re

import numpy as np

from smwm_lab.data.recordings.rows import ComponentRows, Rows


COUNTERS = ("ep_len", "ep_offset", "ep_idx", "episode_idx", "step_idx")
"""Columns that say which rows belong together, and hold no state."""
RANGE = "action_range"
"""What is told of a file beside its columns: [low, high] of each action component, None where it has no end."""
WIDEST = 64
"""Components of a column at most that is read as state; wider ones are left out."""


def why_no_state(shape: tuple[int, ...], dtype: np.dtype, rows: int) -> str:
    """Return why a column of this shape is no state column of so many rows; nothing if it is one.

    >>> why_no_state((5, 2), np.dtype("float32"), 5), why_no_state((5,), np.dtype("bool"), 5)
    ('', 'bool: no numbers')
    """
    if dtype.kind not in "iuf":
        return f"{'text or objects' if dtype.kind in 'OSU' else dtype}: no numbers"
    if not shape or shape[0] != rows:
        return f"{shape[0] if shape else 'no'} rows: the observations have {rows}"
    if len(shape) > 2 or int(np.prod(shape[1:])) > WIDEST:
        return f"entries {shape[1:]}: wider than {WIDEST}"
    return ""


def as_components(name: str, column: Rows) -> dict[str, Rows]:
    """Return rows (n,) or (n, k) as state components: `name`, or `name_0` to `name_(k-1)`."""
    if len(column.shape) == 1:
        return {name: column}
    if column.shape[1] == 1:
        return {name: ComponentRows(column, 0)}
    return {f"{name}_{index}": ComponentRows(column, index) for index in range(column.shape[1])}


def natural_order(name: str) -> list[tuple[int, int | str]]:
    """Return a key that sorts x_2 before x_10."""
    return [(0, int(part)) if part.isdecimal() else (1, part) for part in re.split(r"(\d+)", name) if part]
