"""Model predictive control: look, decide, execute the first actions, look again.

A task ends when a primitive step comes within the tolerance of its goal, or when its budget is spent. Every task draws
from streams of its own, and on a CPU is controlled alone: what comes of it does not depend, bit for bit, on the tasks
beside it. Together, as on a GPU, they share their matrix products, whose rounding depends on how many there are.

A model with memory is shown what was seen before every action, also while a plan of several is executed open loop.
"""

import hashlib
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import torch
from torch import Generator, Tensor

from smwm_lab.axes import States
from smwm_lab.errors import check, check_count, check_instance
from smwm_lab.models import Past
from smwm_lab.planning.control.memory import recent_past
from smwm_lab.planning.control.perception import Agent
from smwm_lab.planning.control.tasks import Tasks
from smwm_lab.planning.interface.plan_types import Plan, Query
from smwm_lab.seeding import generator, require_seed


@dataclass(frozen=True, eq=False, repr=False)
class Episodes:
    """What happened, one row per task."""

    tasks: Tasks
    states: States
    """After every action, the start first; a task that has ended stays where it ended."""
    arrived_at: Tensor
    """Primitive steps until arrival, held as long as the tasks ask, int64 (n,); 0 solved at reset, -1 never."""
    distance_left: Tensor
    """From the goal at the end, px, float32 (n,)."""
    way: Tensor
    """Way of all bodies until the end, px, float32 (n,)."""
    passed_whole: Tensor
    """Whether the whole body, not only its centre, had room on all of that way, bool (n,)."""
    num_decisions: int
    """Decisions of all tasks together."""
    plan_seconds: float
    """Encoding and deciding."""
    environment_seconds: float
    """Stepping and rendering."""
    plans: list[tuple[Tensor, Plan]] = field(default_factory=list)
    """On request, every decision with the rows of its tasks; those made at the same step stand together."""

    @property
    def success(self) -> Tensor:
        """Which tasks were solved, bool (n,)."""
        return self.arrived_at >= 0

    def __repr__(self) -> str:
        return f"Episodes({int(self.success.sum())} of {len(self.tasks)} tasks solved)"


def run_mpc(
    agent: Agent, tasks: Tasks, *, seed: int = 0, batch_size: int | None = None, record: bool = False
) -> Episodes:
    """Control every task to its end.

    seed: root of the random streams of the planner and of what no action controls. A stream is named by the start and
    the goal of its task (and, where one task occurs several times, by its count), so a task has the same ones in any
    selection. batch_size: tasks controlled together, that share streams; None for one on a CPU and all on a GPU.
    record: keep plans, with traces. Raises `InputError` for an agent that acts in another world, or a planner that
    decides no plan.
    """
    check_instance("agent", agent, Agent, "make_agent gives one")
    check_instance("tasks", tasks, Tasks, "held_out_tasks draws them")
    require_seed(seed)
    check_count("receding_horizon", agent.planner.receding_horizon, 1, 1_000_000)
    if batch_size is None:
        batch_size = 1 if agent.perception.device.type == "cpu" else len(tasks)
    check_count("batch_size", batch_size, 1, 1_000_000)
    parts = []
    for rows, name in _batches(tasks, batch_size):
        planner, world = (generator(seed, f"{who} of task {name}") for who in ("planner", "world"))
        parts.append((rows, _control(agent, tasks[rows], planner, world, record)))
    return parts[0][1] if len(parts) == 1 else _merged(tasks, parts)


def _control(agent: Agent, tasks: Tasks, planner_stream: Generator, world_stream: Generator, record: bool) -> Episodes:
    """Control tasks together to their ends."""
    run = _Control(agent, tasks, world_stream)
    warm_start = None
    while len(run.rows) and run.num_actions < tasks.budget:
        rows = run.rows
        z, goal = run.look()
        past = run.remember()
        started = time.perf_counter()
        decided = agent.planner.decide(Query(z, goal, planner_stream, warm_start, record, past))
        run.plan_seconds += time.perf_counter() - started
        check_instance("what the planner decided", decided, Plan)
        check(len(decided) == len(rows), f"{len(decided)} plans for {len(rows)} tasks; allowed: one for each")
        run.num_decisions += len(rows)
        if record:
            run.plans.append((rows, decided))
        executed = min(agent.planner.receding_horizon, decided.actions.shape[1], tasks.budget - run.num_actions)
        still = run.execute(decided.actions[:, :executed].cpu())
        warm_start = decided.shifted(executed)[still]
    return run.episodes()


