"""SIGReg: push the latents towards N(0, I), one random direction at a time."""

from typing import ClassVar

import torch
from torch import Tensor

from smwm_lab.axes import Scalar
from smwm_lab.config import config
from smwm_lab.errors import check, check_count, check_range
from smwm_lab.gates import require_tensor
from smwm_lab.models import WorldModel
from smwm_lab.objectives.base import EncodedBatch, Term, TermConfig
from smwm_lab.seeding import generator


def epps_pulley(samples: Tensor, *, num_knots: int = 17, reach: float = 3.0, scale_rows: int | None = None) -> Tensor:
    """Return the Epps-Pulley distance of each column of `samples` (n, k) from N(0, 1), float (k,).

    T = N * integral over |t| <= reach of |phi_n(t) - exp(-t^2/2)|^2 exp(-t^2/2) dt, where
    phi_n(t) = mean exp(i t x); trapezoid rule on num_knots points of [0, reach], doubled by symmetry.
    N: scale_rows, the number of rows n if None (the test statistic).
    """
    require_tensor("samples", samples, "torch.as_tensor gives one; float (n, k)")
    floats = samples.is_floating_point() and samples.ndim == 2
    check(floats, f"samples are {samples.dtype} {tuple(samples.shape)}; allowed: floats (n, k)")
    check_count("num_knots", num_knots, 2, 1 << 16)
    t = torch.linspace(0, reach, num_knots, device=samples.device, dtype=samples.dtype)
    normal = torch.exp(-t.square() / 2)
    angle = samples[..., None] * t  # (n, k, knots)
    distance = (angle.cos().mean(0) - normal).square() + angle.sin().mean(0).square()
    rows = len(samples) if scale_rows is None else scale_rows
    return 2 * rows * torch.trapezoid(distance * normal, t, dim=-1)


@config
class SIGRegConfig(TermConfig):
    """Quadrature and scale of SIGReg; the defaults are LeJEPA's but for the number of directions."""

    num_knots: int = 17
    """Points of the trapezoid rule on [0, reach]."""
    reach: float = 3.0
    """End of the interval over which characteristic functions are compared, in units of 1 / latent."""
    num_directions: int = 128
    """Random directions per update; LeWM draws 1024."""
    scale_rows: int | None = None
    """By which number of rows the mean distance is multiplied. None: those of the batch, as in the test statistic, so
    that a weight pushes in proportion to the batch. A number gives one push at every batch size: a weight chosen for
    256 rows keeps its meaning with scale_rows = 256."""

    def __post_init__(self):
        check_range("num_knots", self.num_knots, 2, 10_000)
        check_range("reach", self.reach, 0.01, 100.0)
        check_range("num_directions", self.num_directions, 1, 1 << 16)
        if self.scale_rows is not None:
            check_range("scale_rows", self.scale_rows, 1, 1 << 24)


class SIGReg(Term):
    """Mean Epps-Pulley distance from N(0, 1) of the latents along random unit directions.

    All frames once: (2 batch, latent_dim) for pairs. For independent N(0, I) rows its expectation does not depend on
    the batch: 2 * integral of (1 - exp(-t^2)) exp(-t^2/2) dt over [0, 3] = 1.05; a collapsed batch grows with its size.
    With `scale_rows` = N instead of the n rows present, all values are multiplied by N / n.
    Directions are drawn anew at every step, the same sequence in every run: they are a quadrature rule, not data.
    Source: LeJEPA, arXiv 2511.08544 (17 knots on [0, 3]); LeWM uses weight 0.09 and 1024 directions at 256 rows.
    """

    name = "sigreg"
    config_class: ClassVar[type[TermConfig]] = SIGRegConfig
    config: SIGRegConfig
    draws: Tensor
    """Number of sets of directions drawn so far, int64."""

    def __init__(self, model: WorldModel, config: SIGRegConfig | None = None):
        super().__init__(model, config)
        self.register_buffer("draws", torch.zeros((), dtype=torch.int64))  # stored: a resumed run goes on drawing

    def forward(self, batch: EncodedBatch) -> Scalar:
        z, quadrature = batch.every_z, self.config
        stream = generator(0, "sigreg directions", int(self.draws))
        self.draws += 1
        direction = torch.randn(z.shape[1], quadrature.num_directions, generator=stream).to(z.device)
        distances = epps_pulley(
            z @ torch.nn.functional.normalize(direction, dim=0),
            num_knots=quadrature.num_knots,
            reach=quadrature.reach,
            scale_rows=quadrature.scale_rows,
        )
        return distances.mean()
