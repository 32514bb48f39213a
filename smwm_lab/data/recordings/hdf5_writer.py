"""RecordingWriter: episodes into an HDF5 file in LeWM's layout, one whole episode after the other.

It writes into `FILE.part`, which is moved to its place at the end. Whatever ends the writing, a full disk, an exception
or the end of the process: the episodes that were whole by then can be read, and the next writer goes on from them.
"""

import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np

from smwm_lab.data.recordings.hdf5_file import ABOUT, OBSERVATIONS, read_hdf5
from smwm_lab.data.recordings.hdf5_rows import open_hdf5
from smwm_lab.data.recordings.recording import Recording
from smwm_lab.errors import InputError, check, shown
from smwm_lab.extras import require


CHUNK_BYTES = 1 << 16
"""Bytes of the chunks of narrow columns, about; a frame has a chunk of its own, as clips are read at random."""


@dataclass(frozen=True)
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


class RecordingWriter:
    """Writes episodes to a file; a context manager, at whose end the file is in its place.

    After an exception what was whole is there too, if there was anything. Where the process was ended before, the next
    writer of the same file begins with the episodes that were whole: `num_episodes` says how many.
    """

    def __init__(self, path: Path, *, about: dict[str, Any]):
        """about: units, action_names, rate_hz, and how the recording is made: JSON values.

        Raises `InputError` if an unfinished file is there that was made in another way.
        """
        require("recordings", "h5py")
        self.path, self.about = path, about
        self.num_episodes = self.num_rows = 0
        self._before = _unfinished(path, about)
        self.partial = next(each for each in partial_paths(path) if self._before is None or each != self._before[0])
        self._file: Any = None

    def __enter__(self) -> "RecordingWriter":
        import h5py

        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            # the newest format: only it can be read while it is being written, and after a sudden end
            self._file = h5py.File(self.partial, "w", libver="latest")
        except OSError as error:
            raise self._cannot(error) from error
        self._file.attrs[ABOUT] = json.dumps(self.about)
        if self._before is not None:
            partial, found = self._before
            for index in range(len(found.episodes)):
                self.add(read_episode(found, index))
            partial.unlink()
        return self

    def add(self, episode: Episode) -> None:
        """Append a whole episode; the first decides shapes and columns. Raises `InputError` if the disk is full."""
        try:
            if not self._file.swmr_mode:
                self._make_columns(episode)
            self._append(episode)
        except OSError as error:
            raise self._cannot(error) from error
        self.num_episodes += 1
        self.num_rows += len(episode)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._file.close()
        except (OSError, RuntimeError) as closing:  # the disk is still full; what was flushed is whole
            if error is None:
                raise self._cannot(closing) from closing
        if self.num_episodes:
            os.replace(self.partial, self.path)
        for partial in partial_paths(self.path):
            partial.unlink(missing_ok=True)

    def _make_columns(self, episode: Episode) -> None:
        self._column(OBSERVATIONS[0] if episode.observations.ndim == 4 else OBSERVATIONS[1], episode.observations, 1)
        self._column("action", episode.actions)
        for name, values in episode.states.items():
            self._column(name, values)
        for name, dtype in (
            ("ep_idx", np.int32),
            ("step_idx", np.int64),
            ("ep_offset", np.int64),
            ("ep_len", np.int32),
        ):
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

    def _append(self, episode: Episode) -> None:
        """Write the columns of an episode; its length comes last, and vouches for the rest."""
        observed = OBSERVATIONS[0] if episode.observations.ndim == 4 else OBSERVATIONS[1]
        nothing = np.full((1, episode.actions.shape[1]), np.nan, np.float32)
        columns = {observed: episode.observations, "action": np.concatenate([episode.actions, nothing])}
        columns |= episode.states
        columns |= {
            "ep_idx": np.full(len(episode), self.num_episodes),
            "step_idx": np.arange(len(episode)),
        }
        for name, values in columns.items():
            self._extend(name, self.num_rows, values)
        self._file.flush()
        self._extend("ep_offset", self.num_episodes, np.array([self.num_rows]))
        self._extend("ep_len", self.num_episodes, np.array([len(episode)]))
        self._file.flush()

    def _extend(self, name: str, start: int, values: np.ndarray) -> None:
        dataset = self._file[name]
        dataset.resize(start + len(values), axis=0)
        dataset[start:] = values

    def _cannot(self, error: Exception) -> InputError:
        reason = getattr(error, "strerror", None) or str(error).partition("\n")[0]
        kept = f"; {self.num_episodes} whole episodes are kept in it" if self.num_episodes else ""
        return InputError(f"cannot write {self.path}: {reason}{kept}; free the space or choose another folder")


def partial_paths(path: Path) -> tuple[Path, Path]:
    """Return where a recording lies while it is being written: in the second while the first is taken over."""
    return path.with_name(path.name + ".part"), path.with_name(path.name + ".part2")


def _unfinished(path: Path, about: dict[str, Any]) -> tuple[Path, Recording] | None:
    """Return the unfinished file with the most whole episodes and these, None if there are none.

    Raises `InputError` if they were made in another way than `about` says.
    """
    found = []
    for partial in filter(Path.is_file, partial_paths(path)):
        try:
            found.append((partial, read_hdf5(partial)))
        except InputError:
            continue  # ended before its first episode was whole
        made = stored_about(partial)
        differs = sorted(key for key in {*about, *made} if about.get(key) != made.get(key))
        settings = ", ".join(f"{key} {shown(made.get(key))}" for key in differs)
        check(not differs, f"{partial} was begun with other settings ({settings}); delete it, or name another file")
    return max(found, key=lambda each: len(each[1].episodes), default=None)


def stored_about(path: Path) -> dict[str, Any]:
    """Return what this project wrote about a file: units, names, rate, and how it was made."""
    with open_hdf5(path) as file:
        return json.loads(file.attrs.get(ABOUT, "{}"))


def read_episode(recording: Recording, index: int) -> Episode:
    """Return a whole episode of a recording."""
    start = int(recording.episodes.offsets[index])
    stop = start + int(recording.episodes.lengths[index])
    return Episode(
        recording.observations.read_span(start, stop),
        recording.actions[start : stop - 1],
        {name: column.read_span(start, stop) for name, column in recording.states.items()},
    )
