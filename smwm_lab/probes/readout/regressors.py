"""Readout probes: how well can a state component be read from the latents?

Three scikit-learn regressors of growing capacity. The linear one is StandardScaler and Ridge(1e-3), the MLP 256-128
with early stopping, both as in arXiv 2606.20104; they standardise, so scale plays no part: they find a factor
however small its share of the variance. The k nearest neighbours are sought in the latents as they are, with the
distance that a planner's cost uses: only there does scale count. A score means little without its controls:
`readout_report`.
"""

import warnings
from collections.abc import Callable, Mapping

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.compose import TransformedTargetRegressor
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import Ridge
from sklearn.metrics import r2_score
from sklearn.neighbors import KNeighborsRegressor
from sklearn.neural_network import MLPRegressor
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from smwm_lab.probes.inputs.checks import ProbeRows
from smwm_lab.seeding import require_seed


NUM_NEIGHBOURS = 10
"""Neighbours whose targets the k-NN probe averages."""
MAX_EPOCHS = 200
"""Passes over the training rows after which the MLP probe stops at the latest."""


def linear_readout() -> Pipeline:
    """Return an unfitted linear probe (a scikit-learn regressor)."""
    return make_pipeline(StandardScaler(), Ridge(alpha=1e-3))


def mlp_readout(seed: int = 0) -> TransformedTargetRegressor:
    """Return an unfitted MLP probe, 256-128, that stops when a tenth of its training rows no longer improves.

    seed: of the weights, the batches and that tenth. Latents and targets are standardised.
    """
    require_seed(seed, 2**32 - 1)
    network = MLPRegressor(hidden_layer_sizes=(256, 128), early_stopping=True, max_iter=MAX_EPOCHS, random_state=seed)
    return TransformedTargetRegressor(make_pipeline(StandardScaler(), network), transformer=StandardScaler())


def knn_readout() -> KNeighborsRegressor:
    """Return an unfitted probe that answers with the mean of the 10 nearest training latents; they keep their scale."""
    return KNeighborsRegressor(n_neighbors=NUM_NEIGHBOURS)


READOUTS: dict[str, Callable[[int], BaseEstimator]] = {
    "linear": lambda seed: linear_readout(),
    "mlp": mlp_readout,
    "knn": lambda seed: knn_readout(),
}
"""Name -> maker of an unfitted probe from a seed, in order of capacity."""


def predict_held_out(
    probe: BaseEstimator, latents: np.ndarray, target: np.ndarray, held_out_latents: np.ndarray
) -> np.ndarray:
    """Fit a probe on latents (n, d) and target (n, k); return its answers for the held-out latents, (m, k)."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # the epoch limit is part of the probe
        probe.fit(latents, target.ravel() if target.shape[1] == 1 else target)
    return probe.predict(held_out_latents).reshape(len(held_out_latents), target.shape[1])


def readout_r2(
    latents: np.ndarray,
    targets: Mapping[str, np.ndarray],
    held_out_latents: np.ndarray,
    held_out_targets: Mapping[str, np.ndarray],
) -> dict[str, float]:
    """Return R^2 on held-out rows of a linear probe per target.

    latents: (n, d); targets: name -> (n, k); held-out likewise. 1 is perfect, 0 no better than the mean, below 0 worse.
    """
    rows = ProbeRows.of(latents, targets, held_out_latents, held_out_targets, constant_targets=True)
    names = list(rows.targets)
    widths = [rows.targets[name].shape[1] for name in names]
    joined = np.hstack([rows.targets[name] for name in names])
    guess = predict_held_out(linear_readout(), rows.latents, joined, rows.held_out_latents)
    guesses = np.split(guess, np.cumsum(widths)[:-1], axis=1)
    return {
        name: float(r2_score(rows.held_out_targets[name], guess, multioutput="variance_weighted"))
        for name, guess in zip(names, guesses, strict=True)
    }
