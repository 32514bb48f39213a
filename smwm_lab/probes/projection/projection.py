"""Projections of latents to two or three dimensions, computed once, stored with their configuration and reused.

    projection = project(latents, UmapConfig(), store=folder)     projection.transform(new_latents)

A stored projection is one sealed .npz file of plain arrays; its name is the fingerprint of the configuration and a hash
of the latents. Each comes with two scores of how well it keeps neighbourhoods: a pretty projection can be wrong.
"""

import hashlib
import io
import json
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from sklearn.manifold import trustworthiness
from sklearn.neighbors import NearestNeighbors

from smwm_lab.errors import InputError, check, shown
from smwm_lab.files import as_path
from smwm_lab.probes.inputs.checks import check_rows
from smwm_lab.probes.projection.methods import PcaConfig, TsneConfig, UmapConfig
from smwm_lab.sealed import read_sealed, write_sealed


FORM = "v2"
"""Part of every file name: raised when projections are stored in another form."""
NUM_SCORED = 2000
"""Latents at most that the scores are computed on: trustworthiness takes the square of their number in memory."""
SCORED_NEIGHBOURS = 15
"""Size of the neighbourhoods that the scores compare."""
LEAST_ROWS = 8
"""Latents below which no score is defined."""
ProjectionConfig = PcaConfig | UmapConfig | TsneConfig
"""Configuration of any of the methods."""


@dataclass(frozen=True, repr=False)
class Projection:
    """Latents in two or three dimensions: a point per latent, how it was made, and two scores of its neighbourhoods."""

    latents: np.ndarray = field(compare=False)
    """What was projected, float64 (n, d)."""
    points: np.ndarray = field(compare=False)
    """Where each latent lies in the projection, float64 (n, 2 or 3)."""
    config: ProjectionConfig
    """How it was made."""
    trustworthiness: float
    """1 if all neighbours among the points are neighbours among the latents, about .5 for random points."""
    neighbourhood_preservation: float
    """Share of the nearest neighbours among the latents that are still so among the points, 0 to 1."""

    def __repr__(self) -> str:
        rows, dim = self.points.shape
        return (
            f"{type(self.config).__name__} {rows} x {self.latents.shape[1]} -> {dim} | "
            f"trustworthiness {self.trustworthiness:.3f} | neighbours kept {self.neighbourhood_preservation:.3f}"
        )

    def transform(self, latents: np.ndarray) -> np.ndarray:
        """Return where new latents (m, d) lie in this projection, float64 (m, dim); the projection does not change.

        Exact for PCA, by umap-learn's transform for UMAP, by the nearest neighbours for t-SNE.
        """
        new = check_rows(latents, "new latents", min_rows=1)
        width = self.latents.shape[1]
        check(
            new.ndim == 2 and new.shape[1] == width,
            f"new latents have shape {new.shape}, the projected ones {self.latents.shape}; allowed: (m, {width})",
        )
        return self.config.place(self.latents, self.points, new)


def project(
    latents: np.ndarray, config: ProjectionConfig | None = None, *, store: Path | str | None = None
) -> Projection:
    """Return the projection of latents (n, d) by `config` (PCA to the plane if None).

    store: folder of projections; one of the same configuration and latents there is read instead of computed.
    Raises `InputError` for latents with NaN, infinity or constant columns, for too few rows or dimensions, and for a
    damaged file in the store.

    >>> project(np.random.default_rng(0).normal(size=(100, 3))).points.shape
    (100, 2)
    """
    config = PcaConfig() if config is None else config
    usable = not isinstance(config, type) and all(
        hasattr(config, name) for name in ("dim", "fit", "place", "least_rows")
    )
    check(usable, f"config = {shown(config)} is no projection; allowed: PcaConfig(), UmapConfig(), TsneConfig()")
    latents = np.ascontiguousarray(check_rows(latents, "latents", min_rows=1, copy=False))
    _require_projectable(latents, config)
    if store is None:
        return _compute(latents, config)
    path = as_path("store", store) / f"{projection_key(latents, config)}.{FORM}.npz"
    if path.is_file():
        return _read(path, latents, config)
    projection = _compute(latents, config)
    write_sealed(path, _packed(projection))
    return projection


