"""Which files hold recordings: a reader per kind of file, and writing one from another."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from smwm_lab.data.recordings.hdf5_file import read_hdf5
from smwm_lab.data.recordings.hdf5_writer import RecordingWriter, read_episode
from smwm_lab.data.recordings.minari_datasets import PREFIX, read_minari
from smwm_lab.data.recordings.recording import Recording
from smwm_lab.errors import InputError, check
from smwm_lab.files import as_path


OBSERVATIONS, ACTIONS, LENGTHS = "observations", "actions", "lengths"
"""Names of arrays in an .npz file, or of .npy files in a folder; any other array with a row each is a state column."""


def open_recording(source: Path | str, *, drop_short: bool = False) -> Recording:
    """Return the recording in a file: .h5 or .hdf5 in LeWM's layouts, .npz, a folder of .npy, or `minari:DATASET`.

    HDF5 and folders are read where they are asked for; .npz is read as a whole. drop_short: whether episodes of a single
    row are left out. Raises `InputError` for anything else, and for what does not fit together, with the place.
    """
    if isinstance(source, str) and source.startswith(PREFIX):
        return read_minari(source.removeprefix(PREFIX))
    path = as_path("recording", source)
    check(path.exists(), f"{path} does not exist; allowed: {', '.join(READERS)}, a folder of .npy, {PREFIX}DATASET")
    if path.is_dir():
        return _from_arrays(path, _folder_arrays(path), drop_short=drop_short)
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        raise InputError(
            f"{path} is none of {', '.join(READERS)}, nor a folder of .npy; convert it, or see Recording.from_arrays"
        )
    return reader(path, drop_short)


def write_recording(recording: Recording, path: Path | str) -> Path:
    """Write a recording as HDF5 in LeWM's layout, whole or not at all; return its path.

    Reads one episode at a time. Raises `InputError` unless the path ends in .h5 or .hdf5, or if something is there.
    """
    target = as_path("path", path)
    check(
        target.suffix.lower() in (".h5", ".hdf5"), f"path = {str(target)!r}; allowed: a name that ends in .h5 or .hdf5"
    )
    check(not target.exists(), f"{target} exists; name another file, or delete it")
    about = {
        "units": dict(recording.units),
        "action_names": list(recording.action_names),
        "rate_hz": recording.rate_hz,
        "made": {"from": recording.source},
    }
    with RecordingWriter(target, about=about) as writer:
        for index in range(writer.num_episodes, len(recording.episodes)):
            writer.add(read_episode(recording, index))
    return target


def _read_npz(path: Path, drop_short: bool) -> Recording:
    try:
        with np.load(path, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
    except (OSError, ValueError, EOFError, KeyError) as error:
        reason = str(error).partition("\n")[0]
        raise InputError(
            f"{path} is no .npz file of numbers, or is damaged ({reason}); write it with np.savez"
        ) from error
    return _from_arrays(path, arrays, drop_short=drop_short)


def _folder_arrays(path: Path) -> dict[str, np.ndarray]:
    """Return the arrays of a folder, mapped: their numbers are read where they are asked for."""
    arrays = {}
    for file in sorted(path.glob("*.npy")):
        try:
            arrays[file.stem] = np.load(file, mmap_mode="r", allow_pickle=False)
        except (OSError, ValueError, EOFError) as error:
            raise InputError(
                f"{file} is no array of numbers, or is damaged ({error}); write it with np.save"
            ) from error
    return arrays


def _from_arrays(path: Path, arrays: dict[str, np.ndarray], *, drop_short: bool) -> Recording:
    missing = [name for name in (OBSERVATIONS, ACTIONS) if name not in arrays]
    check(not missing, f"{path} has no {' and no '.join(missing)}; it holds: {', '.join(sorted(arrays)) or 'nothing'}")
    observations, actions, lengths = arrays.pop(OBSERVATIONS), arrays.pop(ACTIONS), arrays.pop(LENGTHS, None)
    if drop_short and lengths is not None and (lengths < 2).any():
        wanted = np.flatnonzero(np.repeat(lengths >= 2, lengths))
        observations, actions, lengths = observations[wanted], actions[wanted], lengths[lengths >= 2]
        arrays = {name: column[wanted] for name, column in arrays.items()}
    numbers = {name: column for name, column in arrays.items() if column.dtype.kind in "biuf"}
    states = pd.concat([_components(name, column) for name, column in numbers.items()], axis=1) if numbers else None
    return Recording.from_arrays(observations, actions, lengths=lengths, states=states, source=str(path))


def _components(name: str, column: np.ndarray) -> pd.DataFrame:
    """Return an array (rows,) or (rows, k) as state components."""
    wide = np.asarray(column).reshape(len(column), -1)
    names = [name] if wide.shape[1] == 1 else [f"{name}_{i}" for i in range(wide.shape[1])]
    return pd.DataFrame(wide, columns=names)


READERS: dict[str, Callable[[Path, bool], Recording]] = {
    ".h5": lambda path, drop_short: read_hdf5(path, drop_short=drop_short),
    ".hdf5": lambda path, drop_short: read_hdf5(path, drop_short=drop_short),
    ".npz": _read_npz,
}
"""Ending of a file -> its reader."""
