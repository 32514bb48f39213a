"""Floor 7: planners: what decides about the next actions of every task, from latents alone.

    SearchPlanner       minimise a cost with a solver (optionally from where the inverse head points)
    InverseHeadPlanner  a = h(z, z_goal)
    AdditivePlanner     a = rho^-1 (z_goal - z), where actions add to the latent: z' = z + rho(a)
    RandomPlanner       the floor of every score
"""

import math
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Generator, Tensor

from smwm_lab.axes import Actions, Latent
from smwm_lab.config import Config, config
from smwm_lab.errors import check, check_range
from smwm_lab.planning.cost import CostConfig
from smwm_lab.planning.imagination import plan, require_finite
from smwm_lab.planning.plan import Plan, WarmStart
from smwm_lab.planning.protocols import Dynamics, InverseHead
from smwm_lab.planning.solvers import CEM, ICEM, MPPI, GradientDescent, RandomShooting
from smwm_lab.probes import action_directions


NOISE = 0.1
"""Directions whose singular value is below this share of the largest are noise of the fit: where actions are redundant
(five primitive pushes add up to one) the closed form would otherwise ask for huge pushes that cancel."""


@config
class SearchConfig(Config):
    """How a planner searches."""

    solver: CEM | ICEM | MPPI | GradientDescent | RandomShooting = CEM()
    """What minimises."""
    cost: CostConfig = CostConfig()
    """What is minimised."""
    horizon: int = 5
    """Actions imagined."""
    receding_horizon: int = 5
    """Actions executed before the next search."""
    warm_start: bool = False
    """Whether the next search begins at the rest of the plan."""
    proposal: bool = False
    """Whether the search begins where the inverse head points; needs a model with one."""

    def __post_init__(self):
        check_range("horizon", self.horizon, 1, 1000)
        check_range("receding_horizon", self.receding_horizon, 1, self.horizon, "no more can be executed than planned")
        check(not (self.warm_start and self.proposal), "warm_start and proposal both say where to begin; allowed: one")


@dataclass(frozen=True, eq=False)
class SearchPlanner:
    """Searches for the cheapest actions in a model's imagination."""

    model: Dynamics
    action_dim: int
    search: SearchConfig = SearchConfig()

    def __post_init__(self):
        can = not self.search.proposal or isinstance(self.model, InverseHead)
        check(can, f"proposal needs a model with infer_action; {type(self.model).__name__} has none")

    @property
    def receding_horizon(self) -> int:
        """Actions executed before the next decision."""
        return self.search.receding_horizon

    def decide(
        self,
        z: Latent,
        goal: Latent,
        *,
        generator: Generator,
        warm_start: WarmStart | None = None,
        record: bool = False,
    ) -> Plan:
        """Return the cheapest plan found."""
        if self.search.proposal:
            warm_start = WarmStart(inverse_rollout(self.model, z, goal, self.search.horizon))
        elif not self.search.warm_start:
            warm_start = None
        return plan(
            self.model, z, self.search.cost.towards(goal), solver=self.search.solver, horizon=self.search.horizon,
            action_dim=self.action_dim, generator=generator, warm_start=warm_start, record=record,
        )  # fmt: skip


@dataclass(frozen=True, eq=False)
class InverseHeadPlanner:
    """The inverse head as a policy: what it would take to be at the goal in one step."""

    model: InverseHead
    receding_horizon: int = 1

    @torch.no_grad()
    def decide(
        self,
        z: Latent,
        goal: Latent,
        *,
        generator: Generator,
        warm_start: WarmStart | None = None,
        record: bool = False,
    ) -> Plan:
        """Return one action per task; nothing is random, nothing is searched."""
        return single_action(self.model.infer_action(z, goal))


@dataclass(frozen=True, eq=False)
class AdditivePlanner:
    """The closed form where actions add to the latent.

    >>> planner = AdditivePlanner(torch.tensor([[2.0, 0.0]]))
    >>> planner.decide(torch.zeros(1, 2), torch.tensor([[5.0, 1.0]]), generator=torch.Generator()).actions.item()
    0.8333333134651184
    """

    directions: Float[Tensor, "action latent"]
    """rho: what a unit of each action adds to the latent."""
    receding_horizon: int = 1

    @classmethod
    def fitted(cls, z: Tensor, action: Tensor, z_next: Tensor) -> "AdditivePlanner":
        """Return the planner of the linear rho of transitions, z and z_next (n, latent), action (n, action)."""
        return cls(action_directions(z.cpu(), action.cpu(), z_next.cpu()).to(z))

    def decide(
        self,
        z: Latent,
        goal: Latent,
        *,
        generator: Generator,
        warm_start: WarmStart | None = None,
        record: bool = False,
    ) -> Plan:
        """Return the first of as many equal actions as the way takes."""
        way = (goal - z) @ torch.linalg.pinv(self.directions, rtol=NOISE)
        require_finite(way, "the actions of the closed form")
        steps = way.abs().amax(1, keepdim=True).ceil().clamp_min(1)
        return single_action(way / steps)


@dataclass(frozen=True)
class RandomPlanner:
    """Uniform actions."""

    action_dim: int
    receding_horizon: int = 1

    def decide(
        self,
        z: Latent,
        goal: Latent,
        *,
        generator: Generator,
        warm_start: WarmStart | None = None,
        record: bool = False,
    ) -> Plan:
        """Return one action per task."""
        drawn = torch.rand(len(z), self.action_dim, generator=generator, device=generator.device)
        return single_action(drawn.to(z) * 2 - 1)


def single_action(action: Tensor) -> Plan:
    """Return a plan of one action per task, clamped to the box; its cost is NaN, as nothing was compared."""
    require_finite(action, "the actions of the planner")
    return Plan(action.clamp(-1, 1)[:, None], action.new_full((len(action),), math.nan))


@torch.no_grad()
def inverse_rollout(model: Dynamics, z: Latent, goal: Latent, horizon: int) -> Actions:
    """Return where the inverse head leads in imagination: a_t = h(z_t, z_goal), z_{t+1} = g(z_t, a_t)."""
    actions = []
    for _ in range(horizon):
        actions.append(model.infer_action(z, goal).clamp(-1, 1))
        z = model.rollout(z, actions[-1][:, None])[:, 1]
    return torch.stack(actions, 1)
