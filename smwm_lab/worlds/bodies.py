"""Bodies: what lies in the plane of a world, and which actions move it; found by trying, in any world."""

from dataclasses import dataclass
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

from smwm_lab.axes import State
from smwm_lab.seeding import generator


NUM_TRIALS = 65
World = Any
"""A `World`; its class is defined on top of this module."""


@dataclass(frozen=True, eq=False)
class Body:
    """Something with a place that actions can change."""

    name: str
    """As in the names of the state components; '' in a world of one."""
    columns: tuple[int, int]
    """Columns of x and y in the state."""
    effects: Float[Tensor, "action state"]
    """What each action component changes at 1, in world units."""

    def place(self, state: State, places: Float[Tensor, "batch 2"]) -> State:
        """Return states with the body at other places, as far as actions can bring it there.

        What moves rigidly with it goes along; all else stays.

        >>> from smwm_lab.worlds import make_world
        >>> pair = make_world("coupled").bodies()[0]
        >>> pair.place(torch.tensor([[10.0, 10.0, 20.0, 10.0]]), torch.tensor([[12.0, 15.0]])).tolist()
        [[12.0, 15.0, 22.0, 15.0]]
        """
        way = places - state[:, list(self.columns)]
        return state + way @ torch.linalg.pinv(self.effects[:, list(self.columns)]) @ self.effects

    @property
    def directions(self) -> Float[Tensor, "2 action"]:
        """The actions that move it most along x and along y; zeros where nothing does."""
        push = self.effects[:, list(self.columns)].T
        return push / push.abs().amax(1, keepdim=True).clamp_min(1e-9)


def find_bodies(world: World) -> tuple[Body, ...]:
    """Return what actions can move; of bodies that only move together the first.

    >>> from smwm_lab.worlds import make_world
    >>> [body.name for body in find_bodies(make_world("combined"))]
    ['red', 'blue', 'yellow']
    """
    effects = action_effects(world)
    found: dict[bytes, Body] = {}
    for name, columns in things(world).items():
        push = effects[:, list(columns)]
        # rigid pairs at fractional places differ in the last bits; + 0.0 makes -0.0 equal 0.0
        effect = (push.round(decimals=3) + 0.0).numpy().tobytes()
        if bool((push != 0).any()):
            found.setdefault(effect, Body(name, columns, effects))
    return tuple(found.values())


def things(world: World) -> dict[str, tuple[int, int]]:
    """Return everything in the plane: its name, '' for a lone `position`, -> the columns of its x and y."""
    parts = {name: columns for name, columns in world.spec.parts.items() if len(columns) == 2}
    return {"" if name == "position" else name: (first, second) for name, (first, second) in parts.items()}


def action_effects(world: World) -> Tensor:
    """Return what each action component changes at 1, in world units, float32 (action, state).

    Found by acting and not acting from the same states with the same random draws; the median over many starts leaves
    out those where something was in the way.

    >>> from smwm_lab.worlds import make_world
    >>> action_effects(make_world("distractor"))[0]
    tensor([16.,  0.,  0.,  0.])
    """
    spec = world.spec
    start = world.sample_state(NUM_TRIALS, generator(0, "trial states"))
    still = torch.zeros(NUM_TRIALS, spec.action_dim)
    rest = world.step(start, still, generator(0, "trial draws")).state
    effects = torch.zeros(spec.action_dim, spec.state_dim)
    for k in range(spec.action_dim):
        push = still.clone()
        push[:, k] = 1
        moved = world.displacement(rest, world.step(start, push, generator(0, "trial draws")).state)
        effects[k] = moved.median(0).values
    return effects
