"""Reacher, an arm with inertia: what a forward model must remember, and how often an agent should look.

reacher_planning    success on tasks that nobody trained or chose on, by what the forward model takes and the protocol
reacher_perception  what the latent keeps: L_inv / Var(a) beside its floor, joint angles read by a linear probe

Every seed has a recording of its own and trains one encoder; the forward models of all rows of a seed stand behind it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import torch

from smwm_lab.data import sample_windows
from smwm_lab.data.recordings import collect, recording_entry
from smwm_lab.environments.world import simulated_entry
from smwm_lab.models import Past, WorldModel
from smwm_lab.paths import cache_dir
from smwm_lab.planning.control.manifest import TaskManifest, make_manifest
from smwm_lab.planning.control.tasks import Tasks
from smwm_lab.planning.evaluation.evaluate import solve
from smwm_lab.planning.evaluation.intervals import seed_interval
from smwm_lab.planning.evaluation.simulated import CEILING, ONE_AHEAD
from smwm_lab.planning.models.oracle import OracleModel
from smwm_lab.planning.planners.registry import AgentConfig
from smwm_lab.planning.planners.search import SearchConfig
from smwm_lab.probes import collapse_report, encode_states
from smwm_lab.seeding import generator, stream_seed
from smwm_lab.studies.tables import StudySize
from smwm_lab.training import RefitConfig, Run, choose_device, load_or_fit, preset_config
from smwm_lab.training.refit import Refit
from smwm_lab.worlds import make_world


EPISODES = {"smoke": 6, "quick": 3200}
"""Episodes recorded for each seed; 3,200 are 128,000 transitions."""
REFIT_BUDGET = {"smoke": 20_000, "quick": RefitConfig.budget}
"""Transitions that each forward model of the second stage sees."""
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
    rows, budget = [], REFIT_BUDGET.get(size.preset, REFIT_BUDGET["quick"])
    for seed in range(size.seeds):
        run, tasks = reacher_run(seed, size), study_tasks(seed, size.tasks).tasks(world)
        for label, case, model in models_of(run, budget=budget):
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


def planning_table(by_seed: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of `planning_rows` with all seeds of a label together, indexed by label, in their order.

    replan; success: the mean of the seeds, 0 to 1; low, high: `seed_interval`; worst_seed, best_seed; seeds, tasks.
    """
    table = {}
    for label, rows in by_seed.groupby("label", sort=False):
        rates, tasks = rows.success.tolist(), int(rows.tasks.iloc[0])
        low, high = seed_interval(rates, tasks)
        table[label] = {
            "replan": rows.replan.iloc[0],
            "success": sum(rates) / len(rates),
            "low": low,
            "high": high,
            "worst_seed": min(rates),
            "best_seed": max(rates),
            "seeds": len(rates),
            "tasks": tasks * len(rates),
        }
    return pd.DataFrame.from_dict(table, orient="index")


def reacher_run(seed: int, size: StudySize, **changes: float) -> Run:
    """Return the run of a seed, its recording made and trained on if need be; changes: of the recipe."""
    path = cache_dir() / "recordings" / f"reacher-study-{size.preset}-{seed}.h5"
    num = EPISODES.get(size.preset, EPISODES["quick"])
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        collect("reacher", path, episodes=num, seed=stream_seed(seed, "recording of the study"))
    config = preset_config(recording_entry(path), size.preset, seed=seed, budget=size.budget).replace(**changes)
    return load_or_fit(config, device=choose_device(), label=f"reacher, seed {seed}")


def models_of(run: Run, *, budget: int) -> Iterator[tuple[str, Case, WorldModel]]:
    """Yield label, case and model; forward models that several cases share are refitted once, with a budget each."""
    refitted: dict[tuple[int, int], WorldModel] = {}
    for label, case in CASES.items():
        if case.memory is None:
            yield label, case, run.model
            continue
        if case.memory not in refitted:
            refitted[case.memory] = refit(run, *case.memory, budget=budget)
        yield label, case, refitted[case.memory]


def refit(run: Run, past_frames: int, past_actions: int, *, budget: int = RefitConfig.budget) -> WorldModel:
    """Return a model with the encoder and the inverse head of a run, and a forward model trained on its latents.

    budget: transitions that the forward model sees, counted with repetition.
    """
    recipe = RefitConfig(past_frames=past_frames, past_actions=past_actions, budget=budget)
    longest = max(run.config.episode_length, recipe.length)
    stage = Refit(run.model, run.config.replace(refit=recipe, episode_length=longest), run.split)
    for _ in stage:
        pass
    return stage.model


def error_ahead(
    run: Run, model: WorldModel, *, seed: int, num_windows: int = 400, steps: int = 5, back: int = 2
) -> float:
    """Return how far imagined latents lie from true ones `steps` actions ahead, on held-out windows of a run.

    model: of `refit(run, ...)`; it is told what came before its first frame, of the `back` frames that a window has.
    Mean squared error over the variance of the latents: 0 is exact, and a guess of their mean has 1.
    """
    sees, length = model.config, back + steps
    episodes = max(run.config.episode_length, length)
    rng = generator(seed, "error ahead")
    windows = sample_windows(
        run.split, num_windows, length=length, episode_length=episodes, held_out=True, generator=rng
    )
    z = encode_states(model, run.world, windows.states.flatten(0, 1)).unflatten(0, windows.states.shape[:2])
    known = Past.within(z, windows.actions, back, num_latents=sees.past_frames, num_actions=sees.past_actions)
    with torch.no_grad():
        ahead = model.rollout(z[:, back], windows.actions[:, back:], known if sees.memory else None)
    wrong = (ahead[:, -1] - z[:, -1]).square().mean()
    return float(wrong / z[:, -1].var(0, correction=0).mean())


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
