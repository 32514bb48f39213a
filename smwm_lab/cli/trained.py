"""Runs behind the commands. It imports torch, so a command imports it when it is called."""

from pathlib import Path
from typing import Any

from smwm_lab.cli.output import say
from smwm_lab.data import StateSplit, split_by_state
from smwm_lab.errors import check, check_choice
from smwm_lab.probes import collapse_report
from smwm_lab.training import Run, TrainConfig, load_run, planning_config
from smwm_lab.worlds import WORLDS, make_world


def split_of(config: TrainConfig) -> StateSplit:
    """Return the split of states that the run of a configuration was trained with."""
    return split_by_state(make_world(config.world), seed=config.seed, fraction=config.held_out_fraction)


def run_facts(trained: Run) -> dict[str, Any]:
    """Return what `train` and `report` print of a run; the report itself goes to stderr."""
    measured = collapse_report(trained.model, split_of(trained.config), seed=trained.config.seed)
    say(repr(measured))
    return {
        "transitions": trained.manifest["transitions"],
        "seconds": trained.manifest["seconds"],
        "device": trained.manifest["device"],
        **measured.to_dict(),
        "run": str(trained.path),
    }


def config_to_plan_with(world: str, preset: str, seed: int, run_folder: Path | None) -> TrainConfig:
    """Return the configuration of the run to plan with; refuse a run of another world, or one without walks."""
    check_choice("world", world, tuple(WORLDS))
    if run_folder is None:
        return planning_config(world, preset, seed=seed)
    config = load_run(run_folder).config
    check(config.world == WORLDS[world], f"run {run_folder} is of another world than {world}; name its own world")
    check(
        config.source == "walks",
        f"run {run_folder} was trained on pairs, which cover only the middle of the canvas; allowed: a run trained on "
        "walks (leave out --run to train one)",
    )
    return config


def default_goal_offset(world: str) -> int | None:
    """Return how many primitive steps lie between start and goal in a world by default; None: goals lie anywhere."""
    return 25 if world == "two_room" else None
