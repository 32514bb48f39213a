"""Gradient descent through the forward model, from several starts at once, projected onto the action box."""

import torch
from torch import Generator

from smwm_lab.config import Config, config
from smwm_lab.errors import check, check_range
from smwm_lab.planning.interface.plan_types import Plan, WarmStart
from smwm_lab.planning.interface.protocols import CandidateCost
from smwm_lab.planning.solvers.base import Best, Recorder, check_sizes, nan_loses, price, require_search, uniform_like


@config
class GradientDescent(Config):
    """Adam on the actions; all starts of a task run side by side and the best one wins."""

    num_samples: int = 16
    """Starts per task: the warm start, and uniform ones."""
    num_iterations: int = 60
    """Steps of Adam."""
    learning_rate: float = 0.1
    """Step size, in units of the action box."""

    def __post_init__(self):
        check_sizes(self.num_samples, self.num_iterations)
        check_range("learning_rate", self.learning_rate, 1e-6, 10.0)

    def solve(
        self, candidate_cost: CandidateCost, start: WarmStart, *, generator: Generator, record: bool = False
    ) -> Plan:
        """Descend; raises `InputError` if the cost does not depend on the actions by differentiable steps."""
        require_search(candidate_cost, start, generator)
        actions = uniform_like(start.mean, self.num_samples, generator)
        actions[:, 0] = start.mean.clamp(-1, 1)
        actions.requires_grad_(True)
        adam = torch.optim.Adam([actions], lr=self.learning_rate, foreach=False)
        best, recorder = Best(), Recorder(record)
        for _ in range(self.num_iterations):
            with torch.enable_grad():
                costs = price(candidate_cost, actions)
                check(costs.requires_grad, "the model has no gradient in the actions; allowed: a differentiable model")
                (slope,) = torch.autograd.grad(costs.sum(), [actions])
            actions.grad = slope.nan_to_num(0.0, 0.0, 0.0)  # a start whose cost is NaN stays where it is
            now, paid = actions.detach().clone(), nan_loses(costs.detach())
            best.update(now, paid)
            recorder.add(now, paid, None, best.actions, now.new_zeros(()))
            adam.step()
            with torch.no_grad():
                actions.clamp_(-1, 1)
        last = actions.detach()
        with torch.no_grad():
            best.update(last, price(candidate_cost, last))
        return Plan(best.actions, best.cost, None, recorder.trace())
