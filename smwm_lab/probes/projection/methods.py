"""How a projection is made: PCA, UMAP or t-SNE, one frozen configuration each, with what it does.

    fit(latents) -> points                          place(latents, points, new) -> new points

`fit` projects latents, `place` puts new latents into a projection made before, without changing it. PCA
places exactly. UMAP places by the transform of umap-learn, given back the stored points and the neighbours among the
latents: its layout, which takes most of the time, is not made again. t-SNE cannot transform new latents: they
go to the weighted mean of the points of their nearest neighbours, and so never outside the projection.
"""

import contextlib
import warnings
from collections.abc import Iterator
from typing import Protocol

import numpy as np
import torch
from sklearn.decomposition import PCA
from sklearn.manifold import TSNE
from sklearn.neighbors import NearestNeighbors

from smwm_lab.config import Config, config
from smwm_lab.errors import InputError, check, check_range
from smwm_lab.probes.projection.components import FEW, principal_components


VIEW_DIMS = (2, 3)
"""Dimensions that can be plotted."""
NUM_PLACING = 10
"""Neighbours whose mean places a new latent in a t-SNE projection."""
NO_DISTANCE = 1e-30
"""Distance between equal latents in a sparse matrix, where 0 would mean that they are no neighbours."""


class ProjectionMethod(Protocol):
    """What `project` asks of the configuration of a projection; implement it to add a method."""

    dim: int
    """Dimensions of the projection: 2 or 3."""

    def fit(self, latents: np.ndarray) -> np.ndarray:
        """Return points (n, dim) of latents (n, d)."""

    def place(self, latents: np.ndarray, points: np.ndarray, new: np.ndarray) -> np.ndarray:
        """Return points (m, dim) of new latents (m, d) in the projection `points` of `latents`."""

    def least_rows(self) -> int:
        """Return the smallest number of latents that can be projected."""


@config
class PcaConfig(Config):
    """Principal components: linear, so distances and directions keep their meaning; curved structure is folded over."""

    dim: int = 2
    """Dimensions of the projection: 2 or 3."""

    def __post_init__(self):
        _check_dim(self.dim)

    def least_rows(self) -> int:
        return self.dim + 1

    def fit(self, latents: np.ndarray) -> np.ndarray:
        return self.place(latents, np.empty(0), latents) if len(latents) > FEW else self._few().fit_transform(latents)

    def place(self, latents: np.ndarray, points: np.ndarray, new: np.ndarray) -> np.ndarray:
        if len(latents) <= FEW:
            return self._few().fit(latents).transform(new)
        mean, directions, _ = principal_components(latents)
        axes = directions[: self.dim]
        # the sign of a direction is arbitrary: its largest entry is made positive, as scikit-learn does
        axes = axes * np.sign(axes[np.arange(self.dim), np.abs(axes).argmax(1)])[:, None]
        return new @ axes.T - mean @ axes.T

    def _few(self) -> PCA:
        return PCA(self.dim, svd_solver="full")


@contextlib.contextmanager
def same_threads() -> Iterator[None]:
    """Leave torch the threads it has: numba, at its first use, sets those of OpenMP, and so torch's, to all cores."""
    before = torch.get_num_threads()
    try:
        yield
    finally:
        torch.set_num_threads(before)


