"""Drawing discs and silhouettes into batches of images, without a loop over samples.

Discs are scattered as a list of pixel offsets. Silhouettes are unions of intersections of half-planes and
discs: at every row and column each of these is one comparison between a function of the row and a function
of the column, so a 4x4 supersampled mask is a few broadcast comparisons of bytes.
"""

from dataclasses import dataclass

import torch
from torch import Tensor


WHITE = 255
SUPERSAMPLING = 4


def disc_offsets(radius: int) -> Tensor:
    """Return the pixels of a hard-edged disc as int64 (k, 2) offsets (dx, dy); 13 pixels for radius 2."""
    axis = torch.arange(-radius, radius + 1)
    dx, dy = torch.meshgrid(axis, axis, indexing="xy")
    return torch.stack([dx, dy], -1)[dx**2 + dy**2 <= radius**2]


def blank(n: int, side: int, device: torch.device) -> Tensor:
    """Return n white images, uint8 (n, side, side, 3)."""
    return torch.full((n, side, side, 3), WHITE, dtype=torch.uint8, device=device)


def draw_discs(canvas: Tensor, centres: Tensor, radius: int, colours: list[tuple[int, int, int]]) -> Tensor:
    """Draw one disc per colour into each image, later discs over earlier ones, in place.

    canvas: uint8 (n, side, side, 3); centres: int64 (n, discs, 2), px as (x, y). Returns canvas.
    """
    n, side = canvas.shape[0], canvas.shape[1]
    offsets = disc_offsets(radius).to(canvas.device)
    within = (offsets[:, 1] * side + offsets[:, 0]) * 3
    image = torch.arange(n, device=canvas.device) * (side * side * 3)
    corner = image[:, None] + (centres[..., 1] * side + centres[..., 0]) * 3  # (n, discs)
    flat = canvas.view(-1)
    for disc, colour in enumerate(colours):
        pixel = (corner[:, disc, None] + within).view(-1)
        for channel, value in enumerate(colour):
            flat.index_fill_(0, pixel + channel if channel else pixel, value)
    return canvas


@dataclass(frozen=True)
class HalfPlane:
    """The points (x, y) with nx * x + ny * y <= offset, in body units."""

    nx: float
    ny: float
    offset: float


@dataclass(frozen=True)
class Disc:
    """The points within `radius` of (x, y), in body units."""

    x: float
    y: float
    radius: float


Silhouette = tuple[tuple[HalfPlane | Disc, ...], ...]
"""A union of intersections."""


def _inside(
    part: HalfPlane | Disc, cos: Tensor, sin: Tensor, at: Tensor, dx: Tensor, dy: Tensor, scale: float
) -> Tensor:
    """Return bool (n, s, s): which subpixels lie inside one rotated and shifted primitive.

    cos, sin: (n, 1); dx, dy: (n, 1), px from the middle of the patch to the sprite; at: (s,), px.
    """
    column, row = at - dx, at - dy  # (n, s), px from the sprite's centre
    if isinstance(part, HalfPlane):
        nx, ny = part.nx * cos - part.ny * sin, part.nx * sin + part.ny * cos
        left, right = nx * column, part.offset * scale - ny * row
    else:
        cx, cy = (part.x * cos - part.y * sin) * scale, (part.x * sin + part.y * cos) * scale
        left, right = (column - cx) ** 2, (part.radius * scale) ** 2 - (row - cy) ** 2
    return left[:, None, :] <= right[:, :, None]


def _coverage(silhouette: Silhouette, pose: Tensor, centre: Tensor, half: int, scale: float) -> Tensor:
    """Return how many of a pixel's 16 subpixels lie inside, uint8 (n, 2 half + 1, 2 half + 1)."""
    side = 2 * half + 1
    at = (torch.arange(side * SUPERSAMPLING, device=pose.device, dtype=pose.dtype) + 0.5) / SUPERSAMPLING
    at = at - side / 2
    cos, sin = pose[:, 2:3].cos(), pose[:, 2:3].sin()
    dx, dy = pose[:, 0:1] - centre[:, 0:1], pose[:, 1:2] - centre[:, 1:2]
    union: Tensor | None = None
    for intersection in silhouette:
        mask: Tensor | None = None
        for part in intersection:
            inside = _inside(part, cos, sin, at, dx, dy, scale)
            mask = inside if mask is None else mask.logical_and_(inside)
        assert mask is not None, "an intersection has parts"
        union = mask if union is None else union.logical_or_(mask)
    assert union is not None, "a silhouette has intersections"
    # four bytes of a row of subpixels are one int32: add the four rows, then the four bytes
    quads = union.view(torch.int32).view(len(pose), side, SUPERSAMPLING, side)
    rows = quads[:, :, 0] + quads[:, :, 1] + quads[:, :, 2] + quads[:, :, 3]
    return ((rows * 0x01010101) >> 24).to(torch.uint8)


def draw_silhouette(
    canvas: Tensor, silhouette: Silhouette, pose: Tensor, half: int, scale: float, chunk: int = 64
) -> Tensor:
    """Draw a red silhouette, antialiased by 4x4 supersampling, into white images in place.

    canvas: uint8 (n, side, side, 3), white; pose: float32 (n, 3), x px, y px, theta rad; half: the sprite
    fits into 2 half + 1 px around its rounded centre; scale: px per body unit. Returns canvas.
    """
    side = canvas.shape[1]
    axis = torch.arange(-half, half + 1, device=canvas.device)
    within = (axis[:, None] * side + axis) * 3
    shade = WHITE - torch.round(torch.arange(17, device=canvas.device) * (WHITE / 16)).to(torch.uint8)
    for start in range(0, len(pose), chunk):
        part, images = pose[start : start + chunk], canvas[start : start + chunk]
        centre = torch.round(part[:, :2])
        value = shade[_coverage(silhouette, part, centre, half, scale).long()]
        corner = torch.arange(len(part), device=canvas.device) * (side * side * 3)
        corner = corner + (centre[:, 1].long() * side + centre[:, 0].long()) * 3
        pixel = corner[:, None, None] + within
        flat = images.view(-1)
        flat[pixel + 1] = value
        flat[pixel + 2] = value
    return canvas
