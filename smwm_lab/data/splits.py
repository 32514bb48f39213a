"""Splits of the states of a world: held-out states never occur in training, by construction.

By cell: every state falls into a cell of its world (a pixel, or 1 px x 1 px x 7.5 degrees for a sprite), and a keyed
hash of the cell decides the side. So the rule needs no list, works while sampling and for any number of states. What is
held out lies between training neighbours. With several dots the cell is the joint position of all of them: what is
held out are combinations, not places.

By region: everything inside a box of states (a hole, a stripe, a quadrant) is held out, far from training neighbours.

A training transition has both ends on the training side, a held-out transition both on the held-out side. States so
near a border that their frame may equal one of the other side are left out of the held-out side.
"""

import json
import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Generator, Tensor

from smwm_lab.axes import State
from smwm_lab.config import Config, config
from smwm_lab.errors import InputError, check, check_callable, check_count, check_instance, check_range, shown
from smwm_lab.gates import require_generator
from smwm_lab.seeding import require_seed, stream_seed
from smwm_lab.worlds.base import World
from smwm_lab.worlds.transitions import TransitionBatch


_BUCKETS = 1 << 20
_PRIMES = (0x9E3779B1, 0x85EBCA77, 0xC2B2AE3D, 0x27D4EB2F)
Predicate = Callable[[State], Tensor]
"""States (n, state) -> bool (n,)."""


class StateSplit(ABC):
    """A rule that assigns each state of a world to training, to the held-out side, or to neither.

    Asked for states of another width, or for NaN, it raises `InputError`: no answer would be true of them.
    """

    world: World

    @property
    @abstractmethod
    def key(self) -> str:
        """What the rule is, as text: equal keys, equal splits."""

    @abstractmethod
    def is_training(self, state: State) -> Tensor:
        """Return bool (n,): the states that may occur in training."""

    @abstractmethod
    def is_held_out(self, state: State) -> Tensor:
        """Return bool (n,): the states that may occur in evaluation."""


@dataclass(frozen=True)
class CellSplit(StateSplit):
    """Holds out a share of the cells of a world, chosen by a keyed hash."""

    world: World
    """World whose states are assigned."""
    seed: int
    """Key of the hash; another seed holds out other cells."""
    fraction: float
    """Share of cells held out, 0 to 0.5."""

    def __post_init__(self):
        check_instance("world", self.world, World, "make_world gives one")
        require_seed(self.seed)
        check_range("held_out_fraction", self.fraction, 0.0, 0.5)

    @property
    def key(self) -> str:
        return f"world {self.world.config.fingerprint()}, seed {self.seed}, fraction {self.fraction:g}"

    def _in_held_out_cell(self, state: State) -> Tensor:
        self.world.require_states(state)
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
        return ~self._in_held_out_cell(state)

    def is_held_out(self, state: State) -> Tensor:
        return self._in_held_out_cell(state) & ~self.world.near_cell_border(state)


@config
class Region(Config):
    """A box of states: a hole, a stripe, a quadrant, by the components that it bounds."""

    low: dict[str, float]
    """State component -> the smallest value inside, in its units."""
    high: dict[str, float]
    """State component -> the largest value inside; the same components."""
    margin: float = 0.5
    """States inside, but nearer to the border than this, belong to neither side, in the units of the components."""

    def __post_init__(self):
        check(len(self.low) > 0, "low = {} is empty; allowed: one or more state components")
        names = ", ".join(sorted(self.low))
        check(set(self.low) == set(self.high), f"low bounds {names}, high others; allowed: the same components in both")
        for name, low in self.low.items():
            high = self.high[name]
            check(low < high, f"region of {name} is empty: {low:g} to {high:g}; allowed: low < high")
            check_range("margin", self.margin, 0.0, (high - low) / 2, f"{name} runs from {low:g} to {high:g}")

    def contains(self, world: World, state: State, *, margin: float = 0.0) -> Tensor:
        """Return bool (n,): the states of a world inside the region, `margin` or more away from its border.

        An angle is inside if any of its turns is: -0.5 to 0.5 rad holds 6.2 rad too.
        """
        inside = torch.ones(len(state), dtype=torch.bool, device=state.device)
        for name, low in self.low.items():
            column = world.spec.state_names.index(name)
            value, width = state[:, column] - low, self.high[name] - low
            if world.spec.angles[column]:
                value = torch.remainder(value, 2 * math.pi)
            inside &= (value >= margin) & (value <= width - margin)
        return inside

    def require_in(self, world: World) -> None:
        """Raise `InputError` for a component that a world lacks, or a range that lies outside of it."""
        spec = world.spec
        unknown, names = sorted(set(self.low) - set(spec.state_names)), ", ".join(spec.state_names)
        check(not unknown, f"region bounds {', '.join(unknown)}, which this world lacks; allowed: {names}")
        for name, low in self.low.items():
            column, high = spec.state_names.index(name), self.high[name]
            inside = spec.angles[column] or (low <= spec.state_high[column] and high >= spec.state_low[column])
            allowed = f"{spec.state_low[column]:g} to {spec.state_high[column]:g}"
            check(inside, f"region of {name} = {low:g} to {high:g} lies outside the world; allowed: within {allowed}")


@dataclass(frozen=True)
class RegionSplit(StateSplit):
    """Holds out every state for which a predicate is true."""

    world: World
    inside: Predicate
    """Which states training never sees."""
    deep_inside: Predicate
    """Which of them are far enough from all others for an evaluation."""
    name: str
    """What the region is, as text."""

    @property
    def key(self) -> str:
        return f"world {self.world.config.fingerprint()}, region {self.name}"

    def is_training(self, state: State) -> Tensor:
        self.world.require_states(state)
        return ~_ask(self.inside, state)

    def is_held_out(self, state: State) -> Tensor:
        self.world.require_states(state)
        return _ask(self.inside, state) & _ask(self.deep_inside, state)


