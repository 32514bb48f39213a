"""InverseHeadPlanner: a = h(z, z_goal), the inverse head as a policy; and where it leads in imagination."""

from dataclasses import dataclass

import torch

from smwm_lab.axes import Actions, Latent
from smwm_lab.errors import check_count, check_instance
from smwm_lab.models.mode import evaluating
from smwm_lab.planning.interface.gates import require_dynamics, require_finite_tasks, require_latents
from smwm_lab.planning.interface.plan_types import Plan, Query
from smwm_lab.planning.interface.protocols import InverseHead, InvertibleDynamics
from smwm_lab.planning.plan import single_action


@dataclass(frozen=True, eq=False)
class InverseHeadPlanner:
    """The inverse head as a policy: what it would take to be at the goal in one step."""

    model: InverseHead
    receding_horizon: int = 1

    def __post_init__(self):
        require_dynamics(self.model, InverseHead)
        check_count("receding_horizon", self.receding_horizon, 1, 1000)

    @torch.no_grad()
    def decide(self, query: Query) -> Plan:
        """Return one action per task; nothing is random, nothing is searched."""
        check_instance("query", query, Query)
        with evaluating(self.model):
            return single_action(self.model.infer_action(query.z, query.goal))


@torch.no_grad()
def inverse_rollout(model: InvertibleDynamics, z: Latent, goal: Latent, horizon: int) -> Actions:
    """Return where the inverse head leads in imagination: a_t = h(z_t, z_goal), z_{t+1} = g(z_t, a_t).

    z, goal: (n, latent). Raises `InputError` for latents that are not finite or not those of the model.
    """
    require_dynamics(model, InvertibleDynamics)
    check_count("horizon", horizon, 1, 1000)
    require_latents("z", z, "goal", goal)
    for latents in (z, goal):
        require_finite_tasks(latents, "the latents to go from and to")
    actions = []
    with evaluating(model):
        for _ in range(horizon):
            actions.append(model.infer_action(z, goal).clamp(-1, 1))
            z = model.rollout(z, actions[-1][:, None])[:, 1]
    return torch.stack(actions, 1)
