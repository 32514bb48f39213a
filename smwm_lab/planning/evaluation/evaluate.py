"""Evaluation: a planner on tasks, beside floor and ceiling on the same ones; outcomes kept on disk."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import torch

from smwm_lab.errors import InputError, check, check_instance
from smwm_lab.files import as_path
from smwm_lab.planning.control.mpc import Agent, run_mpc
from smwm_lab.planning.control.perception import device_of
from smwm_lab.planning.control.tasks import Tasks
from smwm_lab.planning.evaluation.report import Outcome, PlanningReport, outcome_of, report_on
from smwm_lab.planning.interface.protocols import PlanningModel
from smwm_lab.planning.models.oracle import OracleModel
from smwm_lab.planning.planners.registry import NEED_TRAJECTORIES, AgentConfig, make_agent, require_inputs
from smwm_lab.sealed import read_sealed, write_sealed
from smwm_lab.worlds import Trajectories


VERSION = 4
"""Part of every key on disk: raised when code gives other outcomes, or keeps them in another form."""
CEILING_OF = {"gradient": "cem", "inverse": "cem", "additive": "cem", "random": "cem", "oracle": "cem"}
"""Planners that cannot plan in the true world, or should not, and who shows in their stead what is possible."""


def run_agent(agent: Agent, tasks: Tasks, *, seed: int = 0) -> Outcome:
    """Let an agent solve tasks; equal seeds give equal outcomes on one machine, whatever tasks stand beside."""
    return outcome_of(run_mpc(agent, tasks, seed=seed))


def solve(
    planner: str | AgentConfig,
    model: PlanningModel | OracleModel,
    tasks: Tasks,
    *,
    trajectories: Trajectories | None = None,
    seed: int = 0,
    cache: Path | str | None = None,
) -> Outcome:
    """Let a planner by name solve tasks with a model.

    cache: a folder in which outcomes are kept under a key of everything that decides them; an interrupted
    comparison goes on from there. Raises `InputError` for an unknown planner, and for a model or trajectories of
    another world than that of the tasks.
    """
    chosen = AgentConfig.of(planner)
    check_instance("tasks", tasks, Tasks, "held_out_tasks draws them")
    require_inputs(model, tasks.world, trajectories, seed)

    def run() -> Outcome:
        return run_agent(make_agent(chosen, model, tasks.world, trajectories=trajectories, seed=seed), tasks, seed=seed)

    if cache is None:
        return run()
    return _kept(as_path("cache", cache) / f"{_key(chosen, model, tasks, trajectories, seed)}.json", run)


def evaluate(
    planner: str | AgentConfig,
    model: PlanningModel,
    tasks: Tasks,
    *,
    trajectories: Trajectories | None = None,
    seed: int = 0,
    cache: Path | str | None = None,
) -> PlanningReport:
    """Return the report of a planner, with random actions and the true world on the same tasks beside it.

    trajectories: the model's training trajectories, for planners that need them. seed: of planners, landmarks and
    of what no action controls.
    """
    chosen = AgentConfig.of(planner)
    check_instance("tasks", tasks, Tasks, "held_out_tasks draws them")
    truth = OracleModel(tasks.world)
    best = ceiling_of(chosen)
    outcomes = [
        solve(who, what, tasks, trajectories=trajectories, seed=seed, cache=cache)
        for who, what in ((chosen, model), ("random", truth), (best, truth))
    ]
    return report_on(chosen.planner, outcomes[0], goal_offset=tasks.goal_offset, floor=outcomes[1], ceiling=outcomes[2])


def ceiling_of(chosen: AgentConfig) -> AgentConfig:
    """Return who shows, in the true world, what is possible: the same planner with the same search, or CEM.

    >>> ceiling_of(AgentConfig("inverse")).planner
    'cem'
    """
    name = CEILING_OF.get(chosen.planner, chosen.planner)
    return AgentConfig(name, chosen.search if name == chosen.planner else None, chosen.landmarks)


def _kept(path: Path, run: Callable[[], Outcome]) -> Outcome:
    if not path.is_file():
        outcome = run()
        write_sealed(path, json.dumps(outcome.to_dict()).encode())
        return outcome
    content = read_sealed(path, "outcome")
    try:
        return Outcome.from_dict(json.loads(content))
    except (ValueError, TypeError, AttributeError) as error:
        raise InputError(f"outcome {path} is damaged ({error}); delete the file and evaluate anew") from error


def _key(
    chosen: AgentConfig, model: PlanningModel | OracleModel, tasks: Tasks, trajectories: Trajectories | None, seed: int
) -> str:
    """Return 16 hex digits of everything that decides an outcome."""
    where = [tasks.world.config.fingerprint(), tasks.budget, tasks.goal_offset]
    device = device_of(model).type
    settings = [VERSION, type(model).__name__, chosen.to_dict(tasks.world), *where, seed]
    settings += [] if tasks.hold == 1 else [f"held for {tasks.hold}"]
    settings += [] if device == "cpu" else [device]  # there tasks share streams, and rounding
    digest = hashlib.sha256(json.dumps(settings, sort_keys=True).encode())
    tensors = [tasks.start, tasks.goal]
    tensors += [] if tasks.before is None else [tasks.before.states, tasks.before.actions]
    if trajectories is not None and chosen.planner in NEED_TRAJECTORIES:
        tensors += [trajectories.states, trajectories.actions]
    tensors += list(model.state_dict().values()) if isinstance(model, torch.nn.Module) else []
    true = isinstance(model, OracleModel) and model.world.config == tasks.world.config
    check(
        true or isinstance(model, torch.nn.Module),
        f"outcomes of a {type(model).__name__} cannot be kept: its parameters are unknown; leave out `cache`",
    )
    for tensor in tensors:
        digest.update(tensor.detach().cpu().contiguous().numpy().tobytes())
    return digest.hexdigest()[:16]
