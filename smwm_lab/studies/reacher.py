"""Reacher, an arm with inertia: what a forward model must remember, and how often an agent should look.

reacher_planning    success on tasks that nobody trained or chose on, by what the forward model takes and the protocol
reacher_perception  what the latent keeps: L_inv / Var(a) beside its floor, joint angles read by a linear probe

Every seed has a recording of its own and trains one encoder; the forward models of all rows of a seed stand behind it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from smwm_lab.data.recordings import collect, recording_entry
from smwm_lab.environments.world import simulated_entry
from smwm_lab.models import WorldModel
from smwm_lab.paths import cache_dir
from smwm_lab.planning.control.manifest import TaskManifest, make_manifest
from smwm_lab.planning.control.tasks import Tasks
from smwm_lab.planning.evaluation.evaluate import solve
from smwm_lab.planning.evaluation.simulated import CEILING, ONE_AHEAD
from smwm_lab.planning.models.oracle import OracleModel
from smwm_lab.planning.planners.registry import AgentConfig
from smwm_lab.planning.planners.search import SearchConfig
from smwm_lab.probes import collapse_report
from smwm_lab.seeding import stream_seed
from smwm_lab.studies.tables import StudySize
from smwm_lab.training import RefitConfig, Run, choose_device, load_or_fit, preset_config
from smwm_lab.training.refit import Refit
from smwm_lab.worlds import make_world


EPISODES = {"smoke": 6, "quick": 1600}
"""Episodes recorded for each seed; 1,600 are 64,000 transitions."""
PAPER = AgentConfig("cem", SearchConfig())
"""Five actions planned, all executed, distance at the end: the protocol of arXiv 2606.20104."""


@dataclass(frozen=True)
class Case:
    """One row of the table for each seed."""

    agent: AgentConfig
    memory: tuple[int, int] | None
    """Latents and actions before now that the refitted forward model takes; None for that of the first stage."""
    replan: str
    """`plan`: looks after five actions; `token`: after each."""


CASES = {
    "one frame": Case(PAPER, (0, 0), "plan"),
    "one frame, not refitted": Case(PAPER, None, "plan"),
    "three frames and their actions": Case(PAPER, (2, 2), "plan"),
    "three frames, no past actions": Case(PAPER, (2, 0), "plan"),
    "one frame, two past actions": Case(PAPER, (0, 2), "plan"),
    "one frame, looks after each action": Case(AgentConfig("cem", ONE_AHEAD), (0, 0), "token"),
    "three frames, looks after each action": Case(AgentConfig("cem", ONE_AHEAD), (2, 2), "token"),
    "inverse head": Case(AgentConfig("inverse"), (0, 0), "token"),
}
"""Label -> who acts."""
BESIDE = {"random actions": (AgentConfig("random"), "token"), "the simulator as model": (CEILING, "plan")}
"""Label -> floor and ceiling."""


def planning_rows(size: StudySize, cache: Path) -> pd.DataFrame:
    """Train, refit and act; a row per label and seed."""
    world = make_world(simulated_entry("reacher").config)
    rows = []
    for seed in range(size.seeds):
        run, tasks = reacher_run(seed, size), study_tasks(seed, size.tasks).tasks(world)
        for label, case, model in models_of(run):
            rows.append(_row(label, seed, case.replan, case.agent, model, tasks, cache))
        for label, (agent, replan) in BESIDE.items():
            rows.append(_row(label, seed, replan, agent, OracleModel(world), tasks, cache))
    return pd.DataFrame(rows).sort_values(["label", "seed"], key=_in_order, kind="stable")


def perception_rows(size: StudySize, _: Path) -> pd.DataFrame:
    """What the encoder of each seed keeps, with the curriculum of images and without one."""
    rows = []
    for label, changes in {"curriculum of images": {}, "no curriculum": {"widening": 1.0}}.items():
        for seed in range(size.seeds):
            report = collapse_report(reacher_run(seed, size, **changes), seed=seed)
            scores = {f"r2_{name}": report.probe_r2[name] for name in ("shoulder", "wrist")}
            known = {"inverse_over_variance": report.inverse_over_variance, "inverse_floor": report.inverse_floor}
            rows.append({"label": label, "seed": seed} | known | {"total_variance": report.total_variance} | scores)
    return pd.DataFrame(rows)


def reacher_run(seed: int, size: StudySize, **changes: float) -> Run:
    """Return the run of a seed, its recording made and trained on if need be; changes: of the recipe."""
    path = cache_dir() / "recordings" / f"reacher-study-{size.preset}-{seed}.h5"
    num = EPISODES["smoke" if size.preset == "smoke" else "quick"]
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        collect("reacher", path, episodes=num, seed=stream_seed(seed, "recording of the study"))
    config = preset_config(recording_entry(path), size.preset, seed=seed, budget=size.budget).replace(**changes)
    return load_or_fit(config, device=choose_device(), label=f"reacher, seed {seed}")


def models_of(run: Run) -> Iterator[tuple[str, Case, WorldModel]]:
    """Yield label, case and model; forward models that several cases share are refitted once."""
    refitted: dict[tuple[int, int], WorldModel] = {}
    for label, case in CASES.items():
        if case.memory is None:
            yield label, case, run.model
            continue
        if case.memory not in refitted:
            refitted[case.memory] = refit(run, *case.memory)
        yield label, case, refitted[case.memory]


def refit(run: Run, past_frames: int, past_actions: int) -> WorldModel:
    """Return a model with the encoder and the inverse head of a run, and a forward model trained on its latents."""
    recipe = RefitConfig(past_frames=past_frames, past_actions=past_actions)
    longest = max(run.config.episode_length, recipe.length)
    stage = Refit(run.model, run.config.replace(refit=recipe, episode_length=longest), run.split)
    for _ in stage:
        pass
    return stage.model


def study_tasks(seed: int, num_tasks: int) -> TaskManifest:
    """Return the tasks of a seed, from episodes that no recording holds."""
    return make_manifest("reacher", num_tasks, seed=stream_seed(seed, "test tasks of the study"))


def _row(
    label: str, seed: int, replan: str, agent: AgentConfig, model: WorldModel | OracleModel, tasks: Tasks, cache: Path
) -> dict[str, object]:
    outcome = solve(agent, model, tasks, seed=seed, cache=cache)
    return {
        "label": label,
        "seed": seed,
        "replan": replan,
        "success": float(outcome.success.float().mean()),
        "tasks": len(tasks),
    }


def _in_order(column: pd.Series) -> pd.Series:
    order = {label: place for place, label in enumerate((*CASES, *BESIDE))}
    return column.map(order) if column.name == "label" else column