@config
class UmapConfig(Config):
    """UMAP (McInnes et al. 2018, arXiv 1802.03426): keeps neighbourhoods; distances between clusters mean little.

    One thread, as a fixed seed demands; coordinates still differ between machines.
    """

    dim: int = 2
    """Dimensions of the projection: 2 or 3."""
    num_neighbours: int = 15
    """Size of the neighbourhoods that are kept, 2 to 200; more shows larger structure."""
    min_dist: float = 0.1
    """How near points of the projection may come, 0 to 1."""
    seed: int = 0
    """Seed of the layout."""

    def __post_init__(self):
        _check_dim(self.dim)
        check_range("num_neighbours", self.num_neighbours, 2, 200)
        check_range("min_dist", self.min_dist, 0.0, 1.0)
        check_range("seed", self.seed, 0, 2**32 - 1)

    def least_rows(self) -> int:
        return max(self.num_neighbours + 1, self.dim + 3)

    def fit(self, latents: np.ndarray) -> np.ndarray:
        distances, nearest = self._search(latents).kneighbors(latents)
        with warnings.catch_warnings(), same_threads():
            # The exact neighbours come from scikit-learn: faster up to tens of thousands of latents than to compile
            # and run the approximate search. Too few points: the layout starts at random, not at eigenvectors.
            warnings.filterwarnings("ignore", message=r"precomputed_knn\[2\]", category=UserWarning)
            warnings.filterwarnings("ignore", message="Spectral initialisation failed", category=UserWarning)
            estimator = self._estimator(precomputed_knn=(nearest, distances), force_approximation_algorithm=True)
            points = estimator.fit(latents).embedding_
        check(bool(np.isfinite(points).all()), "UMAP left some latents without a neighbour; use more num_neighbours")
        return points.astype(np.float64)

    def place(self, latents: np.ndarray, points: np.ndarray, new: np.ndarray) -> np.ndarray:
        search = self._search(latents)
        among = search.kneighbors_graph(mode="distance")
        among.data = np.maximum(among.data, NO_DISTANCE)
        with warnings.catch_warnings(), same_threads():
            warnings.filterwarnings("ignore", message="using precomputed metric", category=UserWarning)
            warnings.filterwarnings("ignore", message="Transforming new data with precomputed", category=UserWarning)
            mapper = self._estimator(metric="precomputed", transform_mode="graph").fit(among.maximum(among.T))
            mapper.embedding_ = points.astype(np.float32)
            mapper.transform_mode = "embedding"
            return mapper.transform(search.kneighbors_graph(new, mode="distance")).astype(np.float64)

    def _search(self, latents: np.ndarray) -> NearestNeighbors:
        return NearestNeighbors(n_neighbors=self.num_neighbours).fit(latents)

    def _estimator(self, **options: object):
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="Tensorflow not installed", category=ImportWarning)
            from umap import UMAP
        return UMAP(
            n_components=self.dim,
            n_neighbors=self.num_neighbours,
            min_dist=self.min_dist,
            random_state=self.seed,
            transform_seed=self.seed,
            n_jobs=1,
            verbose=False,
            tqdm_kwds={"disable": True},
            **options,
        )


@config
class TsneConfig(Config):
    """t-SNE (van der Maaten & Hinton 2008): keeps neighbourhoods; sizes of and gaps between clusters mean nothing."""

    dim: int = 2
    """Dimensions of the projection: 2 or 3."""
    perplexity: float = 30.0
    """Effective number of neighbours, 2 to 200; a third of the number of latents at most."""
    seed: int = 0
    """Seed of the layout."""

    def __post_init__(self):
        _check_dim(self.dim)
        check_range("perplexity", self.perplexity, 2.0, 200.0)
        check_range("seed", self.seed, 0, 2**32 - 1)

    def least_rows(self) -> int:
        return max(int(3 * self.perplexity) + 2, NUM_PLACING + 1)

    def fit(self, latents: np.ndarray) -> np.ndarray:
        estimator = TSNE(self.dim, perplexity=self.perplexity, init="pca", random_state=self.seed, n_jobs=1)
        return estimator.fit_transform(latents).astype(np.float64)

    def place(self, latents: np.ndarray, points: np.ndarray, new: np.ndarray) -> np.ndarray:
        distance, nearest = NearestNeighbors(n_neighbors=NUM_PLACING).fit(latents).kneighbors(new)
        weight = 1 / np.maximum(distance, 1e-12 * (1 + distance.max()))
        return (points[nearest] * weight[..., None]).sum(1) / weight.sum(1, keepdims=True)


def _check_dim(dim: int) -> None:
    if dim not in VIEW_DIMS:
        raise InputError(f"dim = {dim} is out of range; allowed: 2 or 3 dimensions")
