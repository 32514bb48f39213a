"""Forward prediction of a target that gets no gradient: stop-gradient and slow (EMA) targets."""

from copy import deepcopy

import torch
from torch.nn import functional

from smwm_lab.axes import Scalar
from smwm_lab.models import WorldModel
from smwm_lab.objectives.base import EncodedBatch, Term


class StopGradientForward(Term):
    """mean (g(z, a) - sg(z'))^2: the forward term whose target is detached.

    z, z': (batch, latent_dim). Example: the gradient with respect to z' alone is 0. Source: SimSiam, 2011.10566.
    """

    name = "forward_stop_gradient"

    def forward(self, batch: EncodedBatch) -> Scalar:
        return functional.mse_loss(batch.predicted, batch.z_next.detach())


class EMAForward(Term):
    """mean (g(z, a) - f_slow(o'))^2, where f_slow <- d f_slow + (1 - d) f after every step, d = 0.99.

    o': uint8 (batch, 3, side, side). Example: after one step from 0 towards 1 the slow weight is 0.01.
    Source: BYOL, 2006.07733; V-JEPA 2, 2506.09985.
    """

    name = "forward_ema"
    decay = 0.99

    def __init__(self, model: WorldModel):
        super().__init__(model)
        self.slow_encoder = deepcopy(model.encoder).requires_grad_(False)

    def forward(self, batch: EncodedBatch) -> Scalar:
        with torch.no_grad():
            target = self.slow_encoder(batch.next_observation)
        return functional.mse_loss(batch.predicted, target)

    @torch.no_grad()
    def after_step(self, model: WorldModel) -> None:
        for slow, fast in zip(self.slow_encoder.parameters(), model.encoder.parameters(), strict=True):
            slow.lerp_(fast, 1 - self.decay)
