"""Simulator: an environment of gymnasium whose whole state can be read, and put back."""

from abc import abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Any, ClassVar

import gymnasium
import numpy as np
from gymnasium.spaces import Box

from smwm_lab.errors import InputError, check, check_count, check_range, shown
from smwm_lab.gates import real_array


LARGEST_SIDE = 1024
"""Side of the largest frames, px."""
OPTIONS = ("state", "near_home")
"""What `reset` may be asked for."""
Policy = Callable[[Any, np.random.Generator], Any]
"""Observation, random numbers -> action."""


@dataclass(frozen=True, kw_only=True)
class SimulatorFacts:
    """What there is to know of a simulator without running it."""

    name: str
    """Under which it is recorded."""
    state_names: tuple[str, ...]
    """One name per state component."""
    state_units: tuple[str, ...]
    """One unit per state component, '' where there is none; 'rad' marks an angle."""
    state_low: tuple[float, ...]
    """Smallest value of each state component."""
    state_high: tuple[float, ...]
    """Largest value of each state component."""
    controllable: tuple[bool, ...]
    """Which state components actions can change."""
    controllable_dim: int
    """Number of independent directions in which actions move the state."""
    action_names: tuple[str, ...]
    """One name per component of the action of one step."""
    frameskip: int
    """Steps in one action of a model."""
    success_radius: float
    """Distance, as `goal_distance` measures it, within which a goal counts as reached."""
    success_unit: str
    """Unit of that distance."""
    packages: tuple[str, ...]
    """Packages whose versions decide what happens."""
    recipe: Mapping[str, Any] = field(default_factory=dict)
    """What it takes to learn a recording of it: fields of `TrainConfig` (a curriculum) or `ModelConfig` (widths)."""
    budget: int | None = None
    """Transitions seen at preset `quick`, where the recipe needs more than usual."""
    episodes: int = 400
    """Episodes recorded where nobody says how many."""

    def __post_init__(self):
        columns = (self.state_names, self.state_units, self.state_low, self.state_high, self.controllable)
        lengths = [len(column) for column in columns]
        check(len(set(lengths)) == 1 and lengths[0] > 0, f"{self.name}: facts of {lengths} state components; allowed: "
              "one name, unit, low, high and controllable for each")  # fmt: skip
        check(len(self.action_names) > 0, f"{self.name} has no action; allowed: one name or more")
        check_count(f"frameskip of {self.name}", self.frameskip, 1, 1000)
        check_count(f"episodes of {self.name}", self.episodes, 1, 10**7)
        if self.budget is not None:
            check_count(f"budget of {self.name}", self.budget, 1, 10**12)

    @property
    def angles(self) -> tuple[bool, ...]:
        """Which state components are angles."""
        return tuple(unit == "rad" for unit in self.state_units)

    @property
    def state_dim(self) -> int:
        """Number of state components."""
        return len(self.state_names)

    @property
    def action_dim(self) -> int:
        """Number of components of the action of one step."""
        return len(self.action_names)

    def versions(self) -> dict[str, str]:
        """Return package -> installed version, of all that decide what happens."""
        return {package: version(package) for package in self.packages}


