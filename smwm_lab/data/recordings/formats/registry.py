"""Which files hold recordings: a reader per kind of file, and writing one from another."""

from collections.abc import Callable
from pathlib import Path

from tqdm import tqdm

from smwm_lab.data.recordings.formats.array_files import read_folder, read_npz
from smwm_lab.data.recordings.formats.columns import RANGE
from smwm_lab.data.recordings.formats.hdf5_file import read_hdf5
from smwm_lab.data.recordings.formats.hdf5_writer import RecordingWriter, read_episode
from smwm_lab.data.recordings.formats.minari_datasets import PREFIX, read_minari
from smwm_lab.data.recordings.recording import Recording
from smwm_lab.errors import InputError, check, check_instance
from smwm_lab.files import as_path


def open_recording(source: Path | str, *, drop_short: bool = False) -> Recording:
    """Return the recording in a file: .h5 or .hdf5 in LeWM's layouts, .npz, a folder of .npy, or `minari:DATASET`.

    HDF5 and folders are read where they are asked for; .npz is read as a whole. drop_short: whether episodes of a
    single row are left out. Raises `InputError` for anything else, and for what does not fit together, with the place.
    """
    if isinstance(source, str) and source.startswith(PREFIX):
        return read_minari(source.removeprefix(PREFIX))
    path = as_path("recording", source)
    check(path.exists(), f"{path} does not exist; allowed: {', '.join(READERS)}, a folder of .npy, {PREFIX}DATASET")
    if path.is_dir():
        return read_folder(path, drop_short=drop_short)
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        raise InputError(
            f"{path} ends in none of these; allowed: {', '.join(READERS)}, a folder of .npy (convert it, or see "
            "Recording.from_arrays)"
        )
    return reader(path, drop_short)


def write_recording(recording: Recording, path: Path | str, *, progress: bool = False) -> Path:
    """Write a recording as HDF5 in LeWM's layout, whole or not at all; return its path.

    Reads one episode at a time. Raises `InputError` unless the path ends in .h5 or .hdf5, or if something is there.
    """
    check_instance("recording", recording, Recording, "open_recording gives one")
    target = new_hdf5_path("path", path)
    check(not target.exists(), f"{target} exists; name another file, or delete it")
    about = {
        "units": dict(recording.units),
        "action_names": list(recording.action_names),
        "rate_hz": recording.rate_hz,
        **({RANGE: recording.action_range} if recording.action_range else {}),
        "made": {"from": recording.source} | ({"before": dict(recording.made)} if recording.made else {}),
    }
    with RecordingWriter(target, about=about, resume=False) as writer:
        for index in tqdm(range(len(recording.episodes)), desc="writing", unit="ep", disable=not progress):
            writer.add(read_episode(recording, index))
    return target


def new_hdf5_path(field: str, value: object) -> Path:
    """Return a path of a caller at which HDF5 can be written; raise `InputError` unless its name ends so."""
    target = as_path(field, value)
    ends = target.suffix.lower() in (".h5", ".hdf5")
    check(ends, f"{field} = {str(target)!r}; allowed: a name that ends in .h5 or .hdf5")
    return target


READERS: dict[str, Callable[[Path, bool], Recording]] = {
    ".h5": lambda path, drop_short: read_hdf5(path, drop_short=drop_short),
    ".hdf5": lambda path, drop_short: read_hdf5(path, drop_short=drop_short),
    ".npz": lambda path, drop_short: read_npz(path, drop_short=drop_short),
}
"""Ending of a file -> its reader."""
