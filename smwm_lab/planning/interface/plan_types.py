"""What a planner is asked and what it returns: a plan per task, what it leaves for the next one, and its trace."""

from collections.abc import Sequence
from dataclasses import dataclass, field, fields

import torch
from jaxtyping import Float, Int
from torch import Generator, Tensor

from smwm_lab.axes import Actions, Candidates, Latent
from smwm_lab.errors import InputError, check, check_count, check_instance
from smwm_lab.gates import require_as_many, require_floats, require_generator, require_tensor
from smwm_lab.models import Past
from smwm_lab.planning.interface.gates import require_latents, require_parts, require_same_kind, require_selection


IterationCandidates = Float[Tensor, "batch iteration candidate time action"]
IterationCosts = Float[Tensor, "batch iteration candidate"]
IterationActions = Float[Tensor, "batch iteration time action"]
IterationRows = Int[Tensor, "batch iteration elite"]


@dataclass(frozen=True, eq=False, repr=False)
class Trace:
    """How a solver came to its plan, iteration by iteration, for pictures."""

    candidates: IterationCandidates
    """What was compared."""
    costs: IterationCosts
    """What it cost."""
    elites: IterationRows
    """Which candidates the next iteration was made from, best first; empty for a solver without elites."""
    mean: IterationActions
    """Centre of the distribution after the iteration."""
    std: IterationActions
    """Its standard deviation; 0 for a solver without one."""

    def __post_init__(self):
        require_floats("candidates", self.candidates, None, None, None, None, None, empty=True)
        tasks, iterations, count, *action = self.candidates.shape
        require_floats("costs", self.costs, tasks, iterations, count, empty=True)
        require_tensor("elites", self.elites, "int64 (tasks, iterations, elites)")
        found = f"elites are {self.elites.dtype} {tuple(self.elites.shape)}"
        whole = self.elites.dtype == torch.int64 and self.elites.shape[:-1] == (tasks, iterations)
        check(whole, f"{found}; allowed: torch.int64 ({tasks}, {iterations}, k)")
        for name in ("mean", "std"):
            require_floats(name, getattr(self, name), tasks, iterations, *action, empty=True)

    @classmethod
    def cat(cls, parts: Sequence["Trace"]) -> "Trace":
        """Return the traces of all parts, at least one, in their order."""
        require_parts(parts, Trace)
        _require_one_length("candidates", [part.candidates.shape[1:] for part in parts])
        names = [each.name for each in fields(cls)]
        return cls(*(torch.cat([getattr(part, name) for part in parts]) for name in names))

    @property
    def num_iterations(self) -> int:
        """Number of iterations."""
        return self.costs.shape[1]

    def __repr__(self) -> str:
        tasks, iterations, candidates = self.costs.shape
        return f"Trace({tasks} tasks, {iterations} iterations, {candidates} candidates)"


@dataclass(frozen=True, eq=False)
class WarmStart:
    """Where the next search begins."""

    mean: Actions
    """Centre of the first candidates."""
    elites: Candidates | None = None
    """Candidates to compare again, if the solver keeps any."""

    def __post_init__(self):
        _require_actions("mean", self.mean)
        _require_elites(self.elites, "mean", self.mean)

    def __getitem__(self, rows: Tensor) -> "WarmStart":
        """Return what is left to some tasks; rows: their numbers, or a mask. `InputError` for rows it does not have."""
        require_selection(rows, len(self.mean))
        return WarmStart(self.mean[rows], None if self.elites is None else self.elites[rows])


