"""The cross-entropy method (Rubinstein & Kroese 2004): draw, keep the best, refit, repeat.

    candidates ~ N(mean, std), the first of them the mean      mean, std <- those of the num_elites cheapest

The defaults are those of arXiv 2606.20104 (300 samples, 30 iterations, 30 elites, std 1), made safe: candidates stay
in the box of actions, the deviation is the population's (one elite is no NaN) and has a floor, and the best candidate
ever seen is returned. `CEM.unguarded` undoes all of it.
"""

from typing import Any

import torch
from torch import Generator, Tensor

from smwm_lab.config import Config, config
from smwm_lab.errors import check, check_range
from smwm_lab.planning.interface.plan_types import Plan, WarmStart
from smwm_lab.planning.interface.protocols import CandidateCost
from smwm_lab.planning.solvers.base import (
    Best,
    Recorder,
    cheapest,
    check_sizes,
    nan_loses,
    normal_like,
    price,
    require_search,
    take,
)


@config
class CEM(Config):
    """Cross-entropy method.

    >>> CEM(num_samples=64, num_elites=8).num_iterations
    30
    """

    num_samples: int = 300
    """Candidates per iteration and task."""
    num_iterations: int = 30
    """Refits."""
    num_elites: int = 30
    """Candidates the distribution is refitted to."""
    init_std: float = 1.0
    """Standard deviation of the first candidates, in units of the action box."""
    min_std: float = 0.01
    """Floor of the standard deviation."""
    inside_box: bool = True
    """Whether candidates are clamped to [-1, 1]; others can not be executed."""
    sample_std: bool = False
    """Whether the deviation divides by num_elites - 1; needs two elites."""
    return_mean: bool = False
    """Whether the plan is the last mean instead of the best candidate seen."""

    def __post_init__(self):
        check_sizes(self.num_samples, self.num_iterations, self.num_elites)
        check_range("init_std", self.init_std, 1e-6, 100.0)
        check_range("min_std", self.min_std, 0.0, self.init_std)
        check(
            self.num_elites > 1 or not self.sample_std,
            "num_elites = 1 has no sample standard deviation; allowed: 2 or more, or sample_std = False",
        )

    @classmethod
    def unguarded(cls, **changes: Any) -> "CEM":
        """Return the textbook form, step by step that of stable-worldmodel 0.0.6's CEMSolver."""
        return cls(inside_box=False, sample_std=True, min_std=0.0, return_mean=True, **changes)

    def solve(
        self, candidate_cost: CandidateCost, start: WarmStart, *, generator: Generator, record: bool = False
    ) -> Plan:
        require_search(candidate_cost, start, generator)
        mean, std = start.mean, torch.full_like(start.mean, self.init_std)
        elites: Tensor | None = None
        best, recorder = Best(), Recorder(record)
        for _ in range(self.num_iterations):
            candidates = normal_like(mean, self.num_samples, generator) * std[:, None] + mean[:, None]
            candidates[:, 0] = mean
            if self.inside_box:
                candidates.clamp_(-1, 1)
            costs = nan_loses(price(candidate_cost, candidates))
            rows = cheapest(costs, self.num_elites)
            elites = take(candidates, rows)
            mean = elites.mean(1)
            std = elites.std(1, correction=int(self.sample_std)).clamp_min(self.min_std)
            best.update(candidates, costs)
            recorder.add(candidates, costs, rows, mean, std)
        if self.return_mean:
            paid = price(candidate_cost, mean[:, None])[:, 0]
            known = ~paid.isnan()
            mean = torch.where(known[:, None, None], mean, best.actions)
            return Plan(mean, torch.where(known, paid, best.cost), elites, recorder.trace())
        return Plan(best.actions, best.cost, elites, recorder.trace())
