"""What a world is: state -> step -> observation, in batched tensors on any device.

A world is pure: it holds a configuration and no state. States are float32 in world units (px, rad);
actions lie in [-1, 1] and their units are the world's own (`to_units`).
"""

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from torch import Generator, Tensor

from smwm_lab.axes import Action, Observation, State, States
from smwm_lab.config import Config, config
from smwm_lab.errors import InputError, check, check_count
from smwm_lab.gates import require_finite, require_generator, require_memory, require_rows
from smwm_lab.worlds.bodies import Body, find_bodies
from smwm_lab.worlds.transitions import Step, Trajectories, TransitionBatch


LARGEST_SIDE = 4096
"""Side of the largest frames, px."""


@config
class WorldConfig(Config):
    """Base of the configurations of worlds: a field of this type holds any of them."""

    is_open: ClassVar[bool] = True

    @property
    def label(self) -> str:
        """What a world that is not registered is called in lists; '' where nothing better is known than its class."""
        return ""


@dataclass(frozen=True, kw_only=True)
class WorldSpec:
    """Shapes, names and ranges of a world: all that models and probes are given of it."""

    observation_shape: tuple[int, ...]
    """Channels, height, width of an image, px; of a recording also (k,) numbers or (channels, time)."""
    state_names: tuple[str, ...]
    """One name per state component."""
    state_units: tuple[str, ...]
    """'px' or 'rad' per state component; of a recording any unit, '' where none is known."""
    state_low: tuple[float, ...]
    """Smallest value of each state component."""
    state_high: tuple[float, ...]
    """Largest value of each state component (for angles: the period, which is 0 again)."""
    controllable: tuple[bool, ...]
    """Which state components some action can change."""
    action_names: tuple[str, ...]
    """One name per action component."""
    controllable_dim: int
    """Number of independent directions in which actions move the state."""

    @property
    def shows_images(self) -> bool:
        """Whether observations are images."""
        return len(self.observation_shape) == 3

    @property
    def action_dim(self) -> int:
        """Number of action components."""
        return len(self.action_names)

    @property
    def state_dim(self) -> int:
        """Number of state components."""
        return len(self.state_names)

    @property
    def angles(self) -> tuple[bool, ...]:
        """Which state components are angles with period 2 pi."""
        return tuple(unit == "rad" for unit in self.state_units)

    @property
    def parts(self) -> dict[str, tuple[int, ...]]:
        """What the state speaks of: name -> its columns; x and y of one thing belong together.

        `red_x` and `red_y` are the part `red`; plain `x` and `y` are the part `position`.
        """
        found: dict[str, tuple[int, ...]] = {}
        for column, name in enumerate(self.state_names):
            owner = name.rsplit("_", 1)[0] if name.endswith(("_x", "_y")) else name
            owner = "position" if name in ("x", "y") else owner
            found[owner] = (*found.get(owner, ()), column)
        return found


