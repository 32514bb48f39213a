"""A lock per folder: of several processes that would write one folder, one works and the others wait for it.

    with folder_lock(folder) as lock: ...          # waits while another process holds it
    lock.require_held()                            # before a write that would be wrong if it was taken over

The lock is a file in the folder that names process, machine and moment. Its holder touches it every few seconds; it is
taken over when its process is no more, or, on any machine, when it was not touched for a minute.
"""

import contextlib
import json
import os
import secrets
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil

from smwm_lab.config import Config, config
from smwm_lab.errors import InputError, check, check_range
from smwm_lab.json_files import read_json_object


LOCK = ".smwm_lab.lock"
"""Name of the lock in its folder."""
_TAKEOVER = ".smwm_lab.takeover"
"""Held for the moment of a takeover, so that of several that saw a lock go stale one takes it."""
HEARTBEAT_SECONDS = 5.0
STALE_SECONDS = 60.0
"""How long a lock may be untouched, by the clock of the one that waits: its process stands still, or is far away."""
_POLL_SECONDS = 0.1
_LARGEST = 1 << 12
"""Bytes of a lock at most; ours have some hundred and fifty."""
_LARGEST_PID = (1 << 31) - 1
"""What the systems count processes with."""


@config
class Holder(Config):
    """Who holds a lock."""

    pid: int
    host: str
    started: float
    """When the process began, Unix time: a later process may have the same number."""
    token: str
    """Chance, so that two locks of one process differ."""

    def __post_init__(self) -> None:
        check_range("pid", self.pid, 1, _LARGEST_PID)

    def is_gone(self) -> bool:
        """Return whether this is a process of this machine that is no more."""
        if self.host != socket.gethostname():
            return False
        try:
            process = psutil.Process(self.pid)
            return process.status() == psutil.STATUS_ZOMBIE or abs(process.create_time() - self.started) > 1.0
        except psutil.NoSuchProcess:
            return True
        except psutil.AccessDenied:
            return False


class FolderLock:
    """A lock that is held; see `folder_lock`."""

    def __init__(self, path: Path, holder: Holder):
        self._path, self._holder = path, holder
        self._released = threading.Event()
        self._heart = threading.Thread(target=self._beat, name=f"heartbeat of {path}", daemon=True)
        self._heart.start()

    def require_held(self) -> None:
        """Raise `InputError` if another process has taken the lock over, because this one stood still for too long."""
        check(
            _holder_of(self._path) == self._holder,
            f"folder {self._path.parent} was taken over by another process while this one stood still; start again",
        )

    def release(self) -> None:
        """Give the lock back; one that was taken over stays with who has it now."""
        self._released.set()
        self._heart.join()
        if _holder_of(self._path) == self._holder:
            self._path.unlink(missing_ok=True)

    def _beat(self) -> None:
        while not self._released.wait(HEARTBEAT_SECONDS):
            with contextlib.suppress(OSError):  # a folder that is gone or full is told by who writes to it
                os.utime(self._path)


@contextlib.contextmanager
def folder_lock(folder: Path, *, waiting: Callable[[str], object] | None = None) -> Iterator[FolderLock]:
    """Hold the lock of a folder, which is made if needed; wait while another process or thread holds it.

    waiting: called once, with a line that says for whom, if there is something to wait for. Raises `InputError` if the
    folder cannot be written.
    """
    mine = Holder(
        pid=os.getpid(),
        host=socket.gethostname(),
        started=psutil.Process().create_time(),
        token=secrets.token_hex(8),
    )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = _acquire(folder, mine, waiting)
    except OSError as error:
        raise InputError(f"cannot write {folder}: {error.strerror or error}; choose another folder") from error
    try:
        yield lock
    finally:
        lock.release()


def _acquire(folder: Path, mine: Holder, waiting: Callable[[str], object] | None) -> FolderLock:
    path, seen, since, told = folder / LOCK, None, time.monotonic(), False
    while not _create(path, mine):
        now = _state_of(path)
        if now != seen:
            seen, since = now, time.monotonic()
        holder = _holder_of(path)
        if (holder is not None and holder.is_gone()) or time.monotonic() - since > STALE_SECONDS:
            _take_away(folder, now)
            continue
        if waiting is not None and not told and holder is not None:
            waiting(f"waiting for process {holder.pid} on {holder.host}")
            told = True
        time.sleep(_POLL_SECONDS)
    return FolderLock(path, mine)


def _create(path: Path, mine: Holder) -> bool:
    """Make the lock if there is none; return whether it was made."""
    try:
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666)
    except FileExistsError:
        return False
    with open(handle, "w", encoding="utf-8") as file:
        json.dump(mine.to_dict(), file)
    return True


def _take_away(folder: Path, stale: tuple[int, int] | None) -> None:
    """Remove a lock that was found stale, unless it has changed since; one process at a time does so."""
    guard = folder / _TAKEOVER
    try:
        os.close(os.open(guard, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
    except FileExistsError:
        with contextlib.suppress(FileNotFoundError):
            if time.time() - guard.stat().st_mtime > STALE_SECONDS:  # who took over was killed in that moment
                guard.unlink()
        time.sleep(_POLL_SECONDS)
        return
    try:
        if _state_of(folder / LOCK) == stale:
            (folder / LOCK).unlink(missing_ok=True)
    finally:
        guard.unlink(missing_ok=True)


def is_lock(path: Path) -> bool:
    """Return whether a path is a lock of ours, by its name."""
    return path.name in (LOCK, _TAKEOVER)


def remove_stale_lock(folder: Path) -> None:
    """Remove the lock of a process of this machine that is no more, if there is one."""
    state, holder = _state_of(folder / LOCK), _holder_of(folder / LOCK)
    if holder is not None and holder.is_gone():
        _take_away(folder, state)


def _holder_of(path: Path) -> Holder | None:
    """Return who holds a lock; None if nobody does, or it holds anything but what a lock does."""
    try:
        values = read_json_object(
            path, largest=_LARGEST, remedy="it is taken over when it was not touched for a minute"
        )
        return Holder.from_dict(values)
    except InputError:
        return None


def _state_of(path: Path) -> tuple[int, int] | None:
    """Return what changes whenever a lock is touched or changes hands."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_ino, found.st_mtime_ns
