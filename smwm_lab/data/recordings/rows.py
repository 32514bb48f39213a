"""Rows: a column of a recording that is read where it is asked for, from memory or a mapped file.

`hdf5_rows.py` has those of HDF5 files.
"""

from pathlib import Path
from typing import Protocol, runtime_checkable

import numpy as np


@runtime_checkable
class Rows(Protocol):
    """A column with one entry per row; only what is asked for is read."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Rows, then the shape of an entry."""

    @property
    def dtype(self) -> np.dtype:
        """Of the entries."""

    def read(self, rows: np.ndarray) -> np.ndarray:
        """Return the entries of rows, in their order, repeated where asked for twice: (len(rows), ...)."""

    def read_span(self, start: int, stop: int) -> np.ndarray:
        """Return the entries of rows start to stop - 1: (stop - start, ...)."""

    def read_windows(self, starts: np.ndarray, count: int) -> np.ndarray:
        """Return `count` consecutive entries from each start on: (len(starts), count, ...)."""


class ArrayRows:
    """Rows of an array, in memory or mapped from a file."""

    def __init__(self, array: np.ndarray, path: Path | None = None):
        """path: the file that the array was read from, as it is there; None if there is none."""
        self._array, self.path = array, path

    @property
    def shape(self) -> tuple[int, ...]:
        """Rows, then the shape of an entry."""
        return self._array.shape

    @property
    def dtype(self) -> np.dtype:
        """Of the entries."""
        return self._array.dtype

    def read(self, rows: np.ndarray) -> np.ndarray:
        """Return the entries of rows, (len(rows), ...)."""
        return np.ascontiguousarray(self._array[np.asarray(rows)])

    def read_span(self, start: int, stop: int) -> np.ndarray:
        """Return the entries of rows start to stop - 1."""
        return np.ascontiguousarray(self._array[start:stop])

    def read_windows(self, starts: np.ndarray, count: int) -> np.ndarray:
        """Return `count` consecutive entries from each start on: (len(starts), count, ...)."""
        return self.read(np.asarray(starts)[:, None] + np.arange(count))


class SelectedRows:
    """Some rows of others, in a new count; windows must lie where the rows selected follow each other.

    >>> SelectedRows(ArrayRows(np.arange(5) * 10), np.array([2, 3])).read(np.array([1, 0])).tolist()
    [30, 20]
    """

    def __init__(self, rows: Rows, wanted: np.ndarray):
        self.rows, self.wanted = rows, np.asarray(wanted, np.int64)

    @property
    def shape(self) -> tuple[int, ...]:
        """Rows, then the shape of an entry."""
        return (len(self.wanted), *self.rows.shape[1:])

    @property
    def dtype(self) -> np.dtype:
        """Of the entries."""
        return self.rows.dtype

    def read(self, rows: np.ndarray) -> np.ndarray:
        """Return the entries of rows, (len(rows), ...)."""
        return self.rows.read(self.wanted[np.asarray(rows)])

    def read_span(self, start: int, stop: int) -> np.ndarray:
        """Return the entries of rows start to stop - 1."""
        return self.rows.read(self.wanted[start:stop])

    def read_windows(self, starts: np.ndarray, count: int) -> np.ndarray:
        """Return `count` consecutive entries from each start on: (len(starts), count, ...)."""
        return self.rows.read_windows(self.wanted[np.asarray(starts)], count)


def without(
    short: np.ndarray, lengths: np.ndarray, observations: Rows, actions: np.ndarray, states: dict[str, Rows]
) -> tuple[np.ndarray, Rows, np.ndarray, dict[str, Rows]]:
    """Return lengths, observations, actions and state columns without some episodes, bool (episodes,)."""
    wanted = np.flatnonzero(np.repeat(~short, lengths))
    kept = {name: SelectedRows(column, wanted) for name, column in states.items()}
    return lengths[~short], SelectedRows(observations, wanted), actions[wanted], dict(kept)


class ComponentRows:
    """One component of rows (n, k): a column (n,).

    >>> ComponentRows(ArrayRows(np.eye(3)), 1).read(np.array([0, 1])).tolist()
    [0.0, 1.0]
    """

    def __init__(self, rows: Rows, component: int):
        self.rows, self.component = rows, component

    @property
    def shape(self) -> tuple[int, ...]:
        """Rows."""
        return self.rows.shape[:1]

    @property
    def dtype(self) -> np.dtype:
        """Of the entries."""
        return self.rows.dtype

    def read(self, rows: np.ndarray) -> np.ndarray:
        """Return the entries of rows, (len(rows),)."""
        return self.rows.read(rows)[..., self.component]

    def read_span(self, start: int, stop: int) -> np.ndarray:
        """Return the entries of rows start to stop - 1."""
        return self.rows.read_span(start, stop)[..., self.component]

    def read_windows(self, starts: np.ndarray, count: int) -> np.ndarray:
        """Return `count` consecutive entries from each start on: (len(starts), count)."""
        return self.rows.read_windows(starts, count)[..., self.component]
