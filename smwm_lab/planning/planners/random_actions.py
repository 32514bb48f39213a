"""RandomPlanner: uniform actions, the floor of every score."""

from dataclasses import dataclass

import torch

from smwm_lab.errors import check_count, check_instance
from smwm_lab.planning.interface.plan_types import Plan, Query
from smwm_lab.planning.plan import single_action


@dataclass(frozen=True)
class RandomPlanner:
    """Uniform actions."""

    action_dim: int
    receding_horizon: int = 1

    def __post_init__(self):
        check_count("action_dim", self.action_dim, 1, 10_000)
        check_count("receding_horizon", self.receding_horizon, 1, 1000)

    def decide(self, query: Query) -> Plan:
        """Return one action per task."""
        check_instance("query", query, Query)
        drawn = torch.rand(len(query.z), self.action_dim, generator=query.generator, device=query.generator.device)
        return single_action(drawn.to(query.z) * 2 - 1)
