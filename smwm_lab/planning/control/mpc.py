"""Model predictive control: look, decide, execute the first actions, look again; all tasks at once.

A task ends when a primitive step comes within the tolerance of its goal, or when its budget is spent.
"""

import time
from dataclasses import dataclass, field

import torch
from torch import Generator, Tensor

from smwm_lab.axes import States
from smwm_lab.planning.control.perception import Agent
from smwm_lab.planning.control.tasks import Tasks
from smwm_lab.planning.interface.plan_types import Plan, Query


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

    planner_stream, world_stream: randomness of the planner and of what no action controls. record: keep plans, traces.
    """
    run = _Control(agent, tasks, world_stream)
    warm_start = None
    while len(run.rows) and run.num_actions < tasks.budget:
        rows = run.rows
        z, goal = run.look()
        started = time.perf_counter()
        decided = agent.planner.decide(Query(z, goal, planner_stream, warm_start, record))
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
        self.tolerance, self.skip = self.world.success_radius, self.world.frameskip
        reached = self.world.goal_distance(tasks.start, tasks.goal) <= self.tolerance
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
        observation = self.agent.perception.observe(state)
        shown = time.perf_counter()
        z = self.agent.perception.encode(observation)
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
        passed = self.world.substates(before, action, after)
        at = before
        for k, state in enumerate(passed.unbind(1), start=1):
            going = self.arrived_at[rows] < 0
            self.way[rows] += torch.where(going, self.world.path_length(at, state), 0.0)
            near = self.world.goal_distance(state, goal) <= self.tolerance
            self.arrived_at[rows[near & going]] = self.num_actions * self.skip + k
            at = torch.where(going[:, None], state, at)
        latest = self.states[-1].clone()
        latest[rows] = at
        self.states.append(latest)
        self.num_actions += 1

    def episodes(self) -> Episodes:
        """Return what happened."""
        left = self.world.goal_distance(self.states[-1], self.tasks.goal)
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
