"""Random shooting: uniform candidates, the best one wins. What every search has to beat."""

from torch import Generator

from smwm_lab.config import Config, config
from smwm_lab.planning.interface.plan_types import Plan, WarmStart
from smwm_lab.planning.interface.protocols import CandidateCost
from smwm_lab.planning.solvers.base import Best, Recorder, check_sizes, nan_loses, price, require_search, uniform_like


@config
class RandomShooting(Config):
    """Uniform candidates in rounds; as many in all as the default CEM compares."""

    num_samples: int = 300
    """Candidates per round and task."""
    num_iterations: int = 30
    """Rounds; none learns from another."""

    def __post_init__(self):
        check_sizes(self.num_samples, self.num_iterations)

    def solve(
        self, candidate_cost: CandidateCost, start: WarmStart, *, generator: Generator, record: bool = False
    ) -> Plan:
        require_search(candidate_cost, start, generator)
        best, recorder = Best(), Recorder(record)
        for _ in range(self.num_iterations):
            candidates = uniform_like(start.mean, self.num_samples, generator)
            candidates[:, 0] = start.mean.clamp(-1, 1)
            costs = nan_loses(price(candidate_cost, candidates))
            best.update(candidates, costs)
            recorder.add(candidates, costs, None, best.actions, start.mean.new_zeros(()))
        return Plan(best.actions, best.cost, None, recorder.trace())
