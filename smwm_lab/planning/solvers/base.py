"""What a solver is, and the arithmetic that solvers share.

Candidates stay in the box [-1, 1] of actions, and the centre of the distribution is always among them, so that a search
never ends worse than where it stands. Two settings of CEM give that up: `unguarded` and `return_mean`.
"""

import math
from typing import Protocol, runtime_checkable

import torch
from torch import Generator, Tensor

from smwm_lab.axes import Actions, Candidates, Costs
from smwm_lab.errors import InputError, check, check_count, check_instance
from smwm_lab.gates import require_generator
from smwm_lab.planning.interface.gates import require_able, require_finite_tasks
from smwm_lab.planning.interface.plan_types import Plan, Trace, WarmStart
from smwm_lab.planning.interface.protocols import CandidateCost


@runtime_checkable
class Solver(Protocol):
    """A frozen configuration that can minimise."""

    def solve(
        self, candidate_cost: CandidateCost, start: WarmStart, *, generator: Generator, record: bool = False
    ) -> Plan:
        """Return the best actions found from `start`, one sequence per task.

        generator: all that is random comes from it. record: keep a trace.
        """


def check_sizes(num_samples: int, num_iterations: int, num_elites: int = 1) -> None:
    """Raise `InputError` for numbers of candidates, iterations or elites that make no search."""
    check_count("num_samples", num_samples, 2, 1 << 20)
    check_count("num_iterations", num_iterations, 1, 10_000)
    check(
        1 <= num_elites <= num_samples,
        f"num_elites = {num_elites} is out of range; allowed: 1 to num_samples = {num_samples}",
    )


def require_search(candidate_cost: CandidateCost, start: WarmStart, generator: Generator) -> None:
    """Raise `InputError` unless a search can begin: what every `solve` begins with."""
    require_able("candidate_cost", candidate_cost, CandidateCost, "a call candidates -> costs")
    check_instance("start", start, WarmStart, "WarmStart(torch.zeros(tasks, horizon, action)) is one")
    check(len(start.mean) > 0, "start holds no task; allowed: 1 or more rows")
    require_finite_tasks(start.mean, "the actions of the start")
    if start.elites is not None:
        require_finite_tasks(start.elites, "the elites of the start")
    require_generator(generator)


def require_costs(costs: Costs, candidates: Candidates) -> None:
    """Raise `InputError` unless costs are floats (batch, candidate): what a function of a caller has returned."""
    if isinstance(costs, Tensor) and costs.is_floating_point() and costs.shape == candidates.shape[:2]:
        return
    found = f"{costs.dtype} {tuple(costs.shape)}" if isinstance(costs, Tensor) else f"a {type(costs).__name__}"
    raise InputError(f"the cost returned {found}; allowed: floats {tuple(candidates.shape[:2])}, one per candidate")


def price(candidate_cost: CandidateCost, candidates: Candidates) -> Costs:
    """Return what candidates cost; raise `InputError` if that is not one float per candidate."""
    costs = candidate_cost(candidates)
    require_costs(costs, candidates)
    return costs


def normal_like(mean: Actions, num: int, generator: Generator) -> Candidates:
    """Draw (batch, num, time, action) independent N(0, 1), on the device of `mean`."""
    batch, *rest = mean.shape
    return torch.randn(batch, num, *rest, generator=generator, device=generator.device).to(mean)


def uniform_like(mean: Actions, num: int, generator: Generator) -> Candidates:
    """Draw (batch, num, time, action) uniformly from the box of actions, on the device of `mean`."""
    batch, *rest = mean.shape
    return (torch.rand(batch, num, *rest, generator=generator, device=generator.device) * 2 - 1).to(mean)


def take(candidates: Candidates, rows: Tensor) -> Tensor:
    """Return (batch, k, time, action): of each task the candidates in its rows (batch, k)."""
    return candidates.gather(1, rows[..., None, None].expand(-1, -1, *candidates.shape[2:]))


def nan_loses(costs: Costs) -> Costs:
    """Return costs (batch, candidate) with infinity for NaN: a candidate whose cost is not known is never the cheapest.

    Raises `InputError` where no candidate of a task has a cost below infinity.
    """
    lost = ~(costs < math.inf)
    if not bool(lost.any()):
        return costs
    hopeless = lost.all(1)
    check(
        not bool(hopeless.any()),
        f"the costs of all {costs.shape[1]} candidates are NaN or infinite for {int(hopeless.sum())} of {len(costs)} "
        f"tasks (task {int(hopeless.nonzero()[0, 0]) if bool(hopeless.any()) else 0}); "
        "allowed: a finite cost for one candidate of each task at least",
    )
    return costs.masked_fill(lost, math.inf)


def cheapest(costs: Costs, num: int) -> Tensor:
    """Return the rows (batch, num) of the cheapest candidates, cheapest first; the first again for infinite costs."""
    paid, rows = costs.topk(num, 1, largest=False)
    return torch.where(paid < math.inf, rows, rows[:, :1])


class Best:
    """The cheapest candidate of each task so far."""

    def __init__(self) -> None:
        self._found: tuple[Tensor, Tensor] | None = None

    @property
    def actions(self) -> Tensor:
        """Its actions, (batch, time, action); there are none before the first `update`."""
        assert self._found is not None
        return self._found[0]

    @property
    def cost(self) -> Tensor:
        """What it costs, (batch,)."""
        assert self._found is not None
        return self._found[1]

    def update(self, candidates: Candidates, costs: Costs) -> None:
        """Look at more candidates; of equals the first stays, and one whose cost is NaN never wins."""
        costs = costs.masked_fill(costs.isnan(), math.inf)
        cost, row = costs.min(1)
        actions = take(candidates, row[:, None])[:, 0]
        if self._found is not None:
            better = cost < self.cost
            actions = torch.where(better[:, None, None], actions, self.actions)
            cost = torch.where(better, cost, self.cost)
        self._found = actions, cost


class Recorder:
    """Collects a trace, or nothing."""

    def __init__(self, record: bool):
        self._rows: list[tuple[Tensor, ...]] | None = [] if record else None

    def add(self, candidates: Candidates, costs: Costs, elites: Tensor | None, mean: Actions, std: Tensor) -> None:
        """Keep one iteration; elites: rows (batch, k), None for a solver without."""
        if self._rows is not None:
            rows = costs.new_zeros((len(costs), 0), dtype=torch.int64) if elites is None else elites
            self._rows.append((candidates, costs, rows, mean, std.expand_as(mean)))

    def trace(self) -> Trace | None:
        """Return what was collected, copied to the CPU."""
        if self._rows is None:
            return None
        return Trace(*(torch.stack(column, 1).detach().cpu() for column in zip(*self._rows, strict=True)))
