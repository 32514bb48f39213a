"""RecordingWriter: episodes into an HDF5 file in LeWM's layout, one whole episode after the other.

It writes into a file beside it, which is moved to its place at the end. A writer that may resume writes `FILE.part`;
whatever ends it, a full disk, an exception or the end of the process: the episodes that were whole by then can be read,
and the next such writer goes on from them.
"""

import contextlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np

from smwm_lab.data.recordings.formats.columns import COUNTERS, RANGE
from smwm_lab.data.recordings.formats.hdf5_file import ABOUT, OBSERVATIONS, read_about, read_hdf5
from smwm_lab.data.recordings.formats.hdf5_rows import open_hdf5
from smwm_lab.data.recordings.recording import Recording
from smwm_lab.errors import InputError, check, shown
from smwm_lab.extras import require
from smwm_lab.locks import folder_lock


CHUNK_BYTES = 1 << 14
"""Bytes of the chunks of narrow columns, about; a frame has a chunk of its own, as clips are read at random."""


@dataclass(frozen=True, eq=False)
class Episode:
    """What happened from one reset to the end: T steps, T + 1 observations."""

    observations: np.ndarray
    """Uint8 (T+1, H, W, 3), or floats (T+1, ...)."""
    actions: np.ndarray
    """Float32 (T, A)."""
    states: dict[str, np.ndarray] = field(default_factory=dict)
    """State component -> numbers (T+1,)."""

    def __len__(self) -> int:
        return len(self.observations)

    def columns(self) -> dict[str, np.ndarray]:
        """Return the columns as they stand in a file, (T+1, ...) each: no action in the last row."""
        observed = OBSERVATIONS[0] if self.observations.ndim == 4 else OBSERVATIONS[1]
        nothing = np.full((1, self.actions.shape[1]), np.nan, np.float32)
        return {
            observed: self.observations,
            "action": np.concatenate([self.actions.astype(np.float32), nothing]),
            **self.states,
        }


