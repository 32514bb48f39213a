"""Runs behind the commands. It imports torch, so a command imports it when it is called."""

import dataclasses
import re
import sys
from pathlib import Path
from typing import Any

from smwm_lab.cli.output import say
from smwm_lab.data.recordings import collect, is_recording, open_recording, recording_entry
from smwm_lab.environments import names_simulator, simulator_class
from smwm_lab.errors import check, check_choice
from smwm_lab.models.encoder_registry import ENCODERS
from smwm_lab.objectives import ObjectiveConfig
from smwm_lab.paths import cache_dir
from smwm_lab.probes import collapse_report
from smwm_lab.probes.collapse.verdict import COLLAPSED, LOST
from smwm_lab.training import (
    Run,
    TrainConfig,
    config_with_memory,
    load_run,
    planning_config,
    preset_config,
)
from smwm_lab.worlds import WorldEntry, resolve_world


ENVIRONMENT = r"(?:[\w.]+:)?[\w./-]+-v\d+"
"""What the ids of gymnasium environments look like: CartPole-v1, package.module:Mine-v0."""
STAND_IN = "two_room"
"""A world of images that is learned from trajectories, as recordings are."""
NUM_EPISODES = 200
"""Episodes recorded of an environment, of 200 steps at most."""


def world_to_learn(
    world: str, *, frameskip: int | None, side: int | None, episodes: int | None, encoder: str | None, seed: int
) -> WorldEntry:
    """Return the entry of a world's name, of a recording, or of an environment or simulator, which is recorded first.

    frameskip and side are for the last two alone, episodes and seed for the last: how many are recorded, and from which
    seed, if they were not before.
    """
    simulated = not is_recording(world) and names_simulator(world)
    is_environment = simulated or (not is_recording(world) and re.fullmatch(ENVIRONMENT, world) is not None)
    check(
        episodes is None or is_environment,
        f"--episodes {episodes} is for environments, and {world} is none; leave it out",
    )
    if is_environment:
        usual = simulator_class(world).facts.episodes if simulated else NUM_EPISODES
        path = str(_recorded(world, usual if episodes is None else episodes, seed, side if simulated else None))
        entry = recording_entry(path, side=side, frameskip=frameskip, encoder=encoder)
        return _as_simulated(entry, world) if simulated else entry
    if is_recording(world):
        return recording_entry(world, side=side, frameskip=frameskip, encoder=encoder)
    for name, value in (("frameskip", frameskip), ("side", side)):
        check(value is None, f"--{name} {value} is for recordings, and {world} is none; leave it out")
    entry = resolve_world(world)
    return entry if encoder is None else dataclasses.replace(entry, recipe={**entry.recipe, "encoder": encoder})


def config_to_train(
    world: str | WorldEntry,
    *,
    preset: str,
    history: int | None,
    seed: int,
    objective: ObjectiveConfig | None = None,
    budget: int | None = None,
    widening: float | None = None,
) -> TrainConfig:
    """Return the configuration of a run by the options of the commands; history, widening: None leaves them out."""
    how: dict[str, Any] = {"objective": objective, "seed": seed, "budget": budget}
    if history is None:
        config = preset_config(world, preset, **how)
    else:
        config = config_with_memory(world, preset, history, **how)
    return config if widening is None else config.replace(widening=widening)


def check_options(*, encoder: str | None = None, **how: Any) -> None:
    """Raise `InputError` for options of `config_to_train` that no run can have, before anything is recorded for one."""
    if encoder is not None and ":" not in encoder:
        check_choice("encoder", encoder, (*ENCODERS, "package.module:Class"))
    config_to_train(STAND_IN, **how)


def _as_simulated(entry: WorldEntry, name: str) -> WorldEntry:
    """Return the entry of a recording with what its simulator takes to be learned, also of one of somebody else."""
    facts = simulator_class(name).facts
    asked = {key: entry.recipe[key] for key in ("encoder",) if key in entry.recipe}
    recipe = {**entry.recipe, **facts.recipe, **asked}
    return dataclasses.replace(entry, recipe=recipe, budget=facts.budget or entry.budget)


def _recorded(environment: str, episodes: int, seed: int, side: int | None) -> Path:
    """Return the recording of an environment, made if it is not in the cache; side: of its frames, px, 64 if None."""
    name = re.sub(r"[^\w.-]", "_", environment) + ("" if side in (None, 64) else f"-{side}px")
    path = cache_dir() / "recordings" / f"{name}-{episodes}-{seed}.h5"
    if not path.exists() or len(open_recording(path).episodes) < episodes:  # what was interrupted goes on
        say(f"recording {episodes} episodes of {environment} into {path}")
        collect(environment, path, episodes=episodes, seed=seed, side=side or 64)
    return path


def run_facts(trained: Run) -> dict[str, Any]:
    """Return what `train` and `report` print of a run; the report itself goes to stderr."""
    measured = collapse_report(trained, seed=trained.config.seed)
    say(repr(measured))
    return {
        "transitions": trained.manifest["transitions"],
        "seconds": trained.manifest["seconds"],
        "device": trained.manifest["device"],
        **measured.to_dict(),
        **measured.judgement(),
        "run": str(trained.path),
    }


def warning_of(trained: Run, facts: dict[str, Any]) -> str | None:
    """Return the line that says that a run ended collapsed or on its plateau; None for one that reads every action."""
    lost = {name: share for name, share in facts["lost_by_action"].items() if share is None or share >= LOST}
    if not lost:
        return None
    weights = trained.config.objective.weights
    ratio = facts["inverse_over_variance"]
    floor = "unknown" if facts["inverse_floor"] is None else f"{facts['inverse_floor']:.2f}"
    shown = "not finite" if ratio is None else f"{ratio:.2f}, reachable {floor}"
    read = f"its inverse model does not read {', '.join(lost)} (L_inv/Var(a) {shown})"
    if weights.get("inverse", 0) > 0:
        state = "still on its plateau" if len(lost) == len(facts["lost_by_action"]) else "in part still on its plateau"
        alike = trained.config.widening == 1 and trained.world.spec.shows_images and trained.config.source == "walks"
        remedy = "raise the budget" + (", or, where images show angles, begin with --widening 0.05" if alike else "")
        return f"warning: after {facts['transitions']} transitions the run is {state}: {read}; {remedy}"
    if weights.get("inverse_probe", 0) > 0:
        state = "collapsed" if facts["verdict"] == COLLAPSED else "partly collapsed"
        return f"warning: the run is {state}: {read}, and no term asks it to; give the inverse term a weight above 0"
    return f"warning: {read}: no term of this objective trains it, so it says nothing of the latent"


def finish(trained: Run, facts: dict[str, Any], *, strict: bool) -> None:
    """Say in one line which actions a run does not read, if any; strict: then leave with status 1."""
    warning = warning_of(trained, facts)
    if warning is not None:
        say(warning)
        if strict:
            sys.exit(1)


def config_to_plan_with(world: str, preset: str, seed: int, run_folder: Path | None) -> TrainConfig:
    """Return the configuration of the run to plan with; refuse a run of another world, or one of pairs."""
    entry = resolve_world(world)
    if run_folder is None:
        return planning_config(world, preset, seed=seed)
    config = load_run(run_folder).config
    check(config.world == entry.config, f"run {run_folder} is of another world than {world}; name its own world")
    check(
        config.source == "walks",
        f"run {run_folder} was trained on pairs, which cover only the middle of the canvas; allowed: a run trained on "
        "trajectories (leave out --run to train one)",
    )
    return config
