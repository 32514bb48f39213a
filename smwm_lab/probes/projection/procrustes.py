"""Alignment of clouds of points, so that the frames of a training run do not spin.

Orthogonal Procrustes: shift, rotation or reflection, and, if asked for, one common scale.
"""

from dataclasses import dataclass

import numpy as np
from scipy.linalg import orthogonal_procrustes

from smwm_lab.errors import InputError, check, shown
from smwm_lab.probes.inputs.checks import check_rows


@dataclass(frozen=True)
class Alignment:
    """The transform x -> scale * (x - centre) @ rotation + target_centre."""

    centre: np.ndarray
    """Mean of the points that are moved, (d,)."""
    rotation: np.ndarray
    """Orthogonal matrix, a rotation or a reflection, (d, d)."""
    scale: float
    """Factor on all distances; 1 keeps them."""
    target_centre: np.ndarray
    """Mean of the points that they are moved onto, (d,)."""

    def __call__(self, points: np.ndarray) -> np.ndarray:
        """Return points (n, d) transformed."""
        return self.scale * (points - self.centre) @ self.rotation + self.target_centre


def procrustes(points: np.ndarray, target: np.ndarray, *, scaled: bool = False) -> Alignment:
    """Return the transform that brings points (n, d) nearest to target (n, d), row by row, in least squares.

    >>> square = np.array([[0.0, 0], [1, 0], [1, 1], [0, 1]])
    >>> turned = square @ np.array([[0.0, 1], [-1, 0]]) + 5
    >>> bool(np.allclose(procrustes(turned, square)(turned), square))
    True
    """
    points, target = check_rows(points, "points", min_rows=1), check_rows(target, "target points", min_rows=1)
    check(points.shape == target.shape, f"points have shape {points.shape}, target {target.shape}; allowed: one shape")
    centre, target_centre = points.mean(0), target.mean(0)
    rotation, singular_sum = orthogonal_procrustes(points - centre, target - target_centre)
    spread = float(((points - centre) ** 2).sum())
    scale = float(singular_sum) / spread if scaled and spread > 0 else 1.0
    return Alignment(centre, rotation, scale, target_centre)


def principal_plane(latents: np.ndarray) -> np.ndarray:
    """Return latents (n, d) in their own first two principal directions, (n, 2); a single point stays one."""
    latents = check_rows(latents, "latents", min_rows=1)
    centred = latents - latents.mean(0)
    _, _, directions = np.linalg.svd(centred, full_matrices=False)
    return centred @ directions[:2].T


def aligned_planes(snapshots: list[np.ndarray]) -> list[np.ndarray]:
    """Return each snapshot of latents (n, d) in its own first two principal directions, (n, 2).

    Each is turned onto the one after it, and the last is plain PCA: a sequence of them neither spins nor flips. Scale
    is kept, so a collapsed snapshot stays a point.
    """
    _require_list("snapshots", snapshots)
    return aligned_sequence([principal_plane(latents) for latents in snapshots])


def aligned_sequence(clouds: list[np.ndarray], *, scaled: bool = False) -> list[np.ndarray]:
    """Return clouds of the same points (n, d), each turned onto the one after it; the last one stays as it is.

    For epochs of a run, or projections of several runs. scaled: also bring them to one size.
    """
    _require_list("clouds", clouds)
    clouds = [check_rows(cloud, f"points of cloud {i}", min_rows=1) for i, cloud in enumerate(clouds)]
    for i in range(len(clouds) - 2, -1, -1):
        clouds[i] = procrustes(clouds[i], clouds[i + 1], scaled=scaled)(clouds[i])
    return clouds


def _require_list(name: str, arrays: object) -> None:
    if not isinstance(arrays, list | tuple) or not arrays:
        raise InputError(f"{name} = {shown(arrays)} hold no arrays; allowed: a list of one or more, each (n, d)")
