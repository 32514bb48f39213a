"""Principal components of latents, many or few, without a copy of them."""

import numpy as np


CHUNK = 16_384
"""Rows whose products are summed at once."""
FEW = 20_000
"""Rows up to which the latents themselves are decomposed: exact to the last digit, but with copies of them all."""


def principal_components(latents: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the mean (d,), the directions by falling variance, (k, d), and the standard deviations along them, (k,).

    latents: float64 (n, d), finite; k = min(n, d). Past 20,000 rows from their covariance, in pieces.

    >>> _, directions, deviations = principal_components(np.array([[0.0, 0], [2, 0], [4, 0]]))
    >>> np.abs(directions[0]).tolist(), float(deviations[0].round(9))
    ([1.0, 0.0], 2.0)
    """
    rows, width = latents.shape
    mean = latents.mean(0)
    if rows <= max(FEW, width):
        _, singular, directions = np.linalg.svd(latents - mean, full_matrices=False)
        return mean, directions, singular / (rows - 1) ** 0.5
    scatter = np.zeros((width, width))
    for start in range(0, rows, CHUNK):
        part = latents[start : start + CHUNK] - mean
        scatter += part.T @ part
    variances, directions = np.linalg.eigh(scatter / (rows - 1))
    return mean, directions.T[::-1].copy(), np.sqrt(np.maximum(variances[::-1], 0))
