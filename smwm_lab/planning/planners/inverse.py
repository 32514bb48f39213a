"""InverseHeadPlanner: a = h(z, z_goal), the inverse head as a policy; and where it leads in imagination."""

from dataclasses import dataclass

import torch
from torch import Tensor

from smwm_lab.axes import Actions, Latent
from smwm_lab.errors import check_count, check_instance
from smwm_lab.models import Past
from smwm_lab.models.mode import evaluating
from smwm_lab.planning.interface.gates import require_dynamics, require_finite_tasks, require_latents
from smwm_lab.planning.interface.plan_types import Plan, Query
from smwm_lab.planning.interface.protocols import InverseHead, InvertibleDynamics, past_sizes
from smwm_lab.planning.plan import roll_out, single_action


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
def inverse_rollout(
    model: InvertibleDynamics, z: Latent, goal: Latent, horizon: int, past: Past | None = None
) -> Actions:
    """Return where the inverse head leads in imagination: a_t = h(z_t, z_goal), z_{t+1} = g(z_t, a_t).

    z, goal: (n, latent); past: what came before z, for a model with memory.
    Raises `InputError` for latents that are not finite or not those of the model.
    """
    require_dynamics(model, InvertibleDynamics)
    check_count("horizon", horizon, 1, 1000)
    require_latents("z", z, "goal", goal)
    for latents in (z, goal):
        require_finite_tasks(latents, "the latents to go from and to")
    actions: list[Tensor] = []
    past = past or _standing(model, z)
    with evaluating(model):
        for _ in range(horizon):
            actions.append(model.infer_action(z, goal).clamp(-1, 1))
            before, z = z, roll_out(model, z, actions[-1][:, None], past)[:, 1]
            past = None if past is None else past.then(before, actions[-1])
    return torch.stack(actions, 1)


def _standing(model: InvertibleDynamics, z: Latent) -> Past | None:
    """Return the past of an episode that starts at z, None for a model without memory."""
    num_latents, num_actions = past_sizes(model)
    if max(num_latents, num_actions) == 0:
        return None
    action_dim = model.infer_action(z, z).shape[1]
    return Past.standing(z, num_latents=num_latents, num_actions=num_actions, action_dim=action_dim)
