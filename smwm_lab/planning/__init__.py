"""Floor 7: acting with latents: costs, solvers, control, evaluation. Asks a model only for `encode` and `rollout`."""

from smwm_lab.planning.agents import PLANNERS, AgentConfig, default_search, encode_episodes, make_agent
from smwm_lab.planning.analytic import LinearDynamics
from smwm_lab.planning.arrival import goal_distance
from smwm_lab.planning.comparison import (
    Comparison,
    Contestant,
    compare,
    compare_models,
    compare_planners,
    horizon_sweep,
)
from smwm_lab.planning.cost import ActionPenalty, CostConfig, PathDistance, TerminalDistance, WeightedCost
from smwm_lab.planning.evaluation import evaluate, run_agent, solve
from smwm_lab.planning.imagination import plan
from smwm_lab.planning.intervals import PairedComparison, compare_paired, wilson
from smwm_lab.planning.landmarks import LandmarkConfig, LandmarkGraph, LandmarkPlanner, build_graph
from smwm_lab.planning.landscape import Landscape, cost_landscape
from smwm_lab.planning.mpc import Agent, Episodes, knowing_agent, run_mpc, seeing_agent
from smwm_lab.planning.plan import Plan, Trace, WarmStart
from smwm_lab.planning.planners import (
    AdditivePlanner,
    InverseHeadPlanner,
    RandomPlanner,
    SearchConfig,
    SearchPlanner,
    inverse_rollout,
)
from smwm_lab.planning.procrastination import Procrastination, procrastination
from smwm_lab.planning.published import beside_published, protocol_differences, published
from smwm_lab.planning.report import Outcome, PlanningReport, outcome_of, report_on, table_of
from smwm_lab.planning.solvers import CEM, ICEM, MPPI, GradientDescent, RandomShooting, Solver, coloured_noise
from smwm_lab.planning.tasks import Tasks, held_out_tasks, tasks_anywhere, tasks_from_episodes
from smwm_lab.planning.truth import TrueModel


__all__ = [
    "CEM", "ICEM", "MPPI", "PLANNERS", "ActionPenalty", "AdditivePlanner", "Agent", "AgentConfig", "Comparison",
    "Contestant", "CostConfig", "Episodes", "GradientDescent", "InverseHeadPlanner", "LandmarkConfig",
    "LandmarkGraph", "LandmarkPlanner", "Landscape", "LinearDynamics", "Outcome", "PairedComparison", "PathDistance",
    "Plan", "PlanningReport", "Procrastination", "RandomPlanner", "RandomShooting", "SearchConfig", "SearchPlanner",
    "Solver", "Tasks", "TerminalDistance", "Trace", "TrueModel", "WarmStart", "WeightedCost", "beside_published",
    "build_graph", "coloured_noise", "compare", "compare_models", "compare_paired", "compare_planners",
    "cost_landscape", "default_search", "encode_episodes", "evaluate", "goal_distance", "held_out_tasks",
    "horizon_sweep", "inverse_rollout", "knowing_agent", "make_agent", "outcome_of", "plan", "procrastination",
    "protocol_differences", "published", "report_on", "run_agent", "run_mpc", "seeing_agent", "solve", "table_of",
    "tasks_anywhere", "tasks_from_episodes", "wilson",
]  # fmt: skip
