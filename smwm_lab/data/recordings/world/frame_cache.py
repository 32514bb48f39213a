"""Observations of a recording as a model sees them, kept in memory once they were read, if all of them fit."""

import math

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from smwm_lab.data.recordings.rows import Rows
from smwm_lab.errors import InputError


CACHE_BYTES = 1 << 30
"""Largest memory of the observations kept."""
AT_ONCE = 256
"""Rows of the file read, and images averaged, at once."""


class FrameCache:
    """Images averaged to side x side, uint8 (n, 3, side, side), channels_last in memory; numbers as float32.

    side: of the images, px; 0 for observations that are none.
    """

    def __init__(self, observations: Rows, side: int):
        self.observations, self.side = observations, side
        rows, *entry = observations.shape
        self._stored = (side, side, 3) if side else tuple(entry)
        dtype = torch.uint8 if side else torch.float32
        self._kept: Tensor | None = None
        if rows * math.prod(self._stored) * dtype.itemsize <= CACHE_BYTES:
            self._kept = torch.empty(rows, *self._stored, dtype=dtype)  # memory is taken as it is filled
            self._is_kept = torch.zeros(rows, dtype=torch.bool)

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of an observation."""
        return (3, self.side, self.side) if self.side else self._stored

    def read(self, rows: Tensor) -> Tensor:
        """Return the observations of rows, int64 (n,); raise `InputError` for numbers that are NaN or infinite."""
        if self._kept is None:
            found = self._from_file(rows)
        else:
            missing = torch.unique(rows[~self._is_kept[rows]])
            if len(missing):
                self._kept[missing] = self._from_file(missing)
                self._is_kept[missing] = True
            found = self._kept[rows]
        return found.permute(0, 3, 1, 2) if self.side else found  # (n, H, W, 3) -> (n, 3, H, W)

    def _from_file(self, rows: Tensor) -> Tensor:
        """Return observations as they are kept, from the file."""
        if len(rows) == 0:
            return torch.empty(0, *self._stored, dtype=torch.uint8 if self.side else torch.float32)
        change = self._averaged if self.side else self._finite
        return torch.cat([change(self.observations.read(part.numpy()), part) for part in rows.split(AT_ONCE)])

    def _averaged(self, frames: np.ndarray, rows: Tensor) -> Tensor:
        images = torch.from_numpy(frames)
        if images.shape[1:3] == (self.side, self.side):
            return images
        size = (self.side, self.side)
        small = functional.interpolate(images.permute(0, 3, 1, 2).float(), size, mode="bilinear", antialias=True)
        return small.round().clamp(0, 255).to(torch.uint8).permute(0, 2, 3, 1)

    def _finite(self, numbers: np.ndarray, rows: Tensor) -> Tensor:
        bad = ~np.isfinite(numbers).reshape(len(numbers), -1).all(1)
        if bad.any():
            raise InputError(
                f"the observation of row {int(rows[int(bad.argmax())])} holds NaN or infinity; allowed: numbers (fill "
                "the gap, or cut the episode there)"
            )
        return torch.from_numpy(numbers.astype(np.float32))
