"""The trained runs that come with the project: which they are, and how they were made.

`smwm-lab ship` trains what is missing and writes it to data/runs, weights in float16; `load_or_fit` looks there first.
A run whose configuration changed is another run: it leaves the list, and `ship` removes its folder.
"""

import shutil
from pathlib import Path

import torch

from smwm_lab import paths
from smwm_lab.errors import check_choice
from smwm_lab.training.config import TrainConfig
from smwm_lab.training.fit import load_or_fit
from smwm_lab.training.presets import planning_config, preset_config
from smwm_lab.training.regularisers import regulariser_objective
from smwm_lab.training.runs import MANIFEST, Run, list_runs, load_run, save_run


WORLDS_SHIPPED = (
    "single_dot",
    "independent",
    "coupled",
    "distractor",
    "combined",
    "sprite_none",
    "sprite_x",
    "sprite_xy",
    "sprite_xyt",
)
"""Each at preset quick, seed 0, lambda 10."""
PLANNED = ("single_dot", "two_room")
"""Worlds whose planning run, trained on trajectories, comes along as WORLD_planning."""
OBJECTIVES = {
    "single_dot_collapsed": regulariser_objective("none"),
    "single_dot_sigreg": regulariser_objective("sigreg"),
}
"""single_dot without the inverse term: with nothing, and with SIGReg instead."""


def shipped_configs() -> dict[str, TrainConfig]:
    """Return name -> configuration of every run that comes with the project.

    >>> shipped_configs()["single_dot_collapsed"].objective.weights
    {'forward': 1.0, 'inverse_probe': 1.0}
    """
    configs = {world: preset_config(world) for world in WORLDS_SHIPPED}
    configs |= {f"{world}_planning": planning_config(world) for world in PLANNED}
    return configs | {name: preset_config("single_dot", objective=each) for name, each in OBJECTIVES.items()}


def ship(name: str, *, folder: Path | None = None, device: torch.device | str = "cpu") -> Run:
    """Return a run of the list, from `folder` (data/runs by default) if it is there and whole, else made now.

    A run that was trained before is taken from the cache. Raises `InputError` for a name that is not in the list.
    """
    configs = shipped_configs()
    check_choice("run", name, tuple(configs))
    place = _shipped_or(folder) / configs[name].fingerprint()
    if (place / MANIFEST).is_file():
        return load_run(place, device=device)
    return save_run(load_or_fit(configs[name], device=device, label=name), place, dtype=torch.float16)


def remove_unlisted(folder: Path | None = None) -> list[Path]:
    """Remove run folders that no configuration of the list has made; return them."""
    listed = {config.fingerprint() for config in shipped_configs().values()}
    stale = [run for run in list_runs(_shipped_or(folder)) if run.name not in listed]
    for run in stale:
        shutil.rmtree(run)
    return stale


def _shipped_or(folder: Path | None) -> Path:
    """Return `folder`, or data/runs of the checkout; raise `InputError` if there is none."""
    return folder or paths.require_checkout("writing the runs that come with the project") / "data" / "runs"
