"""The two terms of the method, arXiv 2606.20104: forward prediction and inverse dynamics."""

from smwm_lab.axes import Scalar
from smwm_lab.objectives.base import EncodedBatch, Term, squared_error


class Forward(Term):
    """L_fwd = mean (g(z, a) - z')^2 over batch and latent dimensions; z' is not detached.

    z, z': (batch, latent_dim); a: (batch, action_dim). A constant encoder makes it 0: alone it collapses.
    Transitions without a known action are left out: g needs one. Where g has a memory, z and a come with the true
    latents and actions before them, and only transitions whose whole past lies in their window count.
    Example: prediction 0.5, target 0 in every dimension -> 0.25. Source: arXiv 2606.20104.
    """

    name = "forward"

    def forward(self, batch: EncodedBatch) -> Scalar:
        return squared_error(batch.predicted, batch.target)


class Inverse(Term):
    """L_inv = mean (h(z, z') - a)^2 over known actions and their dimensions; 0 for a world without actions.

    z, z': (batch, latent_dim); a: (batch, action_dim). A constant encoder leaves Var(a): the collapse alarm.
    Example: inferred 0, action 1 in every component -> 1. Source: arXiv 2606.20104 (also ICM, 1705.05363).
    """

    name = "inverse"

    def forward(self, batch: EncodedBatch) -> Scalar:
        return squared_error(batch.inferred, batch.action)


class InverseProbe(Term):
    """The inverse loss on detached latents: it trains h as an observer and never shapes the encoder.

    z, z': (batch, latent_dim); a: (batch, action_dim). It keeps L_inv / Var(a) readable where the inverse term is
    absent. Example: the gradient with respect to the encoder is 0. Source: a linear-probe idea, arXiv 1610.01644.
    """

    name = "inverse_probe"

    def forward(self, batch: EncodedBatch) -> Scalar:
        inferred = batch.model.infer_action(batch.z.detach(), batch.z_next.detach())
        return squared_error(inferred, batch.action)
