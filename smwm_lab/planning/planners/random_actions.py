"""RandomPlanner: uniform actions, the floor of every score."""

from dataclasses import dataclass

import torch
from torch import Generator

from smwm_lab.axes import Latent
from smwm_lab.planning.interface.plan_types import Plan, WarmStart
from smwm_lab.planning.plan import single_action


@dataclass(frozen=True)
class RandomPlanner:
    """Uniform actions."""

    action_dim: int
    receding_horizon: int = 1

    def decide(
        self,
        z: Latent,
        goal: Latent,
        *,
        generator: Generator,
        warm_start: WarmStart | None = None,
        record: bool = False,
    ) -> Plan:
        """Return one action per task."""
        drawn = torch.rand(len(z), self.action_dim, generator=generator, device=generator.device)
        return single_action(drawn.to(z) * 2 - 1)
