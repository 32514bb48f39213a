"""Clouds of known dimension, each made so that some measure of dimension fails on it."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from smwm_lab.errors import check_count
from smwm_lab.seeding import stream_seed


AMBIENT_DIM = 64
"""Dimensions of the space that all clouds lie in."""


@dataclass(frozen=True)
class SyntheticCloud:
    """A recipe for points in 64 dimensions whose dimension is known."""

    name: str
    """Name of the cloud in tables."""
    true_dim: int
    """Number of coordinates that determine a point, noise apart."""
    lesson: str
    """What the measures get right or wrong on this cloud, in a few words."""
    coordinates: Callable[[int, np.random.Generator], np.ndarray]
    """(n, generator) -> (n, k) with k <= 64, before the rotation."""
    scale: float = 1.0
    """Factor on all coordinates."""
    shift: float = 0.0
    """Distance of the cloud from the origin, along one direction."""

    def sample(self, n: int, *, seed: int = 0) -> np.ndarray:
        """Draw n points, float64 (n, 64), in a random basis."""
        check_count("n", n, 2, 10**9)
        drawn = np.random.default_rng(stream_seed(seed, f"cloud {self.name}"))
        inner = self.coordinates(n, drawn)
        basis, _ = np.linalg.qr(drawn.normal(size=(AMBIENT_DIM, AMBIENT_DIM)))
        return self.scale * inner @ basis[: inner.shape[1]] + self.shift * basis[-1]


def spectral(*variances: float) -> Callable[[int, np.random.Generator], np.ndarray]:
    """Return a recipe for Gaussian points with these covariance eigenvalues."""
    return lambda n, drawn: drawn.normal(size=(n, len(variances))) * np.sqrt(variances)


def _circle(n: int, drawn: np.random.Generator) -> np.ndarray:
    angle = drawn.uniform(0, 2 * np.pi, n)
    return np.stack([np.cos(angle), np.sin(angle)], 1)


def _sphere(n: int, drawn: np.random.Generator) -> np.ndarray:
    points = drawn.normal(size=(n, 3))
    return points / np.linalg.norm(points, axis=1, keepdims=True)


def _sheet(n: int, drawn: np.random.Generator) -> np.ndarray:
    """Return a square mapped through 64 tanh units: curved and bounded, like the latents of an encoder."""
    square = drawn.uniform(-1, 1, size=(n, 2))
    return np.tanh(square @ drawn.normal(size=(2, AMBIENT_DIM)) * 1.5 + drawn.normal(size=AMBIENT_DIM))


_GAP = (1.0,) * 4 + (1e-3,) * 60
SYNTHETIC_CLOUDS: tuple[SyntheticCloud, ...] = (
    SyntheticCloud("flat 4", 4, "four equal directions: all agree", spectral(*(1.0,) * 4)),
    SyntheticCloud("flat 64", 64, "all directions: sample size biases every one", spectral(*(1.0,) * 64)),
    SyntheticCloud("gap 4", 4, "four directions and faint noise: entropies count the noise", spectral(*_GAP)),
    SyntheticCloud("uneven 4", 4, "a weak fourth direction: ratios overlook it", spectral(1.0, 0.5, 0.2, 0.02)),
    SyntheticCloud(
        "power law", 64, "no gap: every measure has its own opinion", spectral(*(k**-2.0 for k in range(1, 65)))
    ),
    SyntheticCloud("tiny", 4, "gap 4 times 1e-6: collapsed, and no rank notices", spectral(*_GAP), scale=1e-6),
    SyntheticCloud(
        "far away", 4, "gap 4 off the origin: only RankMe, not centred, moves", spectral(*_GAP), shift=100.0
    ),
    SyntheticCloud("circle", 1, "one number, two directions", _circle),
    SyntheticCloud("sphere", 2, "two numbers, three directions", _sphere),
    SyntheticCloud("sheet", 2, "two numbers through 64 tanh units: bent, as real latents are", _sheet),
)
"""The clouds of the panel, in the order in which they teach."""
