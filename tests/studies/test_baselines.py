"""Baselines tuned by one rule. Claims proved here:

- Every method has six different trials; trials and reported runs share no seed.
- Tuned is the smallest criterion; concentrated the largest share, of those that read the action.
- The committed tables are whole, and report what the rules choose in the committed trials.
"""

import pandas as pd
import pytest

from smwm_lab.errors import InputError
from smwm_lab.probes import collapse_report
from smwm_lab.studies import baselines
from smwm_lab.studies.baselines import (
    ACTIVATIONS,
    NOTHING_TO_TUNE,
    TRIALS,
    TUNING_SEED,
    USUAL,
    baseline_config,
    concentrated_trial,
    contestants,
    tuned_trial,
)
from smwm_lab.studies.registry import run_study
from smwm_lab.studies.tables import StudySize, read_study
from smwm_lab.training import load_or_fit


BY_HAND = pd.DataFrame(
    {
        "label": "SIGReg",
        "activation": "tanh",
        "trial": ["0.0003", "0.001", "0.003", "0.01"],
        "inverse_over_variance": [1.0, 0.05, 0.04, 0.2],
        "share_in_two": [0.99, 0.8, 0.6, 0.9],
    }
)


@pytest.mark.parametrize("label", TRIALS)
def test_every_method_has_as_many_trials_as_the_others(label):
    configs = [baseline_config(objective, seed=TUNING_SEED) for objective in TRIALS[label].values()]
    assert len({config.fingerprint() for config in configs}) == 6
    assert {config.budget for config in configs} == {12_000}
    bare = baseline_config(USUAL[label], activation="identity")
    assert (bare.model.latent_activation, bare.seed) == ("identity", 0)


def test_the_rules_choose_what_they_say():
    """Trial 1 has the largest share, and reads nothing; trial 4 the next, and reads too little."""
    assert tuned_trial("SIGReg", rows=BY_HAND) == "0.003"
    assert concentrated_trial("SIGReg", rows=BY_HAND) == "0.001"
    with pytest.raises(InputError, match="no trial of SIGReg reads the action"):
        concentrated_trial("SIGReg", rows=BY_HAND[BY_HAND.trial == "0.0003"])
    with pytest.raises(InputError, match="method = 'nonsense' is unknown"):
        tuned_trial("nonsense")


def test_a_study_trains_and_measures_what_it_names(tmp_path, monkeypatch):
    monkeypatch.setattr(baselines, "TRIALS", {"SMWM": dict(list(TRIALS["SMWM"].items())[:2])})
    monkeypatch.setattr(baselines, "ACTIVATIONS", ("identity",))
    rows = run_study("single_dot_trials", StudySize(preset="smoke"), path=tmp_path / "trials.csv")
    assert rows.trial.to_list() == ["λ = 3", "λ = 10"] and set(rows.seed) == {TUNING_SEED}
    table = read_study("single_dot_trials", tmp_path / "trials.csv")
    assert table.attrs["command"] == "smwm-lab study single_dot_trials --preset smoke"
    config = baseline_config(USUAL["SMWM"], activation="identity", seed=TUNING_SEED, size=StudySize(preset="smoke"))
    report = collapse_report(load_or_fit(config))
    assert rows.inverse_over_variance[1] == report.inverse_over_variance and rows.share_in_two[1] == report.evr_true_dim


def test_the_committed_trials_are_all_there():
    table = read_study("single_dot_trials")
    told = [(label, each, trial) for each in ACTIVATIONS for label in TRIALS for trial in TRIALS[label]]
    assert list(table[["label", "activation", "trial"]].itertuples(index=False, name=None)) == told
    assert set(table.seed) == {TUNING_SEED}


def test_the_committed_baselines_are_what_the_rules_choose():
    table = read_study("single_dot_baselines").fillna({"trial": ""})
    columns = ["label", "activation", "constants", "trial", "seed"]
    told = [
        (label, each, constants, trial, seed)
        for each in ACTIVATIONS
        for label, constants, trial, _ in contestants(each)
        for seed in range(5)
    ]
    assert list(table[columns].itertuples(index=False, name=None)) == told
    assert TUNING_SEED not in set(table.seed) and {*NOTHING_TO_TUNE} < {*table.label}
