"""Dynamics that need no training, for which the best plan is known: z' = z + B a, or clamped to a box."""

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from smwm_lab.axes import Action, Actions, Latent, Latents
from smwm_lab.gates import require_finite, require_floats, require_input


@dataclass(frozen=True, eq=False)
class LinearDynamics:
    """z' = z + B a, with the exact inverse a = B^+ (z' - z).

    >>> LinearDynamics(2 * torch.eye(1)).rollout(torch.zeros(1, 1), torch.ones(1, 2, 1)).flatten().tolist()
    [0.0, 2.0, 4.0]
    """

    effect: Float[Tensor, "latent action"]
    """B."""

    def __post_init__(self):
        require_floats("effect", self.effect, None, None)
        require_finite("effect", self.effect)

    def rollout(self, z: Latent, actions: Actions) -> Latents:
        """Return z and its T successors."""
        latent_dim, action_dim = self.effect.shape
        require_input("z", z, self.effect, None, latent_dim)
        require_input("actions", actions, self.effect, len(z), None, action_dim)
        moves = torch.cat([z[:, None], actions @ self.effect.T], 1)
        return moves.cumsum(1)

    def infer_action(self, z: Latent, z_next: Latent) -> Action:
        """Return the action of least length that leads from z to z_next."""
        require_input("z", z, self.effect, None, len(self.effect))
        require_input("z_next", z_next, self.effect, *z.shape)
        return (z_next - z) @ torch.linalg.pinv(self.effect).T
