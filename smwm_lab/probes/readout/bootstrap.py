"""R^2 and its interval from errors that were measured once per held-out row."""

from collections.abc import Mapping

import numpy as np

from smwm_lab.seeding import stream_seed


NUM_RESAMPLES = 200
"""Bootstrap resamples behind an interval."""
COVERAGE = 0.95
"""Share of the resamples that an interval covers."""


def squared_deviation(target: np.ndarray) -> np.ndarray:
    """Return the squared distance of each row of target (n, k) from the mean row, (n,)."""
    return ((target - target.mean(0)) ** 2).sum(1)


def resample_counts(targets: Mapping[str, np.ndarray], seed: int) -> np.ndarray:
    """Return how often each held-out row occurs in each of 200 resamples of the distinct states, (200, rows).

    Rows of one state are drawn together: 2,000 frames of 78 positions are 78 independent observations, not 2,000.
    """
    _, state = np.unique(np.hstack(list(targets.values())), axis=0, return_inverse=True)
    state = state.ravel()
    distinct = int(state.max()) + 1
    drawn = np.random.default_rng(stream_seed(seed, "bootstrap"))
    return drawn.multinomial(distinct, np.full(distinct, 1 / distinct), size=NUM_RESAMPLES)[:, state]


def resampled_r2(error: np.ndarray, deviation: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Return R^2 in each resample: 1 - sum of errors / sum of deviations from the mean of all rows.

    error: squared error per row, (n,) or (n, conditions); deviation: (n,); counts: (resamples, n).
    """
    total = counts @ deviation
    return 1 - (counts @ error) / (total if error.ndim == 1 else total[:, None])


def interval(values: np.ndarray) -> tuple[float, float]:
    """Return the middle 95 % of resampled values."""
    low, high = np.quantile(values, [(1 - COVERAGE) / 2, (1 + COVERAGE) / 2])
    return float(low), float(high)
