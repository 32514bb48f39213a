"""Episodes: which rows of a recording belong together."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from smwm_lab.errors import InputError, check, check_count
from smwm_lab.gates import real_array


SHORTEST = 2
"""Rows of an episode at least: one step needs two."""


@dataclass(frozen=True, eq=False)
class Episodes:
    """Consecutive rows, cut into episodes: episode e is `lengths[e]` rows from row `offsets[e]` on.

    >>> episodes = Episodes(np.array([3, 2]))
    >>> episodes.offsets.tolist(), episodes.of_rows(np.array([2, 3])).tolist(), episodes.starts(2).tolist()
    ([0, 3], [0, 1], [0])
    """

    lengths: np.ndarray
    """Rows of each episode, int64 (episodes,), 2 or more each."""

    def __post_init__(self):
        lengths = real_array("episode lengths", self.lengths, None, allowed="(episodes,), whole numbers")
        check(lengths.size > 0, f"no episodes are left; allowed: one or more, of {SHORTEST} rows or more")
        whole = np.issubdtype(lengths.dtype, np.integer)
        check(whole, f"episode lengths are {lengths.dtype}; allowed: whole numbers of rows")
        object.__setattr__(self, "lengths", lengths.astype(np.int64))
        short = np.flatnonzero(lengths < SHORTEST)
        if len(short):
            some = f", and {len(short) - 1} more" if len(short) > 1 else ""
            raise InputError(
                f"episode {short[0]} has {lengths[short[0]]} rows{some}; allowed: {SHORTEST} or more, as a step needs "
                "two (leave it out: `smwm-lab data convert --drop-short`)"
            )

    def __len__(self) -> int:
        return len(self.lengths)

    @cached_property
    def offsets(self) -> np.ndarray:
        """First row of each episode, int64 (episodes,)."""
        return np.concatenate([[0], np.cumsum(self.lengths)[:-1]]).astype(np.int64)

    @property
    def num_rows(self) -> int:
        """Rows of all episodes."""
        return int(self.lengths.sum())

    @property
    def num_steps(self) -> int:
        """Steps of all episodes: one less than its rows in each."""
        return self.num_rows - len(self)

    @property
    def last_rows(self) -> np.ndarray:
        """Last row of each episode, int64 (episodes,)."""
        return self.offsets + self.lengths - 1

    def of_rows(self, rows: np.ndarray) -> np.ndarray:
        """Return the episode of each row, int64 of the same shape."""
        return np.searchsorted(self.offsets, rows, side="right") - 1

    def starts(self, length: int) -> np.ndarray:
        """Return the rows, rising, from which `length` steps stay inside one episode, int64 (n,)."""
        check_count("length", length, 1, 10**9)
        room = np.repeat(self.last_rows, self.lengths) - np.arange(self.num_rows)  # steps left from each row on
        return np.flatnonzero(room >= length)

    @classmethod
    def of_labels(cls, labels: np.ndarray) -> "Episodes":
        """Return the episodes of rows that carry the number or name of theirs, (rows,); a change begins the next.

        Raises `InputError` where a label comes back after another: its rows would not be consecutive.
        """
        labels = np.asarray(labels)
        check(labels.ndim == 1 and len(labels) > 0, f"episode labels have shape {labels.shape}; allowed: one per row")
        codes, names = pd.factorize(labels)
        nameless = np.flatnonzero(codes < 0)
        check(
            len(nameless) == 0,
            f"row {nameless[0] if len(nameless) else 0} names no episode ({len(nameless)} rows do not); allowed: a "
            "number or name in every row",
        )
        begins = np.flatnonzero(np.concatenate([[True], codes[1:] != codes[:-1]]))
        again = np.flatnonzero(np.bincount(codes[begins]) > 1)
        check(
            len(again) == 0,
            f"the rows of episode {names[again[0]] if len(again) else ''} are not consecutive; allowed: sorted by "
            "episode",
        )
        return cls(np.diff([*begins, len(labels)]))
