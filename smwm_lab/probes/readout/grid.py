"""What a linear probe reads of each state component, at every noise level and number of training rows.

R^2 on held-out rows, as `retention` defines it (noise relative to the total standard deviation, exact in expectation
over the noise), with the probe fitted on the first n training rows. The whole grid is cheap, so it is made at once.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from smwm_lab.errors import check, check_counts
from smwm_lab.probes.inputs.checks import ProbeRows, check_noise
from smwm_lab.probes.readout.bootstrap import squared_deviation
from smwm_lab.probes.readout.retention import NOISE, expected_errors, survived_noise, total_std


NUM_SIZES = 8
"""Numbers of training rows in a grid, spread evenly over their logarithm."""


@dataclass(frozen=True, repr=False)
class ProbeGrid:
    """Held-out R^2 by number of training rows, state component and noise."""

    names: tuple[str, ...]
    """State components, in the order of the second axis of `r2`."""
    sizes: tuple[int, ...]
    """Numbers of training rows, rising."""
    noise: tuple[float, ...]
    """Noise levels, relative to the total standard deviation of the latents, rising."""
    num_test: int
    """Number of held-out rows."""
    latent_dim: int
    """Number of latent columns."""
    r2: np.ndarray = field(compare=False)
    """Held-out R^2, float64 (sizes, components, noise levels)."""

    def __repr__(self) -> str:
        best = self.survives(len(self.sizes) - 1)
        parts = [f"{name} {value:.2g}" for name, value in zip(self.names, best, strict=True)]
        return f"noise survived with {self.sizes[-1]} training rows: {', '.join(parts)}"

    def survives(self, size: int) -> list[float]:
        """Return per component the noise at which R^2 falls to 1/2, with the training rows of index `size`."""
        return [survived_noise(self.noise, curve) for curve in self.r2[size]]

    def at_noise(self, level: int) -> np.ndarray:
        """Return R^2 at the noise level of index `level`, (components, sizes)."""
        return self.r2[:, :, level].T

    def table(self) -> pd.DataFrame:
        """Return R^2, a row per number of training rows and noise level, a column per state component."""
        index = pd.MultiIndex.from_product([self.sizes, self.noise], names=["training_rows", "noise"])
        # (sizes, components, levels) -> (sizes * levels, components)
        return pd.DataFrame(self.r2.transpose(0, 2, 1).reshape(len(index), -1), index=index, columns=list(self.names))


def probe_grid(
    latents: np.ndarray,
    targets: Mapping[str, np.ndarray],
    held_out_latents: np.ndarray,
    held_out_targets: Mapping[str, np.ndarray],
    *,
    sizes: tuple[int, ...] | None = None,
    noise: tuple[float, ...] = NOISE,
) -> ProbeGrid:
    """Measure arrays of latents: training rows (n, d), held-out rows (m, d).

    targets: name -> (n, k) for the training rows, an angle as (cosine, sine), see `table_targets`; held-out likewise.
    sizes: numbers of training rows, 8 from d + 2 to n if None; the first rows are taken, so they should be in random
    order. Raises `InputError` for arrays that do not fit together.
    """
    rows = ProbeRows.of(latents, targets, held_out_latents, held_out_targets)
    dim, most = rows.latents.shape[1], len(rows.latents)
    sizes, noise = even_sizes(dim + 2, most) if sizes is None else sizes, check_noise(noise, least=1)
    check_counts("sizes", sizes, 1, 1 << 40)
    rising = all(a < b for a, b in zip(sizes, sizes[1:], strict=False))
    check(
        rising and sizes[0] > dim and sizes[-1] <= most,
        f"sizes = {sizes} do not fit {most} training rows of {dim} columns; allowed: rising, {dim + 1} to {most}",
    )
    deviation = {name: squared_deviation(truth).sum() for name, truth in rows.held_out_targets.items()}
    r2 = np.empty((len(sizes), len(deviation), len(noise)))
    for i, size in enumerate(sizes):
        part = rows.first(size)
        std = total_std(part.latents)
        for j, name in enumerate(deviation):
            r2[i, j] = 1 - expected_errors(part, name, np.array(noise), std).sum(0) / deviation[name]
    return ProbeGrid(tuple(deviation), tuple(sizes), noise, len(rows.held_out_latents), dim, r2)


def even_sizes(low: int, high: int) -> tuple[int, ...]:
    """Return up to 8 whole numbers from low to high, even over their logarithm; just `high` if low is above it.

    >>> even_sizes(10, 1280)
    (10, 20, 40, 80, 160, 320, 640, 1280)
    """
    spread = np.rint(np.geomspace(min(low, high), high, NUM_SIZES)).astype(int)
    return tuple(sorted(set(spread.tolist())))
