"""The geometry of a latent: how evenly it follows the controllable state, and how well its distances rank.

conditioning: singular values of dz/du by finite differences through the renderer, in units of the actions
distances:    Spearman's rank correlation of ||z_i - z_j||, the planning cost, with the true distance
"""

import math
from dataclasses import dataclass, field

import numpy as np
import torch
from scipy.stats import spearmanr
from torch import Tensor

from smwm_lab.axes import State
from smwm_lab.errors import check
from smwm_lab.probes.structure.latent_models import Coordinates, LatentModel
from smwm_lab.worlds import World


STEP_PX = 1.0
"""Finite difference to either side of a position, px: discs move by whole pixels."""
STEP_RAD = 0.1
"""Finite difference to either side of an angle, rad: about a pixel at the tip of a sprite."""


def action_jacobian(encoded: LatentModel, coordinates: Coordinates, world: World, states: State) -> Tensor:
    """Return dz/du by central differences at states (n, s): float64 (n, latent, action), per unit action.

    A step moves the state along one action: a coupled pair moves as a whole. States so near a wall that a step would
    leave the world are left out; raises `InputError` if none remains.
    """
    angles = torch.tensor(world.spec.angles)
    allowed = torch.where(angles, STEP_RAD, STEP_PX)
    shares = [float((allowed / direction.abs())[direction != 0].min()) for direction in coordinates.effect]
    steps = [share * direction for share, direction in zip(shares, coordinates.effect, strict=True)]
    states = states[_has_room(world, states, steps, angles)]
    check(len(states) > 0, "no state has room for a step to either side; allowed: a world larger than its steps")
    columns = []
    for share, step in zip(shares, steps, strict=True):
        ends = [_moved(states, sign * step, angles) for sign in (1, -1)]
        above, below = (encoded.encode(end).double() for end in ends)
        columns.append((above - below) / (2 * share))
    return torch.stack(columns, 2)  # (n, latent, action)


def _has_room(world: World, states: State, steps: list[Tensor], angles: Tensor) -> Tensor:
    """Return bool (n,): the states from which every step to either side stays inside the world."""
    low, high = states.new_tensor(world.spec.state_low), states.new_tensor(world.spec.state_high)
    room = torch.ones(len(states), dtype=torch.bool)
    for step in (*steps, *(-step for step in steps)):
        end = _moved(states, step, angles)
        room &= ((end >= low) & (end <= high)).all(1)
    return room


def _moved(states: State, step: Tensor, angles: Tensor) -> State:
    moved = states + step.to(states.dtype)
    return torch.where(angles, torch.remainder(moved, 2 * math.pi), moved)


@dataclass(frozen=True)
class Conditioning:
    """How evenly the latent follows the controllable directions, state by state."""

    singular_values: np.ndarray = field(compare=False)
    """Root mean square over states of each singular value, largest first, (action,)."""
    median: float
    """Median over states of the condition number, largest over smallest singular value; 1 is ideal."""
    high: float
    """90th percentile over states of the condition number."""


def conditioning(jacobian: Tensor) -> Conditioning:
    """Return singular values and condition numbers of Jacobians (n, latent, action); infinite where one is lost.

    >>> conditioning(torch.diag(torch.tensor([6.0, 2.0])).expand(5, 2, 2)).median
    3.0
    """
    missing = max(0, jacobian.shape[2] - jacobian.shape[1])
    values = torch.nn.functional.pad(torch.linalg.svdvals(jacobian.double()), (0, missing))
    lost = values[:, -1] <= values[:, 0] * torch.finfo(torch.float64).eps
    conditions = torch.where(lost, math.inf, values[:, 0] / values[:, -1]).numpy()
    return Conditioning(
        values.square().mean(0).sqrt().numpy(),
        float(np.quantile(conditions, 0.5, method="lower")),
        float(np.quantile(conditions, 0.9, method="lower")),
    )


@dataclass(frozen=True)
class DistanceRanks:
    """How well latent distances order true distances."""

    pooled: float
    """Spearman's rank correlation over all pairs of states; 1 is monotone, NaN for a constant latent."""
    worst_goal: float
    """Rank correlation of the distances to one goal, 10th percentile over goals: how a planning cost orders states."""
    pairs: np.ndarray = field(compare=False)
    """True and latent distance of evenly chosen pairs, for a scatter plot, (m, 2)."""


def distance_ranks(latents: Tensor, points: Tensor, *, num_pairs: int = 1000) -> DistanceRanks:
    """Return the rank correlation of distances among latents (n, d) with those among true points (n, c).

    num_pairs: how many evenly chosen pairs are kept for a scatter plot.

    >>> line = torch.arange(6.0)[:, None]
    >>> round(distance_ranks(2 * line, line).pooled, 6)
    1.0
    """
    check(
        len(latents) == len(points), f"{len(latents)} latents and {len(points)} true points; allowed: as many of both"
    )
    check(len(latents) >= 4, f"{len(latents)} rows are too few to rank distances; allowed: 4 or more")
    far, near = (_distances(x) for x in (points, latents))
    upper = np.triu_indices(len(far), k=1)
    everyone = ~np.eye(len(far), dtype=bool)
    goals = [_spearman(near[i][everyone[i]], far[i][everyone[i]]) for i in range(len(far))]
    pairs = np.stack([far[upper], near[upper]], 1)
    kept = pairs[np.linspace(0, len(pairs) - 1, min(num_pairs, len(pairs))).astype(int)]
    return DistanceRanks(_spearman(*pairs.T), float(np.quantile(goals, 0.1)), kept)


def _spearman(one: np.ndarray, other: np.ndarray) -> float:
    """Return the rank correlation, NaN where one side does not vary at all."""
    if np.ptp(one) == 0 or np.ptp(other) == 0:
        return math.nan
    return float(spearmanr(one, other).statistic)


def _distances(points: Tensor) -> np.ndarray:
    points = points.double()
    return torch.cdist(points, points, compute_mode="donot_use_mm_for_euclid_dist").numpy()
