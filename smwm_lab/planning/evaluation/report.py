"""How good a planner is, beside what luck reaches and what is possible at all.

skill = (success - floor) / (ceiling - floor)     floor: random actions; ceiling: the true world instead of a model
SPL   = mean over tasks of success * least way / max(way, least way)       (Anderson et al. 2018, arXiv 1807.06757)

The least way leads to the edge of the goal, where success begins, so that no way looks shorter than possible.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from numbers import Integral, Real
from typing import Any

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from smwm_lab.errors import InputError, check, check_count, check_instance, check_range, shown
from smwm_lab.planning.control.mpc import Episodes
from smwm_lab.planning.evaluation.intervals import wilson
from smwm_lab.planning.interface.gates import require_parts


@dataclass(frozen=True)
class Outcome:
    """What came of every task, as plain numbers: small enough to keep on disk."""

    arrived_at: tuple[int, ...]
    """Primitive steps until arrival; 0 solved at reset, -1 never."""
    distance_left: tuple[float, ...]
    """From the goal at the end, px."""
    way: tuple[float, ...]
    """Way until the end, px."""
    least_way: tuple[float, ...]
    """Shortest way from the start to the edge of the goal, px; 0 where it is solved at reset."""
    passed_whole: tuple[bool, ...]
    """Whether the whole body had room on the way, not only its centre."""
    num_decisions: int
    plan_seconds: float
    environment_seconds: float

    def __post_init__(self):
        _require_column("arrived_at", self.arrived_at, Integral)
        for name in ("distance_left", "way", "least_way"):
            _require_column(name, getattr(self, name), Real)
        _require_column("passed_whole", self.passed_whole, bool)
        lengths = {len(self.arrived_at), len(self.distance_left), len(self.way)}
        lengths |= {len(self.least_way), len(self.passed_whole)}
        check(len(lengths) == 1, f"the columns of an outcome have {sorted(lengths)} tasks; allowed: as many in each")
        check_count("num_decisions", self.num_decisions, 0, 10**15)
        for name in ("plan_seconds", "environment_seconds"):
            check_range(name, getattr(self, name), 0.0, 1e15)

    @property
    def success(self) -> Tensor:
        """Which tasks were solved, bool (n,)."""
        return torch.tensor(self.arrived_at) >= 0

    @property
    def strict_success(self) -> Tensor:
        """Which tasks were solved on a way on which the whole body had room, bool (n,)."""
        return self.success & torch.tensor(self.passed_whole)

    @property
    def unsolved_at_reset(self) -> Tensor:
        """Which tasks did not start at their goal, bool (n,)."""
        return torch.tensor(self.arrived_at) != 0

    @property
    def success_from_afar(self) -> float:
        """Share solved of the tasks that did not start at their goal; NaN if all did."""
        return float(self.success[self.unsolved_at_reset].float().mean())

    @property
    def spl(self) -> float:
        """Mean over tasks of success * least way / max(way, least way); 1 for a task solved at reset."""
        least, way = np.array(self.least_way), np.array(self.way)
        longer = np.maximum(way, least)
        efficiency = np.divide(least, longer, out=np.ones_like(way), where=longer > 0)
        return float((self.success.numpy() * efficiency).mean())

    @property
    def rate(self) -> float:
        """Share of tasks solved."""
        return int(self.success.sum()) / len(self.arrived_at)

    @classmethod
    def cat(cls, parts: Sequence["Outcome"]) -> "Outcome":
        """Return what came of the tasks of all parts, at least one, in their order."""
        require_parts(parts, Outcome)
        joined: dict[str, Any] = {}
        for name in asdict(parts[0]):
            column = [getattr(part, name) for part in parts]
            joined[name] = sum(column, ()) if isinstance(column[0], tuple) else sum(column)
        return cls(**joined)

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as JSON values."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "Outcome":
        """Return the outcome that `to_dict` gave; raise `InputError` for any other values."""
        names = {each.name for each in fields(cls)}
        if not isinstance(values, Mapping) or set(values) != names:
            raise InputError(f"an outcome is {shown(values)}; allowed: a mapping of {', '.join(sorted(names))}")
        stored: dict[str, Any] = {key: tuple(each) if isinstance(each, list) else each for key, each in values.items()}
        return cls(**stored)


def outcome_of(episodes: Episodes) -> Outcome:
    """Return the numbers of episodes."""
    tasks = episodes.tasks
    return Outcome(
        arrived_at=tuple(episodes.arrived_at.tolist()),
        distance_left=tuple(episodes.distance_left.tolist()),
        way=tuple(episodes.way.tolist()),
        least_way=tuple(tasks.world.least_way(tasks.start, tasks.goal).tolist()),
        passed_whole=tuple(episodes.passed_whole.tolist()),
        num_decisions=episodes.num_decisions,
        plan_seconds=episodes.plan_seconds,
        environment_seconds=episodes.environment_seconds,
    )


@dataclass(frozen=True, repr=False)
class PlanningReport:
    """A planner's score; prints itself in one line."""

    planner: str
    tasks: int
    goal_offset: int | None
    """Primitive steps between start and goal in their episode; None for goals anywhere."""
    success: float
    """Share of tasks solved, 0 to 1."""
    interval: tuple[float, float]
    """95 % Wilson interval of it."""
    floor: float | None
    """Share solved by random actions."""
    ceiling: float | None
    """Share solved in the true world by the same planner, or by CEM in place of one that cannot plan there."""
    solved_at_reset: int
    """Tasks whose start is already at the goal; they count as solved."""
    success_from_afar: float
    """Share solved of the other tasks; NaN if there are none."""
    strict_success: float
    """Share of tasks solved on a way on which the whole body had room, not only its centre."""
    steps_to_goal: float
    """Median primitive steps of the solved tasks; NaN if none is."""
    spl: float
    """Success weighted by least way over way, to the edge of the goal."""
    distance_left: float
    """Median distance from the goal at the end, px."""
    plan_seconds_per_decision: float
    """Encoding and deciding, per task and decision."""
    environment_seconds_per_decision: float
    """Stepping and rendering, per task and decision."""

    @property
    def skill(self) -> float:
        """Success between floor (0) and ceiling (1); NaN where either is unknown or they are equal."""
        if self.floor is None or self.ceiling is None or self.floor == self.ceiling:
            return math.nan
        return (self.success - self.floor) / (self.ceiling - self.floor)

    def __repr__(self) -> str:
        low, high = self.interval
        where = "anywhere" if self.goal_offset is None else f"{self.goal_offset} steps away"
        steps = f"{self.steps_to_goal:.0f} steps" if math.isfinite(self.steps_to_goal) else "never there"
        bounds = [
            f"{name} {value:.2f}"
            for name, value in (("floor", self.floor), ("ceiling", self.ceiling))
            if value is not None
        ]
        return (
            f"{self.planner}: {self.success:.3f} [{low:.3f}, {high:.3f}] of {self.tasks} goals {where} | "
            + " | ".join([*bounds, steps, f"SPL {self.spl:.2f}"])
            + f" | {1e3 * self.plan_seconds_per_decision:.1f} ms per decision"
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the report as JSON values; NaN becomes None."""
        values = asdict(self) | {"interval": list(self.interval), "skill": self.skill}
        return {key: None if isinstance(v, float) and not math.isfinite(v) else v for key, v in values.items()}


def report_on(
    planner: str,
    outcome: Outcome,
    *,
    goal_offset: int | None = None,
    floor: Outcome | None = None,
    ceiling: Outcome | None = None,
) -> PlanningReport:
    """Return the report of an outcome, beside those of random actions and of the true world on the same tasks."""
    check_instance("planner", planner, str, "its name")
    check_instance("outcome", outcome, Outcome, "solve gives one")
    for name, other in (("floor", floor), ("ceiling", ceiling)):
        check_instance(name, other, (Outcome, type(None)), "solve gives one")
    if goal_offset is not None:
        check_count("goal_offset", goal_offset, 1, 10**9, "None for goals anywhere")
    arrived = np.array(outcome.arrived_at)
    solved = arrived >= 0
    decisions = max(outcome.num_decisions, 1)
    return PlanningReport(
        planner=planner,
        tasks=len(arrived),
        goal_offset=goal_offset,
        success=outcome.rate,
        interval=wilson(int(solved.sum()), len(arrived)),
        floor=None if floor is None else floor.rate,
        ceiling=None if ceiling is None else ceiling.rate,
        solved_at_reset=int((arrived == 0).sum()),
        success_from_afar=outcome.success_from_afar,
        strict_success=float(outcome.strict_success.float().mean()),
        steps_to_goal=float(np.median(arrived[solved])) if solved.any() else math.nan,
        spl=outcome.spl,
        distance_left=float(np.median(outcome.distance_left)),
        plan_seconds_per_decision=outcome.plan_seconds / decisions,
        environment_seconds_per_decision=outcome.environment_seconds / decisions,
    )


def table_of(reports: list[PlanningReport]) -> pd.DataFrame:
    """Return one row per report, of one or more."""
    whole = isinstance(reports, list | tuple) and len(reports) > 0
    if not whole or not all(isinstance(each, PlanningReport) for each in reports):
        raise InputError(f"reports = {shown(reports)}; allowed: a list of one or more, as evaluate gives them")
    rows = [report.to_dict() for report in reports]
    table = pd.DataFrame(rows)
    table["low"], table["high"] = zip(*table.pop("interval"), strict=True)
    return table.set_index("planner")


def require_columns(name: str, table: Any, columns: Iterable[str]) -> None:
    """Raise `InputError` unless a value is a table of one row or more with these columns, all of numbers."""
    check_instance(name, table, pd.DataFrame, "Comparison.table() and by_seed() give one")
    missing = [column for column in columns if column not in table.columns]
    check(not missing, f"{name} lack {', '.join(missing)}; allowed: a table with {', '.join(columns)}")
    check(len(table) > 0, f"{name} hold no row; allowed: 1 or more")
    texts = [column for column in columns if not pd.api.types.is_numeric_dtype(table[column])]
    check(not texts, f"{name} hold no numbers in {', '.join(texts)}; allowed: numbers")


def _require_column(name: str, values: Any, kind: type) -> None:
    """Raise `InputError` unless values are a tuple of one or more numbers of a kind, or of truth values."""
    truth = kind is bool
    whole = isinstance(values, tuple) and len(values) > 0
    if whole and all(isinstance(value, kind) and (truth or not isinstance(value, bool)) for value in values):
        return
    wanted = "truth values" if truth else "whole numbers" if kind is Integral else "numbers"
    raise InputError(f"{name} = {shown(values)}; allowed: a tuple of {wanted}, one per task")