class World(ABC):
    """Interface of all worlds; what is not abstract has a default that suits bodies moving freely in a plane.

    A world is one file: a configuration, a subclass of this, and its entry in the registry (docs/new_world.md).
    """

    config_class: ClassVar[type[WorldConfig]]
    """Class of the configuration that the world is made from."""
    search_style: ClassVar[str] = "path"
    """How planners search here by default: 'path' (distance summed over the path, planned anew after every action) or
    'terminal' (distance at the end of the plan, the whole plan executed, as in arXiv 2606.20104)."""
    goal_offset: ClassVar[int | None] = None
    """Primitive steps between start and goal of a default evaluation; None for goals anywhere."""
    success_radius: ClassVar[float] = 2.0
    """Distance within which a goal counts as reached, px."""

    config: WorldConfig
    spec: WorldSpec

    @property
    def frameskip(self) -> int:
        """Primitive steps in one action of the model."""
        return 1

    @property
    def frame_side(self) -> int:
        """Side of what a frame shows, in the px of the states; a frame may be drawn smaller."""
        return self.spec.observation_shape[1]

    @property
    def arc_radius(self) -> float:
        """Distance, px, at which the arc of a turn is measured; it makes turns comparable to moves."""
        return 1.0

    @abstractmethod
    def sample_state(self, n: int, generator: Generator, *, anywhere: bool = False) -> State:
        """Draw n states: from the start region of i.i.d. pairs, or `anywhere` on the canvas. CPU tensor."""

    @abstractmethod
    def sample_action(self, n: int, generator: Generator) -> Action:
        """Draw n actions from the behaviour policy, each component in [-1, 1]. CPU tensor."""

    def behaviour_action(self, state: State, generator: Generator) -> Action:
        """Draw the action of the behaviour policy in each state (n, state), (n, action); blind by default."""
        return self.sample_action(len(state), generator)

    @abstractmethod
    def step(self, state: State, action: Action, generator: Generator) -> Step:
        """Move every state by its action; uncontrolled factors draw their motion from `generator`.

        Actions beyond [-1, 1] are clamped; the returned action is the one that was realised. Begins with
        `require_step`, which refuses what is no state or no action of this world.
        """

    @abstractmethod
    def render(self, state: State) -> Observation:
        """Draw states that are known to lie inside the world; `observe` without its check."""

    def observe(self, state: State) -> Observation:
        """Render states; uint8 (n, 3, H, W) on the states' device, channels_last in memory.

        Raises `InputError` for a state outside the world.
        """
        self.require_inside(state)
        return self.render(state)

    @abstractmethod
    def to_units(self, action: Action) -> Action:
        """Return the displacement in world units that an action asks for."""

    @abstractmethod
    def cells(self, state: State) -> Tensor:
        """Return integer cell coordinates, int64 (n, k): states in one cell belong to one split."""

    @abstractmethod
    def near_cell_border(self, state: State) -> Tensor:
        """Return bool (n,): states so near a cell border that their frame may equal one of the next cell."""

    def own_split(self, *, seed: int, fraction: float) -> Any:
        """Return the world's own `StateSplit`, where states are a list and not a space; None where cells will do."""
        return None

    def sample_transitions(self, n: int, generator: Generator) -> TransitionBatch:
        """Draw n i.i.d. transitions by the paper's protocol: fresh start state, fresh action."""
        require_draw(n, generator)
        state = self.sample_state(n, generator)
        done = self.step(state, self.behaviour_action(state, generator), generator)
        return TransitionBatch(state, done.action, done.state)

    def sample_trajectories(self, n: int, length: int, generator: Generator) -> Trajectories:
        """Draw n episodes of `length` steps of the behaviour policy that start anywhere and cover the whole canvas."""
        require_draw(n, generator)
        check_count("length", length, 1, 10**9)
        states, actions, commands = [self.sample_state(n, generator, anywhere=True)], [], []
        for _ in range(length):
            commands.append(self.behaviour_action(states[-1], generator))
            done = self.step(states[-1], commands[-1], generator)
            states.append(done.state)
            actions.append(done.action)
        return Trajectories(torch.stack(states, 1), torch.stack(actions, 1), torch.stack(commands, 1))

    def targets(self, state: State) -> dict[str, Tensor]:
        """Return what a probe may try to read out: name -> float32 (n, k); an angle as (cosine, sine), k = 2."""
        require_rows("states", state, self.spec.state_dim)
        columns: dict[str, Tensor] = {}
        for i, (name, is_angle) in enumerate(zip(self.spec.state_names, self.spec.angles, strict=True)):
            value = state[:, i : i + 1]
            columns[name] = torch.cat([value.cos(), value.sin()], 1) if is_angle else value
        return columns

    def displacement(self, before: State, after: State) -> State:
        """Return after - before, (n, state), turns wrapped to [-pi, pi)."""
        require_rows("states before", before, self.spec.state_dim)
        require_rows("states after", after, self.spec.state_dim)
        if before.device != after.device or (len(before) != len(after) and 1 not in (len(before), len(after))):
            check(
                False,
                f"{len(before)} states on {before.device} and {len(after)} on {after.device}; allowed: as many of "
                "both, on one device",
            )
        change = after - before
        turned = torch.remainder(change + math.pi, 2 * math.pi) - math.pi
        return torch.where(torch.tensor(self.spec.angles, device=change.device), turned, change)

    def body_distances(self, before: State, after: State) -> Tensor:
        """Return how far each body moved, px, float32 (n, bodies); components that no action changes count 0.

        x and y of one thing are one body; every other component is a body of its own, an angle by the arc it sweeps at
        `arc_radius`.
        """
        moved = self.displacement(before, after) * torch.tensor(self.spec.controllable, device=before.device)
        columns = []
        for part in self.spec.parts.values():
            unit = self.arc_radius if self.spec.angles[part[0]] else 1.0
            columns.append(moved[:, list(part)].norm(dim=1) * unit)
        return torch.stack(columns, 1)

    def goal_distance(self, state: State, goal: State) -> Tensor:
        """Return the distance of each state from its goal, px, float32 (n,): that of the body farthest from its own."""
        return self.body_distances(state, goal).amax(1)

    def path_length(self, before: State, after: State) -> Tensor:
        """Return the straight way of all bodies together, px, float32 (n,)."""
        return self.body_distances(before, after).sum(1)

    def shortest_path(self, start: State, goal: State) -> Tensor:
        """Return the length of the shortest way, px, float32 (n,): straight where nothing stands between."""
        return self.path_length(start, goal)

    def least_way(self, start: State, goal: State) -> Tensor:
        """Return the least way to the edge of the goal, px, float32 (n,); 0 for a start that is at its goal already.

        The shortest path less `success_radius` for each body that actions move: a bound from below, exact where one
        body goes the last piece straight.
        """
        moved = sum(any(self.spec.controllable[i] for i in part) for part in self.spec.parts.values())
        return (self.shortest_path(start, goal) - moved * self.success_radius).clamp_min(0)

    def passes_whole(self, before: State, after: State) -> Tensor:
        """Return bool (n,): whether the whole body passes from one state straight to the other, not only its centre."""
        return torch.ones(len(before), dtype=torch.bool, device=before.device)

    def substates(self, state: State, action: Action, after: State) -> States:
        """Return what one action passes through, the last of them `after`: float32 (n, frameskip, state)."""
        return after[:, None]

    def blueprint(self) -> dict[str, Any]:
        """Return what it takes to draw and move this world without Python: JSON values, `kind` the first of them.

        kind: which drawing of `smwm_lab/live/static/worlds.js` reads the others. Raises `InputError` for a world that
        no page can draw.
        """
        raise InputError(
            f"a {type(self).__name__} has no blueprint, so no page can draw it; allowed: a world with a blueprint() "
            "that a drawing of smwm_lab/live/static/worlds.js reads"
        )

    def bodies(self) -> tuple[Body, ...]:
        """Return what actions can move; of bodies that only move together the first."""
        return find_bodies(self)

    def require_states(self, state: State) -> None:
        """Raise `InputError` unless states are floats (n, state), all of them finite."""
        require_rows("states", state, self.spec.state_dim)
        require_finite("states", state)

    def require_step(self, state: State, action: Action) -> None:
        """Raise `InputError` unless these are states of this world and as many actions; `step` begins with this."""
        require_rows("states", state, self.spec.state_dim)
        require_rows("actions", action, self.spec.action_dim)
        check(
            len(state) == len(action) and state.device == action.device,
            f"{len(state)} states on {state.device} and {len(action)} actions on {action.device}; allowed: as many of "
            "both, on one device",
        )
        require_finite("states", state)
        require_finite("actions", action)

    def require_inside(self, state: State) -> None:
        """Raise `InputError` unless states are floats (n, state) and every component lies within its range."""
        require_rows("states", state, self.spec.state_dim)
        require_memory("states", state)
        low, high = state.new_tensor(self.spec.state_low), state.new_tensor(self.spec.state_high)
        if state.numel() and not bool(((state >= low) & (state <= high)).all()):
            row, column = [int(i) for i in torch.nonzero(~((state >= low) & (state <= high)))[0]]
            name, value = self.spec.state_names[column], float(state[row, column])
            check(
                False, f"state {name} = {value:g} lies outside the world; allowed: {low[column]:g} to {high[column]:g}"
            )


def require_draw(n: int, generator: Generator) -> None:
    """Raise `InputError` unless n things can be drawn from `generator`; what a world draws from begins with this."""
    check_count("n", n, 0, 10**9)
    require_generator(generator)


def uniform(n: int, dim: int, generator: Generator) -> Tensor:
    """Return float32 (n, dim) uniform on [-1, 1)."""
    require_draw(n, generator)
    return torch.rand(n, dim, generator=generator, device=generator.device) * 2 - 1


def wrap_angle(angle: Tensor) -> Tensor:
    """Return angles wrapped to [0, 2 pi)."""
    wrapped = torch.remainder(angle, 2 * math.pi)
    return torch.where(wrapped >= 2 * math.pi, torch.zeros_like(wrapped), wrapped)
