"""How far from the goal, in px, and when that counts as there.

Only what actions can change counts. A body is a dot, an agent, or a sprite; an angle counts as a body of its own, by
the arc it sweeps at one body unit. The distance is that of the body farthest from its goal.
"""

import math

import torch
from torch import Tensor

from smwm_lab.axes import Action, State, States
from smwm_lab.planning.control.rooms import shortest_path_through_door
from smwm_lab.worlds import SUCCESS_RADIUS, TwoRoomWorld, World


TOLERANCE = 2.0
"""Goals of dot and sprite worlds count as reached within this distance, px."""


def goal_distance(world: World, state: State, goal: State) -> Tensor:
    """Return the distance of each state from its goal, px, float32 (n,).

    >>> from smwm_lab.worlds import make_world
    >>> goal_distance(make_world("single_dot"), torch.tensor([[10.0, 10.0]]), torch.tensor([[13.0, 14.0]])).item()
    5.0
    """
    return _lengths(world, goal - state).amax(1)


def way_between(world: World, state: State, after: State) -> Tensor:
    """Return the straight way of all bodies together, px, float32 (n,)."""
    return _lengths(world, after - state).sum(1)


def tolerance(world: World) -> float:
    """Return within which distance of the goal a world counts it as reached, px."""
    return SUCCESS_RADIUS if isinstance(world, TwoRoomWorld) else TOLERANCE


def frameskip(world: World) -> int:
    """Return how many primitive steps one action of the model is."""
    return world.config.frameskip if isinstance(world, TwoRoomWorld) else 1


def primitive_states(world: World, state: State, action: Action, after: State) -> States:
    """Return the states that one action passes through, the last of them `after`: float32 (n, frameskip, state)."""
    return world.primitive_states(state, action) if isinstance(world, TwoRoomWorld) else after[:, None]


def shortest_way(world: World, start: State, goal: State) -> Tensor:
    """Return the least way from start to goal, px, float32 (n,): straight where nothing stands between."""
    return (
        shortest_path_through_door(start, goal) if isinstance(world, TwoRoomWorld) else way_between(world, start, goal)
    )


def _lengths(world: World, difference: State) -> Tensor:
    """Return how far each body moved, px, (n, bodies); components that no action changes count 0."""
    angles = torch.tensor(world.spec.angles, device=difference.device)
    moved = difference * torch.tensor(world.spec.controllable, device=difference.device)
    turned = torch.remainder(moved[:, angles] + math.pi, 2 * math.pi) - math.pi
    bodies = moved[:, ~angles].unflatten(1, (-1, 2)).norm(dim=2)
    return torch.cat([bodies, turned.abs() * getattr(world.config, "scale", 1.0)], 1)
