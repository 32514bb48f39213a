"""Which dots a model keeps: the distractor under other objectives, and one dot of a pair by its colour.

distractor_controls    is it the forward loss that drops the dot that no action moves?
combined_pair          which dot of a coupled pair, and is it the one that stands out more from the white?
"""

from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.metrics import r2_score

from smwm_lab.models import WorldModel
from smwm_lab.objectives import ObjectiveConfig
from smwm_lab.probes import collapse_report, encode_states, to_numpy, untrained_model
from smwm_lab.probes.inputs.checks import draw_probe_states
from smwm_lab.probes.readout.regressors import READOUTS, predict_held_out
from smwm_lab.seeding import stream_seed
from smwm_lab.studies.baselines import tuned_objective
from smwm_lab.studies.tables import StudySize
from smwm_lab.training import TrainConfig, choose_device, load_or_fit, preset_config, regulariser_objective
from smwm_lab.worlds.dots import COLOURS


NUM_TRAIN, NUM_HELD_OUT = 4000, 2000
"""States that probes are fitted on, and scored on."""
UNTRAINED = "untrained"
"""Label of the floor: fresh weights."""
PAIRS = {
    "red and green": ("red", "green", "blue", "yellow", "magenta"),
    "magenta and red": ("magenta", "red", "green", "blue", "yellow"),
}
"""Colours of the pair in `combined` -> colours of all five dots, in the order in which they are drawn.

Dots never overlap, so the order changes no pixel; only colours can decide.
"""


def control_objectives() -> dict[str, ObjectiveConfig]:
    """Return label -> objective: SMWM, its terms alone, and other cures with the constants tuned on single_dot."""
    return {
        "SMWM": regulariser_objective("inverse"),
        "inverse term alone": ObjectiveConfig(weights={"inverse": 1.0}),
        "forward term alone": regulariser_objective("none"),
        "forward + SIGReg": tuned_objective("SIGReg"),
        "forward + VICReg": tuned_objective("VICReg"),
        "forward + reconstruction": tuned_objective("reconstruction"),
    }


def control_configs(size: StudySize) -> dict[tuple[str, int], TrainConfig]:
    """Return (label, seed) -> configuration of every run of the controls."""
    return {
        (label, seed): preset_config("distractor", size.preset, objective=objective, seed=seed, budget=size.budget)
        for label, objective in control_objectives().items()
        for seed in range(size.seeds)
    }


def control_rows(size: StudySize, _: Path) -> pd.DataFrame:
    """Train `distractor` with each objective; what is read of either dot, a row per label and seed."""
    rows = []
    for (label, seed), config in control_configs(size).items():
        run = load_or_fit(config, device=choose_device())
        rows.append({"label": label, "seed": seed} | _of_dots(run.model, config))
    for seed in range(size.seeds):
        config = preset_config("distractor", size.preset, seed=seed, budget=size.budget)
        rows.append({"label": UNTRAINED, "seed": seed} | _of_dots(untrained_model(config.model, seed=seed), config))
    return pd.DataFrame(rows)


def _of_dots(model: WorldModel, config: TrainConfig) -> dict[str, float]:
    report = collapse_report(model, config.make_split(), judge=False)
    scores = {
        f"{dot}_{probe}": position_r2(model, config, dot, probe)
        for dot in ("red", "green")
        for probe in ("linear", "mlp")
    }
    return {
        "inverse_over_variance": report.inverse_over_variance,
        "share_in_two": report.evr_true_dim,
        "total_variance": report.total_variance,
    } | scores


def position_r2(model: WorldModel, config: TrainConfig, dot: str, probe: str = "linear") -> float:
    """Return the held-out R^2 of the position of a dot, mean of x and y.

    dot: a colour, or `red_green_mean` for the middle of a pair; probe: a name in `READOUTS`.
    """
    split = config.make_split()
    states = draw_probe_states(split, num_train=NUM_TRAIN, num_test=NUM_HELD_OUT, seed=0)
    names = [f"{dot}_{axis}" for axis in "xy"]
    targets, truth = (np.hstack([side[name] for name in names]) for side in (states.targets, states.held_out_targets))
    z, z_held_out = (to_numpy(encode_states(model, split.world, side)) for side in (states.training, states.held_out))
    fitted = READOUTS[probe](stream_seed(0, f"position of {dot}") % 2**32)
    return float(r2_score(truth, predict_held_out(fitted, z, targets, z_held_out)))


def pair_configs(size: StudySize) -> dict[tuple[str, int], TrainConfig]:
    """Return (label, seed) -> configuration of every run of `combined` with other colours."""
    usual = preset_config("combined", size.preset, budget=size.budget)
    return {
        (label, seed): usual.replace(world=usual.world.replace(colours=colours), seed=seed)
        for label, colours in PAIRS.items()
        for seed in range(size.seeds)
    }


def pair_rows(size: StudySize, _: Path) -> pd.DataFrame:
    """Train `combined` with other colours; what is read of the two dots of its pair, a row per label and seed."""
    rows = []
    for (label, seed), config in pair_configs(size).items():
        model = load_or_fit(config, device=choose_device()).model
        first, second = PAIRS[label][:2]
        rows.append(
            {"label": label, "first": first, "second": second, "seed": seed}
            | {"r2_first": position_r2(model, config, first), "r2_second": position_r2(model, config, second)}
            | {"r2_mean": position_r2(model, config, f"{first}_{second}_mean")}
        )
    return pd.DataFrame(rows)


def contrast(colour: str) -> float:
    """Return how far a colour is from white: the squared distance of its RGB values, in units of 255^2.

    >>> [round(contrast(name), 2) for name in ("red", "green", "magenta")]
    [2.0, 2.02, 1.0]
    """
    return sum((255 - value) ** 2 for value in COLOURS[colour]) / 255**2
