"""A curriculum that needs no labels: windows whose images resemble a typical one first, then all.

A camera shows joints as angles, and what an action does to them is a product of what two images show. While neither
latent holds an angle, no gradient points to it, and training stays at a saddle (see data/curriculum.py). Among images
that are much alike all angles lie close together: there the product is a difference, which is learned at once. So the
windows of training are put in order by how far they stray from one image, and a share of them that widens is used.
"""

import torch
from torch import Generator, Tensor
from torch.nn import functional

from smwm_lab.axes import State
from smwm_lab.data.curriculum import require_span, sector_at
from smwm_lab.errors import check, check_count, check_instance, check_range
from smwm_lab.gates import require_generator
from smwm_lab.worlds import Trajectories, World


GRID = 8
"""Images are compared as GRID x GRID mean colours: at full size what is thin soon overlaps no more, however near."""
NUM_CANDIDATES = 1000
"""Images, evenly spaced, among which the typical one is looked for."""
NUM_SHARES = 50
"""Shares, rising, in one run."""
AT_ONCE = 256
"""Images looked at at once."""


def distances_from_typical(world: World, windows: Trajectories) -> Tensor:
    """Return how far each window strays from a typical image, in brightness (0 to 255 per colour), float32 (n,).

    The distance of an image is the root of the summed squared differences of its mean colours, that of a window the
    largest of its images. The typical image is the one nearest to the mean of all. Nothing is drawn by chance, and
    memory does not grow with the number of images.
    Raises `InputError` for a world that shows no images, and for windows that are none.
    """
    check_instance("world", world, World, "make_world gives one")
    check_instance("windows", windows, Trajectories, "sample_windows gives some")
    check(len(windows) > 0, "windows holds none; allowed: one or more")
    require_images(world)
    states, place = torch.unique(windows.states.flatten(0, 1), dim=0, return_inverse=True)  # an image is drawn once
    typical = _typical(_coarse(world, states[:: max(1, len(states) // NUM_CANDIDATES)]))
    distances = torch.cat([(_coarse(world, some) - typical).norm(dim=1) for some in states.split(AT_ONCE)])
    return distances[place].view(len(windows), -1).amax(1)  # (n (T+1)) -> (n, T+1) -> (n,)


def widening_order(count: int, draws: int, *, share: float, opens: tuple[float, ...], generator: Generator) -> Tensor:
    """Return which of `count` windows, the nearest first, each of so many draws takes, int64 (draws,).

    At first from the nearest `share` of them; from opens[0] to opens[1] of the draws the share rises to 1. All that may
    be taken at a stage are taken equally often, give or take one. CPU tensor.

    >>> widening_order(4, 6, share=0.5, opens=(0.3, 0.6), generator=torch.Generator()).tolist()[-1] < 4
    True
    """
    check_count("count", count, 1, 10**9)
    check_count("draws", draws, 1, 10**12)
    check_range("share", share, 0.001, 1.0)
    require_span("opens", opens)
    require_generator(generator)
    ends = [round(draws * stage / NUM_SHARES) for stage in range(NUM_SHARES + 1)]
    parts = []
    for stage, (begin, end) in enumerate(zip(ends, ends[1:], strict=False)):
        now = sector_at(stage / (NUM_SHARES - 1), sector=share, opens=opens)
        parts.append(_passes(max(1, round(now * count)), end - begin, generator))
    return torch.cat(parts)


def require_images(world: World) -> None:
    """Raise `InputError` unless a world shows images, which can be compared."""
    check(
        world.spec.shows_images,
        f"widening compares images, and this world shows {world.spec.observation_shape}; allowed: widening = 1",
    )


def _passes(count: int, draws: int, generator: Generator) -> Tensor:
    """Return so many draws of 0 to count - 1, pass after pass, each in an order of its own."""
    passes = [torch.randperm(count, generator=generator) for _ in range(-(-draws // count))]
    return torch.cat(passes)[:draws] if passes else torch.empty(0, dtype=torch.int64)


def _coarse(world: World, states: State) -> Tensor:
    """Return mean colours of the images of states, float32 (n, 3 GRID GRID)."""
    parts = [world.observe(some).contiguous().float() for some in states.split(AT_ONCE)]
    return torch.cat([functional.adaptive_avg_pool2d(images, GRID).flatten(1) for images in parts])


def _typical(coarse: Tensor) -> Tensor:
    """Return the candidate nearest to their mean: the one with the smallest mean squared distance from all of them."""
    return coarse[(coarse - coarse.mean(0)).norm(dim=1).argmin()]
