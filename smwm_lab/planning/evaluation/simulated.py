"""Evaluation in a simulator: on the tasks of a manifest, by the paper's protocol or by looking after every action."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from smwm_lab.errors import check, check_choice
from smwm_lab.planning.control.tasks import Tasks
from smwm_lab.planning.evaluation.evaluate import solve
from smwm_lab.planning.evaluation.report import PlanningReport, report_on
from smwm_lab.planning.interface.protocols import PlanningModel
from smwm_lab.planning.models.oracle import OracleModel
from smwm_lab.planning.planners.registry import SOLVERS, AgentConfig
from smwm_lab.planning.planners.search import SearchConfig
from smwm_lab.planning.solvers import CEM


REPLAN = ("plan", "token")
"""When an agent looks again: after a whole plan, or after every action of the model."""
ONE_AHEAD = SearchConfig(solver=CEM(num_samples=64, num_iterations=8, num_elites=8), horizon=1, receding_horizon=1)
"""One action ahead, found by a small search: a longer terminal cost would put off arriving."""
CEILING = AgentConfig("cem", SearchConfig(solver=CEM(num_samples=64, num_iterations=8, num_elites=8)))
"""Who shows in the simulator itself what is possible; a larger search finds the same, for ten times the time."""


@dataclass(frozen=True)
class SimulatedProtocol:
    """How an agent acts in a simulator."""

    agent: AgentConfig
    replan: str
    """`plan` or `token`."""

    @classmethod
    def of(cls, planner: str, replan: str | None) -> "SimulatedProtocol":
        """Return the protocol of a planner by name; replan None: `token` for what decides one action, else `plan`.

        Raises `InputError` for a planner that does not act in simulators, or cannot decide as many actions at once.
        """
        check_choice("planner", planner, (*SOLVERS, "inverse", "random"))
        single = planner in ("inverse", "random", "icem")
        chosen = replan or ("token" if single else "plan")
        check_choice("replan", chosen, REPLAN)
        check(
            chosen == "token" or not single,
            f"planner {planner!r} decides one action at a time; allowed: --replan token",
        )
        search = None if single else SearchConfig(solver=SOLVERS[planner])
        if search is not None and chosen == "token":
            search = ONE_AHEAD if planner == "cem" else ONE_AHEAD.replace(solver=SOLVERS[planner].to_dict())
        return cls(AgentConfig(planner, search), chosen)

    def to_dict(self, tasks: Tasks) -> dict[str, Any]:
        """Return all that decides what is compared, as JSON values."""
        search = self.agent.search_in(tasks.world)
        searches = self.agent.planner in SOLVERS
        told = "5 actions planned, all executed, terminal cost: as in arXiv 2606.20104"
        return {
            "replan": self.replan,
            "label": told
            if self.replan == "plan"
            else "looks after every action: not the protocol of arXiv 2606.20104",
            "search": search.to_dict() if searches else None,
            "frameskip": tasks.world.frameskip,
            "goal_offset": tasks.goal_offset,
            "budget": tasks.budget * tasks.world.frameskip,
            "hold": tasks.hold,
        }


def evaluate_simulated(
    protocol: SimulatedProtocol, model: PlanningModel, tasks: Tasks, *, seed: int = 0, cache: Path | str | None = None
) -> PlanningReport:
    """Return the report of an agent; on the same tasks beside it random actions, and the simulator itself as model."""
    truth = OracleModel(tasks.world)
    outcomes = [
        solve(who, what, tasks, seed=seed, cache=cache)
        for who, what in ((protocol.agent, model), (AgentConfig("random"), truth), (CEILING, truth))
    ]
    name = protocol.agent.planner
    return report_on(name, outcomes[0], goal_offset=tasks.goal_offset, floor=outcomes[1], ceiling=outcomes[2])
