"""SIGReg: push the latents towards N(0, I), one random direction at a time."""

import torch
from torch import Tensor

from smwm_lab.axes import Scalar
from smwm_lab.models import WorldModel
from smwm_lab.objectives.base import EncodedBatch, Term
from smwm_lab.seeding import generator


def epps_pulley(samples: Tensor, *, num_knots: int = 17, reach: float = 3.0) -> Tensor:
    """Return the Epps-Pulley distance of each column of `samples` (n, k) from N(0, 1), float (k,).

    T = n * integral over |t| <= reach of |phi_n(t) - exp(-t^2/2)|^2 exp(-t^2/2) dt, where
    phi_n(t) = mean exp(i t x); trapezoid rule on num_knots points of [0, reach], doubled by symmetry.
    """
    t = torch.linspace(0, reach, num_knots, device=samples.device, dtype=samples.dtype)
    normal = torch.exp(-t.square() / 2)
    angle = samples[..., None] * t  # (n, k, knots)
    distance = (angle.cos().mean(0) - normal).square() + angle.sin().mean(0).square()
    return 2 * len(samples) * torch.trapezoid(distance * normal, t, dim=-1)


class SIGReg(Term):
    """Mean Epps-Pulley distance from N(0, 1) of the latents along random unit directions.

    z and z' together: (2 batch, latent_dim). For independent N(0, I) rows its expectation does not depend on
    the batch: 2 * integral of (1 - exp(-t^2)) exp(-t^2/2) dt over [0, 3] = 1.05; a collapsed batch grows with its size.
    Directions are drawn anew at every step, the same sequence in every run: they are a quadrature rule, not data.
    Source: LeJEPA, arXiv 2511.08544 (17 knots on [0, 3]); LeWM uses weight 0.09 and 1024 directions.
    """

    name = "sigreg"
    num_directions = 128

    def __init__(self, model: WorldModel):
        super().__init__(model)
        self.register_buffer("draws", torch.zeros((), dtype=torch.int64))  # stored: a resumed run goes on drawing

    def forward(self, batch: EncodedBatch) -> Scalar:
        z = batch.every_z
        stream = generator(0, "sigreg directions", int(self.draws))
        self.draws += 1
        direction = torch.randn(z.shape[1], self.num_directions, generator=stream).to(z.device)
        return epps_pulley(z @ torch.nn.functional.normalize(direction, dim=0)).mean()
