"""Baselines tuned by one rule: six trials each on a seed of their own, the best by what h reads; then five fresh seeds.

    single_dot_trials       every trial at seed 100
    single_dot_baselines    seeds 0 to 4 of the usual constants, the tuned ones and the concentrated ones

*Tuned* is the trial with the smallest L_inv / Var(a) on held-out transitions: that needs actions and no state, so
anyone who has the training data can do it. *Concentrated* is, of the trials that read the action, the one with the
largest share of variance in two directions, as many as actions move: the best case a method can make for keeping
nothing else. The paper's method has as many trials as the others. A grid whose best trial lay at its end was moved
that way, once.
"""

from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from smwm_lab.errors import check, check_choice
from smwm_lab.models import ModelConfig
from smwm_lab.objectives import (
    CovarianceConfig,
    EMAConfig,
    ObjectiveConfig,
    SIGRegConfig,
    TermConfig,
    VarianceConfig,
)
from smwm_lab.probes import collapse_report
from smwm_lab.studies.tables import StudySize, read_study
from smwm_lab.training import Run, TrainConfig, choose_device, load_or_fit, preset_config, regulariser_objective


TUNING_SEED = 100
"""Seed of all trials; reported runs have seeds from 0 on."""
BUDGET = 12_000
"""Transitions per run, as in notebook 03."""
ACTIVATIONS = ("tanh", "identity")
"""What stands behind the encoder and the forward model: the paper's tanh, or nothing."""
STRENGTHS = (3.0, 10.0, 30.0, 100.0, 300.0, 1000.0)
"""Weights on trial of the inverse term and of reconstruction; usual is 10."""
CRITERION = "inverse_over_variance"
"""Measurement that decides between trials; the smallest wins."""
READS_ACTION = 0.1
"""Largest criterion of a trial that may be called concentrated."""


def _objective(weights: dict[str, float], terms: dict[str, TermConfig] | None = None) -> ObjectiveConfig:
    """Return an objective in which h learns: as a part of it, or as an observer."""
    observer = {} if weights.get("inverse") else {"inverse_probe": 1.0}
    return ObjectiveConfig(weights=weights | observer, terms=terms or {})


def _sigreg(weight: float) -> ObjectiveConfig:
    return _objective({"forward": 1.0, "sigreg": weight}, {"sigreg": SIGRegConfig(scale_rows=256)})


def _vicreg(strength: float, share: float, inverse: float = 0.0) -> ObjectiveConfig:
    mix = {"forward": 1.0, "variance": strength, "covariance": share * strength}
    each: dict[str, TermConfig] = {
        "variance": VarianceConfig(pooled=False),
        "covariance": CovarianceConfig(pooled=False),
    }
    return _objective(mix | ({"inverse": inverse} if inverse else {}), each)


def _ema(decay: float, both: bool) -> ObjectiveConfig:
    normalised = EMAConfig(decay=decay, normalise_target=True, normalise_prediction=both)
    return _objective({"forward_ema": 1.0}, {"forward_ema": normalised})


TRIALS: dict[str, dict[str, ObjectiveConfig]] = {
    "SMWM": {f"λ = {w:g}": regulariser_objective("inverse", w) for w in STRENGTHS},
    "SIGReg": {f"{w:g} at 256 rows": _sigreg(w) for w in (0.0003, 0.001, 0.003, 0.01, 0.03, 0.09)},
    "VICReg": {f"{s:g} and {s * c:g}": _vicreg(s, c) for s in (0.1, 1.0, 10.0) for c in (0.04, 1.0)},
    "PLDM's mix": {f"{s:g} and {s:g}, λ = {w:g}": _vicreg(s, 1.0, w) for s in (0.1, 1.0, 10.0) for w in (1.0, 10.0)},
    "EMA target": {
        f"decay {d:g}, {'both sides' if both else 'target'} normalised": _ema(d, both)
        for d in (0.99, 0.999, 0.9999)
        for both in (False, True)
    },
    "reconstruction": {f"{w:g}": regulariser_objective("reconstruction", w) for w in STRENGTHS},
}
"""Method -> its six trials, by what is told apart: strengths a factor of about three or ten apart around the usual one.

SIGReg's weight is for 256 rows (LeWM's .09); VICReg's two terms are taken over each view, as published, and its weights
are those of variance and covariance; PLDM's mix adds the inverse term to them.
"""
USUAL = {
    "SMWM": regulariser_objective("inverse"),
    "SIGReg": regulariser_objective("sigreg"),
    "VICReg": regulariser_objective("vicreg"),
    "PLDM's mix": _vicreg(1.0, 0.04, 10.0),
    "EMA target": regulariser_objective("ema_target"),
    "reconstruction": regulariser_objective("reconstruction"),
}
"""Method -> its objective before any trial: common choices, for PLDM's mix those of VICReg and of the inverse term."""
NOTHING_TO_TUNE = {
    "nothing (λ = 0)": regulariser_objective("none"),
    "stop-gradient": regulariser_objective("stop_gradient"),
}
"""Methods without a constant, beside the others."""


