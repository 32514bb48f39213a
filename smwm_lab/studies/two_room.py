"""Studies in two rooms, several seeds each: goals that move away, regularisers, weights of the inverse term.

Every outcome is kept on disk, so that an interrupted study goes on.
"""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from smwm_lab.models import WorldModel
from smwm_lab.objectives import ObjectiveConfig
from smwm_lab.planning import (
    Comparison,
    LandmarkConfig,
    Tasks,
    compare_models,
    compare_seeds,
    held_out_tasks,
    horizon_sweep,
    summarise,
)
from smwm_lab.seeding import generator
from smwm_lab.studies.tables import StudySize, read_study
from smwm_lab.training import (
    TrainConfig,
    choose_device,
    draw_windows,
    load_or_fit,
    planning_config,
    regulariser_objective,
)
from smwm_lab.worlds import Trajectories


COMPARED = {"SMWM": "inverse", "SIGReg": "sigreg", "VICReg": "vicreg", "forward-only": "none"}
"""Label -> what keeps the latent from collapsing, by its name in `smwm_lab.training.REGULARISERS`."""
WEIGHTS = {f"lambda = {weight:g}": regulariser_objective("inverse", weight) for weight in (0.1, 1.0, 10.0, 100.0)}
REFERENCE = {"two_room_horizon": "SMWM", "two_room_regularisers": "SMWM", "two_room_weights": "lambda = 10"}
"""Study -> label that all others are compared with, over seeds."""
PLANNERS = {"SMWM": "cem", "SMWM, landmarks": "landmarks", "random": "random"}
"""Label -> planner, all with the planning run of the preset; cem is the paper's search."""
FRAMES = LandmarkConfig().num_frames
"""Frames of the training data that the graph of landmarks is built from."""


def room_config(objective: ObjectiveConfig | None, seed: int, size: StudySize) -> TrainConfig:
    """Return the configuration of one run; None is the objective of the preset."""
    return planning_config("two_room", size.preset, objective=objective, seed=seed, budget=size.budget)


def room_tasks(config: TrainConfig, offsets: Sequence[int], num_tasks: int) -> list[Tasks]:
    """Draw held-out tasks of the seed of a configuration, a set per goal offset; the same for every objective."""
    split = config.make_split()
    return [
        held_out_tasks(
            split,
            num_tasks,
            goal_offset=offset,
            episode_length=config.episode_length,
            generator=generator(config.seed, "study tasks", offset),
        )
        for offset in offsets
    ]


def room_trajectories(config: TrainConfig) -> Trajectories:
    """Return a part of the training data of a configuration, enough for a graph of landmarks."""
    windows = draw_windows(config)
    return windows[: FRAMES // windows.states.shape[1]]


def horizon_study(size: StudySize, cache: Path) -> Comparison:
    """Plan to goals that move away, with the paper's search, with landmarks, and at random."""
    configs = {seed: room_config(None, seed, size) for seed in range(size.seeds)}
    return horizon_sweep(
        PLANNERS,
        {seed: _trained(config) for seed, config in configs.items()},
        lambda seed: room_tasks(configs[seed], size.offsets, size.tasks),
        trajectories=lambda seed: room_trajectories(configs[seed]),
        cache=cache,
    )


def regulariser_study(size: StudySize, cache: Path) -> Comparison:
    """Plan near and far with models that differ only in what keeps their latent from collapsing."""
    objectives = {label: regulariser_objective(name) for label, name in COMPARED.items()}
    return _model_study(objectives, size, cache, (size.offsets[0], size.offsets[-1]))


def weight_study(size: StudySize, cache: Path) -> Comparison:
    """Plan with models that differ only in the weight of the inverse term."""
    return _model_study(WEIGHTS, size, cache, size.offsets[:1])


def summarise_study(name: str, by_seed: pd.DataFrame | None = None) -> pd.DataFrame:
    """Return a study by label and goal offset: `summarise`, and p_value of the difference from `REFERENCE[name]`.

    by_seed: the rows of the study; the committed ones if None.
    """
    rows = read_study(name) if by_seed is None else by_seed
    table = summarise(rows)
    rates = rows.groupby(["label", "goal_offset"], sort=False)["success"].apply(list)
    table["p_value"] = [
        compare_seeds(rates[label, offset], rates[REFERENCE[name], offset]) for label, offset in table.index
    ]
    table.attrs = dict(rows.attrs)
    return table


def _model_study(
    objectives: dict[str, ObjectiveConfig], size: StudySize, cache: Path, offsets: Sequence[int]
) -> Comparison:
    models = {
        label: {seed: _trained(room_config(objective, seed, size)) for seed in range(size.seeds)}
        for label, objective in objectives.items()
    }
    return compare_models(
        models, lambda seed: room_tasks(room_config(None, seed, size), offsets, size.tasks), cache=cache
    )


def _trained(config: TrainConfig) -> WorldModel:
    return load_or_fit(config, device=choose_device()).model
