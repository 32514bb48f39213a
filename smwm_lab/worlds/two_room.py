"""TwoRoomWorld: two rooms, a wall between them, one door; an agent that is pushed and has no inertia.

Geometry, dynamics and scripted policy of `swm/TwoRoom-v1` (stable-worldmodel 0.0.6), the world of arXiv 2606.20104's
planning figure. All positions are px of its 224 px frame, x to the right and y down, whatever side is rendered.
"""

import math
from typing import Any, ClassVar

import torch
from torch import Generator, Tensor

from smwm_lab.axes import Action, Actions, Observation, State, States
from smwm_lab.config import config
from smwm_lab.errors import check, check_count, check_range
from smwm_lab.worlds.base import World, WorldConfig, WorldSpec, require_draw, uniform
from smwm_lab.worlds.transitions import Step, Trajectories
from smwm_lab.worlds.two_room_raster import FRAME, RoomsRaster


CENTRE = 112.0
"""The x of the wall; the agent is in the left room where its x is smaller."""
NEAREST, FARTHEST = 21.0, 203.0
"""The agent is stopped here, border and radius considered."""
OUTERMOST = (14.0, 209.0)
"""Where an agent or a goal may be put."""
WALL = (100.0, 124.0)
"""Nothing starts in between, and the agent enters only through the door."""
STOPPED = (99.5, 124.5)
"""Where the wall puts the agent that walks into it from the left and from the right."""
DOOR = (33.25, 64.75)
"""The y of agents that may pass."""
DOOR_CENTRE = (112.0, 49.0)
DOOR_NEAR = 10.5
"""The scripted policy heads on to its goal once it is this near to the door's centre."""
SUCCESS_RADIUS = 16.0
"""A goal is reached within this distance."""
LEAST_STEPS = 25
"""Goals of episodes are at least this many primitive steps at full speed away, by the shortest way."""
BODY_RADIUS = 7.0
"""Radius of the disc that has to pass the door whole where a way is judged strictly."""
WALL_SIDES, DOOR_POSTS = (107.0, 117.0), (35.0, 63.0)
"""The wall as drawn: the x of its two sides, and the y of the two ends of the door in it."""
BETWEEN = 15
"""Places on a primitive step at which the disc is looked at, about half a pixel apart at the usual speed."""
CROSSINGS = 33
"""Places in the door at which a shortest path may enter or leave it."""
CELL, ORIGIN, BORDER = 4.0, 20.0, 0.25
"""Side of a cell of states, where the grid starts (no wall on a cell border), and the width of its border."""


@config
class TwoRoomConfig(WorldConfig):
    """Size of the picture, and how primitive actions are bundled."""

    kind_in_fingerprint: ClassVar[bool] = False
    version: ClassVar[int] = 2  # 1: episodes with goals in any room, which went on after arriving

    image_side: int = 64
    """Side of the observation, px: area averages of the 224 px frame; 224 for the frame itself."""
    frameskip: int = 5
    """Primitive actions in one action; the paper's 5."""
    speed: float = 5.0
    """Displacement of a primitive action of 1, px per axis."""
    policy_noise: float = 2.0
    """Standard deviation of the noise of the scripted policy, in units of a primitive action."""

    def __post_init__(self):
        check_range("image_side", self.image_side, 16, FRAME, "the frame is never magnified")
        check_range("frameskip", self.frameskip, 1, 100)
        check_range("speed", self.speed, 0.1, 7.0, "some starts have no goal 25 steps away at a higher one")
        check_range("policy_noise", self.policy_noise, 0.0, 100.0)


