"""ICEM (Pinneri et al. 2020, arXiv 2008.06389): CEM with a memory and with a sense of time.

Noise is coloured along time, a share of the elites is compared again in the next iteration, those of the plan before
(shifted) in the first one, and the distribution follows its elites with momentum.
"""

import torch
from torch import Generator, Tensor

from smwm_lab.axes import Candidates
from smwm_lab.config import Config, config
from smwm_lab.errors import check_range
from smwm_lab.planning.interface.plan_types import Plan, WarmStart
from smwm_lab.planning.interface.protocols import CandidateCost
from smwm_lab.planning.solvers.base import Best, Recorder, cheapest, check_sizes, nan_loses, price, require_search, take
from smwm_lab.planning.solvers.noise import coloured_noise


@config
class ICEM(Config):
    """Cross-entropy method with coloured noise and kept elites."""

    num_samples: int = 300
    """Candidates per iteration and task, kept elites among them."""
    num_iterations: int = 10
    """Refits."""
    num_elites: int = 30
    """Candidates the distribution is refitted to."""
    init_std: float = 0.5
    """Standard deviation of the first candidates, in units of the action box."""
    min_std: float = 0.01
    """Floor of the standard deviation."""
    beta: float = 2.0
    """Colour of the noise: its power falls as f^-beta; 0 is white."""
    kept_fraction: float = 0.3
    """Share of the elites that is compared again."""
    momentum: float = 0.1
    """Share of the old mean and deviation that stays in the new ones."""

    def __post_init__(self):
        check_sizes(self.num_samples, self.num_iterations, self.num_elites)
        check_range("init_std", self.init_std, 1e-6, 100.0)
        check_range("min_std", self.min_std, 0.0, self.init_std)
        check_range("beta", self.beta, 0.0, 8.0)
        check_range("kept_fraction", self.kept_fraction, 0.0, 1.0)
        check_range("momentum", self.momentum, 0.0, 0.99)

    @property
    def num_kept(self) -> int:
        """Elites that are compared again; the mean and one new candidate always find room."""
        return min(round(self.kept_fraction * self.num_elites), self.num_samples - 2)

    def solve(
        self, candidate_cost: CandidateCost, start: WarmStart, *, generator: Generator, record: bool = False
    ) -> Plan:
        require_search(candidate_cost, start, generator)
        mean, std = start.mean, torch.full_like(start.mean, self.init_std)
        kept = start.elites
        best, recorder = Best(), Recorder(record)
        for _ in range(self.num_iterations):
            candidates = self._draw(mean, std, kept, generator)
            costs = nan_loses(price(candidate_cost, candidates))
            rows = cheapest(costs, self.num_elites)
            elites = take(candidates, rows)
            mean = self.momentum * mean + (1 - self.momentum) * elites.mean(1)
            std = (self.momentum * std + (1 - self.momentum) * elites.std(1, correction=0)).clamp_min(self.min_std)
            kept = elites
            best.update(candidates, costs)
            recorder.add(candidates, costs, rows, mean, std)
        return Plan(best.actions, best.cost, None if kept is None else kept[:, : self.num_kept], recorder.trace())

    def _draw(self, mean: Tensor, std: Tensor, kept: Tensor | None, generator: Generator) -> Candidates:
        """Return the mean, the kept elites, and new candidates, num_samples in all."""
        again = mean[:, None][:, :0] if kept is None else kept[:, : self.num_kept]
        count = self.num_samples - again.shape[1] - 1
        fresh = coloured_noise(mean, count, self.beta, generator) * std[:, None] + mean[:, None]
        return torch.cat([mean[:, None], again, fresh], 1).clamp_(-1, 1)