def split_by_state(world: World, *, seed: int, fraction: float = 0.1) -> StateSplit:
    """Return the rule that holds out `fraction` of the cells of `world`; another seed holds out other cells.

    A world that is a list of states, such as a recording, has a rule of its own. For the split of a trained run ask the
    run: `run.split`.

    >>> from smwm_lab.worlds import make_world
    >>> split = split_by_state(make_world("single_dot"), seed=0)
    >>> held_out = sample_states(split, 5, held_out=True, generator=torch.Generator())
    >>> bool(split.is_training(held_out).any())
    False
    """
    check_instance("world", world, World, "make_world gives one")
    return world.own_split(seed=seed, fraction=fraction) or CellSplit(world, seed, fraction)


def split_by_region(world: World, region: Region | Mapping[str, Sequence[float]] | Predicate) -> RegionSplit:
    """Return the rule that holds out a region of the states of `world`.

    region: a `Region`, component -> (low, high) for short, or any predicate of states (n, state) -> bool (n,); only the
    first two can be part of a `TrainConfig`. Raises `InputError` for a component that the world does not have.

    >>> from smwm_lab.worlds import make_world
    >>> split = split_by_region(make_world("single_dot"), {"red_x": (0, 31), "red_y": (0, 31)})
    >>> split.is_training(torch.tensor([[20.0, 20.0], [20.0, 40.0]])).tolist()
    [False, True]
    """
    check_instance("world", world, World, "make_world gives one")
    if isinstance(region, Mapping):
        pairs = all(isinstance(bounds, tuple | list) and len(bounds) == 2 for bounds in region.values())
        check(pairs, f"region = {shown(dict(region))}; allowed: component -> (low, high)")
        for name, bounds in region.items():
            for bound in bounds:
                check_range(f"region of {name}", bound, -1e9, 1e9)
        low, high = ({name: float(bounds[i]) for name, bounds in region.items()} for i in (0, 1))
        region = Region(low=low, high=high)
    if not isinstance(region, Region):
        check_callable("region", region, "a Region, component -> (low, high), or states (n, state) -> bool (n,)")
        # two predicates are the same only if they are one object: nothing else can be known of them
        return RegionSplit(world, region, region, f"{getattr(region, '__qualname__', 'predicate')} {id(region):x}")
    box = region
    box.require_in(world)
    return RegionSplit(
        world,
        lambda state: box.contains(world, state),
        lambda state: box.contains(world, state, margin=box.margin),
        json.dumps(box.to_dict(), sort_keys=True),
    )


def sample_transitions(
    split: StateSplit,
    n: int,
    *,
    held_out: bool,
    generator: Generator,
    where: Predicate | None = None,
) -> TransitionBatch:
    """Draw n i.i.d. transitions with both ends on one side of the split. CPU tensors.

    where: start states (m, state) -> bool (m,), those that are wanted; all if None.
    """
    require_draw(split, n, generator)
    if where is not None:
        check_callable("where", where, "start states (m, state) -> bool (m,), or None")
    side = split.is_held_out if held_out else split.is_training
    parts: list[TransitionBatch] = []
    drawn = kept = 0
    while kept < n:
        batch = split.world.sample_transitions(_next_draw(n, kept, drawn), generator)
        drawn += len(batch)
        fits = side(batch.state) & side(batch.next_state)
        batch = batch[fits if where is None else fits & _ask(where, batch.state)]
        kept += len(batch)
        parts.append(batch)
        _require_hits(split, kept, drawn)
    return TransitionBatch.cat(parts)[:n]


def sample_states(split: StateSplit, n: int, *, held_out: bool, generator: Generator, anywhere: bool = False) -> State:
    """Draw n states from one side of the split, from the start region or `anywhere` on the canvas. CPU tensor."""
    require_draw(split, n, generator)
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


def require_draw(split: StateSplit, n: int, generator: Generator) -> None:
    """Raise `InputError` unless n things can be drawn from one side of a split."""
    check_instance("split", split, StateSplit, "split_by_state gives one; of a run: run.split")
    check_count("n", n, 1, 10**9)
    require_generator(generator)


def _ask(predicate: Predicate, state: State) -> Tensor:
    """Return what a predicate of a caller says of states, bool (n,); raise `InputError` if it says anything else."""
    said = predicate(state)
    if not isinstance(said, Tensor) or said.dtype != torch.bool or said.shape != (len(state),):
        found = f"{said.dtype} {tuple(said.shape)}" if isinstance(said, Tensor) else f"a {type(said).__name__}"
        raise InputError(f"a predicate of {len(state)} states returned {found}; allowed: bool ({len(state)},)")
    return said


def _next_draw(n: int, kept: int, drawn: int) -> int:
    """Return how many candidates to draw: what is missing over the hit rate so far, within bounds."""
    rate = max(kept / drawn, 1e-3) if drawn else 1.0
    return min(max(int(1.1 * (n - kept) / rate) + 16, 1024), 1 << 20)


def _require_hits(split: StateSplit, kept: int, drawn: int) -> None:
    if kept > 0 or drawn < 1 << 20:
        return
    if isinstance(split, CellSplit):
        check(
            False,
            f"held_out_fraction = {split.fraction:g} leaves no state on one side of this world; "
            "allowed: 0 < fraction < 0.5, larger for a small world",
        )
    check(False, f"{split.key} leaves no state on one side; allowed: a region that holds some start states, not all")
