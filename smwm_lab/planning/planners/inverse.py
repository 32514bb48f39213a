"""InverseHeadPlanner: a = h(z, z_goal), the inverse head as a policy; and where it leads in imagination."""

from dataclasses import dataclass

import torch

from smwm_lab.axes import Actions, Latent
from smwm_lab.models.mode import evaluating
from smwm_lab.planning.interface.plan_types import Plan, Query
from smwm_lab.planning.interface.protocols import InverseHead, InvertibleDynamics
from smwm_lab.planning.plan import single_action


@dataclass(frozen=True, eq=False)
class InverseHeadPlanner:
    """The inverse head as a policy: what it would take to be at the goal in one step."""

    model: InverseHead
    receding_horizon: int = 1

    @torch.no_grad()
    def decide(self, query: Query) -> Plan:
        """Return one action per task; nothing is random, nothing is searched."""
        with evaluating(self.model):
            return single_action(self.model.infer_action(query.z, query.goal))


@torch.no_grad()
def inverse_rollout(model: InvertibleDynamics, z: Latent, goal: Latent, horizon: int) -> Actions:
    """Return where the inverse head leads in imagination: a_t = h(z_t, z_goal), z_{t+1} = g(z_t, a_t)."""
    actions = []
    with evaluating(model):
        for _ in range(horizon):
            actions.append(model.infer_action(z, goal).clamp(-1, 1))
            z = model.rollout(z, actions[-1][:, None])[:, 1]
    return torch.stack(actions, 1)
