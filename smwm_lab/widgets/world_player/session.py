"""The numbers behind WorldPlayer: a history of steps in a world, and what its actions can move.

Nothing here knows a particular world: what an action moves is found by trying it, with the same random draws.
"""

import math
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, tensor

from smwm_lab.errors import check_instance
from smwm_lab.seeding import generator
from smwm_lab.worlds import World
from smwm_lab.worlds.bodies import action_effects, things


GRASP = 0.08
"""How near to its centre a thing is touched, share of the frame."""
MAX_STEPS = 200
"""Steps of a history that are kept."""
DEMO_STEPS = 24
"""Steps of a demonstration."""


@dataclass(frozen=True)
class Moment:
    """One step of a history; states are (1, state), actions (1, action)."""

    before: Tensor
    requested: Tensor
    """The action that was asked for."""
    action: Tensor
    """The action that happened."""
    after: Tensor


class WorldPlayerSession:
    """One state of a world, the one before it, the action between them, and the history that led here."""

    def __init__(self, world: World, seed: int = 0):
        check_instance("world", world, World, "or the name of one")
        self.world = world
        self._generator = generator(seed, "player")
        self.effects = action_effects(world)
        self.things = things(world)
        axes = _axes(self.effects)
        self.pairs = [tuple(axes[k : k + 2]) for k in range(0, len(axes), 2)]
        """Two axes, or one, that keys and clicks move together; an axis is the components that do the same."""
        self.reset()

    def reset(self) -> None:
        """Start anew from a random state."""
        self.state = self.world.sample_state(1, self._generator)
        self.history: list[Moment] = []

    def act(self, action: list[float]) -> None:
        """Take one action, components in [-1, 1]; keep what was realised."""
        done = self.world.step(self.state, tensor([action]), self._generator)
        self.history = [*self.history, Moment(self.state, tensor([action]), done.action, done.state)][-MAX_STEPS:]
        self.state = done.state

    def sample_action(self) -> list[float]:
        """Draw an action of the behaviour policy."""
        return self.world.sample_action(1, self._generator)[0].tolist()

    @property
    def last(self) -> Moment:
        """The last step; before the first one, a step that changes nothing."""
        still = tensor([[0.0] * self.world.spec.action_dim])
        return self.history[-1] if self.history else Moment(self.state, still, still, self.state)

    def frames(self) -> tuple[Tensor, Tensor]:
        """Return the observation before and after the last action, uint8 (3, H, W)."""
        return self.world.observe(self.last.before)[0], self.world.observe(self.last.after)[0]

    def towards(self, x: float, y: float, pair: int) -> list[float] | None:
        """Return the action of a pair of components that brings what they move nearest to a place, px.

        None if the pair moves nothing in the plane.
        """
        columns = self._moved_by(pair)
        if not columns:
            return None
        place = torch.stack([self.state[0, list(c)] for c in columns]).mean(0).numpy()
        pushes = torch.stack([self.effects[list(axis)].sum(0) for axis in self.pairs[pair]])
        push = np.stack([pushes[:, list(c)].numpy() for c in columns]).mean(0)
        wanted, *_ = np.linalg.lstsq(push.T, np.array([x, y]) - place, rcond=None)
        return self.along(pair, np.clip(wanted, -1, 1).tolist())

    def along(self, pair: int, values: list[float]) -> list[float]:
        """Return the action whose axes of one pair have these values; all others are 0."""
        action = [0.0] * len(self.effects)
        for axis, value in zip(self.pairs[pair], values, strict=True):
            for component in axis:
                action[component] = value
        return action

    def thing_at(self, x: float, y: float) -> str | None:
        """Return the name of the thing nearest to a place, px, if it is touched there ('' in a world of one)."""
        far = {name: math.dist((x, y), self.state[0, list(c)].tolist()) for name, c in self.things.items()}
        nearest = min(far, key=lambda name: far[name])
        return nearest if far[nearest] <= GRASP * self.world.frame_side else None

    def pair_of(self, thing: str) -> int | None:
        """Return which pair of action components moves a thing; None if no action does."""
        pairs = range(len(self.pairs))
        return next((p for p in pairs if self.things[thing] in self._moved_by(p)), None)

    def summary(self) -> str:
        """Return in one line what the last action did."""
        return describe(self.world, self.last)

    def demo(self) -> list[Moment]:
        """Return random steps from the present state, of a stream of their own; nothing changes here."""
        other = WorldPlayerSession(self.world, seed=0)
        other.state = self.state
        for _ in range(DEMO_STEPS):
            other.act(other.sample_action())
        return other.history

    def _moved_by(self, pair: int) -> list[tuple[int, int]]:
        components = [component for axis in self.pairs[pair] for component in axis]
        moves = self.effects[components].abs().sum(0) > 0
        return [columns for columns in self.things.values() if bool(moves[list(columns)].any())]


def describe(world: World, moment: Moment) -> str:
    """Return in one line what a step changed, and whether something was in its way."""
    names, units = world.spec.state_names, world.spec.state_units
    change = world.displacement(moment.before, moment.after)[0].tolist()
    moved = [f"{n} {c:+.2f} {u}" for n, c, u in zip(names, change, units, strict=True) if abs(c) > 1e-6]
    requested, done = (world.to_units(a) for a in (moment.requested, moment.action))
    blocked = "; something was in the way" if bool((requested - done).abs().gt(1e-3).any()) else ""
    return "changed: " + (", ".join(moved) if moved else "nothing") + blocked


def _axes(effects: Tensor) -> list[tuple[int, ...]]:
    """Return the action components grouped by what they do: the primitive steps of one action do the same."""
    groups: dict[tuple[float, ...], tuple[int, ...]] = {}
    for component, effect in enumerate(effects.tolist()):
        groups[tuple(effect)] = (*groups.get(tuple(effect), ()), component)
    return list(groups.values())
