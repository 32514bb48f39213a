"""Why a terminal cost, decided anew after every action, never arrives, and what cures it.

A plan that must be at the goal only after T actions may dawdle before; after one action the next plan has T actions
again. Cures compared here: executing the plan to its end, a cost that counts every step, or a little of both.
"""

from dataclasses import dataclass
from typing import Any

import pandas as pd
import torch
from jaxtyping import Float
from torch import Tensor

from smwm_lab.errors import check_instance
from smwm_lab.planning.control.mpc import Episodes, run_mpc
from smwm_lab.planning.control.perception import Agent, Perception
from smwm_lab.planning.control.tasks import Tasks
from smwm_lab.planning.evaluation.report import Outcome, outcome_of, report_on
from smwm_lab.planning.interface.cost import CostConfig
from smwm_lab.planning.interface.protocols import Dynamics
from smwm_lab.planning.planners.search import SearchConfig, SearchPlanner
from smwm_lab.planning.solvers import CEM
from smwm_lab.seeding import require_seed


SOLVER = CEM(num_samples=200, num_iterations=10, num_elites=20, return_mean=True)
"""The plan is the mean of the elites, as published: it shows best where the elites have nothing to choose."""


@dataclass(frozen=True, eq=False, repr=False)
class ReplanningComparison:
    """What each way of deciding came to; prints itself in one line."""

    outcomes: dict[str, Outcome]
    distance: dict[str, Float[Tensor, " action"]]
    """Median distance from the goal after every action, px; a task that has arrived counts as at the goal."""

    def __repr__(self) -> str:
        return " | ".join(f"{name}: {outcome.rate:.2f}" for name, outcome in self.outcomes.items())

    def table(self) -> pd.DataFrame:
        """Return one row per way of deciding."""
        rows = {name: report_on(name, outcome) for name, outcome in self.outcomes.items()}
        kept = ("success", "steps_to_goal", "spl", "distance_left")
        return pd.DataFrame({name: {key: getattr(row, key) for key in kept} for name, row in rows.items()}).T


def compare_replanning(
    model: Dynamics, perception: Perception, tasks: Tasks, *, horizon: int = 5, solver: CEM = SOLVER, seed: int = 0
) -> ReplanningComparison:
    """Run four ways of deciding on the same tasks.

    perception: of this model. solver: as a rule one that returns its mean.
    Raises `InputError` for a model that does not fit the tasks.
    """
    check_instance("tasks", tasks, Tasks, "held_out_tasks draws them")
    require_seed(seed)
    once: dict[str, Any] = {"horizon": horizon, "receding_horizon": 1}
    hurry = CostConfig(terminal=0.0, path=1.0)
    ways = {
        "terminal, every action": SearchConfig(solver=solver, **once),
        "terminal, whole plan": SearchConfig(solver=solver, horizon=horizon, receding_horizon=horizon),
        "path, every action": SearchConfig(solver=solver, cost=hurry, **once),
        "both, every action": SearchConfig(solver=solver, cost=CostConfig(terminal=1.0, path=0.1), **once),
    }
    outcomes, distance = {}, {}
    for name, search in ways.items():
        agent = Agent(perception, SearchPlanner(model, tasks.world.spec.action_dim, search))
        episodes = run_mpc(agent, tasks, seed=seed)
        outcomes[name], distance[name] = outcome_of(episodes), _median_distance(episodes)
    return ReplanningComparison(outcomes, distance)


def _median_distance(episodes: Episodes) -> Tensor:
    tasks = episodes.tasks
    distance = torch.stack([tasks.world.goal_distance(state, tasks.goal) for state in episodes.states.unbind(1)], 1)
    there = (distance <= tasks.world.success_radius).cummax(1).values
    distance = torch.where(there, 0.0, distance)
    missing = tasks.budget + 1 - distance.shape[1]
    return torch.cat([distance, distance[:, -1:].expand(-1, missing)], 1).median(0).values
