"""How a planner searches in PlannerTheatre: few samples, so that a click is answered at once."""

from dataclasses import dataclass

from smwm_lab.errors import check_range
from smwm_lab.planning import CEM, ICEM, MPPI, CostConfig, GradientDescent, RandomShooting, SearchConfig, Solver
from smwm_lab.planning.planners.registry import default_search
from smwm_lab.worlds import World


COSTS = {"at the end": CostConfig(), "all the way": CostConfig(terminal=0.0, path=1.0)}
"""Distance from the goal: of the last latent only (terminal), or summed over the path."""
SOLVERS: dict[str, Solver] = {
    "cem": CEM(num_samples=200, num_iterations=15, num_elites=20),
    "icem": ICEM(num_samples=200, num_iterations=8, num_elites=20),
    "mppi": MPPI(num_samples=200, num_iterations=15),
    "gradient": GradientDescent(num_samples=16, num_iterations=30),
    "shooting": RandomShooting(num_samples=200, num_iterations=15),
    "landmarks": CEM(num_samples=200, num_iterations=8, num_elites=20),
}
"""Planner -> its search here: fewer samples than for the paper's figures, so that a click is answered at once."""
NUMBERS = ("num_samples", "num_iterations", "num_elites")
NAMES = (*SOLVERS, "inverse", "additive")
LARGEST = {"horizon": 20, "num_samples": 2000, "num_iterations": 100}
"""Largest sizes; more would take longer than a click should."""


@dataclass(frozen=True, kw_only=True)
class TheatreConfig:
    """How to search; a planner ignores the sizes that it does not have."""

    planner: str = "cem"
    cost: str = "all the way"
    horizon: int = 5
    execute: int = 1
    """Actions executed before the next decision."""
    num_samples: int = 200
    num_iterations: int = 15
    num_elites: int = 20

    @classmethod
    def of(cls, planner: str, world: World) -> "TheatreConfig":
        """Return the default search of a planner in a world, with few samples."""
        search, solver = default_search(planner, world), SOLVERS.get(planner)
        cost = next(name for name, weights in COSTS.items() if weights == search.cost)
        sizes = {name: getattr(solver, name) for name in NUMBERS if hasattr(solver, name)}
        return cls(planner=planner, cost=cost, horizon=search.horizon, execute=search.receding_horizon, **sizes)

    @property
    def searches(self) -> bool:
        """Whether the planner compares candidates."""
        return self.planner in SOLVERS

    def has(self, field: str) -> bool:
        """Whether a size means something to the planner."""
        return self.searches and (field not in NUMBERS or hasattr(SOLVERS[self.planner], field))

    @property
    def search(self) -> SearchConfig:
        """The search; raises `InputError` for sizes out of range."""
        for name, largest in LARGEST.items():
            check_range(name, getattr(self, name), 1, largest)
        check_range("execute", self.execute, 1, self.horizon, "no more can be executed than planned")
        solver = SOLVERS[self.planner]
        sizes = {name: getattr(self, name) for name in NUMBERS if hasattr(solver, name)}
        return SearchConfig(
            solver=solver.replace(**sizes),
            cost=COSTS[self.cost],
            horizon=self.horizon,
            receding_horizon=self.execute,
            warm_start=self.planner == "icem",
        )
