"""reopen: a recording that something was made from, found again and proved to be the same."""

import functools
from pathlib import Path

from smwm_lab.data.recordings.content_hash import content_hash
from smwm_lab.data.recordings.formats.registry import open_recording
from smwm_lab.data.recordings.recording import Recording
from smwm_lab.errors import LostSource
from smwm_lab.paths import data_dir


def reopen(path: str, content: str) -> Recording:
    """Return the recording that lay at a path and has this `content_hash`; opened once as long as it stays as it is.

    Where it is not there, a file of its name in data/recordings or in the current folder will do. Raises `LostSource`
    if there is none, or if it holds something else.
    """
    found = _find(Path(path))
    return _open(found, _stamp(found), content)


def _find(path: Path) -> Path:
    """Return where a recording lies: at its path, or under its name in data/recordings or in the current folder."""
    places = (path, data_dir() / "recordings" / path.name, Path.cwd() / path.name)
    found = next((place for place in places if place.exists()), None)
    if found is None:
        raise LostSource(f"recording {path} is not there, nor {path.name} in the current folder; bring it back")
    return found


def _stamp(path: Path) -> tuple[tuple[int, int], ...]:
    """Return size and time of the file, or of the files of a folder: what changes when somebody writes them."""
    files = sorted(path.iterdir()) if path.is_dir() else [path]
    return tuple((file.stat().st_size, file.stat().st_mtime_ns) for file in files)


@functools.lru_cache(maxsize=8)
def _open(path: Path, stamp: tuple[tuple[int, int], ...], content: str) -> Recording:
    """Return the recording in a file, opened once as long as its stamp stays.

    Raises `LostSource` if it holds something else than it did.
    """
    recording = open_recording(path)
    if content_hash(recording) != content:
        raise LostSource(
            f"{path} has changed since it was trained on; bring the old file back, or train on the new one"
        )
    return recording
