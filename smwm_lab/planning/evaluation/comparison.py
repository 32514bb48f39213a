"""Comparisons on the same tasks: planners, goal distances, regularisers, weights; several seeds of each.

compare(contestants, tasks)  ->  Comparison         one row per contestant, seed and set of tasks
horizon_sweep, compare_models, compare_planners     the usual sets of contestants
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import torch

from smwm_lab.errors import check
from smwm_lab.planning.control.tasks import Tasks
from smwm_lab.planning.evaluation.evaluate import solve
from smwm_lab.planning.evaluation.intervals import PairedComparison, compare_paired, wilson
from smwm_lab.planning.evaluation.report import Outcome, report_on
from smwm_lab.planning.interface.protocols import PlanningModel
from smwm_lab.planning.models.oracle import OracleModel
from smwm_lab.planning.planners.registry import AgentConfig
from smwm_lab.worlds import Trajectories


@dataclass(frozen=True, eq=False)
class Contestant:
    """A planner with a model, under a name that its seeds share."""

    label: str
    planner: str | AgentConfig
    model: PlanningModel | OracleModel
    seed: int = 0
    trajectories: Trajectories | None = None


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

    def __repr__(self) -> str:
        return " | ".join(
            f"{label}{'' if pd.isna(offset) else f' @{offset:.0f}'} {row.success:.3f} [{row.low:.3f}, {row.high:.3f}]"
            for (label, offset), row in self.table().iterrows()
        )

    def table(self) -> pd.DataFrame:
        """Return one row per label and goal offset: all seeds pooled, with the 95 % Wilson interval."""
        groups: dict[tuple[str, int | None], list[Result]] = {}
        for result in self.results:
            groups.setdefault((result.label, result.goal_offset), []).append(result)
        rows = [_pooled(label, offset, results) for (label, offset), results in groups.items()]
        return pd.DataFrame(rows).set_index(["label", "goal_offset"])

    def by_seed(self) -> pd.DataFrame:
        """Return one row per contestant, seed and set of tasks."""
        return pd.DataFrame(
            [
                {"label": r.label, "goal_offset": r.goal_offset, "seed": r.seed}
                | {
                    k: v
                    for k, v in report_on(r.label, r.outcome).to_dict().items()
                    if k
                    in (
                        "success",
                        "solved_at_reset",
                        "steps_to_goal",
                        "spl",
                        "distance_left",
                        "plan_seconds_per_decision",
                    )
                }
                for r in self.results
            ]
        )

    def paired(self, first: str, second: str, goal_offset: int | None = None) -> PairedComparison:
        """Compare two labels on the tasks and seeds that both have, at one goal offset."""
        sides = [self._success(label, goal_offset) for label in (first, second)]
        shared = sorted(set(sides[0]) & set(sides[1]))
        check(bool(shared), f"{first} and {second} share no seed at goal_offset = {goal_offset}; compare what both did")
        return compare_paired(*(torch.cat([side[seed] for seed in shared]) for side in sides))

    def _success(self, label: str, goal_offset: int | None) -> dict[int, torch.Tensor]:
        """Return seed -> which tasks a label solved, all its sets of tasks in order."""
        parts: dict[int, list[torch.Tensor]] = {}
        for r in self.results:
            if (r.label, r.goal_offset) == (label, goal_offset):
                parts.setdefault(r.seed, []).append(r.outcome.success)
        return {seed: torch.cat(some) for seed, some in parts.items()}


def _pooled(label: str, offset: int | None, results: list[Result]) -> dict[str, object]:
    success = torch.cat([result.outcome.success for result in results])
    low, high = wilson(int(success.sum()), len(success))
    rates = [result.outcome.rate for result in results]
    spl = [report_on(label, result.outcome).spl for result in results]
    return {
        "label": label,
        "goal_offset": offset,
        "success": float(success.float().mean()),
        "low": low,
        "high": high,
        "worst_seed": min(rates),
        "best_seed": max(rates),
        "seeds": len(results),
        "tasks": len(success),
        "spl": sum(spl) / len(spl),
    }


def compare(
    contestants: Iterable[Contestant],
    tasks: Sequence[Tasks] | Callable[[int], Sequence[Tasks]],
    *,
    cache: Path | None = None,
) -> Comparison:
    """Let every contestant solve the same tasks.

    tasks: sets of tasks, or what makes them from a seed (held-out states differ from seed to seed of training).
    cache: a folder of outcomes; an interrupted comparison goes on from there.
    """
    results = []
    for who in contestants:
        for some in tasks(who.seed) if callable(tasks) else tasks:
            outcome = solve(who.planner, who.model, some, trajectories=who.trajectories, seed=who.seed, cache=cache)
            results.append(Result(who.label, who.seed, some.goal_offset, outcome))
    check(bool(results), "nothing to compare; allowed: one or more contestants and sets of tasks")
    return Comparison(tuple(results))


def compare_planners(
    planners: Iterable[str],
    model: PlanningModel,
    tasks: Sequence[Tasks],
    *,
    trajectories: Trajectories | None = None,
    seed: int = 0,
    cache: Path | None = None,
) -> Comparison:
    """Compare planners by name with one model."""
    return compare([Contestant(name, name, model, seed, trajectories) for name in planners], tasks, cache=cache)


def compare_models(
    models: Mapping[str, Mapping[int, PlanningModel]],
    tasks: Callable[[int], Sequence[Tasks]],
    *,
    planner: str | AgentConfig = "cem",
    cache: Path | None = None,
) -> Comparison:
    """Compare kinds of models, several seeds of each, by what one planner reaches with them.

    models: label (a regulariser, a weight) -> seed -> model. tasks: seed -> sets of tasks, held out for that seed.
    Random actions (`random`) and the true world (`oracle`) stand beside.
    """
    seeds = sorted({seed for by_seed in models.values() for seed in by_seed})
    who = [
        Contestant(label, planner, model, seed) for label, by_seed in models.items() for seed, model in by_seed.items()
    ]
    for name in ("random", "oracle"):
        who += [Contestant(name, name, OracleModel(tasks(seed)[0].world), seed) for seed in seeds]
    return compare(who, tasks, cache=cache)


def horizon_sweep(
    agents: Mapping[str, str | AgentConfig],
    models: Mapping[int, PlanningModel],
    tasks: Callable[[int], Sequence[Tasks]],
    *,
    trajectories: Callable[[int], Trajectories] | None = None,
    cache: Path | None = None,
) -> Comparison:
    """Compare planners as goals move away.

    agents: label -> planner. models: seed -> model. tasks: seed -> one set of tasks per goal offset.
    trajectories: seed -> training trajectories, for planners that need them.
    """
    who = [
        Contestant(label, planner, model, seed, None if trajectories is None else trajectories(seed))
        for seed, model in models.items()
        for label, planner in agents.items()
    ]
    return compare(who, tasks, cache=cache)
