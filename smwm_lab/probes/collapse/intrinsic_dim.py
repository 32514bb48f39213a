"""Two-NN: the dimension of a cloud from the distances to the first and the second neighbour alone.

Where points are locally uniform on a d-dimensional sheet, however bent, mu = r2 / r1 has the distribution function
F(mu) = 1 - mu^-d, so -log(1 - F) over log mu is a line through the origin with slope d.
Source: Facco, d'Errico, Rodriguez & Laio 2017, arXiv 1803.06992.
"""

import numpy as np
from sklearn.neighbors import NearestNeighbors

from smwm_lab.errors import check
from smwm_lab.probes.inputs.checks import check_rows


DISCARDED = 0.1
"""Share of the largest ratios left out of the fit, as published."""
MIN_POINTS = 20
"""Distinct points below which no dimension is estimated."""
TIE = 1e-9
"""Logarithm of a ratio of distances below which both are equal up to rounding."""


def two_nn(latents: np.ndarray) -> float:
    """Return the two-NN intrinsic dimension of latents (n, d); 0 for a cloud that is a single point.

    Repeated points count once. States on a lattice (dots at whole pixels) have many ties r1 = r2, which raise the
    answer when the lattice is well covered (NaN when there is nothing but ties). It measures the finest scale, at
    which faint leftovers of a distractor, or the rounding of a nearly constant cloud, count in full.
    Raises `InputError` for fewer than 20 distinct points.
    """
    points = np.unique(check_rows(latents, "latents"), axis=0)
    if len(points) == 1:
        return 0.0
    check(len(points) >= MIN_POINTS, f"{len(points)} distinct rows are too few; allowed: {MIN_POINTS} or more")
    points = (points - points.mean(0)) / np.abs(points - points.mean(0)).max()
    distances, _ = NearestNeighbors(n_neighbors=3).fit(points).kneighbors(points)
    usable = distances[:, 1] > 0
    ratios = np.sort(distances[usable, 2] / distances[usable, 1])
    kept = int(len(ratios) * (1 - DISCARDED))
    position = np.log(ratios[:kept])
    height = -np.log1p(-np.arange(1, kept + 1) / len(ratios))
    return float(position @ height / (position @ position)) if position[-1] > TIE else float("nan")
