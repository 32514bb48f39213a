"""Recordings in HDF5, laid out as LeWM and stable-worldmodel write them.

`pixels` (rows, H, W, 3) uint8 or `observation` (rows, ...) floats; `action` (rows, A); `ep_len` (episodes,); every
other column of numbers is a state column. Both published layouts are read: 0.0.6, with `ep_idx` or `episode_idx` and
NaN as the action of the last row of an episode; 0.1.1, with neither, and with an action there that belongs to another
step.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np

from smwm_lab.data.recordings.episodes import SHORTEST, Episodes
from smwm_lab.data.recordings.formats.columns import COUNTERS, RANGE, as_components, natural_order, why_no_state
from smwm_lab.data.recordings.formats.hdf5_rows import Hdf5Rows, missing_filters, open_hdf5
from smwm_lab.data.recordings.recording import Recording
from smwm_lab.data.recordings.rows import Rows, without
from smwm_lab.errors import InputError, check
from smwm_lab.extras import require
from smwm_lab.gates import real_array


OBSERVATIONS = ("pixels", "observation")
"""Names of the column of observations; the first that is there counts."""
ABOUT = "smwm_lab"
"""Attribute in which this project keeps units, names of actions, the rate, and how the file was made, as JSON."""


def read_hdf5(path: Path, *, drop_short: bool = False) -> Recording:
    """Return the recording in a file; observations and state columns are read later, where they are asked for.

    drop_short: whether episodes of a single row are left out; they are refused otherwise. Raises `InputError` for a
    file that is damaged, or laid out in another way, with what is there.
    """
    require("recordings", "h5py")
    with open_hdf5(path) as file:
        try:
            return _recording(file, path, drop_short=drop_short)
        except InputError:
            raise
        except (OSError, RuntimeError, KeyError) as error:
            reason = str(error).partition("\n")[0]
            raise InputError(f"{path} cannot be read ({reason}); the file is damaged: copy it again") from error


def _recording(file: Any, path: Path, *, drop_short: bool) -> Recording:
    import h5py

    columns = {name: item for name, item in file.items() if isinstance(item, h5py.Dataset)}
    name = next((each for each in OBSERVATIONS if each in columns), "")
    _check_layout(path, columns, name, file)
    about, ours = read_about(file, path), ABOUT in file.attrs
    lengths = _lengths(path, columns, name, ours=ours)
    rows = int(lengths.sum())
    kept = {each: Hdf5Rows(path, each, (rows, *item.shape[1:]), item.dtype) for each, item in columns.items()}
    states, left_out = _state_columns(columns, kept, name, ours=ours)
    left_out += [f"{each} (a group)" for each in file if each not in columns]
    observations: Rows = kept[name]
    actions = columns["action"][:rows]
    short = lengths < SHORTEST
    if drop_short and short.any():
        lengths, observations, actions, states = without(short, lengths, observations, actions, states)
        left_out.append(f"{int(short.sum())} episodes (a single row)")
    return Recording(
        observations=observations,
        actions=actions.reshape(len(actions), -1),
        episodes=Episodes(lengths),
        states=states,
        units={each: str(unit) for each, unit in about.get("units", {}).items() if each in states},
        action_names=tuple(about.get("action_names", ())),
        rate_hz=about.get("rate_hz"),
        source=str(path),
        left_out=tuple(left_out),
        made=about.get("made", {}),
        action_range=_action_range(about, path),
    )


def _check_layout(path: Path, columns: dict[str, Any], name: str, file: Any) -> None:
    """Raise `InputError` unless the columns that make a recording are there, one entry per row, and can be unpacked."""
    missing = [each for each in ("action", "ep_len") if each not in columns]
    missing = [*missing, " or ".join(OBSERVATIONS)] if not name else missing
    check(
        not missing,
        f"{path} has no {', no '.join(missing)}; it holds: {', '.join(sorted(file)) or 'nothing'}; allowed: the layout "
        "in docs/recordings.md",
    )
    for each in (name, "action", "ep_len"):
        column = columns[each]
        check(len(column.shape or ()) > 0, f"{path}: {each} has shape {column.shape}; allowed: an entry per row")
        packed = missing_filters(column)
        check(
            not packed, f"{path}: {each} is packed with {', '.join(packed)}, which is missing; pip install hdf5plugin"
        )
    for each in ("action", "ep_len"):
        kind = columns[each].dtype.kind
        check(kind in "biuf", f"{path}: {each} holds {columns[each].dtype}; allowed: numbers")


def read_about(file: Any, path: Path) -> dict[str, Any]:
    """Return what this project wrote about a file (units, action_names, rate_hz, made); nothing for files of others."""
    try:
        found = json.loads(file.attrs.get(ABOUT, "{}"))
    except (TypeError, ValueError) as error:
        raise InputError(f"{path}: the attribute {ABOUT} is no JSON ({error}); remove the attribute") from error
    check(isinstance(found, dict), f"{path}: the attribute {ABOUT} holds no JSON object; remove the attribute")
    for key, kind in (("units", dict), ("action_names", list), ("made", dict)):
        fits = isinstance(found.get(key, kind()), kind)
        check(fits, f"{path}: {key} in the attribute {ABOUT} is no {kind.__name__}; remove the attribute")
    return found


def _action_range(about: dict[str, Any], path: Path) -> tuple[tuple[float, float] | None, ...]:
    """Return the range of each action component; raise `InputError` for what is no list of pairs of numbers."""
    try:
        return tuple(None if pair is None else (float(pair[0]), float(pair[1])) for pair in about.get(RANGE, ()))
    except (TypeError, ValueError, IndexError, KeyError) as error:
        raise InputError(f"{path}: {RANGE} in the attribute {ABOUT} holds no ranges; remove the attribute") from error


def _lengths(path: Path, columns: dict[str, Any], name: str, *, ours: bool) -> np.ndarray:
    """Return the rows of each episode, int64; raise `InputError` where they do not fit the columns or each other."""
    lengths = _counts(path, columns["ep_len"], "ep_len")
    check(len(lengths) > 0, f"{path} holds no episode; allowed: one or more")
    rows, have = int(lengths.sum()), len(columns[name])
    for each in (name, "action"):
        there = len(columns[each])
        enough = there == rows or (ours and there > rows)  # ours may end with the rows of an episode cut short
        check(enough, f"{path}: ep_len adds up to {rows} rows, {each} has {there}; allowed: as many")
    if "ep_offset" in columns:
        offsets = _counts(path, columns["ep_offset"], "ep_offset")[: len(lengths)]
        expected = np.concatenate([[0], np.cumsum(lengths)[:-1]])
        wrong = np.flatnonzero(offsets != expected) if len(offsets) == len(lengths) else [len(offsets)]
        check(
            len(wrong) == 0,
            f"{path}: ep_offset of episode {wrong[0] if len(wrong) else 0} is not the sum of ep_len before it; "
            f"allowed: episodes one after the other, {have} rows in all",
        )
    return lengths


def _counts(path: Path, dataset: Any, name: str) -> np.ndarray:
    """Return a column of counts, int64 (n,)."""
    values = real_array(f"{path}: {name}", dataset[()]).ravel()
    check(
        bool(np.isfinite(values).all() and (values == np.floor(values)).all() and (values >= 0).all()),
        f"{path}: {name} holds what is no count; allowed: whole numbers from 0",
    )
    return values.astype(np.int64)


def _state_columns(
    columns: dict[str, Any], kept: dict[str, Hdf5Rows], observations: str, *, ours: bool
) -> tuple[dict[str, Rows], list[str]]:
    """Return the state columns, wide ones by component, and the columns left out with the reason."""
    rows = kept[observations].shape[0]
    states: dict[str, Rows] = {}
    left_out = []
    for name, column in sorted(kept.items(), key=lambda item: natural_order(item[0])):
        if name in (observations, "action", *COUNTERS):
            continue
        shape = columns[name].shape or ()
        there = rows if ours and shape and shape[0] > rows else shape[0] if shape else 0
        reason = why_no_state((there, *shape[1:]), column.dtype, rows)
        if not reason and missing_filters(columns[name]):
            reason = f"packed with {', '.join(missing_filters(columns[name]))}: pip install hdf5plugin"
        if reason:
            left_out.append(f"{name} ({reason})")
        else:
            states |= as_components(name, column)
    return states, left_out
