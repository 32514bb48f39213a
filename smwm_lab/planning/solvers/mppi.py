"""Model predictive path integral control (Williams et al. 2017): every candidate counts, the cheap ones more.

    mean <- sum_i w_i a_i,    w_i = softmax_i( -(cost_i - min cost) / (temperature * (mean cost - min cost)) )

The temperature is relative to the spread of the costs, so that it means the same for every latent.
"""

import math

import torch
from torch import Generator, Tensor

from smwm_lab.axes import Costs
from smwm_lab.config import Config, config
from smwm_lab.errors import check_range
from smwm_lab.planning.interface.plan_types import Plan, WarmStart
from smwm_lab.planning.interface.protocols import CandidateCost
from smwm_lab.planning.solvers.base import Best, Recorder, check_sizes, nan_loses, normal_like, price, require_search


@config
class MPPI(Config):
    """Path integral control with a deviation that narrows."""

    num_samples: int = 300
    """Candidates per iteration and task."""
    num_iterations: int = 20
    """Updates of the mean."""
    init_std: float = 1.0
    """Standard deviation of the first candidates, in units of the action box."""
    std_decay: float = 0.85
    """Factor of the standard deviation from one iteration to the next."""
    temperature: float = 0.1
    """Spread of costs that still counts, as a share of mean minus least cost."""

    def __post_init__(self):
        check_sizes(self.num_samples, self.num_iterations)
        check_range("init_std", self.init_std, 1e-6, 100.0)
        check_range("std_decay", self.std_decay, 0.01, 1.0)
        check_range("temperature", self.temperature, 1e-4, 100.0)

    def solve(
        self, candidate_cost: CandidateCost, start: WarmStart, *, generator: Generator, record: bool = False
    ) -> Plan:
        require_search(candidate_cost, start, generator)
        mean, std = start.mean, self.init_std
        best, recorder = Best(), Recorder(record)
        for _ in range(self.num_iterations):
            candidates = normal_like(mean, self.num_samples, generator) * std + mean[:, None]
            candidates[:, 0] = mean
            candidates.clamp_(-1, 1)
            costs = nan_loses(price(candidate_cost, candidates))
            above = costs - costs.amin(1, keepdim=True)
            unit = self.temperature * _mean_of_finite(above)
            weight = torch.softmax(-above / unit.clamp_min(torch.finfo(unit.dtype).tiny), 1)
            mean = (weight[..., None, None] * candidates).sum(1)
            std = std * self.std_decay
            best.update(candidates, costs)
            recorder.add(candidates, costs, None, mean, torch.full_like(mean, std))
        best.update(mean[:, None], price(candidate_cost, mean[:, None]))
        return Plan(best.actions, best.cost, None, recorder.trace())


def _mean_of_finite(costs: Costs) -> Tensor:
    """Return the mean over the candidates of the costs below infinity, (batch, 1)."""
    finite = costs < math.inf
    share = finite.to(costs).mean(1, keepdim=True)
    return costs.masked_fill(~finite, 0).mean(1, keepdim=True) / share