class Simulator(gymnasium.Env):
    """An environment that can be put into a state; a subclass has `facts` and the five methods with an underscore.

    Actions lie in [-1, 1] and are clamped. It never ends by itself and gives no reward: what counts is the distance
    from a goal. The observation is the state, float64; frames come from `render`. Equal states and equal actions lead
    to equal states, bit for bit.
    """

    facts: ClassVar[SimulatorFacts]
    moves_in_processes: ClassVar[bool] = True
    """Whether several processes move a large batch; False for a simulator whose `move` is fast by itself."""
    metadata: ClassVar[dict[str, Any]] = {"render_modes": ["rgb_array"], "render_fps": 25}  # type: ignore[misc]

    def __init__(self, *, side: int = 64):
        """side: of the frames, px."""
        check_count("side", side, 8, LARGEST_SIDE)
        self.side, self.render_mode = side, "rgb_array"
        # states are not held inside their usual range by physics, so the space has no ends
        self.observation_space = Box(-np.inf, np.inf, (self.facts.state_dim,), np.float64)
        self.action_space = Box(-1.0, 1.0, (self.facts.action_dim,), np.float32)

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[np.ndarray, dict]:
        """Start an episode; return the state, and it again as `info["state"]`.

        options: `state`, the state to start from; or `near_home`, the share 0 to 1 of all starts, those nearest to the
        home pose, from which one is drawn.
        """
        super().reset(seed=seed)
        asked = options or {}
        unknown = sorted(set(asked) - set(OPTIONS))
        check(not unknown, f"options {', '.join(unknown)} of reset are unknown; allowed: {', '.join(OPTIONS)}")
        check(len(asked) < 2, "state and near_home both say where to start; allowed: one of them")
        share = asked.get("near_home", 1.0)
        check_range("near_home", share, 0.0, 1.0, "share of all starts")
        self.set_state(asked["state"] if "state" in asked else self._draw_start(float(share), self.np_random))
        return self._told()

    def step(self, action: Any) -> tuple[np.ndarray, float, bool, bool, dict]:
        """Move by one action, (action,) in [-1, 1]; reward 0, never terminated or truncated."""
        given = real_array("action", action, self.facts.action_dim, allowed=f"({self.facts.action_dim},) numbers")
        check(bool(np.isfinite(given).all()), f"action = {shown(action)}; allowed: finite numbers")
        self._advance(np.clip(given.astype(np.float64), -1.0, 1.0))
        state, info = self._told()
        return state, 0.0, False, False, info

    def render(self) -> np.ndarray:  # type: ignore[override]
        """Return what is seen now, uint8 (side, side, 3)."""
        return self._draw(self.side)

    def get_state(self) -> np.ndarray:
        """Return the whole state, float64 (state,)."""
        return self._read()

    def set_state(self, state: Any) -> None:
        """Put everything into a state, (state,); raise `InputError` for what is none."""
        given = real_array("state", state, self.facts.state_dim, allowed=f"({self.facts.state_dim},) numbers")
        if not np.isfinite(given).all():
            raise InputError(f"state = {shown(state)} holds NaN or infinity; allowed: finite numbers")
        self._write(given.astype(np.float64))

    def move(self, states: np.ndarray, actions: np.ndarray) -> np.ndarray:
        """Return the states passed from each of some states on: (n, state), (n, k, action) -> float64 (n, k, state).

        Leaves the simulator in another state than it was.
        """
        passed = np.empty((*actions.shape[:2], self.facts.state_dim))
        for row, (state, commands) in enumerate(zip(states, actions, strict=True)):
            self.set_state(state)
            for k, command in enumerate(commands):
                self._advance(np.clip(command.astype(np.float64), -1.0, 1.0))
                passed[row, k] = self._read()
        return passed

    def draw_start(self, source: np.random.Generator, *, near_home: float = 1.0) -> np.ndarray:
        """Return a state to start from, float64 (state,), drawn as `reset` does."""
        return self._draw_start(near_home, source)

    @classmethod
    def world_entry(cls, name: str) -> Any:
        """Return the `WorldEntry` of this simulator under a name: how `resolve_world` makes a world of it."""
        from smwm_lab.environments.world import simulated_entry

        return simulated_entry(name)

    @classmethod
    @abstractmethod
    def goal_distance(cls, states: np.ndarray, goals: np.ndarray) -> np.ndarray:
        """Return how far states are from their goals, (n, state) each -> (n,), in `facts.success_unit`."""

    def behaviour_policy(self) -> Policy | None:
        """Return what chooses the actions of recordings; None for random actions, uniform in [-1, 1]."""
        return None

    @abstractmethod
    def _draw_start(self, share: float, source: np.random.Generator) -> np.ndarray:
        """Return a state to start from, one of the share of all starts that lie nearest to the home pose."""

    @abstractmethod
    def _advance(self, action: np.ndarray) -> None:
        """Move by one step, float64 (action,) in [-1, 1]."""

    @abstractmethod
    def _read(self) -> np.ndarray:
        """Return the state, a new float64 (state,)."""

    @abstractmethod
    def _write(self, state: np.ndarray) -> None:
        """Put everything into a state, float64 (state,), so that nothing of the past is left."""

    @abstractmethod
    def _draw(self, side: int) -> np.ndarray:
        """Return a frame of the state, uint8 (side, side, 3)."""

    def _told(self) -> tuple[np.ndarray, dict[str, Any]]:
        state = self._read()
        return state, {"state": state}
