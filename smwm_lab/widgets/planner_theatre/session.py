"""The numbers behind PlannerTheatre: where to go, how to search, and the decisions taken so far."""

import dataclasses
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import numpy as np
import torch
from torch import Tensor

from smwm_lab.axes import State
from smwm_lab.data import sample_windows, split_by_state
from smwm_lab.errors import check, check_instance, check_named
from smwm_lab.planning import (
    Agent,
    AgentConfig,
    LandmarkConfig,
    LandmarkPlanner,
    Perception,
    SearchPlanner,
    WarmStart,
    make_agent,
)
from smwm_lab.planning.analysis.decision_trace import DecisionTrace, Scene, trace_decision
from smwm_lab.planning.analysis.latent_grid import LatentGrid
from smwm_lab.planning.control.memory import recent_past
from smwm_lab.planning.interface.protocols import PlanningModel
from smwm_lab.seeding import generator, require_seed
from smwm_lab.training import Run, draw_windows
from smwm_lab.widgets.planner_theatre.search_config import COSTS, TheatreConfig
from smwm_lab.worlds import Trajectories, World


NUM_LANDMARKS = 300
NUM_FRAMES = {"landmarks": 4000, "additive": 1000}
"""Planner -> how many frames of the data of a run it is given; it learns once, in seconds."""
NUM_WINDOWS, WINDOW_LENGTH, EPISODE_LENGTH = 1000, 4, 20
"""Of the behaviour policy, for models that are no runs."""
BUDGET = 50
"""Actions of an episode."""
Model = Run | PlanningModel
CHOICES = ("model_name", "config", "body", "start", "goal")
"""What a decision follows from."""


