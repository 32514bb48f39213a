"""What a plan costs, from imagined latents z_0 .. z_T and actions a_0 .. a_{T-1}.

terminal   |z_T - z_goal|^2                       the paper's (arXiv 2606.20104)
path       sum over t = 1 .. T of |z_t - z_goal|^2    arriving early is cheaper than arriving late
action     sum over t of |a_t|^2                  short and smooth ways
"""

from dataclasses import dataclass
from typing import cast

from torch import Tensor

from smwm_lab.axes import CandidateLatents, Candidates, Costs, Latent
from smwm_lab.config import Config, config
from smwm_lab.errors import InputError, check, check_range
from smwm_lab.gates import require_floats
from smwm_lab.planning.interface.gates import require_finite_tasks
from smwm_lab.planning.interface.protocols import Cost


@dataclass(frozen=True, eq=False)
class TerminalDistance:
    """Squared distance of the last latent from the goal."""

    goal: Latent

    def __post_init__(self):
        _require_goal(self.goal)

    def __call__(self, latents: CandidateLatents, actions: Candidates) -> Costs:
        _require_fit(latents, self.goal)
        return _squared_distance(latents[:, :, -1:], self.goal)[..., 0]


@dataclass(frozen=True, eq=False)
class PathDistance:
    """Squared distance from the goal, summed over all latents but the first."""

    goal: Latent

    def __post_init__(self):
        _require_goal(self.goal)

    def __call__(self, latents: CandidateLatents, actions: Candidates) -> Costs:
        _require_fit(latents, self.goal)
        return _squared_distance(latents[:, :, 1:], self.goal).sum(-1)


@dataclass(frozen=True)
class ActionPenalty:
    """Sum of squared actions."""

    def __call__(self, latents: CandidateLatents, actions: Candidates) -> Costs:
        require_floats("actions", actions, None, None, None, None, empty=True)
        return actions.square().sum((-2, -1))


@dataclass(frozen=True, eq=False)
class WeightedCost:
    """Weighted sum of costs.

    >>> import torch
    >>> cost = WeightedCost(((1.0, TerminalDistance(torch.zeros(1, 2))), (0.5, ActionPenalty())))
    >>> cost(torch.ones(1, 1, 2, 2), torch.ones(1, 1, 1, 4)).item()
    4.0
    """

    terms: tuple[tuple[float, Cost], ...]

    def __call__(self, latents: CandidateLatents, actions: Candidates) -> Costs:
        return cast(Tensor, sum(weight * cost(latents, actions) for weight, cost in self.terms))


@config
class CostConfig(Config):
    """Weights of the costs of a planner; goals are added when it decides."""

    terminal: float = 1.0
    """Weight of the distance at the end."""
    path: float = 0.0
    """Weight of the distance summed over the horizon."""
    action: float = 0.0
    """Weight of the squared actions."""

    def __post_init__(self):
        for name, weight in (("terminal", self.terminal), ("path", self.path), ("action", self.action)):
            check_range(f"cost weight {name}", weight, 0.0, 1e9)
        check(self.terminal + self.path > 0, "the cost has no goal in it; allowed: terminal or path above 0")

    def towards(self, goal: Latent) -> WeightedCost:
        """Return the cost of ending, or being, away from goal latents (batch, latent)."""
        weights = (self.terminal, self.path, self.action)
        costs: tuple[Cost, ...] = (TerminalDistance(goal), PathDistance(goal), ActionPenalty())
        return WeightedCost(tuple(pair for pair in zip(weights, costs, strict=True) if pair[0] > 0))


def _require_goal(goal: Tensor) -> None:
    """Raise `InputError` unless goals are finite floats (n, latent)."""
    require_floats("goal", goal, None, None, empty=True)
    require_finite_tasks(goal, "the latents of the goals")


def _require_fit(latents: Tensor, goal: Tensor) -> None:
    """Raise `InputError` unless latents (batch, candidate, frame, latent) have the rows and the width of goals."""
    if (
        isinstance(latents, Tensor)
        and latents.ndim == 4
        and (latents.shape[0], latents.shape[3]) == goal.shape
        and latents.dtype == goal.dtype
        and latents.device == goal.device
    ):
        return
    batch, width = goal.shape
    wanted = f"{goal.dtype} ({batch}, candidates, frames, {width}) on {goal.device}, as the goals are"
    found = f"a {type(latents).__name__}"
    if isinstance(latents, Tensor):
        found = f"{latents.dtype} {tuple(latents.shape)} on {latents.device}"
    raise InputError(f"latents are {found}; allowed: {wanted}")


def _squared_distance(latents: Tensor, goal: Tensor) -> Tensor:
    """Return (batch, candidate, frame) of latents (batch, candidate, frame, latent) from goals (batch, latent)."""
    return (latents - goal[:, None, None]).square().sum(-1)