class TwoRoomWorld(World):
    """Batched TwoRoom.

    State (n, 2): x and y, px of the 224 px frame, float32. Action (n, 2 * frameskip): the primitive actions in order,
    (dx_1, dy_1, dx_2, ...), each over `speed`. The realised action is what each primitive step really moved, over
    `speed` and clamped: walls shorten it; where the wall throws the agent back it may differ in sign.

    >>> world = TwoRoomWorld(TwoRoomConfig())
    >>> east = torch.tensor([[1.0, 0.0] * 5])
    >>> world.step(torch.tensor([[90.0, 150.0]]), east, torch.Generator()).state.tolist()  # into the wall
    [[99.5, 150.0]]
    >>> world.step(torch.tensor([[90.0, 49.0]]), east, torch.Generator()).state.tolist()  # into the door
    [[115.0, 49.0]]
    """

    config_class = TwoRoomConfig
    config: TwoRoomConfig
    search_style = "terminal"
    goal_offset = 25
    success_radius = SUCCESS_RADIUS

    def __init__(self, config: TwoRoomConfig):
        self.config = config
        self._raster = RoomsRaster(config.image_side)
        steps = range(1, config.frameskip + 1)
        single = config.frameskip == 1
        self.spec = WorldSpec(
            observation_shape=(3, config.image_side, config.image_side),
            state_names=("x", "y"),
            state_units=("px", "px"),
            state_low=(OUTERMOST[0],) * 2,
            state_high=(OUTERMOST[1],) * 2,
            controllable=(True, True),
            action_names=("dx", "dy") if single else tuple(f"d{axis}_{i}" for i in steps for axis in "xy"),
            controllable_dim=2,
        )

    @property
    def frameskip(self) -> int:
        return self.config.frameskip

    @property
    def frame_side(self) -> int:
        return FRAME

    def sample_state(self, n: int, generator: Generator, *, anywhere: bool = False) -> State:
        """Draw starts as the environment does: uniform, but not in the wall (with or without `anywhere`)."""
        # drawing x in a range without the wall's width, then stepping over it, is uniform and needs no rejection
        low, high = OUTERMOST
        width = WALL[1] - WALL[0]
        x, y = ((uniform(n, 2, generator) + 1) / 2).unbind(1)
        x = low + x * (high - low - width)
        x = torch.where(x >= WALL[0], x + width, x)
        return torch.stack([x, low + y * (high - low)], 1)

    def sample_action(self, n: int, generator: Generator) -> Action:
        """Draw primitive actions as the scripted policy would with goals in all directions."""
        direction = torch.randn(n, 2, generator=generator)
        direction = torch.nn.functional.normalize(direction)
        noisy = [self._noisy(direction, generator) for _ in range(self.config.frameskip)]
        return torch.cat(noisy, 1)

    def to_units(self, action: Action) -> Action:
        """Return the displacements of the primitive actions, px; actions beyond [-1, 1] are clamped."""
        return action.clamp(-1, 1) * self.config.speed

    def step(self, state: State, action: Action, generator: Generator) -> Step:
        self.require_step(state, action)
        path = self.primitive_states(state, action)
        before = torch.cat([state[:, None], path[:, :-1]], 1)
        realised = ((path - before) / self.config.speed).clamp(-1, 1)
        return Step(path[:, -1], realised.flatten(1))

    def primitive_states(self, state: State, action: Action) -> States:
        """Return the states after each primitive action, px, (n, frameskip, 2); the last is the next state.

        An episode has reached its goal if any of them came within `SUCCESS_RADIUS` of it.
        """
        check(
            action.shape[1] == self.spec.action_dim,
            f"action has {action.shape[1]} components; allowed: {self.spec.action_dim}, two per primitive action",
        )
        path = []
        for move in self.to_units(action).unflatten(1, (-1, 2)).unbind(1):
            state = self._move(state, move)
            path.append(state)
        return torch.stack(path, 1)

    def substates(self, state: State, action: Action, after: State) -> States:
        return self.primitive_states(state, action)

    def passes_whole(self, before: State, after: State) -> Tensor:
        """Return bool (n,): whether a disc of `BODY_RADIUS` passes from one state straight to the other.

        The world itself moves a point, which may slip through the door along its edge.

        >>> start, goal = torch.tensor([[99.0, 49.0], [99.0, 37.0]]), torch.tensor([[103.0, 49.0], [103.0, 37.0]])
        >>> TwoRoomWorld(TwoRoomConfig()).passes_whole(start, goal)
        tensor([ True, False])
        """
        share = torch.linspace(0, 1, BETWEEN, device=before.device)[:, None, None]
        x, y = (before + share * (after - before)).unbind(2)  # (BETWEEN, n)
        (left, right), (top, bottom) = WALL_SIDES, DOOR_POSTS
        beside = torch.maximum(left - x, x - right).clamp_min(0)  # px from the wall's columns
        within = torch.minimum(y - top, bottom - y).clamp_min(0)  # px from the nearer edge of the door; 0 outside it
        return (torch.hypot(beside, within) >= BODY_RADIUS).all(0)

    def shortest_path(self, start: State, goal: State) -> Tensor:
        """Return the length of the shortest way, px, float32 (n,): straight within a room, else through the door.

        The best of all ways that enter the wall and leave it at one of 33 places in the door.

        >>> start, goal = torch.tensor([[50.0, 49.0], [50.0, 150.0]]), torch.tensor([[150.0, 49.0], [80.0, 190.0]])
        >>> TwoRoomWorld(TwoRoomConfig()).shortest_path(start, goal)
        tensor([100.,  50.])
        """
        in_order = start[:, :1] < goal[:, :1]
        left, right = torch.where(in_order, start, goal), torch.where(in_order, goal, start)
        y = torch.linspace(*DOOR, CROSSINGS, device=start.device).expand(len(start), -1)
        enter = torch.stack([left[:, :1].clamp_min(STOPPED[0]).expand(-1, CROSSINGS), y], 2)
        leave = torch.stack([right[:, :1].clamp_max(STOPPED[1]).expand(-1, CROSSINGS), y], 2)
        through = (
            (left[:, None] - enter).norm(dim=2)[:, :, None]
            + (enter[:, :, None] - leave[:, None]).norm(dim=3)
            + (leave - right[:, None]).norm(dim=2)[:, None]
        )  # (n, entries, exits)
        crosses = (left[:, 0] < CENTRE) & (right[:, 0] >= CENTRE)
        return torch.where(crosses, through.flatten(1).amin(1), (goal - start).norm(dim=1))

    def scripted_action(self, state: State, goal: State, generator: Generator) -> Action:
        """Draw one noisy primitive action (n, 2) of the scripted policy: to the door if need be, then to the goal."""
        door = state.new_tensor(DOOR_CENTRE)
        other_room = (state[:, 0] > CENTRE) != (goal[:, 0] > CENTRE)
        far = (state - door).norm(dim=1) > DOOR_NEAR
        heading = torch.where((other_room & far)[:, None], door, goal) - state
        return self._noisy(torch.nn.functional.normalize(heading), generator)

    def sample_trip(self, n: int, generator: Generator) -> tuple[State, State]:
        """Draw starts and goals of episodes: the goal in the other room, not in the wall, and not near by.

        CPU tensors (n, 2) each, px. The shortest way is `LEAST_STEPS` primitive steps at full speed, or longer.
        """
        require_draw(n, generator)
        start = self.sample_state(n, generator)
        goal = torch.full_like(start, math.nan)
        missing = torch.arange(n)
        while len(missing):
            at, drawn = start[missing], self.sample_state(len(missing), generator)
            other_room = (at[:, 0] < CENTRE) != (drawn[:, 0] < CENTRE)
            fits = other_room & (self.shortest_path(at, drawn) >= LEAST_STEPS * self.config.speed)
            goal[missing[fits]] = drawn[fits]
            missing = missing[~fits]
        return start, goal

    def sample_trajectories(self, n: int, length: int, generator: Generator) -> Trajectories:
        """Draw n episodes of the scripted policy that end on arrival, or after `length` actions.

        An action that would go on after the arrival is no part of its episode.
        """
        check_count("length", length, 1, 10**9)
        start, goal = self.sample_trip(n, generator)
        path, moves = [start], []
        for _ in range(length * self.config.frameskip):
            moves.append(self.scripted_action(path[-1], goal, generator))
            path.append(self._move(path[-1], self.to_units(moves[-1])))
        every, asked = torch.stack(path, 1), torch.stack(moves, 1)  # (n, primitive steps + 1, 2), (n, steps, 2)
        return self._until_arrival(every, asked, goal)

    def _until_arrival(self, every: States, asked: Actions, goal: State) -> Trajectories:
        """Return episodes in whole actions, from what every primitive step did; after arrival nothing moves."""
        skip, steps = self.config.frameskip, asked.shape[1]
        at_goal = (every - goal[:, None]).norm(dim=2) <= SUCCESS_RADIUS
        lasted = torch.where(at_goal.any(1), at_goal.int().argmax(1), steps)
        num_actions = lasted // skip
        row = torch.arange(len(every))[:, None]
        kept = torch.minimum(torch.arange(steps + 1), num_actions[:, None] * skip)  # (n, steps + 1)
        every = every[row, kept]
        asked = asked * (kept[:, :-1] < num_actions[:, None] * skip)[..., None]
        realised = (every.diff(dim=1) / self.config.speed).clamp(-1, 1)
        bundle = (steps // skip, self.spec.action_dim)
        return Trajectories(
            every[:, ::skip].contiguous(),
            realised.unflatten(1, (-1, skip)).reshape(-1, *bundle),
            asked.unflatten(1, (-1, skip)).reshape(-1, *bundle),
            num_actions,
        )

    def render(self, state: State) -> Observation:
        return self._raster.draw(state)

    def blueprint(self) -> dict[str, Any]:
        return {
            "kind": "rooms",
            "speed": self.config.speed,
            "frameskip": self.config.frameskip,
            "within": [NEAREST, FARTHEST],
            "outermost": OUTERMOST,
            "centre": CENTRE,
            "wall": WALL,
            "stopped": STOPPED,
            "door": DOOR,
            "raster": self._raster.blueprint(),
        }

    def cells(self, state: State) -> Tensor:
        """Cells of 4 px x 4 px; every place where walls stop the agent lies well inside one."""
        return torch.floor((state - ORIGIN) / CELL).long()

    def near_cell_border(self, state: State) -> Tensor:
        within = torch.remainder(state - ORIGIN, CELL)
        return ((within < BORDER) | (within > CELL - BORDER)).any(1)

    def _move(self, state: State, move: Tensor) -> State:
        """Do one primitive step: move, stop at the border, stop at the wall unless in the door."""
        x, y = (state + move).clamp(NEAREST, FARTHEST).unbind(1)
        in_door = (y >= DOOR[0]) & (y <= DOOR[1])
        from_left = state[:, 0] < CENTRE
        x = torch.where(from_left & (x > WALL[0]) & ~in_door, STOPPED[0], x)
        x = torch.where(~from_left & (x < WALL[1]) & ~in_door, STOPPED[1], x)
        return torch.stack([x, y], 1)

    def _noisy(self, direction: Tensor, generator: Generator) -> Tensor:
        noise = torch.randn(direction.shape, generator=generator).to(direction.device)
        return (direction + self.config.policy_noise * noise).clamp(-1, 1)
