"""Model predictive control: look, decide, execute the first actions, look again; all tasks at once.

A task ends when a primitive step comes within the tolerance of its goal, or when its budget is spent.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

import torch
from torch import Generator, Tensor

from smwm_lab.axes import Latent, State, States
from smwm_lab.errors import check
from smwm_lab.planning.control import arrival
from smwm_lab.planning.control.tasks import Tasks
from smwm_lab.planning.interface.plan_types import Plan
from smwm_lab.planning.interface.protocols import Planner, PlanningModel
from smwm_lab.planning.models.oracle import OracleModel
from smwm_lab.worlds import World


@dataclass(frozen=True, eq=False)
class Agent:
    """A planner with eyes."""

    planner: Planner
    observe: Callable[[State], Tensor]
    """What the world shows of states."""
    encode: Callable[[Tensor], Latent]
    """What the model makes of it."""


def seeing_agent(planner: Planner, model: PlanningModel, world: World) -> Agent:
    """Return an agent that sees frames of the world through the encoder of the model."""
    spec = world.spec
    sizes = getattr(model, "config", None)
    if sizes is not None:
        expected, found = (spec.observation_shape[1], spec.action_dim), (sizes.side, sizes.action_dim)
        check(
            expected == found,
            f"the model sees {found[0]} px and takes {found[1]} actions, this world has {expected[0]} px and "
            f"{expected[1]} actions; use a run of this world",
        )
    device = next(iter(model.parameters())).device if isinstance(model, torch.nn.Module) else torch.device("cpu")
    return Agent(planner, lambda state: world.observe(state.to(device)), torch.no_grad()(model.encode))


def knowing_agent(planner: Planner, truth: OracleModel) -> Agent:
    """Return an agent that is told the true state."""
    return Agent(planner, lambda state: state, truth.encode)


@dataclass(frozen=True, eq=False, repr=False)
class Episodes:
    """What happened, one row per task."""

    tasks: Tasks
    states: States
    """After every action, the start first; a task that has ended stays where it ended."""
    arrived_at: Tensor
    """Primitive steps until arrival, int64 (n,); 0 solved at reset, -1 never."""
    distance_left: Tensor
    """From the goal at the end, px, float32 (n,)."""
    way: Tensor
    """Way of all bodies until the end, px, float32 (n,)."""
    num_decisions: int
    """Decisions of all tasks together."""
    plan_seconds: float
    """Encoding and deciding."""
    environment_seconds: float
    """Stepping and rendering."""
    plans: list[tuple[Tensor, Plan]] = field(default_factory=list)
    """On request, every decision with the rows of its tasks."""

    @property
    def success(self) -> Tensor:
        """Which tasks were solved, bool (n,)."""
        return self.arrived_at >= 0

    def __repr__(self) -> str:
        return f"Episodes({int(self.success.sum())} of {len(self.tasks)} tasks solved)"


def run_mpc(
    agent: Agent, tasks: Tasks, *, planner_stream: Generator, world_stream: Generator, record: bool = False
) -> Episodes:
    """Control every task to its end.

    planner_stream, world_stream: randomness of the planner and of what nobody controls. record: keep plans and traces.
    """
    run = _Control(agent, tasks, world_stream)
    warm_start = None
    while len(run.rows) and run.num_actions < tasks.budget:
        rows = run.rows
        z, goal = run.look()
        started = time.perf_counter()
        decided = agent.planner.decide(z, goal, generator=planner_stream, warm_start=warm_start, record=record)
        run.plan_seconds += time.perf_counter() - started
        run.num_decisions += len(rows)
        if record:
            run.plans.append((rows, decided))
        executed = min(agent.planner.receding_horizon, decided.actions.shape[1], tasks.budget - run.num_actions)
        still = run.execute(decided.actions[:, :executed].cpu())
        warm_start = decided.shifted(executed)[still]
    return run.episodes()


class _Control:
    """The state of all tasks while they are controlled."""

    def __init__(self, agent: Agent, tasks: Tasks, stream: Generator):
        self.agent, self.tasks, self.stream = agent, tasks, stream
        self.world = tasks.world
        self.states = [tasks.start]
        self.tolerance, self.skip = arrival.tolerance(self.world), arrival.frameskip(self.world)
        reached = arrival.goal_distance(self.world, tasks.start, tasks.goal) <= self.tolerance
        self.arrived_at = torch.where(reached, 0, -1)
        self.way = torch.zeros(len(tasks))
        self.num_actions = self.num_decisions = 0
        self.plan_seconds = self.environment_seconds = 0.0
        self.plans: list[tuple[Tensor, Plan]] = []
        self.goal: Tensor | None = None

    @property
    def rows(self) -> Tensor:
        """Tasks that go on."""
        return (self.arrived_at < 0).nonzero()[:, 0]

    def look(self) -> tuple[Tensor, Tensor]:
        """Return the latents of the tasks that go on, and those of their goals."""
        if self.goal is None:
            self.goal = self._see(self.tasks.goal)
        return self._see(self.states[-1][self.rows]), self.goal[self.rows.to(self.goal.device)]

    def _see(self, state: Tensor) -> Tensor:
        started = time.perf_counter()
        observation = self.agent.observe(state)
        shown = time.perf_counter()
        z = self.agent.encode(observation)
        self.environment_seconds += shown - started
        self.plan_seconds += time.perf_counter() - shown
        return z

    def execute(self, actions: Tensor) -> Tensor:
        """Execute actions (rows, k, action); return which of the rows go on."""
        rows, started = self.rows, time.perf_counter()
        going = torch.arange(len(rows))
        for action in actions.unbind(1):
            now = rows[going]
            self._step(now, action[going])
            going = going[self.arrived_at[now] < 0]
            if not len(going):
                break
        self.environment_seconds += time.perf_counter() - started
        return going

    def _step(self, rows: Tensor, action: Tensor) -> None:
        before, goal = self.states[-1][rows], self.tasks.goal[rows]
        after = self.world.step(before, action, self.stream).state
        passed = arrival.primitive_states(self.world, before, action, after)
        at = before
        for k, state in enumerate(passed.unbind(1), start=1):
            going = self.arrived_at[rows] < 0
            self.way[rows] += torch.where(going, arrival.way_between(self.world, at, state), 0.0)
            near = arrival.goal_distance(self.world, state, goal) <= self.tolerance
            self.arrived_at[rows[near & going]] = self.num_actions * self.skip + k
            at = torch.where(going[:, None], state, at)
        latest = self.states[-1].clone()
        latest[rows] = at
        self.states.append(latest)
        self.num_actions += 1

    def episodes(self) -> Episodes:
        """Return what happened."""
        left = arrival.goal_distance(self.world, self.states[-1], self.tasks.goal)
        return Episodes(
            self.tasks,
            torch.stack(self.states, 1),
            self.arrived_at,
            left,
            self.way,
            self.num_decisions,
            self.plan_seconds,
            self.environment_seconds,
            self.plans,
        )
