"""The trained runs that come with the project: which they are, and how they were made.

`smwm-lab ship` trains what is missing and writes it to data/runs, weights in float16; `load_or_fit` looks there first.
A run whose configuration changed is another run: it leaves the list, and `ship --prune` removes its folder.
"""

import shutil
from pathlib import Path

import torch

from smwm_lab import paths
from smwm_lab.data import Region
from smwm_lab.errors import InputError, check_choice
from smwm_lab.locks import folder_lock
from smwm_lab.training.config import TrainConfig
from smwm_lab.training.fit import load_or_fit
from smwm_lab.training.presets import planning_config, preset_config
from smwm_lab.training.regularisers import regulariser_objective
from smwm_lab.training.runs import (
    CONFIG,
    MANIFEST,
    METRICS,
    WEIGHTS,
    Run,
    list_runs,
    load_run,
    save_run,
    stored_config,
)


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

REGIONS = {
    "hole": Region(low={"red_x": 26.0, "red_y": 26.0}, high={"red_x": 37.0, "red_y": 37.0}),
    "stripe": Region(low={"red_x": 26.0}, high={"red_x": 37.0}),
    "quadrant": Region(low={"red_x": 0.0, "red_y": 0.0}, high={"red_x": 31.0, "red_y": 31.0}),
}
"""single_dot without a part of its canvas, px: a hole of 12 x 12, a stripe 12 wide, a quadrant."""


def shipped_configs() -> dict[str, TrainConfig]:
    """Return name -> configuration of every run that comes with the project.

    >>> shipped_configs()["single_dot_collapsed"].objective.weights
    {'forward': 1.0, 'inverse_probe': 1.0}
    """
    configs = {world: preset_config(world) for world in WORLDS_SHIPPED}
    configs |= {f"{world}_planning": planning_config(world) for world in PLANNED}
    configs |= {
        f"single_dot_{name}": preset_config("single_dot").replace(region=each) for name, each in REGIONS.items()
    }
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
    run = load_or_fit(configs[name], device=device, label=name)
    with folder_lock(place):
        return save_run(run, place, dtype=torch.float16)


def unlisted_runs(folder: Path | None = None) -> list[Path]:
    """Return the folders of finished runs of ours that no configuration of the list has made.

    Ours is a folder under the fingerprint of its configuration that holds the files of a run and nothing else; anything
    else there belongs to somebody.
    """
    listed = {config.fingerprint() for config in shipped_configs().values()}
    return [run for run in list_runs(_shipped_or(folder)) if run.name not in listed and _is_ours(run)]


def remove_unlisted(folder: Path | None = None) -> list[Path]:
    """Remove the folders that `unlisted_runs` returns, and return them."""
    stale = unlisted_runs(folder)
    for run in stale:
        shutil.rmtree(run)
    return stale


def _is_ours(run: Path) -> bool:
    if run.is_symlink() or {entry.name for entry in run.iterdir()} != {CONFIG, WEIGHTS, METRICS, MANIFEST}:
        return False
    try:
        config = stored_config(run)
    except InputError:  # what cannot be read as a run is not ours to remove
        return False
    return config is not None and config.fingerprint() == run.name


def _shipped_or(folder: Path | None) -> Path:
    """Return `folder`, or data/runs of the checkout; raise `InputError` if there is none."""
    if folder is not None:
        return folder
    paths.require_checkout("writing the runs that come with the project")
    return paths.shipped_runs_dir()
