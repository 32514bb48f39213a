"""Several projections of the same latents, turned so that a point hardly moves from one to the next."""

import threading
from dataclasses import replace
from pathlib import Path

import numpy as np

from smwm_lab.errors import check, check_choice
from smwm_lab.files import as_path
from smwm_lab.probes.inputs.checks import check_rows
from smwm_lab.probes.projection.methods import PcaConfig, TsneConfig, UmapConfig
from smwm_lab.probes.projection.procrustes import procrustes
from smwm_lab.probes.projection.projection import Projection, ProjectionConfig, project
from smwm_lab.seeding import require_seed


PROJECTIONS = ("PCA", "UMAP", "t-SNE")
"""Names of the methods, fastest first."""
MOST_ROWS = 100_000
"""Latents that UMAP and t-SNE are made of at most: they look for the neighbours of each among all."""


class AlignedProjections:
    """PCA, UMAP and t-SNE of latents (n, d), each computed on first use; UMAP and t-SNE lie over PCA.

    They are shifted, turned, mirrored and brought to PCA's size (orthogonal Procrustes), which changes no score.
    Constant columns are left out; latents of float64 are not copied. store: folder where projections are kept between
    sessions. Of more than 100,000 latents there is PCA alone.

    >>> AlignedProjections(np.random.default_rng(0).normal(size=(50, 3))).get("PCA", 2).points.shape
    (50, 2)
    """

    def __init__(self, latents: np.ndarray, *, store: Path | str | None = None, seed: int = 0):
        latents = check_rows(latents, "latents", min_rows=1, copy=False)
        require_seed(seed)
        self.store = None if store is None else as_path("store", store)
        varies = np.ptp(latents, axis=0) > 0
        self.latents, self.seed, self._varies = latents if varies.all() else latents[:, varies], seed, varies
        self._made: dict[tuple[str, int], Projection] = {}
        self._lock = threading.Lock()

    def get(self, name: str, dim: int) -> Projection:
        """Return the projection `name` to 2 or 3 dimensions; raise `InputError` where there can be none.

        Several threads may ask; UMAP and t-SNE are made one after the other.
        """
        check_choice("projection", name, PROJECTIONS)
        self.config_of(name, dim)  # refuses what no projection can be
        rows = len(self.latents)
        check(
            name == "PCA" or rows <= MOST_ROWS,
            f"{name} of {rows:,} latents would take hours; allowed: {MOST_ROWS:,} at most (PCA, or every "
            f"{-(-rows // MOST_ROWS)}th row: latents[::{-(-rows // MOST_ROWS)}])",
        )
        key = name, dim
        if key not in self._made and name == "PCA":
            self._made[key] = self._project(*key)
        elif key not in self._made:
            target = self.get("PCA", dim).points
            with self._lock:  # numba's loops may not be entered from two threads at once
                if key not in self._made:
                    made = self._project(*key)
                    turned = procrustes(made.points, target, scaled=True)(made.points)
                    self._made[key] = replace(made, points=turned)
        return self._made[key]

    def place(self, name: str, dim: int, latents: np.ndarray) -> np.ndarray:
        """Return where new latents (m, d) lie in a projection, (m, dim), quickly enough to follow a hand.

        Exact for PCA; in UMAP and t-SNE at the weighted mean of the points of their ten nearest latents.
        """
        new = check_rows(latents, "new latents", min_rows=1)
        check(
            new.shape[1] == len(self._varies),
            f"new latents have {new.shape[1]} columns; allowed: {len(self._varies)}, as those that are projected",
        )
        made = self.get(name, dim)
        method = made.config if name == "PCA" else TsneConfig(dim=dim)
        return method.place(self.latents, made.points, new[:, self._varies])

    def made(self, dim: int) -> dict[str, Projection]:
        """Return the projections to `dim` dimensions made so far, by name."""
        return {name: self._made[name, dim] for name in PROJECTIONS if (name, dim) in self._made}

    def config_of(self, name: str, dim: int) -> ProjectionConfig:
        """Return how a projection is made; neighbourhoods shrink where there are few latents."""
        rows = len(self.latents)
        if name == "UMAP":
            return UmapConfig(dim=dim, num_neighbours=min(15, max(rows - 1, 2)), seed=self.seed)
        if name == "t-SNE":
            return TsneConfig(dim=dim, perplexity=min(30.0, max((rows - 2) / 3, 2.0)), seed=self.seed)
        return PcaConfig(dim=dim)

    def _project(self, name: str, dim: int) -> Projection:
        return project(self.latents, self.config_of(name, dim), store=self.store)
