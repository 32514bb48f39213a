"""How much of the latents' variance does one state component account for?

The latents are regressed on a smooth basis of the component alone: cubic splines for a number, four harmonics for an
angle. The share is 1 - residual variance / variance, summed over latent dimensions, on held-out rows. Independent
components' shares add up to at most 1; what is missing belongs to components together, or to nothing in the state.
"""

import numpy as np
from sklearn.preprocessing import SplineTransformer

from smwm_lab.probes.inputs.checks import ProbeRows
from smwm_lab.seeding import stream_seed


NUM_KNOTS = 8
"""Knots of the cubic splines of a number."""
NUM_HARMONICS = 4
"""Multiples of an angle whose cosine and sine are its basis."""
NUM_SHUFFLES = 10
"""Shuffles whose mean is the floor."""
MIN_SHARE = 1e-12
"""Latents whose variance is below this share of their mean square are constant to float32 precision."""


def variance_share(rows: ProbeRows, name: str, *, seed: int = 0) -> tuple[float, float]:
    """Return the held-out share of the latents' variance that target `name` accounts for, and the shuffled share.

    The second is the mean of 10 shuffles of the training rows of the target. Both are 0 for constant latents.
    """
    truth = rows.held_out_latents
    total = ((truth - truth.mean(0)) ** 2).sum()
    if total <= MIN_SHARE * (truth**2).sum():
        return 0.0, 0.0
    basis, held = _basis(rows.targets[name], rows.held_out_targets[name])
    centre, level = basis.mean(0), rows.latents.mean(0)
    # splines add up to 1, so one direction is empty; shuffling the rows of the basis shuffles the columns of `fit`
    fit = np.linalg.pinv(basis - centre, rcond=1e-10)
    order = np.arange(len(basis))

    def share(order: np.ndarray) -> float:
        guess = (held - centre) @ (fit[:, order] @ (rows.latents - level)) + level
        return float(1 - ((truth - guess) ** 2).sum() / total)

    drawn = np.random.default_rng(stream_seed(seed, f"shuffled {name}"))
    return share(order), float(np.mean([share(drawn.permutation(order)) for _ in range(NUM_SHUFFLES)]))


def _basis(answer: np.ndarray, held: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    if answer.shape[1] == 2 and np.allclose((answer**2).sum(1), 1, atol=1e-4):
        return _harmonics(answer), _harmonics(held)
    splines = SplineTransformer(n_knots=NUM_KNOTS).fit(answer)
    return splines.transform(answer), splines.transform(held)


def _harmonics(pair: np.ndarray) -> np.ndarray:
    """Return cosines and sines of 1 to 4 times the angle whose (cosine, sine) is given."""
    angle = np.arctan2(pair[:, 1:], pair[:, :1]) * np.arange(1, NUM_HARMONICS + 1)
    return np.hstack([np.cos(angle), np.sin(angle)])