def _batches(tasks: Tasks, batch_size: int) -> Iterator[tuple[Tensor, str]]:
    """Yield the rows of tasks that are controlled together, and a name for their streams."""
    names = _names(tasks)
    for rows in torch.arange(len(tasks)).split(batch_size):
        joined = " ".join(names[row] for row in rows.tolist())
        yield rows, joined if len(rows) == 1 else hashlib.sha256(joined.encode()).hexdigest()


def _names(tasks: Tasks) -> list[str]:
    """Return a name per task that start and goal decide; tasks that are alike are counted."""
    seen: Counter[bytes] = Counter()
    names = []
    for start, goal in zip(tasks.start.cpu(), tasks.goal.cpu(), strict=True):
        content = torch.stack([start, goal]).numpy().tobytes()
        names.append(f"{hashlib.sha256(content).hexdigest()} {seen[content]}")
        seen[content] += 1
    return names


def _merged(tasks: Tasks, parts: Sequence[tuple[Tensor, Episodes]]) -> Episodes:
    """Return episodes of all tasks from those of batches in their order."""
    done = [episodes for _, episodes in parts]
    longest = max(each.states.shape[1] for each in done)
    return Episodes(
        tasks=tasks,
        states=torch.cat([_until(each.states, longest) for each in done]),
        arrived_at=torch.cat([each.arrived_at for each in done]),
        distance_left=torch.cat([each.distance_left for each in done]),
        way=torch.cat([each.way for each in done]),
        passed_whole=torch.cat([each.passed_whole for each in done]),
        num_decisions=sum(each.num_decisions for each in done),
        plan_seconds=sum(each.plan_seconds for each in done),
        environment_seconds=sum(each.environment_seconds for each in done),
        plans=_plans_by_step(parts),
    )


def _until(states: Tensor, length: int) -> Tensor:
    """Return states (n, frames, state) with the last one repeated up to `length` frames."""
    return torch.cat([states, states[:, -1:].expand(-1, length - states.shape[1], -1)], 1)


def _plans_by_step(parts: Sequence[tuple[Tensor, Episodes]]) -> list[tuple[Tensor, Plan]]:
    """Return the k-th decisions of all batches together, for every k; none where no plans were kept."""
    together = []
    for k in range(max(len(each.plans) for _, each in parts)):
        made = [(rows[each.plans[k][0]], each.plans[k][1]) for rows, each in parts if len(each.plans) > k]
        together.append((torch.cat([rows for rows, _ in made]), Plan.cat([plan for _, plan in made])))
    return together


class _Control:
    """The state of all tasks while they are controlled."""

    def __init__(self, agent: Agent, tasks: Tasks, stream: Generator):
        self.agent, self.tasks, self.stream = agent, tasks, stream
        self.world = tasks.world
        self.states = [tasks.start]
        self.actions: list[Tensor] = []
        self.tolerance, self.skip = self.world.success_radius, self.world.frameskip
        reached = self.world.goal_distance(tasks.start, tasks.goal) <= self.tolerance
        self.held = reached.long()  # steps in a row at the goal, up to now
        self.arrived_at = torch.where(self.held >= tasks.hold, 0, -1)
        self.way = torch.zeros(len(tasks))
        self.passed_whole = torch.ones(len(tasks), dtype=torch.bool)
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

    def remember(self) -> Past | None:
        """Return what the tasks that go on have behind them, as far as the model looks back."""
        started, rows, sees = time.perf_counter(), self.rows, self.agent.perception
        back = max(sees.past_frames, sees.past_actions)
        if back == 0:
            return None
        told, taken = self._since_before()
        latest = (told[-back - 1 :], taken[-back:])
        states, actions = ([each[rows] for each in every] for every in latest)
        past = recent_past(sees, states, actions)
        self.plan_seconds += time.perf_counter() - started
        return past

    def _since_before(self) -> tuple[list[Tensor], list[Tensor]]:
        """Return states and the actions between them, what led to the starts among them."""
        before = self.tasks.before
        if before is None:
            return self.states, self.actions
        led, taken = before.states[:, :-1].unbind(1), before.actions.unbind(1)
        return [*led, *self.states], [*taken, *self.actions]

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
            self.passed_whole[rows] &= ~going | self.world.passes_whole(at, state)
            near = self.world.goal_distance(state, goal) <= self.tolerance
            self.held[rows] = torch.where(near, self.held[rows] + 1, 0)
            self.arrived_at[rows[(self.held[rows] >= self.tasks.hold) & going]] = self.num_actions * self.skip + k
            at = torch.where(going[:, None], state, at)
        latest = self.states[-1].clone()
        latest[rows] = at
        self.states.append(latest)
        taken = action.new_zeros(len(latest), action.shape[1])
        taken[rows] = action
        self.actions.append(taken)
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
            self.passed_whole,
            self.num_decisions,
            self.plan_seconds,
            self.environment_seconds,
            self.plans,
        )
