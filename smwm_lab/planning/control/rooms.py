"""The shortest way in two rooms: straight within a room, else through the door."""

import torch
from torch import Tensor

from smwm_lab.axes import State
from smwm_lab.worlds.two_room import CENTRE, DOOR, STOPPED


CROSSINGS = 33
"""Places in the door at which a way may enter or leave it."""


def shortest_path_through_door(start: State, goal: State) -> Tensor:
    """Return the length of the shortest way from start to goal, px, float32 (n,).

    The best of all ways that enter the wall and leave it at one of 33 places in the door.

    >>> start, goal = torch.tensor([[50.0, 49.0], [50.0, 150.0]]), torch.tensor([[150.0, 49.0], [80.0, 190.0]])
    >>> shortest_path_through_door(start, goal)
    tensor([100.,  50.])
    """
    in_order = start[:, :1] < goal[:, :1]
    left, right = torch.where(in_order, start, goal), torch.where(in_order, goal, start)
    y = torch.linspace(*DOOR, CROSSINGS, device=start.device).expand(len(start), -1)
    enter = torch.stack([left[:, :1].clamp_min(STOPPED[0]).expand(-1, CROSSINGS), y], 2)
    leave = torch.stack([right[:, :1].clamp_max(STOPPED[1]).expand(-1, CROSSINGS), y], 2)
    way = (
        (left[:, None] - enter).norm(dim=2)[:, :, None]
        + (enter[:, :, None] - leave[:, None]).norm(dim=3)
        + (leave - right[:, None]).norm(dim=2)[:, None]
    )
    crosses = (left[:, 0] < CENTRE) & (right[:, 0] >= CENTRE)
    return torch.where(crosses, way.flatten(1).amin(1), (goal - start).norm(dim=1))
