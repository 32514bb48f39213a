"""`plan`: bind a model, start latents and a cost into one objective, and let a solver minimise it.

    plan(model, z, cost, solver=..., horizon=..., action_dim=..., generator=...) -> Plan

All tasks are planned together. Rollouts run in blocks of rows that stay in the cache of the processor.
"""

import math

import torch
from torch import Generator, Tensor

from smwm_lab.axes import Actions, Candidates, Costs, Latent, Latents
from smwm_lab.errors import InputError, check, check_count, check_instance
from smwm_lab.gates import require_floats, require_generator
from smwm_lab.models import Past
from smwm_lab.models.mode import evaluating
from smwm_lab.planning.interface.gates import require_able, require_dynamics, require_finite_tasks, require_same_kind
from smwm_lab.planning.interface.plan_types import Plan, WarmStart
from smwm_lab.planning.interface.protocols import Cost, Dynamics
from smwm_lab.planning.solvers import Solver
from smwm_lab.planning.solvers.base import require_costs


ROWS = 1200
"""Candidates imagined at once; on a CPU more of them fall out of the cache."""


class RolloutCost:
    """Cost of candidates for a batch of tasks: roll them out, and look how they end.

    The model runs in evaluation mode and is left in its own. past: what came before z, for a model with memory. Raises
    `InputError` if it gives a cost that is not finite.
    """

    def __init__(self, model: Dynamics, z: Latent, cost: Cost, past: Past | None = None):
        require_dynamics(model, Dynamics)
        require_able("cost", cost, Cost, "a call (latents, actions) -> costs")
        require_floats("z", z, None, None, empty=True)
        check(z.numel() > 0, f"z holds no task or no latent, {tuple(z.shape)}; allowed: 1 or more rows and columns")
        require_finite_tasks(z, "the latents to start from")
        self.model, self.z, self.cost, self.past = model, z, cost, past

    def __call__(self, candidates: Candidates) -> Costs:
        with torch.set_grad_enabled(candidates.requires_grad), evaluating(self.model):
            costs = self.cost(self._roll_out(candidates), candidates)
        require_costs(costs, candidates)
        require_finite_tasks(costs.detach(), "the costs the model gives to its candidates")
        return costs

    def _roll_out(self, candidates: Tensor) -> Tensor:
        count = candidates.shape[1]
        tasks = len(self.z) if self.z.is_cuda else max(1, ROWS // count)
        parts = []
        for start in range(0, len(self.z), tasks):
            some = candidates[start : start + tasks]
            z = self.z[start : start + tasks].repeat_interleave(count, 0)
            past = None if self.past is None else self.past[start : start + tasks].repeated(count)
            parts.append(_imagined(self.model, z, some.flatten(0, 1), past).unflatten(0, some.shape[:2]))
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
    past: Past | None = None,
) -> Plan:
    """Return the actions that `solver` finds cheapest, `horizon` of them for each row of z.

    z: (batch, latent), one task per row; cost: with the goals of the same rows in it (`TerminalDistance(z_goal)`).
    horizon: 1 or more; in actions of the model. warm_start: of the plan before (`Plan.shifted`).
    record: keep a trace. past: what came before z, for a model with memory.
    Raises `InputError` for sizes that do not fit, and for a model whose costs are not finite.

    >>> from smwm_lab.models.linear import LinearDynamics
    >>> from smwm_lab.planning import CEM, TerminalDistance
    >>> still, goal = torch.zeros(1, 2), torch.tensor([[0.5, -1.5]])
    >>> found = plan(LinearDynamics(torch.eye(2)), still, TerminalDistance(goal), solver=CEM(), horizon=2,
    ...              action_dim=2, generator=torch.Generator().manual_seed(0))
    >>> [round(float(value), 2) for value in found.actions.sum(1)[0]]
    [0.5, -1.5]
    """
    objective = RolloutCost(model, z, cost, past)
    require_able("solver", solver, Solver, "solve, for example CEM()")
    check_count("horizon", horizon, 1, 1000)
    check_count("action_dim", action_dim, 1, 10_000, "a world without actions leaves nothing to plan")
    require_generator(generator)
    start = _start(z, (len(z), horizon, action_dim), warm_start)
    return solver.solve(objective, start, generator=generator, record=record)


def _start(z: Latent, shape: tuple[int, int, int], warm_start: WarmStart | None) -> WarmStart:
    """Return where a search begins, (tasks, horizon, action); raise `InputError` for a warm start of another."""
    if warm_start is None:
        return WarmStart(z.new_zeros(shape))
    check_instance("warm_start", warm_start, WarmStart, "Plan.shifted gives one")
    found = warm_start.mean
    check(
        found.shape == shape,
        f"warm_start of shape {tuple(found.shape)} does not fit; allowed: {shape} (tasks, horizon, action)",
    )
    require_same_kind("the actions of warm_start", found, "z", z)
    return warm_start


def _imagined(model: Dynamics, z: Latent, actions: Actions, past: Past | None) -> Latents:
    """Return the latents that a model imagines; raise `InputError` if they are none, one more than the actions."""
    latents = roll_out(model, z, actions, past)
    wanted = (len(z), actions.shape[1] + 1)
    if not isinstance(latents, Tensor) or latents.ndim != 3 or latents.shape[:2] != wanted:
        found = f"{tuple(latents.shape)}" if isinstance(latents, Tensor) else f"a {type(latents).__name__}"
        raise InputError(f"rollout of the model returned {found}; allowed: latents {(*wanted, 'latent')}, z the first")
    return latents


def roll_out(model: Dynamics, z: Latent, actions: Actions, past: Past | None) -> Latents:
    """Return the rollout of a model from z; only a model with memory is given a past."""
    return model.rollout(z, actions) if past is None else model.rollout(z, actions, past)  # type: ignore[call-arg]


def single_action(action: Tensor) -> Plan:
    """Return a plan of one action per task, clamped to the box; its cost is NaN, as nothing was compared."""
    require_finite_tasks(action, "the actions of the planner")
    return Plan(action.clamp(-1, 1)[:, None], action.new_full((len(action),), math.nan))
