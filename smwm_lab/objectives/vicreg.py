"""VICReg's two anti-collapse terms, arXiv 2105.04906 (PLDM uses them for world models)."""

from typing import ClassVar

import torch

from smwm_lab.axes import Latent, Scalar
from smwm_lab.config import config
from smwm_lab.errors import check_range
from smwm_lab.objectives.base import EncodedBatch, Term, TermConfig


@config
class VarianceConfig(TermConfig):
    """The hinge of the variance term."""

    target_std: float = 1.0
    """Deviation below which a dimension is pushed apart."""
    epsilon: float = 1e-4
    """Added to the variance, so that the root of 0 has a gradient."""
    pooled: bool = True
    """Whether z and z' are one sample; False: each by itself, and the mean of the two values (VICReg)."""

    def __post_init__(self):
        check_range("target_std", self.target_std, 1e-6, 1e6)
        check_range("epsilon", self.epsilon, 1e-12, 1.0)


class Variance(Term):
    """mean over dimensions of max(0, s - sqrt(Var(z_d) + e)): every dimension keeps a deviation of s.

    All frames once: (2 batch, latent_dim) for pairs; s = 1 and e = 1e-4 by default.
    Example: constant latents -> 1 - sqrt(1e-4) = 0.99.
    """

    name = "variance"
    config_class: ClassVar[type[TermConfig]] = VarianceConfig
    config: VarianceConfig

    def forward(self, batch: EncodedBatch) -> Scalar:
        if self.config.pooled:
            return self._hinge(batch.every_z)
        return (self._hinge(batch.starts) + self._hinge(batch.ends)) / 2

    def _hinge(self, z: Latent) -> Scalar:
        centred = z - z.mean(0)
        variance = centred.square().sum(0) / (len(z) - 1)
        return torch.relu(self.config.target_std - (variance + self.config.epsilon).sqrt()).mean()


@config
class CovarianceConfig(TermConfig):
    """What the covariance term is taken over."""

    pooled: bool = True
    """Whether z and z' are one sample; False: each by itself, and the sum of the two values (VICReg), about twice the
    push."""


class Covariance(Term):
    """sum over i != j of Cov(z)_ij^2 / latent_dim: no dimension repeats another.

    All frames once: (2 batch, latent_dim) for pairs. Example: two identical dimensions of variance v -> v^2.
    """

    name = "covariance"
    config_class: ClassVar[type[TermConfig]] = CovarianceConfig
    config: CovarianceConfig

    def forward(self, batch: EncodedBatch) -> Scalar:
        if self.config.pooled:
            return _off_diagonal(batch.every_z)
        return _off_diagonal(batch.starts) + _off_diagonal(batch.ends)


def _off_diagonal(z: Latent) -> Scalar:
    centred = z - z.mean(0)
    covariance = centred.T @ centred / (len(z) - 1)
    squares = covariance.square().sum() - covariance.diagonal().square().sum()
    return squares / z.shape[1]
