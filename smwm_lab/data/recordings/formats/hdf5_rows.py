"""Rows of HDF5 files."""

import os
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from smwm_lab.errors import InputError, check


CACHE_BYTES = 64 << 20
"""Of each column, for chunks that hold many rows; what is smaller than a chunk would unpack it for every window."""
STILL_WRITTEN = "already open for write"
"""In HDF5's message about a file whose writer has not closed it, be it at work or ended."""


def open_hdf5(path: Path) -> Any:
    """Return an open file; one whose writer was ended in the middle is opened as far as it was written."""
    check(path.is_file(), f"{path} is no file; allowed: an HDF5 file")
    if find_spec("hdf5plugin"):  # filters such as Blosc; whoever has such files installs it
        import_module("hdf5plugin")
    try:
        return _opened(path, swmr=False)
    except OSError as error:
        reason = error
    if STILL_WRITTEN in str(reason):  # never of a file that was cut: HDF5 would ask for what is missing again and again
        try:
            return _opened(path, swmr=True)
        except OSError as error:
            reason = error
    raise InputError(f"{path} is no HDF5 file, or is damaged ({str(reason).partition(chr(10))[0]}); copy it again")


def _opened(path: Path, *, swmr: bool) -> Any:
    import h5py

    return h5py.File(path, "r", swmr=swmr, locking="best-effort", rdcc_nbytes=CACHE_BYTES)


def missing_filters(dataset: Any) -> list[str]:
    """Return the names of filters that a dataset is packed with and that are not installed."""
    import h5py

    packed = dataset.id.get_create_plist()
    found = [packed.get_filter(index) for index in range(packed.get_nfilters())]
    return [name.decode(errors="replace") or str(code) for code, _, _, name in found if not h5py.h5z.filter_avail(code)]


class Hdf5Rows:
    """Rows of a dataset in an HDF5 file, which is opened when they are first read, once in each process.

    It can be sent to another process; the file is opened anew there.
    """

    def __init__(self, path: Path, name: str, shape: tuple[int, ...], dtype: np.dtype):
        self.path, self.name, self._shape = path, name, shape
        self._dtype = dtype.newbyteorder("=")  # torch takes no other
        self._opened: tuple[int, Any] | None = None
        """Process that opened the file, and the dataset in it."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Rows, then the shape of an entry."""
        return self._shape

    @property
    def dtype(self) -> np.dtype:
        """Of the entries."""
        return self._dtype

    def read(self, rows: np.ndarray) -> np.ndarray:
        """Return the entries of rows, (len(rows), ...); those that follow each other in the file are read together."""
        wanted, place = np.unique(np.asarray(rows, np.int64).ravel(), return_inverse=True)
        found = np.empty((len(wanted), *self._shape[1:]), self._dtype)
        begins = np.flatnonzero(np.diff(wanted, prepend=-(1 << 62)) > 1)  # the first begins a stretch
        ends = [*begins[1:], len(wanted)][: len(begins)]
        for begin, end in zip(begins, ends, strict=True):
            self._into(found[begin:end], int(wanted[begin]))
        rising = len(place) == len(wanted) and bool((np.diff(place) > 0).all())
        return found if rising else found[place.ravel()]

    def read_span(self, start: int, stop: int) -> np.ndarray:
        """Return the entries of rows start to stop - 1."""
        found = np.empty((max(0, stop - start), *self._shape[1:]), self._dtype)
        if len(found):
            self._into(found, start)
        return found

    def read_windows(self, starts: np.ndarray, count: int) -> np.ndarray:
        """Return `count` consecutive entries from each start on: (len(starts), count, ...)."""
        found = np.empty((len(starts), count, *self._shape[1:]), self._dtype)
        for place, start in enumerate(np.asarray(starts).tolist()):
            self._into(found[place], start)
        return found

    def _into(self, target: np.ndarray, start: int) -> None:
        """Read the rows from `start` on into an array."""
        stop = start + len(target)
        if not 0 <= start <= stop <= self._shape[0]:
            raise InputError(
                f"{self.path}: rows {start} to {stop - 1} are not there; allowed: 0 to {self._shape[0] - 1}"
            )
        dataset = self._open()
        self._guarded(lambda: dataset.read_direct(target, np.s_[start:stop]), start)

    def _open(self) -> Any:
        if self._opened is None or self._opened[0] != os.getpid():
            dataset = self._guarded(lambda: open_hdf5(self.path)[self.name], 0)
            self._opened = (os.getpid(), dataset)
        return self._opened[1]

    def _guarded(self, read: Callable[[], Any], row: int) -> Any:
        try:
            return read()
        except InputError:
            raise
        except (OSError, RuntimeError, KeyError, TypeError, ValueError) as error:
            reason = str(error).partition("\n")[0]
            raise InputError(
                f"{self.path}: {self.name} cannot be read from row {row} on ({reason}); the file is damaged or has "
                "changed: copy it again"
            ) from error

    def __getstate__(self) -> dict[str, Any]:
        return self.__dict__ | {"_opened": None}
