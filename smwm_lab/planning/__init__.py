"""Acting with latents: costs, solvers, control, evaluation. A model gives `encode`, `rollout`, `infer_action`."""

from smwm_lab.models.linear import LinearDynamics
from smwm_lab.planning.analysis.cost_landscape import Landscape, cost_landscape
from smwm_lab.planning.analysis.replanning import ReplanningComparison, compare_replanning
from smwm_lab.planning.control.mpc import run_mpc
from smwm_lab.planning.control.perception import Agent, Perception
from smwm_lab.planning.control.tasks import Tasks, held_out_tasks, tasks_anywhere, tasks_from_trajectories
from smwm_lab.planning.evaluation.comparison import (
    Comparison,
    compare,
    compare_models,
    compare_planners,
    horizon_sweep,
    summarise,
)
from smwm_lab.planning.evaluation.evaluate import evaluate, solve
from smwm_lab.planning.evaluation.intervals import compare_paired, compare_seeds, seed_interval, wilson
from smwm_lab.planning.evaluation.reference_results import beside_reference, protocol_differences, reference_results
from smwm_lab.planning.evaluation.report import Outcome, PlanningReport, report_on, table_of
from smwm_lab.planning.interface.cost import ActionPenalty, CostConfig, PathDistance, TerminalDistance
from smwm_lab.planning.interface.plan_types import Plan, Query, Trace, WarmStart
from smwm_lab.planning.models.oracle import OracleModel
from smwm_lab.planning.plan import plan
from smwm_lab.planning.planners.additive import AdditivePlanner
from smwm_lab.planning.planners.inverse import InverseHeadPlanner, inverse_rollout
from smwm_lab.planning.planners.landmarks import LandmarkConfig, LandmarkPlanner, build_graph
from smwm_lab.planning.planners.registry import PLANNERS, AgentConfig, default_search, make_agent
from smwm_lab.planning.planners.search import SearchConfig, SearchPlanner
from smwm_lab.planning.solvers import CEM, ICEM, MPPI, GradientDescent, RandomShooting, Solver, coloured_noise


__all__ = [
    "CEM",
    "ICEM",
    "MPPI",
    "PLANNERS",
    "ActionPenalty",
    "AdditivePlanner",
    "Agent",
    "AgentConfig",
    "Comparison",
    "CostConfig",
    "GradientDescent",
    "InverseHeadPlanner",
    "LandmarkConfig",
    "LandmarkPlanner",
    "Landscape",
    "LinearDynamics",
    "Outcome",
    "PathDistance",
    "Plan",
    "PlanningReport",
    "ReplanningComparison",
    "RandomShooting",
    "SearchConfig",
    "SearchPlanner",
    "Solver",
    "Tasks",
    "TerminalDistance",
    "Trace",
    "OracleModel",
    "WarmStart",
    "beside_reference",
    "build_graph",
    "coloured_noise",
    "compare",
    "compare_models",
    "compare_paired",
    "compare_planners",
    "compare_seeds",
    "cost_landscape",
    "default_search",
    "evaluate",
    "held_out_tasks",
    "horizon_sweep",
    "inverse_rollout",
    "make_agent",
    "plan",
    "compare_replanning",
    "protocol_differences",
    "reference_results",
    "report_on",
    "run_mpc",
    "Perception",
    "Query",
    "seed_interval",
    "solve",
    "summarise",
    "table_of",
    "tasks_anywhere",
    "tasks_from_trajectories",
    "wilson",
]
