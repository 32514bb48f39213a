"""Forward prediction of a target that gets no gradient: stop-gradient and slow (EMA) targets."""

from copy import deepcopy
from typing import ClassVar

import torch

from smwm_lab.axes import Latent, Scalar
from smwm_lab.config import config
from smwm_lab.errors import check_range
from smwm_lab.models import WorldModel
from smwm_lab.objectives.base import EncodedBatch, Term, TermConfig, squared_error


class StopGradientForward(Term):
    """mean (g(z, a) - sg(z'))^2: the forward term whose target is detached.

    z, z': (batch, latent_dim). Transitions without a known action are left out, as in the forward term.
    Example: the gradient with respect to z' alone is 0. Source: SimSiam, 2011.10566.
    """

    name = "forward_stop_gradient"

    def forward(self, batch: EncodedBatch) -> Scalar:
        return squared_error(batch.predicted, batch.target.detach())


@config
class EMAConfig(TermConfig):
    """Speed of the slow encoder, and what is normalised before the comparison."""

    decay: float = 0.99
    """Share of its weights that the slow encoder keeps at an update, 0 to 1."""
    normalise_target: bool = False
    """Whether each dimension of the target is standardised over the batch (batch-norm without gain and bias)."""
    normalise_prediction: bool = False
    """Whether each dimension of the prediction is standardised over the batch."""
    epsilon: float = 1e-5
    """Added to the variances by which is divided."""

    def __post_init__(self):
        check_range("decay", self.decay, 0.0, 1.0)
        check_range("epsilon", self.epsilon, 1e-12, 1.0)


class EMAForward(Term):
    """mean (g(z, a) - f_slow(o'))^2, where f_slow <- d f_slow + (1 - d) f after every step, d = 0.99 by default.

    o': uint8 (batch, 3, side, side). Either side may be standardised over the batch first (`EMAConfig`).
    Transitions without a known action are left out. Example: after one step from 0 towards 1 the slow weight is 0.01.
    Source: BYOL, 2006.07733; V-JEPA 2, 2506.09985.
    """

    name = "forward_ema"
    config_class: ClassVar[type[TermConfig]] = EMAConfig
    config: EMAConfig

    def __init__(self, model: WorldModel, config: EMAConfig | None = None):
        super().__init__(model, config)
        self.slow_encoder = deepcopy(model.encoder).requires_grad_(False)

    def forward(self, batch: EncodedBatch) -> Scalar:
        with torch.no_grad():
            target = self.slow_encoder(batch.next_observation)
        predicted = batch.predicted
        if self.config.normalise_target:
            target = _standardised(target, self.config.epsilon)
        if self.config.normalise_prediction:
            predicted = _standardised(predicted, self.config.epsilon)
        return squared_error(predicted, target)

    @torch.no_grad()
    def after_step(self, model: WorldModel) -> None:
        for slow, fast in zip(self.slow_encoder.parameters(), model.encoder.parameters(), strict=True):
            slow.lerp_(fast, 1 - self.config.decay)


def _standardised(z: Latent, epsilon: float) -> Latent:
    centred = z - z.mean(0)
    return centred / (centred.square().mean(0) + epsilon).sqrt()
