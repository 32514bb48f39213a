"""`plan`: bind a model, start latents and a cost into one objective, and let a solver minimise it.

    plan(model, z, cost, solver=..., horizon=..., action_dim=..., generator=...) -> Plan

All tasks are planned together. Rollouts run in blocks of rows that stay in the cache of the processor.
"""

import math

import torch
from torch import Generator, Tensor

from smwm_lab.axes import Candidates, Costs, Latent
from smwm_lab.errors import check, check_range
from smwm_lab.models.mode import evaluating
from smwm_lab.planning.interface.plan_types import Plan, WarmStart
from smwm_lab.planning.interface.protocols import Cost, Dynamics
from smwm_lab.planning.solvers import Solver


ROWS = 1200
"""Candidates imagined at once; on a CPU more of them fall out of the cache."""


class RolloutCost:
    """Cost of candidates for a batch of tasks: roll them out, and look how they end.

    The model runs in evaluation mode and is left in its own. Raises `InputError` if it gives a cost that is not finite.
    """

    def __init__(self, model: Dynamics, z: Latent, cost: Cost):
        check(len(z) > 0, "z holds no task; allowed: 1 or more rows")
        require_finite_tasks(z, "the latents to start from")
        self.model, self.z, self.cost = model, z, cost

    def __call__(self, candidates: Candidates) -> Costs:
        with torch.set_grad_enabled(candidates.requires_grad), evaluating(self.model):
            costs = self.cost(self._roll_out(candidates), candidates)
        require_finite_tasks(costs.detach(), "the costs the model gives to its candidates")
        return costs

    def _roll_out(self, candidates: Tensor) -> Tensor:
        count = candidates.shape[1]
        tasks = len(self.z) if self.z.is_cuda else max(1, ROWS // count)
        parts = []
        for start in range(0, len(self.z), tasks):
            some = candidates[start : start + tasks]
            z = self.z[start : start + tasks].repeat_interleave(count, 0)
            parts.append(self.model.rollout(z, some.flatten(0, 1)).unflatten(0, some.shape[:2]))
        return parts[0] if len(parts) == 1 else torch.cat(parts)


def plan(
    model: Dynamics,
    z: Latent,
    cost: Cost,
    *,
    solver: Solver,
    horizon: int,
    action_dim: int,
    generator: Generator,
    warm_start: WarmStart | None = None,
    record: bool = False,
) -> Plan:
    """Return the actions that `solver` finds cheapest, `horizon` of them for each row of z.

    z: (batch, latent), one task per row; cost: with the goals of the same rows in it (`TerminalDistance(z_goal)`).
    horizon: 1 or more; in actions of the model. warm_start: of the plan before (`Plan.shifted`).
    record: keep a trace. Raises `InputError` for sizes that do not fit, and for a model whose costs are not finite.

    >>> from smwm_lab.models.linear import LinearDynamics
    >>> from smwm_lab.planning import CEM, TerminalDistance
    >>> still, goal = torch.zeros(1, 2), torch.tensor([[0.5, -1.5]])
    >>> found = plan(LinearDynamics(torch.eye(2)), still, TerminalDistance(goal), solver=CEM(), horizon=2,
    ...              action_dim=2, generator=torch.Generator().manual_seed(0))
    >>> [round(float(value), 2) for value in found.actions.sum(1)[0]]
    [0.5, -1.5]
    """
    check_range("horizon", horizon, 1, 1000)
    check(action_dim >= 1, f"action_dim = {action_dim}: nothing to plan without actions; use a controlled world")
    shape = (len(z), horizon, action_dim)
    start = warm_start or WarmStart(z.new_zeros(shape))
    check(
        start.mean.shape == shape,
        f"warm_start of shape {tuple(start.mean.shape)} does not fit; allowed: {shape} (tasks, horizon, action)",
    )
    return solver.solve(RolloutCost(model, z, cost), start, generator=generator, record=record)


def require_finite_tasks(values: Tensor, what: str) -> None:
    """Raise `InputError` unless every value is finite; `what` names them."""
    finite = torch.isfinite(values)
    if bool(finite.all()):
        return
    bad = (~finite).flatten(1).any(1)
    row = int(bad.nonzero()[0])
    value = float(values[row][~finite[row]].flatten()[0])
    check(
        False,
        f"{what} are not finite for {int(bad.sum())} of {len(values)} tasks (task {row}: {value}); "
        "allowed: finite numbers; train the model anew",
    )


def single_action(action: Tensor) -> Plan:
    """Return a plan of one action per task, clamped to the box; its cost is NaN, as nothing was compared."""
    require_finite_tasks(action, "the actions of the planner")
    return Plan(action.clamp(-1, 1)[:, None], action.new_full((len(action),), math.nan))
