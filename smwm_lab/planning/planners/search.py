"""SearchPlanner: minimise a cost over imagined futures with a solver, optionally from where the inverse head points."""

from dataclasses import dataclass

from smwm_lab.config import Config, config
from smwm_lab.errors import check, check_count, check_instance
from smwm_lab.planning.interface.cost import CostConfig
from smwm_lab.planning.interface.gates import require_dynamics
from smwm_lab.planning.interface.plan_types import Plan, Query, WarmStart
from smwm_lab.planning.interface.protocols import Dynamics, InvertibleDynamics
from smwm_lab.planning.plan import plan
from smwm_lab.planning.planners.inverse import inverse_rollout
from smwm_lab.planning.solvers import CEM, ICEM, MPPI, GradientDescent, RandomShooting


@config
class SearchConfig(Config):
    """How a planner searches."""

    solver: CEM | ICEM | MPPI | GradientDescent | RandomShooting = CEM()
    """What minimises."""
    cost: CostConfig = CostConfig()
    """What is minimised."""
    horizon: int = 5
    """Actions imagined."""
    receding_horizon: int = 5
    """Actions executed before the next search."""
    warm_start: bool = False
    """Whether the next search begins at the rest of the plan."""
    proposal: bool = False
    """Whether the search begins where the inverse head points; needs a model with one."""

    def __post_init__(self):
        check_count("horizon", self.horizon, 1, 1000)
        check_count("receding_horizon", self.receding_horizon, 1, self.horizon, "no more can be executed than planned")
        check(not (self.warm_start and self.proposal), "warm_start and proposal both say where to begin; allowed: one")


@dataclass(frozen=True, eq=False)
class SearchPlanner:
    """Searches for the cheapest actions in a model's imagination."""

    model: Dynamics
    action_dim: int
    search: SearchConfig = SearchConfig()

    def __post_init__(self):
        require_dynamics(self.model, Dynamics)
        check_count("action_dim", self.action_dim, 1, 10_000, "a world without actions leaves nothing to plan")
        check_instance("search", self.search, SearchConfig)
        can = not self.search.proposal or isinstance(self.model, InvertibleDynamics)
        check(can, f"proposal needs a model with infer_action; {type(self.model).__name__} has none")

    @property
    def receding_horizon(self) -> int:
        """Actions executed before the next decision."""
        return self.search.receding_horizon

    def decide(self, query: Query) -> Plan:
        """Return the cheapest plan found."""
        check_instance("query", query, Query)
        warm_start = query.warm_start if self.search.warm_start else None
        if self.search.proposal:
            assert isinstance(self.model, InvertibleDynamics)  # checked when it was made
            warm_start = WarmStart(inverse_rollout(self.model, query.z, query.goal, self.search.horizon, query.past))
        return plan(
            self.model,
            query.z,
            self.search.cost.towards(query.goal),
            solver=self.search.solver,
            horizon=self.search.horizon,
            action_dim=self.action_dim,
            generator=query.generator,
            warm_start=warm_start,
            record=query.record,
            past=query.past,
        )
