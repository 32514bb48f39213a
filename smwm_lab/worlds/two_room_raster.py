"""The picture of TwoRoom, drawn at any side as exact area averages of its 224 px frame.

The frame is white with black border lines and a black wall with a door; the agent is a red Gaussian blob over all of
it. Blob and walls are products of a function of the row and a function of the column, so every average over an area
is a product of two one-dimensional averages, and no large frame is ever drawn.
"""

from typing import Any

import torch
from torch import Tensor

from smwm_lab.axes import Observation, State


FRAME = 224
"""Side of the frame in which positions are given, px."""
BORDERS = ((10, 14), (210, 214))
"""Pixels of the black border lines, columns and rows alike, first and one past the last."""
WALL_COLUMNS, DOOR_ROWS = (107, 118), (35, 64)
"""Pixels of the wall's columns, and of the rows that its door leaves open."""
BLOB_STD = 7.0
"""Standard deviation of the agent's blob, px."""


class RoomsRaster:
    """Draws batches of states at one side.

    side: px, 1 to 224. Each output pixel is the mean over the part of the frame that it covers.
    """

    def __init__(self, side: int):
        self.side = side
        self._covered, self._share = _coverage(side)
        pixel = torch.arange(FRAME)
        free = ~(_between(pixel, BORDERS[0]) | _between(pixel, BORDERS[1]))
        wall_column, door_row = _between(pixel, WALL_COLUMNS), _between(pixel, DOOR_ROWS)
        # white = free column x free row - wall column x (free row without the door)
        self._columns = torch.stack([free, wall_column]).float()
        self._rows = torch.stack([free, free & ~door_row]).float()

    def blueprint(self) -> dict[str, Any]:
        """Return the numbers that `draw` computes with, as JSON values.

        covered, share: (k, side), which frame pixels an output pixel covers, and how much of it each is; columns, rows:
        (2, 224), the lines whose products are the free floor and the wall.
        """
        lines = {"covered": self._covered, "share": self._share, "columns": self._columns, "rows": self._rows}
        return {name: value.tolist() for name, value in lines.items()} | {"blob_std": BLOB_STD}

    def draw(self, state: State) -> Observation:
        """Return the pictures of states (n, 2) in px of the frame; uint8 (n, 3, side, side), channels_last."""
        device = state.device
        columns, rows = self._columns.to(device), self._rows.to(device)
        blob_x, blob_y = (_blob(place) for place in state.unbind(1))  # (n, 224)
        blob = _outer(self._average(blob_y), self._average(blob_x))
        white = _outer(self._average(rows[0]), self._average(columns[0]))
        white = white - _outer(self._average(rows[1]), self._average(columns[1]))
        seen = _outer(self._average(blob_y * rows[0]), self._average(blob_x * columns[0]))
        seen = seen - _outer(self._average(blob_y * rows[1]), self._average(blob_x * columns[1]))
        others = white - seen  # green and blue: what is white and not covered by the blob
        red, others = _to_bytes(blob + others), _to_bytes(others)  # red: the blob on whatever it covers, too
        return torch.stack([red, others, others], -1).permute(0, 3, 1, 2)

    def _average(self, line: Tensor) -> Tensor:
        """Return the averages of lines (..., 224) over the stretches that output pixels cover, (..., side).

        Term by term, so that a picture does not depend on which others are drawn with it.
        """
        covered, share = self._covered.to(line.device), self._share.to(line.device)
        total = line[..., covered[0]] * share[0]
        for pixel, part in zip(covered[1:], share[1:], strict=True):
            total = total + line[..., pixel] * part
        return total


def _coverage(side: int) -> tuple[Tensor, Tensor]:
    """Return which frame pixels each output pixel covers, int64 (k, side), and their shares, float32 (k, side)."""
    size = FRAME / side
    left = torch.arange(side, dtype=torch.float64) * size
    first = torch.floor(left)
    pixel = first + torch.arange(int(size) + 2, dtype=torch.float64)[:, None]
    overlap = torch.minimum(left + size, pixel + 1) - torch.maximum(left, pixel)
    return pixel.clamp(max=FRAME - 1).long(), (overlap.clamp(min=0) / size).float()


def _between(pixel: Tensor, span: tuple[int, int]) -> Tensor:
    return (pixel >= span[0]) & (pixel < span[1])


def _blob(place: Tensor) -> Tensor:
    """Return the blob along one axis, 1 at its brightest pixel: (n,) px -> (n, 224)."""
    pixel = torch.arange(FRAME, device=place.device)
    line = torch.exp(-((pixel - place[:, None]) ** 2) / (2 * BLOB_STD**2))
    return line / line.amax(1, keepdim=True)


def _to_bytes(brightness: Tensor) -> Tensor:
    """Return brightness 0 to 1 as uint8, 0 to 255."""
    return torch.round(brightness * 255).clamp(0, 255).to(torch.uint8)


def _outer(column: Tensor, row: Tensor) -> Tensor:
    return column[..., :, None] * row[..., None, :]
