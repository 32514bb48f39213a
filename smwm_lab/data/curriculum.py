"""A curriculum for angles: start states from a sector around 0 that opens to the full circle.

The turn between two frames is a product of what they show: sin(turn) = sin t' cos t - cos t' sin t. While neither
latent holds the angle t, no gradient points to it: training stays at a saddle. Within a narrow sector the turn is a
difference, as for a position, and is learned at once; then the sector opens. The dynamics are the same throughout.
"""

import math
from functools import partial
from numbers import Real

import torch
from torch import Generator, Tensor

from smwm_lab.axes import State
from smwm_lab.data.splits import StateSplit, require_draw, sample_transitions
from smwm_lab.errors import check, check_range, shown
from smwm_lab.worlds.transitions import TransitionBatch


NUM_SECTORS = 50
"""Sectors of rising width in one data set."""


def sector_at(progress: float, *, sector: float, opens: tuple[float, ...]) -> float:
    """Return the share of the full circle from which angles come at `progress` (0 to 1) of the data set.

    sector: the share at first; opens: from where to where it rises linearly to 1.

    >>> [sector_at(t, sector=0.5, opens=(0.25, 0.75)) for t in (0.0, 0.5, 1.0)]
    [0.5, 0.75, 1.0]
    """
    begin, end = opens
    risen = min(1.0, max(0.0, (progress - begin) / (end - begin)))
    return sector + (1 - sector) * risen


def in_sector(split: StateSplit, state: State, share: float) -> Tensor:
    """Return bool (n,): the states all of whose angles lie within pi * share of 0."""
    angles = state[:, torch.tensor(split.world.spec.angles)]
    return ((torch.remainder(angles + math.pi, 2 * math.pi) - math.pi).abs() <= math.pi * share).all(1)


def widening_transitions(
    split: StateSplit, n: int, *, sector: float, opens: tuple[float, ...], generator: Generator
) -> TransitionBatch:
    """Draw n training transitions, to be used in this order: angles of start states come from the sector of the time.

    Both ends of every transition are on the training side of the split. CPU tensors.
    Raises `InputError` for a sector outside 0.01 to 1, and for `opens` that are not two rising shares.
    """
    require_draw(split, n, generator)
    check_range("sector", sector, 0.01, 1.0)
    require_span("opens", opens)
    ends = [round(n * stage / NUM_SECTORS) for stage in range(NUM_SECTORS + 1)]
    parts = []
    for stage, (begin, end) in enumerate(zip(ends, ends[1:], strict=False)):
        if begin == end:
            continue  # fewer transitions than stages
        share = sector_at(stage / (NUM_SECTORS - 1), sector=sector, opens=opens)
        parts.append(
            sample_transitions(
                split,
                end - begin,
                held_out=False,
                generator=generator,
                where=partial(in_sector, split, share=share),
            )
        )
    return TransitionBatch.cat(parts)


def require_span(name: str, span: object) -> None:
    """Raise `InputError` unless a value is two shares of a data set, 0 to 1, the first below the second."""
    rising = (
        isinstance(span, tuple | list)
        and len(span) == 2
        and all(isinstance(share, Real) for share in span)
        and 0 <= span[0] < span[1] <= 1
    )
    check(rising, f"{name} = {shown(span)} is no span; allowed: two rising shares of the data set, 0 to 1")