class RecordingWriter:
    """Writes episodes to a file; a context manager, at whose end the file is in its place.

    Of several writers of one file the first writes, the others are refused.
    """

    def __init__(self, path: Path, *, about: dict[str, Any], resume: bool, most: int | None = None):
        """Say what is to be written.

        about: units, action_names, rate_hz, and how the recording is made: JSON values. resume: whether to go on from a
        file that holds episodes made in this way, `most` of them at most (`num_episodes` says how many were taken
        over), and to leave, after an exception, a file of those that were whole. If False, an exception leaves nothing.
        """
        require("recordings", "h5py")
        self.path, self.resume, self.most = path, resume, most
        self.about = json.loads(json.dumps(about))  # as it will be read
        self.num_episodes = self.num_rows = 0
        self.partial = path.with_name(path.name + ".new")
        self._layout: dict[str, tuple[tuple[int, ...], np.dtype]] = {}
        self._file: Any = None
        self._lock = contextlib.ExitStack()

    def __enter__(self) -> "RecordingWriter":
        self._lock.enter_context(_only_writer(self.path))
        try:
            self._begin()
        except BaseException:
            if self._file is not None:
                self._finish(place=False)
            self._lock.close()
            raise
        return self

    def add(self, episode: Episode) -> None:
        """Append a whole episode; the first decides shapes and columns.

        Raises `InputError` if the disk is full, and for an episode whose columns are others than those of the first.
        """
        columns = self._checked_columns(episode)
        try:
            self._reserve(columns)
            if not self._file.swmr_mode:
                self._make_columns(columns)
            self._append(columns, len(episode))
        except (OSError, RuntimeError) as error:
            raise self._cannot(error) from error
        self.num_episodes += 1
        self.num_rows += len(episode)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            closing = self._finish(place=self.num_episodes > 0 and (error is None or self.resume), whole=error is None)
            if closing is not None and error is None:
                raise self._cannot(closing) from closing
            for partial in partial_paths(self.path) if self.resume else ():
                partial.unlink(missing_ok=True)
        finally:
            self._lock.close()

    def _begin(self) -> None:
        """Open the file and take over what is there; raise `InputError` if it was made in another way."""
        import h5py

        before = _unfinished(self.path, self.about) if self.resume else None
        if self.resume:
            self.partial = next(each for each in partial_paths(self.path) if before is None or each != before[0])
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            # the newest format: only it can be read while it is being written, and after a sudden end
            self._file = h5py.File(self.partial, "w", libver="latest")
        except OSError as error:
            raise self._cannot(error) from error
        self._file.attrs[ABOUT] = json.dumps(self.about)
        if before is not None:
            partial, found = before
            for index in range(min(len(found.episodes), self.most or len(found.episodes))):
                self.add(read_episode(found, index))
            if partial != self.path:
                partial.unlink()

    def _finish(self, *, place: bool, whole: bool = False) -> Exception | None:
        """Close the file, move it to its place or remove it; return what closing failed with.

        Where it fails, the disk is full: what was flushed is whole.
        """
        failed = None
        try:
            if place and whole:
                self._file.flush()
                os.truncate(self.partial, self._file.id.get_filesize())  # of what was reserved the rest goes back
            self._file.close()
        except (OSError, RuntimeError) as error:
            failed = error
        if place:
            os.replace(self.partial, self.path)
        else:
            self.partial.unlink(missing_ok=True)
        return failed

    def _checked_columns(self, episode: Episode) -> dict[str, np.ndarray]:
        """Return the columns of an episode; raise `InputError` unless they are those of the first."""
        place = f"episode {self.num_episodes} of {self.path}"
        for name in episode.states:
            plain = name not in (*OBSERVATIONS, "action", *COUNTERS, "", ".") and "/" not in name
            check(
                plain,
                f"{place}: state column {name!r} cannot be stored; allowed: another name, without '/' (rename it)",
            )
        check(
            len(episode) == len(episode.actions) + 1,
            f"{place} has {len(episode)} observations and {len(episode.actions)} actions; allowed: one action less",
        )
        columns = episode.columns()
        for name, values in columns.items():
            check(
                len(values) == len(episode),
                f"{place}: {name} has {len(values)} rows; allowed: {len(episode)} as the rest",
            )
        layout = {name: (values.shape[1:], values.dtype) for name, values in columns.items()}
        self._layout = self._layout or layout
        other = [
            f"{name} is {_told(layout.get(name))}, not {_told(self._layout.get(name))}"
            for name in sorted({*layout, *self._layout})
            if layout.get(name) != self._layout.get(name)
        ]
        check(
            not other,
            f"{place}: {', '.join(other)}; allowed: the columns and shapes of the first episode",
        )
        return columns

    def _reserve(self, columns: dict[str, np.ndarray]) -> None:
        """Take the room that an episode may need, so that a full disk is told by the system, before HDF5 meets it.

        HDF5 cannot close a file on a disk without room, and what it keeps open then ends the process.
        """
        if not hasattr(os, "posix_fallocate"):  # macOS and Windows
            return
        values = sum(each.nbytes for each in columns.values())
        slack = (
            2 * CHUNK_BYTES * (len(columns) + 4)
        )  # a chunk begun of every column, counters too, and what tells of them
        with self.partial.open("rb+") as file:
            os.posix_fallocate(file.fileno(), 0, self._file.id.get_filesize() + values + slack)

    def _make_columns(self, columns: dict[str, np.ndarray]) -> None:
        for name, values in columns.items():
            self._column(name, values, 1 if name in OBSERVATIONS else None)
        counters = {"ep_idx": np.int32, "step_idx": np.int64, "ep_offset": np.int64, "ep_len": np.int32}
        for name, dtype in counters.items():
            self._column(name, np.empty(0, dtype))
        self._file.swmr_mode = True

    def _column(self, name: str, values: np.ndarray, rows_per_chunk: int | None = None) -> None:
        shape = values.shape[1:]
        entry_bytes = int(np.prod(shape)) * values.dtype.itemsize
        rows = rows_per_chunk or max(1, CHUNK_BYTES // max(1, entry_bytes))
        packed = {"compression": "lzf"} if rows_per_chunk else {}
        self._file.create_dataset(
            name, (0, *shape), values.dtype, maxshape=(None, *shape), chunks=(rows, *shape), **packed
        )

    def _append(self, columns: dict[str, np.ndarray], length: int) -> None:
        """Write the columns of an episode; its length comes last, and vouches for the rest."""
        columns = columns | {"ep_idx": np.full(length, self.num_episodes), "step_idx": np.arange(length)}
        for name, values in columns.items():
            self._extend(name, self.num_rows, values)
        self._file.flush()
        self._extend("ep_offset", self.num_episodes, np.array([self.num_rows]))
        self._extend("ep_len", self.num_episodes, np.array([length]))
        self._file.flush()

    def _extend(self, name: str, start: int, values: np.ndarray) -> None:
        dataset = self._file[name]
        dataset.resize(start + len(values), axis=0)
        dataset[start:] = values

    def _cannot(self, error: Exception) -> InputError:
        reason = getattr(error, "strerror", None) or str(error).partition("\n")[0]
        kept = f"; {self.num_episodes} whole episodes are kept in it" if self.num_episodes and self.resume else ""
        return InputError(f"cannot write {self.path}: {reason}{kept}; free the space or choose another folder")


@contextlib.contextmanager
def _only_writer(path: Path) -> Iterator[None]:
    """Be the only writer of a file; raise `InputError` if another process or thread writes it."""

    def refuse(who: str) -> None:
        raise InputError(
            f"{path} is being written by {who.removeprefix('waiting for ')}; wait for its end, or name another file"
        )

    lock = path.with_name(f".{path.name}.lock")
    try:
        with folder_lock(lock, waiting=refuse):
            yield
    finally:
        with contextlib.suppress(OSError):  # not empty while somebody else holds it
            lock.rmdir()


def _told(layout: tuple[tuple[int, ...], np.dtype] | None) -> str:
    return "missing" if layout is None else f"{layout[1]} {layout[0]}"


def partial_paths(path: Path) -> tuple[Path, Path]:
    """Return where a recording lies while it is being written: in the second while the first is taken over."""
    return path.with_name(path.name + ".part"), path.with_name(path.name + ".part2")


def _unfinished(path: Path, about: dict[str, Any]) -> tuple[Path, Recording] | None:
    """Return the file with the most whole episodes, the unfinished ones too, and these; None if there are none.

    Raises `InputError` if they were made in another way than `about` says.
    """
    found = []
    for each in filter(Path.is_file, (path, *partial_paths(path))):
        try:
            found.append((each, read_hdf5(each)))
        except InputError:
            if each == path:
                raise
            continue  # ended before its first episode was whole
        with open_hdf5(each) as file:
            made = read_about(file, each)
        one, other = _settings(about), _settings(made)
        differs = sorted(key for key in {*one, *other} if one.get(key) != other.get(key) and _counts(key, other))
        settings = ", ".join(f"{key} {shown(other.get(key))}" for key in differs)
        check(
            not differs,
            f"{each} exists and was made with other settings ({settings}); delete it, or name another file",
        )
    return max(found, key=lambda each: len(each[1].episodes), default=None)


def _counts(key: str, settings: dict[str, Any]) -> bool:
    """Return whether a setting tells recordings apart: the range of actions was not written down at first."""
    return key != RANGE or key in settings


def _settings(about: dict[str, Any]) -> dict[str, Any]:
    """Return what is told about a file, how it was made beside the rest."""
    return {key: value for key, value in about.items() if key != "made"} | about.get("made", {})


def read_episode(recording: Recording, index: int) -> Episode:
    """Return a whole episode of a recording."""
    start = int(recording.episodes.offsets[index])
    stop = start + int(recording.episodes.lengths[index])
    return Episode(
        recording.observations.read_span(start, stop),
        recording.actions[start : stop - 1],
        {name: column.read_span(start, stop) for name, column in recording.states.items()},
    )
