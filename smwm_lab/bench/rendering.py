"""Rendering against a straightforward NumPy renderer that draws one image at a time."""

import math

import numpy as np
import torch

from smwm_lab.bench.result import BenchResult, paired_rates
from smwm_lab.seeding import generator
from smwm_lab.worlds import World, make_world


BATCH = 256
"""Images that our renderer draws at once."""


def draw_dot_image(x: int, y: int, side: int = 64, radius: int = 2) -> np.ndarray:
    """Return one image of a red disc, uint8 (3, side, side), by a mask over all pixels."""
    rows, columns = np.mgrid[:side, :side]
    image = np.full((3, side, side), 255, np.uint8)
    image[:, (columns - x) ** 2 + (rows - y) ** 2 <= radius**2] = np.array([[255], [0], [0]])
    return image


def draw_arrow_image(x: float, y: float, theta: float, side: int = 64, scale: float = 7.5) -> np.ndarray:
    """Return one image of the red arrow, uint8 (3, side, side), by a mask over all 4x4 subpixels."""
    at = (np.arange(side * 4) + 0.5) / 4 - 0.5
    columns, rows = np.meshgrid(at - x, at - y)
    along = (columns * math.cos(theta) + rows * math.sin(theta)) / scale
    across = (-columns * math.sin(theta) + rows * math.cos(theta)) / scale
    inside = (along >= -0.9) & (np.abs(across) <= (1.6 - along) / 2.5)
    cover = inside.reshape(side, 4, side, 4).mean((1, 3))  # (side, side): share of the 16 subpixels of each pixel
    paper = np.uint8(255) - np.round(255 * cover).astype(np.uint8)
    return np.stack([np.full((side, side), 255, np.uint8), paper, paper])


def bench_dots() -> BenchResult:
    """Dot-world pairs per second."""
    return _compare("render dots", make_world("single_dot"), lambda s: draw_dot_image(int(s[0]), int(s[1])))


def bench_sprites() -> BenchResult:
    """Sprite pairs per second."""
    return _compare(
        "render sprites", make_world("sprite_xyt"), lambda s: draw_arrow_image(float(s[0]), float(s[1]), float(s[2]))
    )


def _compare(name: str, world: World, draw_one) -> BenchResult:
    state = world.sample_state(2 * BATCH, generator(0, "bench"))
    first, second = state.split(BATCH)

    def ours() -> int:
        world.observe(first)
        world.observe(second)
        return BATCH

    def plain() -> int:
        torch.from_numpy(np.stack([draw_one(row) for row in state[:32].numpy()]))
        return 16

    fast, slow = paired_rates(ours, plain, rounds=3)
    return BenchResult(name, fast, slow, "pairs/s", fast / slow, "one image at a time in NumPy")