class PlannerTheatreSession:
    """A start, a goal, a configuration, and the episode that follows from them.

    models: name -> a run of the same world, or any model of it. world: needed if they are no runs.
    trajectories: of planners that look into data; drawn from the behaviour policy when first needed if None.
    """

    def __init__(
        self,
        models: Mapping[str, Model],
        *,
        world: World | None = None,
        trajectories: Trajectories | None = None,
        seed: int = 0,
    ):
        check_named("models", models, (Run, PlanningModel))
        if world is not None:
            check_instance("world", world, World)
        if trajectories is not None:
            check_instance("trajectories", trajectories, Trajectories)
        require_seed(seed)
        self.models, self.seed, self._trajectories = dict(models), seed, trajectories
        first = next(iter(self.models.values()))
        check(isinstance(first, Run) or world is not None, f"world is not given; a {type(first).__name__} needs one")
        self.world = first.world if world is None else world
        check(self.world.spec.action_dim > 0, "this world has no actions, so there is nothing to plan; use another")
        self.bodies = {body.name or "it": body for body in self.world.bodies()}
        check(
            bool(self.bodies),
            f"this world has nothing that actions move in a plane (states {', '.join(self.world.spec.state_names)}); "
            "allowed: a world with x and y of something, or the planners of smwm_lab.planning",
        )
        self.body = next(iter(self.bodies.values()))
        self.config = TheatreConfig.of("cem", self.world)
        self.decisions: list[DecisionTrace] = []
        self._agents: dict[tuple[str, str], Agent] = {}
        self._perceptions: dict[str, Perception] = {}
        self._canvases: dict[bytes, LatentGrid] = {}
        self.choose_model(next(iter(self.models)))
        self._draw_ends()
        self.rewind()

    @property
    def model(self) -> PlanningModel:
        """The model that imagines."""
        chosen = self.models[self.model_name]
        return chosen.model if isinstance(chosen, Run) else chosen

    @property
    def components(self) -> list[str]:
        """Components of the state that `move` sets: x and y of the body, and the angles that actions turn."""
        spec = self.world.spec
        turns = [angle and can for angle, can in zip(spec.angles, spec.controllable, strict=True)]
        columns = [*self.body.columns, *(column for column, turn in enumerate(turns) if turn)]
        return [spec.state_names[column] for column in columns]

    @property
    def decision(self) -> DecisionTrace:
        """The latest decision."""
        return self.decisions[-1]

    @property
    def num_actions(self) -> int:
        """Actions executed so far."""
        return len(self.passed) - 1

    @property
    def distance(self) -> float:
        """From the goal, px."""
        return float(self.world.goal_distance(self.state, self.goal))

    @property
    def has_arrived(self) -> bool:
        """Whether the state counts as the goal."""
        return self._is_there(self.state)

    @property
    def is_over(self) -> bool:
        """Whether nothing is left to do: there, or the budget is spent."""
        return self.has_arrived or self.num_actions >= BUDGET

    def path(self) -> np.ndarray:
        """Return the places of the body so far, world units, (actions + 1, 2)."""
        return torch.cat(self.passed)[:, list(self.body.columns)].numpy()

    def path_to(self, decision: int) -> np.ndarray:
        """Return the places of the body until a decision was taken."""
        return self.path()[: self.decided_after[decision] + 1]

    def choose_model(self, name: str) -> None:
        """Imagine with another model; raise `InputError` if it is of another world."""
        chosen = self.models[name]
        if isinstance(chosen, Run):
            names = ", ".join(chosen.world.spec.state_names), ", ".join(self.world.spec.state_names)
            check(
                chosen.config.world == self.world.config,
                f"run {name!r} is of another world (states {names[0]}) "
                f"than the first one (states {names[1]}); use a run of this world",
            )
        self._perceptions.setdefault(name, Perception.through(getattr(chosen, "model", chosen), self.world))
        self.model_name = name

    def must_learn(self, planner: str) -> bool:
        """Whether a planner has yet to look at data; that takes seconds."""
        return planner in NUM_FRAMES and (self.model_name, planner) not in self._agents

    def choose_body(self, name: str) -> None:
        """Let places mean another body."""
        self.body = self.bodies[name]

    def move(self, end: str, values: Mapping[str, float]) -> None:
        """Put the `start` or the `goal` of the body elsewhere: components of the state by name.

        Raises `InputError`, and changes nothing, for a place outside the world.
        """
        state = getattr(self, end).clone()
        columns = [self.world.spec.state_names.index(name) for name in values]
        wanted = state.clone()
        wanted[0, columns] = torch.tensor(list(values.values()), dtype=state.dtype)
        self.world.require_inside(wanted)
        moved = self.body.place(state, wanted[:, list(self.body.columns)])
        turns = [c for c in columns if c not in self.body.columns]
        moved[:, turns] = wanted[:, turns]
        self.world.require_inside(moved)
        setattr(self, end, moved)
        if end == "start":
            stays = ~torch.tensor(self.world.spec.controllable)
            self.goal = torch.where(stays, moved, self.goal)

    @contextmanager
    def deciding(self) -> Iterator[None]:
        """Let the block choose, then go back to the start and decide anew.

        Whatever refuses, the choice or the decision, its error is raised and everything is as before.
        """
        before = {name: getattr(self, name) for name in CHOICES}
        try:
            yield
            self.rewind()
        except BaseException:
            vars(self).update(before)
            raise

    def rewind(self) -> None:
        """Go back to the start and decide anew; an `InputError` of the planner leaves the episode as it is."""
        planned = self._decide([self.start], [], None)
        self._stream = generator(self.seed, "theatre, world")
        self.state, self.passed = self.start, [self.start]
        self.taken: list[Tensor] = []
        self.decisions, self.decided_after = [planned], [0]

    def step(self) -> None:
        """Execute the first actions of the plan, and decide again."""
        check(not self.is_over, "the episode is over; go back to the start, or choose another goal")
        plan, state, passed, taken = self.decision.plan, self.state, list(self.passed), list(self.taken)
        executed = min(self.config.execute, plan.actions.shape[1], BUDGET - self.num_actions)
        for action in plan.actions[:, :executed].cpu().unbind(1):
            state = self.world.step(state, action, self._stream).state
            passed.append(state)
            taken.append(action)
            if self._is_there(state):
                break
        planned = self._decide(passed, taken, plan.shifted(executed))
        self.state, self.passed, self.taken = state, passed, taken
        self.decisions = [*self.decisions, planned]
        self.decided_after = [*self.decided_after, self.num_actions]

    def describe(self) -> str:
        """Return in one line where the episode stands."""
        count = f"{self.num_actions} action{'s' * (self.num_actions != 1)}"
        where = f"{self.distance:.1f} px from the goal after {count}"
        end = "there: " if self.has_arrived else f"budget of {BUDGET} actions spent: " if self.is_over else ""
        return f"{end}{where}; decided in {self.decision.seconds * 1000:.0f} ms"

    def _is_there(self, state: State) -> bool:
        return float(self.world.goal_distance(state, self.goal)) <= self.world.success_radius

    def _decide(self, passed: list[State], taken: list[Tensor], warm_start: WarmStart | None) -> DecisionTrace:
        """Decide at the last of the states passed, with the actions taken between them."""
        config, agent, state = self.config, self._agent(), passed[-1]
        fits = config.searches and warm_start is not None and warm_start.mean.shape[1] == config.horizon
        scene = Scene(self.world, self.body, self._canvas(), state, self.goal)
        return trace_decision(
            agent,
            self.model,
            scene,
            cost=COSTS[config.cost],
            warm_start=warm_start if fits else None,
            generator=generator(self.seed, "theatre, planner", len(taken)),
            past=recent_past(agent.perception, passed, taken),
        )

    def _agent(self) -> Agent:
        """Return the agent of the configuration; what it learns from episodes is learned once."""
        config, key = self.config, (self.model_name, self.config.planner)
        search = config.search if config.searches else None
        if key not in self._agents:
            chosen = AgentConfig(config.planner, search, LandmarkConfig(num_landmarks=NUM_LANDMARKS))
            trajectories = self._draw_trajectories() if config.planner in NUM_FRAMES else None
            self._agents[key] = make_agent(chosen, self.model, self.world, trajectories=trajectories, seed=self.seed)
        agent = self._agents[key]
        if search is None:
            return agent
        planner = SearchPlanner(self.model, self.world.spec.action_dim, search)
        if isinstance(agent.planner, LandmarkPlanner):
            planner = dataclasses.replace(agent.planner, local=planner)
        return dataclasses.replace(agent, planner=planner)

    def _draw_trajectories(self) -> Trajectories:
        """Return what was given, a part of what the run was trained on, or windows of the behaviour policy."""
        if self._trajectories is not None:
            return self._trajectories
        chosen = self.models[self.model_name]
        if not isinstance(chosen, Run):
            return sample_windows(
                split_by_state(self.world, seed=self.seed),
                NUM_WINDOWS,
                length=WINDOW_LENGTH,
                episode_length=EPISODE_LENGTH,
                held_out=False,
                generator=generator(self.seed, "theatre, episodes"),
            )
        windows = draw_windows(chosen.config)
        return windows[: NUM_FRAMES[self.config.planner] // windows.states.shape[1]]

    def _canvas(self) -> LatentGrid:
        """Return the canvas around the start; it is looked at once for all places of the body."""
        middle = torch.tensor(
            [[(self.world.spec.state_low[c] + self.world.spec.state_high[c]) / 2 for c in self.body.columns]]
        )
        key = (self.model_name + repr(self.body.columns)).encode()
        key += self.body.place(self.start, middle).round(decimals=2).numpy().tobytes()
        if key not in self._canvases:
            perception = self._perceptions[self.model_name]
            self._canvases = {key: LatentGrid.from_perception(perception, self.world, self.body, self.start)}
        return self._canvases[key]

    def _draw_ends(self) -> None:
        """Draw a start and a goal that differ only in what is controlled, far from each other."""
        drawn = self.world.sample_state(40, generator(self.seed, "theatre, ends"))
        controlled = torch.tensor(self.world.spec.controllable)
        self.start = self._reachable(drawn[:1], drawn[:1])
        goals = self._reachable(torch.where(controlled, drawn[1:], drawn[:1]), self.start.expand(39, -1))
        far = self.world.goal_distance(self.start.expand(39, -1), goals)
        self.goal: State = goals[far.argmax()][None]

    def _reachable(self, states: State, start: State) -> State:
        """Return states that actions can lead to from start: all bodies placed as in `states`, rigid pairs kept."""
        for body in self.bodies.values():
            start = body.place(start, states[:, list(body.columns)])
        others = torch.tensor(self.world.spec.angles) & torch.tensor(self.world.spec.controllable)
        return torch.where(others, states, start)
