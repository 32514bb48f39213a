"""Held-out is what a run never saw: claims proved here.

- Every report takes a run and judges it on its own split, with the numbers of the model beside that split.
- A split that is not the one a model was trained with is refused by every report, in one line; so it is for a run read
  from disk, a loop in training, and a run trained outside a region.
- A model of which nothing is known, an untrained one, is judged on any split.
"""

import copy

import pytest
import torch

from smwm_lab.data import split_by_region, split_by_state
from smwm_lab.errors import InputError
from smwm_lab.probes import (
    along_actions,
    collapse_report,
    fit_decoder,
    held_out_latents,
    kernel_reconstruction,
    readout_report,
    retention_report,
    structure_report,
    untrained_model,
)
from smwm_lab.probes.images.decoder import DecoderConfig
from smwm_lab.training import TrainingLoop, fit, load_run, preset_config


CONFIG = preset_config("single_dot", "smoke", seed=3)
ROWS = {"num_train": 100, "num_test": 50}


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    return fit(CONFIG, out=tmp_path_factory.mktemp("run") / "dot")


REPORTS = {
    "collapse": lambda *trained: collapse_report(*trained, num_transitions=100).to_dict(),
    "retention": lambda *trained: retention_report(*trained, **ROWS).to_dict(),
    "readout": lambda *trained: readout_report(
        *trained, untrained=untrained_model(CONFIG.model), probes=("linear",), **ROWS
    ).to_dict(),
    "structure": lambda *trained: structure_report(*trained, num_transitions=100, horizon=2).to_dict(),
    "kernel": lambda *trained: kernel_reconstruction(*trained, **ROWS).report.to_dict(),
    "decoder": lambda *trained: fit_decoder(
        *trained, config=DecoderConfig(budget=64), num_states=64, num_held_out=32
    )[1].to_dict(),
    "traversal": lambda *trained: along_actions(*trained, start=torch.zeros(64)).latents.tolist(),
    "latents": lambda *trained: held_out_latents(*trained, num_states=50).tolist(),
}  # fmt: skip


@pytest.mark.parametrize("name", REPORTS)
def test_a_run_is_judged_on_its_own_split_and_on_no_other(run, name):
    report = REPORTS[name]
    assert repr(report(run)) == repr(report(run.model, run.split)) == repr(report(run, run.split))
    other = split_by_state(run.world, seed=4)
    for trained in (run, run.model):
        with pytest.raises(
            InputError, match="is not the one this model was trained with .*allowed: run.split"
        ) as caught:
            report(trained, other)
        assert "\n" not in str(caught.value)


def test_it_is_known_of_runs_from_disk_of_loops_and_of_copies(run):
    other = split_by_state(run.world, seed=4)
    loop = TrainingLoop(CONFIG)
    for trained in (load_run(run.path).model, loop, loop.model, copy.deepcopy(run.model)):
        with pytest.raises(InputError, match="seed 4, fraction 0.1. is not the one"):
            collapse_report(trained, other)
    with pytest.raises(InputError, match="region .* is not the one"):
        collapse_report(run, split_by_region(run.world, {"red_x": (0, 31)}))
    with pytest.raises(InputError, match="fraction 0.2. is not the one"):
        collapse_report(run, split_by_state(run.world, seed=3, fraction=0.2))


def test_an_untrained_model_is_judged_on_any_split(run):
    fresh = untrained_model(CONFIG.model)
    for seed in (3, 4):
        assert collapse_report(fresh, split_by_state(run.world, seed=seed), num_transitions=100).true_dim == 2
    with pytest.raises(InputError, match="split is not given; give a run"):
        collapse_report(fresh)
