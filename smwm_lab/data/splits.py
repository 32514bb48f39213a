"""Splits by state: the held-out states never occur in training, by construction.

Every state falls into a cell of its world (a pixel, or 1 px x 1 px x 7.5 degrees for a sprite). A keyed hash of
the cell decides the side, so the rule needs no list, works while sampling and for any number of states.
States near a cell border, whose frame may equal that of the next cell, are left out of the held-out side.
With several dots the cell is the joint position of all of them: what is held out are combinations, not places.
A training transition has both ends on the training side, a held-out transition both on the held-out side.
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Generator, Tensor

from smwm_lab.axes import State
from smwm_lab.errors import check, check_range
from smwm_lab.seeding import stream_seed
from smwm_lab.worlds.base import World
from smwm_lab.worlds.transitions import TransitionBatch


_BUCKETS = 1 << 20
_PRIMES = (0x9E3779B1, 0x85EBCA77, 0xC2B2AE3D, 0x27D4EB2F)


@dataclass(frozen=True)
class StateSplit:
    """A rule that assigns each state of a world to training, to the held-out side, or to neither."""

    world: World
    """World whose states are assigned."""
    seed: int
    """Key of the hash; another seed holds out other cells."""
    fraction: float
    """Share of cells held out, 0 to 0.5."""

    def __post_init__(self):
        check_range("held_out_fraction", self.fraction, 0.0, 0.5)

    def _in_held_out_cell(self, state: State) -> Tensor:
        key = stream_seed(self.seed, "split") & 0x7FFFFFFF
        value = torch.full((len(state),), key, dtype=torch.int64, device=state.device)
        # multiply and xor-shift: neighbouring cells get unrelated values, on any device, without a table of cells
        for i, column in enumerate(self.world.cells(state).unbind(1)):
            value = (value ^ (column * _PRIMES[i % 4])) & 0x7FFFFFFF
            value = ((value ^ (value >> 15)) * 0x2C1B3C6D) & 0x7FFFFFFF
            value = ((value ^ (value >> 12)) * 0x297A2D39) & 0x7FFFFFFF
            value = value ^ (value >> 15)
        return value % _BUCKETS < self.fraction * _BUCKETS

    def is_training(self, state: State) -> Tensor:
        """Return bool (n,): the states that may occur in training."""
        return ~self._in_held_out_cell(state)

    def is_held_out(self, state: State) -> Tensor:
        """Return bool (n,): the states that may occur in evaluation."""
        return self._in_held_out_cell(state) & ~self.world.near_cell_border(state)


def split_by_state(world: World, *, seed: int, fraction: float = 0.1) -> StateSplit:
    """Return the rule that holds out `fraction` of the cells of `world`; another seed holds out other cells.

    >>> from smwm_lab.worlds import make_world
    >>> split = split_by_state(make_world("single_dot"), seed=0)
    >>> held_out = sample_states(split, 5, held_out=True, generator=torch.Generator())
    >>> bool(split.is_training(held_out).any())
    False
    """
    return StateSplit(world, seed, fraction)


def sample_transitions(
    split: StateSplit,
    n: int,
    *,
    held_out: bool,
    generator: Generator,
    where: Callable[[State], Tensor] | None = None,
) -> TransitionBatch:
    """Draw n i.i.d. transitions with both ends on one side of the split. CPU tensors.

    where: start states (m, state) -> bool (m,), those that are wanted; all if None.
    """
    side = split.is_held_out if held_out else split.is_training
    parts: list[TransitionBatch] = []
    drawn = kept = 0
    while kept < n:
        batch = split.world.sample_transitions(_next_draw(n, kept, drawn), generator)
        drawn += len(batch)
        fits = side(batch.state) & side(batch.next_state)
        batch = batch[fits if where is None else fits & where(batch.state)]
        kept += len(batch)
        parts.append(batch)
        _require_hits(split, kept, drawn)
    columns = zip(*((p.state, p.action, p.next_state) for p in parts), strict=True)
    return TransitionBatch(*(torch.cat(column)[:n] for column in columns))


def sample_states(split: StateSplit, n: int, *, held_out: bool, generator: Generator, anywhere: bool = False) -> State:
    """Draw n states from one side of the split, from the start region or `anywhere` on the canvas. CPU tensor."""
    side = split.is_held_out if held_out else split.is_training
    parts: list[Tensor] = []
    drawn = kept = 0
    while kept < n:
        state = split.world.sample_state(_next_draw(n, kept, drawn), generator, anywhere=anywhere)
        drawn += len(state)
        state = state[side(state)]
        kept += len(state)
        parts.append(state)
        _require_hits(split, kept, drawn)
    return torch.cat(parts)[:n]


def _next_draw(n: int, kept: int, drawn: int) -> int:
    """Return how many candidates to draw: what is missing over the hit rate so far, within bounds."""
    rate = max(kept / drawn, 1e-3) if drawn else 1.0
    return min(max(int(1.1 * (n - kept) / rate) + 16, 1024), 1 << 20)


def _require_hits(split: StateSplit, kept: int, drawn: int) -> None:
    check(
        kept > 0 or drawn < 1 << 20,
        f"held_out_fraction = {split.fraction:g} leaves no state on one side of this world; "
        "allowed: 0 < fraction < 0.5, larger for a small world",
    )
