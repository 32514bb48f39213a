"""Writing files so that nothing is ever half-written, and reading those that come with the package."""

import importlib.resources
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import psutil

from smwm_lab.errors import InputError
from smwm_lab.paths import cache_dir


PROBE_BYTES = 1 << 16
"""Written once to learn whether a folder can be written and its disk has room."""


def write_atomically(path: Path, write: Callable[[Path], object]) -> None:
    """Let `write` fill a file beside `path`, then move it there; the folder is made if needed.

    At any moment `path` is the old file or the new one, whole; an existing file keeps its permissions. Raises
    `InputError` if the disk is full or the folder cannot be written; the old file stays then.
    """
    beside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            write(beside)
            if path.exists():
                shutil.copymode(path, beside)
            os.replace(beside, path)
        finally:
            beside.unlink(missing_ok=True)
    except OSError as error:
        reason = error.strerror or error
        raise InputError(f"cannot write {path}: {reason}; free the space or {_another_folder(path)}") from error


def write_bytes(path: Path, content: bytes) -> None:
    """Write bytes atomically."""
    write_atomically(path, lambda beside: beside.write_bytes(content))


def write_text(path: Path, text: str) -> None:
    """Write text as UTF-8, atomically."""
    write_bytes(path, text.encode())


def _another_folder(path: Path) -> str:
    """Return how another folder is chosen for a file."""
    cached = path.absolute().is_relative_to(cache_dir().absolute())
    return "name another cache in SMWM_LAB_CACHE" if cached else "choose another folder"


def asset(package: str, name: str) -> str:
    """Return the text of a file that comes with a package: `asset("smwm_lab.widgets.shared", "static/page.css")`."""
    return importlib.resources.files(package).joinpath(name).read_text(encoding="utf-8")


def sweep_leftovers(folder: Path) -> None:
    """Remove half-written files of processes that are no more."""
    for part in folder.glob(".*.part"):
        owner = part.name.split(".")[-2]
        if owner.isdigit() and not psutil.pid_exists(int(owner)):
            part.unlink(missing_ok=True)


def check_writable(folder: Path, field: str) -> None:
    """Raise `InputError` unless `folder` can be made and written; creates nothing that stays.

    A chunk is written to a nameless file in the folder, or in the nearest parent that exists.
    """
    nearest = next(parent for parent in (folder, *folder.parents) if os.path.lexists(parent))
    try:
        with tempfile.TemporaryFile(dir=nearest) as probe:
            probe.write(bytes(PROBE_BYTES))
    except OSError as error:
        raise InputError(
            f"{field} = {str(folder)!r} cannot be written: {nearest}: {error.strerror}; choose another folder"
        ) from error
