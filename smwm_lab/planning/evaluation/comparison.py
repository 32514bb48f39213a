"""Comparisons on the same tasks: planners, goal distances, regularisers, weights; several seeds of each.

compare(contestants, tasks)  ->  Comparison         one row per contestant, seed and set of tasks
horizon_sweep, compare_models, compare_planners     the usual sets of contestants
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import torch
from torch import Tensor

from smwm_lab.errors import InputError, check, check_choices, check_instance, check_named, check_range, shown
from smwm_lab.files import as_path
from smwm_lab.planning.control.tasks import Tasks
from smwm_lab.planning.evaluation.evaluate import solve
from smwm_lab.planning.evaluation.intervals import (
    PairedComparison,
    compare_paired,
    seed_interval,
)
from smwm_lab.planning.evaluation.report import Outcome, report_on, require_columns
from smwm_lab.planning.interface.gates import require_dynamics, require_parts
from smwm_lab.planning.interface.protocols import PlanningModel
from smwm_lab.planning.models.oracle import OracleModel
from smwm_lab.planning.planners.registry import PLANNERS, AgentConfig
from smwm_lab.seeding import require_seed
from smwm_lab.worlds import Trajectories


MEANS = ("spl", "success_from_afar", "strict_success", "share_at_reset")
"""Columns of which a summary gives the means over seeds."""


@dataclass(frozen=True, eq=False)
class Contestant:
    """A planner with a model, under a name that its seeds share."""

    label: str
    planner: str | AgentConfig
    model: PlanningModel | OracleModel
    seed: int = 0
    trajectories: Trajectories | None = None

    def __post_init__(self):
        check_instance("label", self.label, str)
        AgentConfig.of(self.planner)
        require_dynamics(self.model, PlanningModel)
        require_seed(self.seed)
        check_instance("trajectories", self.trajectories, (Trajectories, type(None)))


@dataclass(frozen=True, eq=False)
class Result:
    """What one contestant reached on one set of tasks."""

    label: str
    seed: int
    goal_offset: int | None
    outcome: Outcome


@dataclass(frozen=True, eq=False, repr=False)
class Comparison:
    """Results of contestants on the same tasks; prints itself in one line."""

    results: tuple[Result, ...]

    def __post_init__(self):
        require_parts(self.results, Result)

    def __repr__(self) -> str:
        return " | ".join(
            f"{label}{'' if pd.isna(offset) else f' @{offset:.0f}'} {row.success:.3f} [{row.low:.3f}, {row.high:.3f}]"
            for (label, offset), row in self.table().iterrows()
        )

    def table(self) -> pd.DataFrame:
        """Return one row per label and goal offset: all seeds together, with a 95 % interval; see `summarise`."""
        return summarise(self.by_seed())

    def by_seed(self) -> pd.DataFrame:
        """Return one row per label, goal offset and seed; sets of tasks of one seed and goal offset count together."""
        groups: dict[tuple[str, int | None, int], list[Outcome]] = {}
        for result in self.results:
            groups.setdefault((result.label, result.goal_offset, result.seed), []).append(result.outcome)
        rows = [
            {"label": label, "goal_offset": offset, "seed": seed} | _scores(Outcome.cat(outcomes))
            for (label, offset, seed), outcomes in groups.items()
        ]
        return pd.DataFrame(rows)

    def paired(self, first: str, second: str, *, seed: int, goal_offset: int | None = None) -> PairedComparison:
        """Compare two labels task by task on the tasks of one seed; of other seeds it says nothing."""
        sides = [self._success(label, seed, goal_offset) for label in (first, second)]
        return compare_paired(*sides)

    def _success(self, label: str, seed: int, goal_offset: int | None) -> Tensor:
        """Return which tasks of a seed a label solved, all its sets of tasks in order."""
        found = [
            r.outcome.success for r in self.results if (r.label, r.seed, r.goal_offset) == (label, seed, goal_offset)
        ]
        check(bool(found), f"{label} did nothing at seed = {seed}, goal_offset = {goal_offset}; compare what both did")
        return torch.cat(found)


def summarise(by_seed: pd.DataFrame) -> pd.DataFrame:
    """Return one row per label and goal offset of rows per seed: success and its 95 % interval, and means over seeds.

    low, high: `seed_interval`. worst_seed, best_seed: the range of success over seeds. spl, success_from_afar,
    strict_success, share_at_reset: means.
    Raises `InputError` for a table without these columns, rates outside 0 to 1, and rows without a task.
    """
    require_columns("by_seed", by_seed, ("success", "tasks", *MEANS))
    for name in ("label", "goal_offset"):
        check(name in by_seed.columns, f"by_seed lacks {name}; allowed: the rows of Comparison.by_seed()")
    for name, low, high in (("success", 0.0, 1.0), ("tasks", 1.0, 1e12)):
        for value in by_seed[name].tolist():
            check_range(f"{name} of by_seed", value, low, high)
    groups = by_seed.groupby(["label", "goal_offset"], sort=False, dropna=False)
    return pd.DataFrame([_summary(label, offset, rows) for (label, offset), rows in groups]).set_index(
        ["label", "goal_offset"]
    )


def _summary(label: str, offset: float | None, rows: pd.DataFrame) -> dict[str, object]:
    rates, tasks = rows.success.tolist(), int(rows.tasks.sum())
    solved = float((rows.success * rows.tasks).sum())
    interval = seed_interval(rates, tasks // len(rates))
    return {
        "label": label,
        "goal_offset": None if pd.isna(offset) else offset,
        "success": solved / tasks,
        "low": interval[0],
        "high": interval[1],
        "worst_seed": min(rates),
        "best_seed": max(rates),
        "seeds": len(rates),
        "tasks": tasks,
    } | {name: float(rows[name].mean()) for name in MEANS}


def _scores(outcome: Outcome) -> dict[str, float]:
    """Return what a row per seed holds."""
    report = report_on("", outcome)
    return {
        "tasks": report.tasks,
        "success": report.success,
        "success_from_afar": report.success_from_afar,
        "strict_success": report.strict_success,
        "spl": report.spl,
        "share_at_reset": report.solved_at_reset / report.tasks,
        "steps_to_goal": report.steps_to_goal,
        "distance_left": report.distance_left,
        "plan_seconds_per_decision": report.plan_seconds_per_decision,
    }


def compare(
    contestants: Iterable[Contestant],
    tasks: Sequence[Tasks] | Callable[[int], Sequence[Tasks]],
    *,
    cache: Path | str | None = None,
) -> Comparison:
    """Let every contestant solve the same tasks.

    tasks: sets of tasks, or what makes them from a seed (held-out states differ from seed to seed of training).
    cache: a folder of outcomes; an interrupted comparison goes on from there. Raises `InputError` for what are no
    contestants or no tasks.
    """
    _require_many("contestants", contestants)
    folder = None if cache is None else as_path("cache", cache)
    results = []
    for who in contestants:
        check_instance("a contestant", who, Contestant)
        for some in _task_sets(tasks(who.seed) if callable(tasks) else tasks):
            outcome = solve(who.planner, who.model, some, trajectories=who.trajectories, seed=who.seed, cache=folder)
            results.append(Result(who.label, who.seed, some.goal_offset, outcome))
    check(bool(results), "nothing to compare; allowed: one or more contestants and sets of tasks")
    return Comparison(tuple(results))


def _require_many(name: str, values: object) -> None:
    """Raise `InputError` unless values are several, and no text, mapping or tensor."""
    if not isinstance(values, Iterable) or isinstance(values, str | bytes | Mapping | Tensor):
        raise InputError(f"{name} = {shown(values)}; allowed: a list of one or more")


def _task_sets(tasks: object) -> Sequence[Tasks]:
    """Return sets of tasks; raise `InputError` if they are none."""
    if not isinstance(tasks, list | tuple) or not tasks or not all(isinstance(some, Tasks) for some in tasks):
        raise InputError(f"tasks = {shown(tasks)}; allowed: a list of one or more sets of tasks, [Tasks, ...]")
    return tasks


def _require_maker(tasks: object) -> None:
    """Raise `InputError` unless tasks can be made from a seed."""
    check(
        callable(tasks) and not isinstance(tasks, type),
        f"tasks = {shown(tasks)} are no function; allowed: seed -> sets of tasks",
    )


def _require_models(models: object) -> None:
    """Raise `InputError` unless models are a mapping of seeds to models."""
    check_named("models", models)
    assert isinstance(models, Mapping)
    for seed, model in models.items():
        require_seed(seed)
        require_dynamics(model, PlanningModel)


def compare_planners(
    planners: Iterable[str],
    model: PlanningModel,
    tasks: Sequence[Tasks],
    *,
    trajectories: Trajectories | None = None,
    seed: int = 0,
    cache: Path | str | None = None,
) -> Comparison:
    """Compare planners by name with one model."""
    _require_many("planners", planners)
    names = tuple(planners)
    check_choices("planners", names, PLANNERS)
    _task_sets(tasks)
    return compare([Contestant(name, name, model, seed, trajectories) for name in names], tasks, cache=cache)


def compare_models(
    models: Mapping[str, Mapping[int, PlanningModel]],
    tasks: Callable[[int], Sequence[Tasks]],
    *,
    planner: str | AgentConfig = "cem",
    cache: Path | str | None = None,
) -> Comparison:
    """Compare kinds of models, several seeds of each, by what one planner reaches with them.

    models: label (a regulariser, a weight) -> seed -> model. tasks: seed -> sets of tasks, held out for that seed.
    Random actions (`random`) and the true world (`oracle`) stand beside.
    """
    check_named("models", models, Mapping)
    for by_seed in models.values():
        _require_models(by_seed)
    _require_maker(tasks)
    seeds = sorted({seed for by_seed in models.values() for seed in by_seed})
    who = [
        Contestant(label, planner, model, seed) for label, by_seed in models.items() for seed, model in by_seed.items()
    ]
    for name in ("random", "oracle"):
        who += [Contestant(name, name, OracleModel(_task_sets(tasks(seed))[0].world), seed) for seed in seeds]
    return compare(who, tasks, cache=cache)


def horizon_sweep(
    agents: Mapping[str, str | AgentConfig],
    models: Mapping[int, PlanningModel],
    tasks: Callable[[int], Sequence[Tasks]],
    *,
    trajectories: Callable[[int], Trajectories] | None = None,
    cache: Path | str | None = None,
) -> Comparison:
    """Compare planners as goals move away.

    agents: label -> planner. models: seed -> model. tasks: seed -> one set of tasks per goal offset.
    trajectories: seed -> training trajectories, for planners that need them.
    """
    check_named("agents", agents, (str, AgentConfig))
    _require_models(models)
    _require_maker(tasks)
    check(
        trajectories is None or callable(trajectories),
        f"trajectories = {shown(trajectories)} are no function; allowed: seed -> training trajectories, or None",
    )
    who = [
        Contestant(label, planner, model, seed, None if trajectories is None else trajectories(seed))
        for seed, model in models.items()
        for label, planner in agents.items()
    ]
    return compare(who, tasks, cache=cache)