@dataclass(frozen=True, eq=False)
class Query:
    """What a planner is asked: from these latents to those, one task per row."""

    z: Latent
    """Where the tasks stand, (batch, latent)."""
    goal: Latent
    """Where they are to go, (batch, latent)."""
    generator: Generator
    """Source of all randomness."""
    warm_start: WarmStart | None = None
    """What the plan before has left, for planners that go on from it."""
    record: bool = False
    """Whether the plan carries a trace."""
    past: Past | None = None
    """What came before z, for a model with memory; None is the start of an episode."""

    def __post_init__(self):
        require_latents("z", self.z, "goal", self.goal)
        require_generator(self.generator)
        check_instance("warm_start", self.warm_start, (WarmStart, type(None)), "Plan.shifted gives one")
        check_instance("past", self.past, (Past, type(None)), "recent_past gives one")
        if self.past is not None:
            require_as_many("latents", self.z, "rows of the past", self.past.latents)


@dataclass(frozen=True, eq=False, repr=False)
class Plan:
    """Actions per task, what they are expected to cost, and how they were found."""

    actions: Actions
    """In [-1, 1] per component (but for `CEM.unguarded`)."""
    cost: Float[Tensor, " batch"]
    """Cost of these actions; NaN where nothing was compared."""
    elites: Candidates | None = field(default=None)
    """The best candidates of the last iteration, if the solver hands them on."""
    trace: Trace | None = field(default=None)
    """On request."""

    def __post_init__(self):
        _require_actions("actions", self.actions)
        require_floats("cost", self.cost, len(self.actions), empty=True)
        _require_elites(self.elites, "actions", self.actions)
        check_instance("trace", self.trace, (Trace, type(None)))

    def __len__(self) -> int:
        return len(self.actions)

    @classmethod
    def cat(cls, parts: Sequence["Plan"]) -> "Plan":
        """Return the plans of all parts, at least one, in their order; all come from one planner."""
        require_parts(parts, Plan)
        _require_one_length("actions", [part.actions.shape[1:] for part in parts])
        elites = [part.elites for part in parts if part.elites is not None]
        traces = [part.trace for part in parts if part.trace is not None]
        return cls(
            torch.cat([part.actions for part in parts]),
            torch.cat([part.cost for part in parts]),
            torch.cat(elites) if elites else None,
            Trace.cat(traces) if traces else None,
        )

    def __repr__(self) -> str:
        tasks, time, dim = self.actions.shape
        return f"Plan({tasks} tasks x {time} actions of {dim}, mean cost {float(self.cost.mean()):.4g})"

    def shifted(self, num_executed: int) -> WarmStart:
        """Return the start of the next search: the rest of the plan, its end filled up with standing still.

        >>> plan = Plan(torch.tensor([[[1.0], [2.0], [3.0]]]), torch.zeros(1))
        >>> plan.shifted(1).mean.flatten().tolist()
        [2.0, 3.0, 0.0]
        """
        check_count("num_executed", num_executed, 1, self.actions.shape[1])
        return WarmStart(
            _advance(self.actions, num_executed),
            None if self.elites is None else _advance(self.elites, num_executed),
        )


def _advance(actions: Tensor, num_executed: int) -> Tensor:
    """Return (..., T, A) without its first actions, zeros at its end."""
    kept = actions[..., num_executed:, :]
    return torch.cat([kept, torch.zeros_like(actions[..., :num_executed, :])], -2)


def _require_actions(name: str, actions: Tensor) -> None:
    """Raise `InputError` unless actions are floats (tasks, time, action); there may be no task."""
    require_floats(name, actions, None, None, None, empty=True)
    check(actions.shape[1] > 0, f"{name} have no time; allowed: one action per task, or more")


def _require_elites(elites: Tensor | None, name: str, actions: Tensor) -> None:
    """Raise `InputError` unless elites are sequences (tasks, elite, time, action) like those of their plan."""
    if elites is None:
        return
    tasks, *action = actions.shape
    require_floats("elites", elites, tasks, None, *action, empty=True)
    require_same_kind("elites", elites, name, actions)


def _require_one_length(name: str, shapes: Sequence[tuple[int, ...]]) -> None:
    """Raise `InputError` unless the parts of what is joined have one shape each task."""
    if len(set(shapes)) > 1:
        raise InputError(f"{name} of the parts have shapes {sorted(map(tuple, set(shapes)))}; allowed: one shape")
