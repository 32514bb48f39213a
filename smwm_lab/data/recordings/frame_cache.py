"""Frames of a recording as a model sees them: of one side, kept in memory once they were read, if all of them fit."""

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from smwm_lab.data.recordings.rows import Rows


CACHE_BYTES = 1 << 30
"""Largest memory of the frames kept."""
AT_ONCE = 256
"""Frames of the file read and averaged at once."""


class FrameCache:
    """Images of a recording averaged to side x side, uint8 (n, 3, side, side), channels_last in memory."""

    def __init__(self, observations: Rows, side: int):
        self.observations, self.side = observations, side
        rows = observations.shape[0]
        self._kept: Tensor | None = None
        if rows * side * side * 3 <= CACHE_BYTES:
            self._kept = torch.empty(rows, side, side, 3, dtype=torch.uint8)  # memory is taken as it is filled
            self._is_kept = torch.zeros(rows, dtype=torch.bool)

    def read(self, rows: Tensor) -> Tensor:
        """Return the frames of rows, int64 (n,)."""
        if self._kept is None:
            return self._from_file(rows).permute(0, 3, 1, 2)
        missing = torch.unique(rows[~self._is_kept[rows]])
        if len(missing):
            self._kept[missing] = self._from_file(missing)
            self._is_kept[missing] = True
        return self._kept[rows].permute(0, 3, 1, 2)  # (n, H, W, 3) -> (n, 3, H, W)

    def _from_file(self, rows: Tensor) -> Tensor:
        """Return frames (n, side, side, 3) from the file."""
        if len(rows) == 0:
            return torch.empty(0, self.side, self.side, 3, dtype=torch.uint8)
        parts = [self._averaged(self.observations.read(part.numpy())) for part in rows.split(AT_ONCE)]
        return torch.cat(parts)

    def _averaged(self, frames: np.ndarray) -> Tensor:
        images = torch.from_numpy(frames)
        if images.shape[1:3] == (self.side, self.side):
            return images
        small = functional.interpolate(
            images.permute(0, 3, 1, 2).float(), (self.side, self.side), mode="bilinear", antialias=True
        )
        return small.round().clamp(0, 255).to(torch.uint8).permute(0, 2, 3, 1)
