"""Runs behind the commands. It imports torch, so a command imports it when it is called."""

from pathlib import Path
from typing import Any

from smwm_lab.cli.output import say
from smwm_lab.errors import check
from smwm_lab.probes import collapse_report
from smwm_lab.training import Run, TrainConfig, load_run, planning_config
from smwm_lab.worlds import resolve_world


def run_facts(trained: Run) -> dict[str, Any]:
    """Return what `train` and `report` print of a run; the report itself goes to stderr."""
    measured = collapse_report(trained, seed=trained.config.seed)
    say(repr(measured))
    return {
        "transitions": trained.manifest["transitions"],
        "seconds": trained.manifest["seconds"],
        "device": trained.manifest["device"],
        **measured.to_dict(),
        "run": str(trained.path),
    }


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
