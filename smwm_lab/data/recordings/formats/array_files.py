"""Recordings in files of NumPy: an .npz file, read as a whole, or a folder of .npy files, mapped."""

import zipfile
import zlib
from pathlib import Path

import numpy as np

from smwm_lab.data.recordings.episodes import SHORTEST, Episodes
from smwm_lab.data.recordings.formats.columns import as_components, natural_order, why_no_state
from smwm_lab.data.recordings.observations import as_observations
from smwm_lab.data.recordings.recording import Recording
from smwm_lab.data.recordings.rows import ArrayRows, Rows, without
from smwm_lab.errors import InputError, check
from smwm_lab.gates import real_array


OBSERVATIONS, ACTIONS, LENGTHS = "observations", "actions", "lengths"
"""Names of arrays in an .npz file, or of .npy files in a folder; any other array with a row each is a state column."""


def read_npz(path: Path, *, drop_short: bool = False) -> Recording:
    """Return the recording in an .npz file; raise `InputError` for one that is damaged or does not fit together."""
    check(zipfile.is_zipfile(path), f"{path} is no .npz file, or is damaged; write it with np.savez")
    try:
        with np.load(path) as file:
            arrays = {name: file[name] for name in file.files}
    except (OSError, ValueError, EOFError, KeyError, zipfile.BadZipFile, zlib.error, NotImplementedError) as error:
        reason = str(error).partition("\n")[0]
        raise InputError(
            f"{path} is no .npz file of numbers, or is damaged ({reason}); write it with np.savez"
        ) from error
    for name, values in arrays.items():
        check(isinstance(values, np.ndarray), f"{path}: {name} is no array, or is damaged; write it with np.savez")
    files = dict.fromkeys(arrays, path)
    recording = _recording(path, arrays, files, drop_short=drop_short)
    recording.require_finite(0, len(recording))
    return recording


def read_folder(path: Path, *, drop_short: bool = False) -> Recording:
    """Return the recording in a folder of .npy files; numbers are read where they are asked for, and not copied."""
    arrays, files = {}, {}
    for file in sorted(path.glob("*.npy")):
        try:
            arrays[file.stem] = np.load(file, mmap_mode="r")
        except (OSError, ValueError, EOFError) as error:
            raise InputError(
                f"{file} is no array of numbers, or is damaged ({error}); write it with np.save"
            ) from error
        files[file.stem] = file
    return _recording(path, arrays, files, drop_short=drop_short)


def _recording(path: Path, arrays: dict[str, np.ndarray], files: dict[str, Path], *, drop_short: bool) -> Recording:
    missing = [name for name in (OBSERVATIONS, ACTIONS) if name not in arrays]
    check(
        not missing,
        f"{path} has no {' and no '.join(missing)}; it holds: {', '.join(sorted(arrays)) or 'nothing'}; allowed: the "
        "names in docs/recordings.md",
    )
    observed = as_observations(arrays[OBSERVATIONS], str(path))
    actions = real_array(f"{path}: {ACTIONS}", arrays[ACTIONS], len(observed) if observed.ndim else 0, None)
    lengths = _lengths(path, arrays.get(LENGTHS), observed)
    rows: Rows = ArrayRows(observed, files[OBSERVATIONS])
    states, left_out = _state_columns(arrays, files, len(observed))
    short = lengths < SHORTEST
    if drop_short and short.any():
        lengths, rows, actions, states = without(short, lengths, rows, actions, states)
        left_out.append(f"{int(short.sum())} episodes (a single row)")
    return Recording(
        observations=rows,
        actions=actions,
        episodes=Episodes(lengths),
        states=states,
        source=str(path),
        left_out=tuple(left_out),
    )


def _lengths(path: Path, given: np.ndarray | None, observed: np.ndarray) -> np.ndarray:
    """Return the rows of each episode, int64 (episodes,): one episode if none are given."""
    rows = len(observed) if observed.ndim else 0
    if given is None:
        return np.array([rows])
    lengths = real_array(f"{path}: {LENGTHS}", given, None, allowed="(episodes,), whole numbers from 0")
    whole = bool(np.isfinite(lengths).all() and (lengths == np.floor(lengths)).all() and (lengths >= 0).all())
    check(whole, f"{path}: {LENGTHS} holds what is no count; allowed: whole numbers from 0")
    total = int(lengths.sum())
    check(total == rows, f"{path}: {LENGTHS} add up to {total} rows, the observations have {rows}; allowed: as many")
    return lengths.astype(np.int64)


def _state_columns(
    arrays: dict[str, np.ndarray], files: dict[str, Path], rows: int
) -> tuple[dict[str, Rows], list[str]]:
    """Return the state columns, wide ones by component, and the arrays left out with the reason."""
    states: dict[str, Rows] = {}
    left_out = []
    for name in sorted(set(arrays) - {OBSERVATIONS, ACTIONS, LENGTHS}, key=natural_order):
        reason = why_no_state(arrays[name].shape, arrays[name].dtype, rows)
        if reason:
            left_out.append(f"{name} ({reason})")
        else:
            states |= as_components(name, ArrayRows(arrays[name], files[name]))
    return states, left_out
