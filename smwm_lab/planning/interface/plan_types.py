"""What a planner is asked and what it returns: a plan per task, what it leaves for the next one, and its trace."""

from collections.abc import Sequence
from dataclasses import dataclass, field, fields

import torch
from jaxtyping import Float, Int
from torch import Generator, Tensor

from smwm_lab.axes import Actions, Candidates, Latent
from smwm_lab.errors import check_range


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

    @classmethod
    def cat(cls, parts: Sequence["Trace"]) -> "Trace":
        """Return the traces of all parts, at least one, in their order."""
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

    def __getitem__(self, rows: Tensor) -> "WarmStart":
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

    def __len__(self) -> int:
        return len(self.actions)

    @classmethod
    def cat(cls, parts: Sequence["Plan"]) -> "Plan":
        """Return the plans of all parts, at least one, in their order; all come from one planner."""
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
        check_range("num_executed", num_executed, 1, self.actions.shape[1])
        return WarmStart(
            _advance(self.actions, num_executed),
            None if self.elites is None else _advance(self.elites, num_executed),
        )


def _advance(actions: Tensor, num_executed: int) -> Tensor:
    """Return (..., T, A) without its first actions, zeros at its end."""
    kept = actions[..., num_executed:, :]
    return torch.cat([kept, torch.zeros_like(actions[..., :num_executed, :])], -2)
