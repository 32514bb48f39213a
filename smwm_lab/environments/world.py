"""SimulatedWorld: a simulator as a world, so that agents act, plan and are judged in it as in any other."""

import functools
from typing import Any, ClassVar

import numpy as np
import torch
from torch import Generator, Tensor

from smwm_lab.axes import Action, Observation, State, States
from smwm_lab.config import config
from smwm_lab.environments.processes import moved_in_processes
from smwm_lab.environments.registry import make_simulator, simulator_class
from smwm_lab.environments.simulator import Simulator, SimulatorFacts
from smwm_lab.errors import check_count, check_range
from smwm_lab.gates import require_rows
from smwm_lab.worlds.base import World, WorldConfig, WorldSpec, require_draw, uniform
from smwm_lab.worlds.registry import WorldEntry
from smwm_lab.worlds.transitions import Step


@config
class SimulatedConfig(WorldConfig):
    """Which simulator, how large its frames are, and how many of its steps are one action."""

    environment: str
    """Name of a simulator, or package.module:Class."""
    side: int = 64
    """Side of the frames, px."""
    frameskip: int = 5
    """Steps of the simulator in one action of the model: their actions side by side."""

    def __post_init__(self):
        check_range("side", self.side, 8, 1024)
        check_count("frameskip", self.frameskip, 1, 1000)

    @property
    def label(self) -> str:
        """Name of the simulator."""
        return self.environment


class SimulatedSpec(WorldSpec):
    """Specification of a simulator: its distances do not wrap, so no component is an angle to wrap."""

    @property
    def angles(self) -> tuple[bool, ...]:
        """False for each component."""
        return (False,) * self.state_dim


class SimulatedWorld(World):
    """The world of a simulator; states are all of its physics, float32 between the actions of a model."""

    config_class = SimulatedConfig
    search_style: ClassVar[str] = "terminal"
    goal_offset: ClassVar[int | None] = 25

    def __init__(self, config: SimulatedConfig):
        self.config: SimulatedConfig = config
        self.facts = simulator_class(config.environment).facts
        self.success_radius = self.facts.success_radius  # type: ignore[misc] # a constant of the class elsewhere
        self.spec = _spec(self.facts, config)
        self._latest: tuple[Tensor, Tensor] | None = None
        """What the last step returned, and what it passed through."""

    @property
    def frameskip(self) -> int:
        return self.config.frameskip

    @functools.cached_property
    def simulator(self) -> Simulator:
        """What moves and draws; made when it is first needed."""
        return make_simulator(self.config.environment, side=self.config.side)

    def sample_state(self, n: int, generator: Generator, *, anywhere: bool = False) -> State:
        """Draw n states as a reset does; `anywhere` makes no difference. CPU tensor."""
        require_draw(n, generator)
        seed = int(torch.randint(2**62, (), generator=generator))
        source = np.random.default_rng(seed)
        drawn = np.empty((n, self.facts.state_dim))
        for row in range(n):
            drawn[row] = self.simulator.draw_start(source)
        return torch.from_numpy(drawn).float()

    def sample_action(self, n: int, generator: Generator) -> Action:
        """Draw n actions, uniform on [-1, 1)."""
        return uniform(n, self.spec.action_dim, generator)

    def step(self, state: State, action: Action, generator: Generator) -> Step:
        """Move every state by the steps of an action; nothing is random. `substates` has what was passed."""
        self.require_step(state, action)
        clamped = action.clamp(-1, 1)
        passed = self._moved(state, clamped)
        after = passed[:, -1].clone()
        self._latest = (after, passed)
        return Step(after, clamped)

    def substates(self, state: State, action: Action, after: State) -> States:
        """Return the states after every step of the simulator, (n, frameskip, state)."""
        if self._latest is not None and self._latest[0] is after:
            return self._latest[1]
        return self._moved(state, action.clamp(-1, 1))

    def _moved(self, state: Tensor, action: Tensor) -> Tensor:
        """Return what actions (n, frameskip A) pass through, float32 (n, frameskip, state)."""
        commands = action.reshape(len(action), self.frameskip, self.facts.action_dim).double().cpu().numpy()
        states = state.double().cpu().numpy()
        passed = moved_in_processes(self.config.environment, states, commands)
        if passed is None:
            passed = self.simulator.move(states, commands)
        return torch.from_numpy(passed).to(state.device, torch.float32)

    def render(self, state: State) -> Observation:
        """Draw states one after the other."""
        side = self.config.side
        frames = np.empty((len(state), side, side, 3), np.uint8)
        for row, each in enumerate(state.double().cpu().numpy()):
            self.simulator.set_state(each)
            frames[row] = self.simulator.render()
        return torch.from_numpy(frames).to(state.device).permute(0, 3, 1, 2)  # (n, H, W, 3) -> (n, 3, H, W)

    def to_units(self, action: Action) -> Action:
        """Return actions as they are: a simulator takes them in [-1, 1]."""
        require_rows("actions", action, self.spec.action_dim)
        return action

    def targets(self, state: State) -> dict[str, Tensor]:
        """Return what a probe may try to read out: name -> float32 (n, k); an angle as (cosine, sine), k = 2."""
        plain = super().targets(state)
        turns = dict(zip(self.facts.state_names, self.facts.angles, strict=True))
        return {name: torch.cat([v.cos(), v.sin()], 1) if turns[name] else v for name, v in plain.items()}

    def goal_distance(self, state: State, goal: State) -> Tensor:
        """Return the distance from goals as the simulator measures it, float32 (n,)."""
        cls = type(self.simulator) if "simulator" in self.__dict__ else simulator_class(self.config.environment)
        apart = cls.goal_distance(state.double().cpu().numpy(), goal.double().cpu().numpy())
        return torch.from_numpy(np.asarray(apart)).to(state.device, torch.float32)

    def path_length(self, before: State, after: State) -> Tensor:
        """Return the straight way, as the distance from a goal is measured, float32 (n,)."""
        return self.goal_distance(before, after)

    def least_way(self, start: State, goal: State) -> Tensor:
        """Return the distance less the radius within which a goal counts as reached, float32 (n,)."""
        return (self.goal_distance(start, goal) - self.success_radius).clamp_min(0)

    def cells(self, state: State) -> Tensor:
        """Return a cell for each state of its own, int64 (n, 2 state): its bits, as states have no natural cells."""
        self.require_states(state)
        mantissa, exponent = torch.frexp(state)
        return torch.cat([(mantissa * 2**24).long(), exponent.long()], 1)

    def near_cell_border(self, state: State) -> Tensor:
        """Return bool (n,), False: no cell has a border that another state could be near."""
        return torch.zeros(len(state), dtype=torch.bool, device=state.device)


def simulated_entry(name: str, **changes: Any) -> WorldEntry:
    """Return the entry of a simulator; changes: fields of `SimulatedConfig` other than their defaults."""
    facts = simulator_class(name).facts
    return WorldEntry(
        name=name,
        config=SimulatedConfig(environment=name, frameskip=facts.frameskip).replace(**changes),
        trajectories_only=True,
    )


def _spec(facts: SimulatorFacts, config: SimulatedConfig) -> WorldSpec:
    names = facts.action_names
    tokens = names if config.frameskip == 1 else tuple(f"{n}_{i}" for i in range(config.frameskip) for n in names)
    return SimulatedSpec(
        observation_shape=(3, config.side, config.side),
        state_names=facts.state_names,
        state_units=tuple(unit or "1" for unit in facts.state_units),
        state_low=facts.state_low,
        state_high=facts.state_high,
        controllable=facts.controllable,
        action_names=tokens,
        controllable_dim=facts.controllable_dim,
    )