def baseline_config(
    objective: ObjectiveConfig, *, activation: str = "tanh", seed: int = 0, size: StudySize | None = None
) -> TrainConfig:
    """Return the configuration of one run of single_dot; activation: tanh or identity, behind the latent."""
    size = size or StudySize()
    budget = size.budget or (BUDGET if size.preset == "quick" else None)
    config = preset_config("single_dot", size.preset, objective=objective, seed=seed, budget=budget)
    model: ModelConfig = config.model.replace(latent_activation=activation)
    return config.replace(model=model)


def trial_rows(size: StudySize, _: Path) -> pd.DataFrame:
    """Train every trial once at the tuning seed; a row per method, activation and trial."""
    rows = [
        {"label": label, "activation": activation, "trial": trial, "seed": TUNING_SEED}
        | _measured(baseline_config(objective, activation=activation, seed=TUNING_SEED, size=size))
        for activation in ACTIVATIONS
        for label, trials in TRIALS.items()
        for trial, objective in trials.items()
    ]
    return pd.DataFrame(rows)


def baseline_rows(size: StudySize, _: Path) -> pd.DataFrame:
    """Train every method with its usual and its chosen constants; a row per method, activation, constants and seed."""
    return pd.DataFrame(
        [
            {"label": label, "activation": activation, "constants": constants, "trial": trial, "seed": seed}
            | _measured(baseline_config(objective, activation=activation, seed=seed, size=size))
            for activation in ACTIVATIONS
            for label, constants, trial, objective in contestants(activation)
            for seed in range(size.seeds)
        ]
    )


def tuned_trial(label: str, activation: str = "tanh", *, rows: pd.DataFrame | None = None) -> str:
    """Return which of `TRIALS[label]` has the smallest criterion in the committed table of trials, or in `rows`."""
    mine = _trials_of(label, activation, rows)
    return str(mine.loc[mine[CRITERION].idxmin(), "trial"])


def concentrated_trial(label: str, activation: str = "tanh", *, rows: pd.DataFrame | None = None) -> str:
    """Return which of `TRIALS[label]` has the largest share in two directions, of those that read the action."""
    mine = _trials_of(label, activation, rows)
    reading = mine[mine[CRITERION] <= READS_ACTION]
    check(len(reading) > 0, f"no trial of {label} reads the action: {CRITERION} > {READS_ACTION} in all; add trials")
    return str(reading.loc[reading["share_in_two"].idxmax(), "trial"])


def _trials_of(label: str, activation: str, rows: pd.DataFrame | None) -> pd.DataFrame:
    check_choice("method", label, tuple(TRIALS))
    check_choice("activation", activation, ACTIVATIONS)
    columns = ("label", "activation", "trial", CRITERION, "share_in_two")
    table = read_study("single_dot_trials", columns=columns) if rows is None else rows
    return table[(table.label == label) & (table.activation == activation)]


def tuned_objective(label: str, activation: str = "tanh") -> ObjectiveConfig:
    """Return the objective that the first rule chose for a method, by the committed table of trials."""
    return TRIALS[label][tuned_trial(label, activation)]


def contestants(activation: str) -> Iterator[tuple[str, str, str, ObjectiveConfig]]:
    """Yield method, how its constants were found (usual, tuned, concentrated), their trial, and the objective."""
    for label, usual in USUAL.items():
        yield label, "usual", "", usual
        for found, trial in (
            ("tuned", tuned_trial(label, activation)),
            ("concentrated", concentrated_trial(label, activation)),
        ):
            yield label, found, trial, TRIALS[label][trial]
    for label, usual in NOTHING_TO_TUNE.items():
        yield label, "usual", "", usual


def _measured(config: TrainConfig) -> dict[str, float]:
    run: Run = load_or_fit(config, device=choose_device())
    report = collapse_report(run, judge=False)
    return {
        CRITERION: report.inverse_over_variance,
        "share_in_two": report.evr_true_dim,
        "linear_r2": min(report.probe_r2.values()),
        "total_variance": report.total_variance,
        "effective_rank": report.effective_rank,
    }
