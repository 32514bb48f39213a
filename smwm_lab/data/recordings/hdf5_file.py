"""Recordings in HDF5, laid out as LeWM and stable-worldmodel write them.

`pixels` (rows, H, W, 3) uint8 or `observation` (rows, ...) floats; `action` (rows, A); `ep_len` (episodes,); every other
column of numbers is a state column. Both published layouts are read: 0.0.6, with `ep_idx` or `episode_idx` and NaN as
the action of the last row of an episode; 0.1.1, with neither, and with an action there that belongs to another step.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np

from smwm_lab.data.recordings.episodes import SHORTEST, Episodes
from smwm_lab.data.recordings.recording import Recording
from smwm_lab.data.recordings.hdf5_rows import Hdf5Rows, open_hdf5
from smwm_lab.data.recordings.rows import ComponentRows, Rows, SelectedRows
from smwm_lab.errors import InputError, check
from smwm_lab.extras import require


OBSERVATIONS = ("pixels", "observation")
"""Names of the column of observations; the first that is there counts."""
COUNTERS = ("ep_len", "ep_offset", "ep_idx", "episode_idx", "step_idx")
ABOUT = "smwm_lab"
"""Attribute in which this project keeps units, names of actions, the rate, and how the file was made, as JSON."""
WIDEST = 64
"""Components of a column at most that is read as state; wider ones are left out."""


def read_hdf5(path: Path, *, drop_short: bool = False) -> Recording:
    """Return the recording in a file; observations and state columns are read later, where they are asked for.

    drop_short: whether episodes of a single row are left out; they are refused otherwise. Raises `InputError` for a file
    that is damaged, or laid out in another way, with what is there.
    """
    require("recordings", "h5py")
    import h5py

    with open_hdf5(path) as file:
        columns = {name: item for name, item in file.items() if isinstance(item, h5py.Dataset)}
        name = next((each for each in OBSERVATIONS if each in columns), None)
        missing = [each for each in ("action", "ep_len") if each not in columns]
        if name is None or missing:
            wanted = " or ".join(OBSERVATIONS) if name is None else ", ".join(missing)
            raise InputError(
                f"{path} has no {wanted}; it holds: {', '.join(sorted(file)) or 'nothing'} (see docs/recordings.md)"
            )
        about = _about(file, path)
        lengths = _lengths(path, columns, name, ours=ABOUT in file.attrs)
        rows = int(lengths.sum())
        actions = _read(path, columns["action"], rows)
        kept = {each: Hdf5Rows(path, each, (rows, *item.shape[1:]), item.dtype) for each, item in columns.items()}
        there = {each: item.shape[0] if item.shape else 0 for each, item in columns.items()}
        states, left_out = _state_columns(kept, there, name, ours=ABOUT in file.attrs)
    observations: Rows = kept[name]
    if drop_short and (lengths < SHORTEST).any():
        wanted_rows = np.flatnonzero(np.repeat(lengths >= SHORTEST, lengths))
        observations, actions = SelectedRows(observations, wanted_rows), actions[wanted_rows]
        states = {each: SelectedRows(column, wanted_rows) for each, column in states.items()}
        lengths = lengths[lengths >= SHORTEST]
    return Recording(
        observations=observations,
        actions=actions.reshape(len(actions), -1),
        episodes=Episodes(lengths),
        states=states,
        units={each: unit for each, unit in about.get("units", {}).items() if each in states},
        action_names=tuple(about.get("action_names", ())),
        rate_hz=about.get("rate_hz"),
        source=str(path),
        left_out=tuple(left_out),
    )


def _about(file: Any, path: Path) -> dict[str, Any]:
    """Return what this project wrote about a file; nothing for files of others."""
    try:
        found = json.loads(file.attrs.get(ABOUT, "{}"))
    except (TypeError, ValueError) as error:
        raise InputError(f"{path}: the attribute {ABOUT} is no JSON ({error}); remove the attribute") from error
    check(isinstance(found, dict), f"{path}: the attribute {ABOUT} holds no JSON object; remove the attribute")
    return found


def _read(path: Path, dataset: Any, rows: int) -> np.ndarray:
    try:
        return np.asarray(dataset[:rows])
    except OSError as error:
        raise InputError(
            f"{path}: {dataset.name} cannot be read ({error}); the file is damaged: copy it again"
        ) from error


def _lengths(path: Path, columns: dict[str, Any], name: str, *, ours: bool) -> np.ndarray:
    """Return the rows of each episode; raise `InputError` where they do not fit the columns or each other."""
    lengths = _read(path, columns["ep_len"], len(columns["ep_len"])).ravel()
    check(len(lengths) > 0, f"{path} holds no episode; allowed: one or more")
    rows, have = int(lengths.sum()), len(columns[name])
    for each in (name, "action"):
        there = len(columns[each])
        enough = there == rows or (ours and there > rows)  # ours may end with the rows of an episode cut short
        check(enough, f"{path}: ep_len adds up to {rows} rows, {each} has {there}; allowed: as many")
    if "ep_offset" in columns:
        offsets = _read(path, columns["ep_offset"], len(columns["ep_offset"])).ravel()[: len(lengths)]
        expected = np.concatenate([[0], np.cumsum(lengths)[:-1]])
        wrong = np.flatnonzero(offsets != expected) if len(offsets) == len(lengths) else [len(offsets)]
        check(
            len(wrong) == 0,
            f"{path}: ep_offset of episode {wrong[0] if len(wrong) else 0} is not the sum of ep_len before it; allowed: "
            f"episodes one after the other, {have} rows in all",
        )
    return lengths


def _state_columns(
    kept: dict[str, Hdf5Rows], there: dict[str, int], observations: str, *, ours: bool
) -> tuple[dict[str, Rows], list[str]]:
    """Return the state columns, wide ones by component, and the columns left out with the reason."""
    rows = kept[observations].shape[0]
    states: dict[str, Rows] = {}
    left_out = []
    for name, column in sorted(kept.items()):
        if name in (observations, "action", *COUNTERS):
            continue
        width = int(np.prod(column.shape[1:]))
        if not np.issubdtype(column.dtype, np.number) or np.issubdtype(column.dtype, np.complexfloating):
            left_out.append(f"{name} ({column.dtype}: no numbers)")
        elif there[name] != rows and not (ours and there[name] > rows):
            left_out.append(f"{name} ({there[name]} rows)")
        elif len(column.shape) > 2 or width > WIDEST:
            left_out.append(f"{name} (entries {column.shape[1:]}: wider than {WIDEST})")
        elif len(column.shape) == 1:
            states[name] = column
        elif width == 1:
            states[name] = ComponentRows(column, 0)
        else:
            states |= {f"{name}_{i}": ComponentRows(column, i) for i in range(width)}
    return states, left_out
