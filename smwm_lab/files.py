"""Writing files so that nothing is ever half-written, and reading those that come with the package."""

import contextlib
import functools
import hashlib
import importlib.resources
import os
import re
import secrets
import shutil
import socket
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from smwm_lab.errors import InputError, check, check_instance
from smwm_lab.paths import cache_dir


PROBE_BYTES = 1 << 16
"""Written once to learn whether a folder can be written and its disk has room."""
_LEFTOVER = re.compile(r"\..+\.(?P<host>[0-9a-f]{8})-(?P<pid>\d+)-[0-9a-f]{16}\.part")
"""Name of a half-written file: what it was to be, which process of which machine wrote it, and chance."""
_ABANDONED_SECONDS = 24 * 3600.0
"""Age at which a half-written file counts as left behind, whether or not its process can be asked for."""


def as_path(field: str, value: object) -> Path:
    """Return a path of a caller as one; raise `InputError` for what is no path."""
    check_instance(field, value, (str, os.PathLike), "a folder or file, as text or as a Path")
    text = os.fsdecode(value)  # type: ignore[arg-type] # what is a path has just been checked
    check("\0" not in text, f"{field} = {text!r} holds a zero character; allowed: any path without")
    return Path(text)


def write_atomically(path: Path, write: Callable[[Path], object]) -> None:
    """Let `write` fill a file beside `path`, then move it there; the folder is made if needed.

    At any moment `path` is the old file or the new one, whole; an existing file keeps its permissions. Raises
    `InputError` if the disk is full or the folder cannot be written; the old file stays then. When it returns, file and
    folder are on the disk, so that of two files written one after the other the second never outlives the first.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _sweep_once(path.parent.absolute())
        beside = _new_file_beside(path)
        try:
            write(beside)
            _to_disk(beside)
            if path.exists():
                shutil.copymode(path, beside)
            os.replace(beside, path)
        finally:
            beside.unlink(missing_ok=True)
        _folder_to_disk(path.parent)
    except OSError as error:
        reason = error.strerror or error
        raise InputError(f"cannot write {path}: {reason}; free the space or {_another_folder(path)}") from error


def _new_file_beside(path: Path) -> Path:
    """Make an empty file of ours beside `path`, under a name that nobody can foresee, and return it.

    Not by `tempfile.mkstemp`, whose files only their owner may read: these have the permissions of any new file. Like
    it, it never opens what is there, a symbolic link neither.
    """
    # part of the name alone: with all of it a long name would become one that no file system takes
    beside = path.with_name(f".{path.name[:32]}.{_host()}-{os.getpid()}-{secrets.token_hex(8)}.part")
    os.close(os.open(beside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
    return beside


def _to_disk(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def _folder_to_disk(folder: Path) -> None:
    """Let the names in a folder reach the disk, where the system can say so of a folder (Windows cannot)."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


@functools.cache
def _host() -> str:
    """Return 8 hex digits of this machine's name, which may hold characters that no file name can."""
    return hashlib.sha256(socket.gethostname().encode()).hexdigest()[:8]


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


def is_leftover(path: Path) -> bool:
    """Return whether a path is a half-written file of ours, by its name."""
    return _LEFTOVER.fullmatch(path.name) is not None


def sweep_leftovers(folder: Path) -> None:
    """Remove half-written files of processes that are no more."""
    for part in folder.glob(".*.part"):
        owner = _LEFTOVER.fullmatch(part.name)
        if owner is not None and _is_abandoned(part, owner["host"], int(owner["pid"])):
            with contextlib.suppress(PermissionError):  # in a folder of many people it is for its owner to remove
                part.unlink(missing_ok=True)


def _is_abandoned(part: Path, host: str, pid: int) -> bool:
    if host == _host() and not psutil.pid_exists(pid):
        return True
    try:
        return time.time() - part.lstat().st_mtime > _ABANDONED_SECONDS
    except FileNotFoundError:  # its owner has just moved it
        return False


@functools.cache
def _sweep_once(folder: Path) -> None:
    """Sweep a folder before the first file that this process writes there."""
    sweep_leftovers(folder)


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
