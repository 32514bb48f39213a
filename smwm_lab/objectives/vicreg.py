"""VICReg's two anti-collapse terms, arXiv 2105.04906 (PLDM uses them for world models)."""

import torch
from torch import Tensor

from smwm_lab.axes import Scalar
from smwm_lab.objectives.base import EncodedBatch, Term


def _centred(batch: EncodedBatch) -> Tensor:
    z = batch.every_z
    return z - z.mean(0)


class Variance(Term):
    """mean over dimensions of max(0, 1 - sqrt(Var(z_d) + 1e-4)): every dimension keeps a deviation of 1.

    z and z' together: (2 batch, latent_dim). Example: constant latents -> 1 - sqrt(1e-4) = 0.99.
    """

    name = "variance"

    def forward(self, batch: EncodedBatch) -> Scalar:
        z = _centred(batch)
        variance = z.square().sum(0) / (len(z) - 1)
        return torch.relu(1 - (variance + 1e-4).sqrt()).mean()


class Covariance(Term):
    """sum over i != j of Cov(z)_ij^2 / latent_dim: no dimension repeats another.

    z and z' together: (2 batch, latent_dim). Example: two identical dimensions of variance v -> v^2.
    """

    name = "covariance"

    def forward(self, batch: EncodedBatch) -> Scalar:
        z = _centred(batch)
        covariance = z.T @ z / (len(z) - 1)
        off_diagonal = covariance.square().sum() - covariance.diagonal().square().sum()
        return off_diagonal / z.shape[1]
