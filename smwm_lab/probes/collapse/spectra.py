"""The spectrum of a cloud of latents, and the numbers that are all called its rank.

Names and formulas: `effective_rank` (Roy & Vetterli 2007), `eigen_entropy_rank` (what arXiv 2606.20104 plots),
`rankme` (Garrido et al. 2023, 2210.02885), `participation_ratio`, `stable_rank` (Rudelson & Vershynin 2007) and
`log_gap_knee`, where the spectrum falls most. All are independent of scale: print total variance beside them.
"""

import numpy as np

from smwm_lab.errors import check


RANKME_EPSILON = 1e-7
"""Added to every share by RankMe, as published."""
KNEE_COVERAGE = 0.999
"""The knee is sought among the directions that hold this share of the variance: what follows is rounding."""


def spectrum(latents: np.ndarray) -> np.ndarray:
    """Return the eigenvalues of the covariance of latents (n, d), largest first, float64 (min(n, d),), none negative.

    >>> spectrum(np.array([[1.0, 0.0], [-1.0, 0.0]]))
    array([2., 0.])
    """
    check(latents.ndim == 2 and len(latents) >= 2, f"latents of shape {latents.shape}: allowed (n, d) with n >= 2")
    check(bool(np.isfinite(latents).all()), "latents hold NaN or inf; allowed: finite numbers (check the training run)")
    centred = latents.astype(np.float64) - latents.mean(0, dtype=np.float64)
    return np.linalg.svd(centred, compute_uv=False) ** 2 / (len(latents) - 1)


def explained_variance_ratio(eigenvalues: np.ndarray) -> np.ndarray:
    """Return eigenvalues over their sum; zeros if there is no variance at all."""
    total = eigenvalues.sum()
    return eigenvalues / total if total > 0 else np.zeros_like(eigenvalues)


def elbow_ratio(eigenvalues: np.ndarray, dim: int) -> float:
    """Return eigenvalue number `dim` over the next one: how sharply the spectrum falls after `dim` directions.

    >>> elbow_ratio(np.array([4.0, 2.0, 0.5]), 2)
    4.0
    """
    check(1 <= dim < len(eigenvalues), f"dim = {dim} is out of range; allowed: 1 to {len(eigenvalues) - 1}")
    above, below = float(eigenvalues[dim - 1]), float(eigenvalues[dim])
    return above / below if below > 0 else float("nan")


def effective_rank(latents: np.ndarray) -> float:
    """Return exp of the entropy of the singular values of the centred latents, 0 without variance.

    Source: Roy & Vetterli 2007. Example: two equal singular values -> 2.
    """
    return _entropy_rank(np.sqrt(spectrum(latents)))


def eigen_entropy_rank(latents: np.ndarray) -> float:
    """Return exp of the entropy of the covariance eigenvalues, 0 without variance.

    Source: arXiv 2606.20104's toy notebooks. Example: eigenvalues (1, 1, 0) -> 2.
    """
    return _entropy_rank(spectrum(latents))


def rankme(latents: np.ndarray) -> float:
    """Return exp of the entropy of the singular values of the latents as they are, not centred.

    p_k = s_k / sum(s) + 1e-7, as published. Source: Garrido et al. 2023, arXiv 2210.02885.
    """
    singular = np.linalg.svd(latents.astype(np.float64), compute_uv=False)
    p = singular / max(singular.sum(), np.finfo(float).tiny) + RANKME_EPSILON
    return float(np.exp(-(p * np.log(p)).sum()))


def participation_ratio(latents: np.ndarray) -> float:
    """Return (sum of eigenvalues)^2 / sum of squared eigenvalues, 0 without variance.

    Example: eigenvalues (1, 1, 0) -> 2.
    """
    values = explained_variance_ratio(spectrum(latents))
    return float(1 / (values**2).sum()) if values.any() else 0.0


def stable_rank(latents: np.ndarray) -> float:
    """Return the sum of the covariance eigenvalues over the largest, 0 without variance.

    The squared Frobenius over the squared spectral norm of the centred latents. Source: Rudelson & Vershynin 2007.
    Example: eigenvalues (4, 1, 1) -> 1.5.
    """
    values = spectrum(latents)
    return float(values.sum() / values[0]) if values[0] > 0 else 0.0


def log_gap_knee(latents: np.ndarray) -> float:
    """Return the number of directions before the largest fall of the spectrum, 0 without variance.

    The k with the largest log(eigenvalue k / eigenvalue k+1), among the k that are needed to hold 99.9 % of the
    variance; a spectrum that uses every direction alike has no knee, and its answer is chance.
    Example: eigenvalues (4, 3, 0.01) -> 2.
    """
    shares = explained_variance_ratio(spectrum(latents))
    if not shares.any():
        return 0.0
    if len(shares) == 1:
        return 1.0
    needed = int(np.searchsorted(np.cumsum(shares), KNEE_COVERAGE)) + 1
    falls = np.log(np.maximum(shares, np.finfo(float).tiny))
    return float(np.argmax((falls[:-1] - falls[1:])[:needed]) + 1)


def _entropy_rank(values: np.ndarray) -> float:
    total = values.sum()
    if total <= 0:
        return 0.0
    p = values[values > 0] / total
    return float(np.exp(-(p * np.log(p)).sum()))