def projection_key(latents: np.ndarray, config: ProjectionConfig) -> str:
    """Return the name under which a projection is stored: the configuration and every latent enter it."""
    latents = np.ascontiguousarray(latents, dtype=np.float64)
    content = hashlib.sha256(str(latents.shape).encode())
    content.update(memoryview(latents))
    return f"{config.fingerprint()}-{content.hexdigest()[:24]}"


def projection_scores(latents: np.ndarray, points: np.ndarray) -> tuple[float, float]:
    """Return (trustworthiness, neighbourhood preservation) of points (n, dim) as a projection of latents (n, d).

    Both over the 15 nearest neighbours (fewer if there are fewer than 46 rows), on 2,000 evenly chosen rows at most.
    Source: Venna & Kaski 2001 and scikit-learn for the former; for the latter the mean overlap of neighbourhoods.
    """
    latents, points = check_rows(latents, "latents", copy=False), check_rows(points, "points", copy=False)
    check(len(latents) == len(points), f"{len(latents)} latents and {len(points)} points; allowed: as many of both")
    check(len(latents) >= LEAST_ROWS, f"{len(latents)} rows are too few for scores; allowed: {LEAST_ROWS} or more")
    rows = np.linspace(0, len(latents) - 1, min(NUM_SCORED, len(latents))).astype(int)
    latents, points = latents[rows], points[rows]
    count = min(SCORED_NEIGHBOURS, (len(rows) - 1) // 3)
    before, after = (_nearest(x, count) for x in (latents, points))
    kept = np.mean([len(np.intersect1d(a, b)) / count for a, b in zip(before, after, strict=True)])
    return float(trustworthiness(latents, points, n_neighbors=count)), float(kept)


def _compute(latents: np.ndarray, config: ProjectionConfig) -> Projection:
    points = config.fit(latents)
    return Projection(latents, points, config, *projection_scores(latents, points))


def _packed(projection: Projection) -> bytes:
    packed = io.BytesIO()
    np.savez(
        packed,
        points=projection.points,
        settings=np.array(json.dumps(projection.config.to_dict())),
        scores=np.array([projection.trustworthiness, projection.neighbourhood_preservation]),
    )
    return packed.getvalue()


def _read(path: Path, latents: np.ndarray, config: ProjectionConfig) -> Projection:
    content = read_sealed(path, "stored projection")
    try:
        with np.load(io.BytesIO(content)) as stored:
            points, scores, written = stored["points"], stored["scores"], json.loads(str(stored["settings"]))
        intact = written == config.to_dict() and points.shape == (len(latents), config.dim) and len(scores) == 2
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise InputError(f"stored projection {path} is damaged ({error}); delete the file") from error
    check(intact, f"stored projection {path} is not what its name says; delete the file")
    return Projection(latents, points, config, *scores.tolist())


def _nearest(points: np.ndarray, count: int) -> np.ndarray:
    """Return the row numbers of the nearest others of each point, (n, count)."""
    return NearestNeighbors(n_neighbors=count).fit(points).kneighbors(return_distance=False)


def _require_projectable(latents: np.ndarray, config: ProjectionConfig) -> None:
    rows, width = latents.shape
    least = max(config.least_rows(), LEAST_ROWS)
    check(
        rows >= least,
        f"{rows} latents are too few for {type(config).__name__}; allowed: {least} or more (or fewer neighbours)",
    )
    check(
        width >= config.dim,
        f"latents have {width} dimension(s), the view {config.dim}; allowed: a view of no more dimensions than the "
        "latents (plot 1-D latents as a histogram)",
    )
    constant = np.flatnonzero(np.ptp(latents, axis=0) == 0)
    if len(constant) == width:
        raise InputError(f"all {width} columns of the latents are constant (a collapsed model): nothing to show")
    listed = ", ".join(map(str, constant[:8])) + (", ..." if len(constant) > 8 else "")
    check(
        len(constant) == 0,
        f"{len(constant)} of {width} columns of the latents are constant ({listed}); drop them: "
        "latents[:, np.ptp(latents, axis=0) > 0]",
    )
