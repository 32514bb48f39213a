"""Terms that look further than one step: open-loop rollout and multi-step inverse dynamics."""

from torch.nn import functional

from smwm_lab.axes import Scalar
from smwm_lab.models import InverseModel, WorldModel
from smwm_lab.objectives.base import EncodedBatch, Term


class RolloutError(Term):
    """mean over t = 1..T of (z^_t - z_t)^2, where z^_0 = z_0 and z^_t = g(z^_{t-1}, a_{t-1}): g feeds on itself.

    z: (batch, T+1, latent_dim) windows; a: (batch, T, action_dim). A mean over windows, steps and dimensions; targets
    are not detached. Example: T = 1 is the forward term; a g that returns its input on z = 0, 1, 2 gives (1 + 4) / 2.
    Source: PLDM, arXiv 2502.14819; PlaNet's latent overshooting, arXiv 1811.04551.
    """

    name = "rollout"

    def forward(self, batch: EncodedBatch) -> Scalar:
        latents = batch.latents
        rolled = batch.model.rollout(latents[:, 0], batch.actions)
        return functional.mse_loss(rolled[:, 1:], latents[:, 1:])


class MultiStepInverse(Term):
    """mean (h_T(z_0, z_T) - a_0)^2: the first action of a window from its two ends, by a head of the term's own.

    z: (batch, T+1, latent_dim) windows; a: (batch, T, action_dim). Only the first action: the head then has one size
    for every T, and of actions that add up the others say nothing new. A head of its own: h(z, z') of the model keeps
    its meaning, the action of one step. One step can miss what only a later frame tells apart; T steps see it.
    Example: a head that answers 0 leaves mean a_0^2. Source: AC-State, arXiv 2207.08229.
    """

    name = "inverse_k"

    def __init__(self, model: WorldModel):
        super().__init__(model)
        sizes = (model.config.action_dim, model.config.latent_dim, model.config.hidden_dim, model.config.depth)
        self.head = InverseModel(*sizes)

    def forward(self, batch: EncodedBatch) -> Scalar:
        if batch.action.shape[1] == 0:
            return batch.z.new_zeros(())
        latents = batch.latents
        return functional.mse_loss(self.head(latents[:, 0], latents[:, -1]), batch.actions[:, 0])
