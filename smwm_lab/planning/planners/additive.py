"""AdditivePlanner: a = rho^-1 (z_goal - z), the closed form where actions add to the latent: z' = z + rho(a)."""

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from smwm_lab.errors import check, check_count, check_instance
from smwm_lab.gates import require_finite, require_floats
from smwm_lab.planning.interface.gates import require_finite_tasks
from smwm_lab.planning.interface.plan_types import Plan, Query
from smwm_lab.planning.plan import single_action
from smwm_lab.probes import action_directions


NOISE = 0.1
"""Directions whose singular value is below this share of the largest are noise of the fit: where actions are redundant
(five primitive pushes add up to one) the closed form would otherwise ask for huge pushes that cancel."""


@dataclass(frozen=True, eq=False)
class AdditivePlanner:
    """The closed form where actions add to the latent.

    >>> planner = AdditivePlanner(torch.tensor([[2.0, 0.0]]))
    >>> planner.decide(Query(torch.zeros(1, 2), torch.tensor([[5.0, 1.0]]), torch.Generator())).actions.item()
    0.8333333134651184
    """

    directions: Float[Tensor, "action latent"]
    """rho: what a unit of each action adds to the latent."""
    receding_horizon: int = 1

    def __post_init__(self):
        require_floats("directions", self.directions, None, None)
        require_finite("directions", self.directions)
        check_count("receding_horizon", self.receding_horizon, 1, 1000)

    @classmethod
    def fitted(cls, z: Tensor, action: Tensor, z_next: Tensor) -> "AdditivePlanner":
        """Return the planner of the linear rho of transitions, z and z_next (n, latent), action (n, action)."""
        for name, value in (("z", z), ("action", action), ("z_next", z_next)):
            require_floats(name, value, None, None)
        return cls(action_directions(z.cpu(), action.cpu(), z_next.cpu()).to(z))

    def decide(self, query: Query) -> Plan:
        """Return the first of as many equal actions as the way takes."""
        check_instance("query", query, Query)
        wide, found = self.directions.shape[1], query.z.shape[1]
        check(found == wide, f"the latents of the query have {found} columns; allowed: {wide}, as the directions have")
        way = (query.goal - query.z) @ torch.linalg.pinv(self.directions, rtol=NOISE)
        require_finite_tasks(way, "the actions of the closed form")
        steps = way.abs().amax(1, keepdim=True).ceil().clamp_min(1)
        return single_action(way / steps)
