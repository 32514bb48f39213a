"""Trackers of experiments. Claims proved here:

- Each is given every snapshot's losses and weights, by transitions seen.
- A run that is active is used; without one a run is begun.
- A package that is missing is one line. Without trackers none of their packages is imported.
"""

import subprocess
import sys
from types import SimpleNamespace

import pytest

from smwm_lab.errors import InputError
from smwm_lab.training import fit, preset_config, trackers


CONFIG = preset_config("single_dot", "smoke", budget=128)
NAMES = {"loss/forward", "loss/inverse", "weight/forward", "weight/inverse"}


def recorded(kept, name):
    return lambda *given, **named: kept.append((name, given, named))


@pytest.fixture
def kept():
    return []


def trained(callback):
    return fit(CONFIG, callback=callback, num_snapshots=2)


def test_tensorboard_is_given_every_measure(kept, monkeypatch, tmp_path):
    writer = SimpleNamespace(add_scalar=recorded(kept, "scalar"), flush=lambda: None)
    monkeypatch.setitem(sys.modules, "tensorboard", SimpleNamespace())
    monkeypatch.setitem(sys.modules, "torch.utils.tensorboard", SimpleNamespace(SummaryWriter=lambda folder: writer))
    run = trained(trackers.tensorboard(tmp_path))
    at_end = {given[0]: given[1] for _, given, _ in kept if given[2] == 128}
    assert set(at_end) == NAMES and at_end["loss/inverse"] == run.metrics["inverse"].iloc[-1]
    assert {given[2] for _, given, _ in kept} == {0, 64, 128}


@pytest.mark.parametrize("active", [None, "a run"])
def test_mlflow_uses_the_active_run(kept, monkeypatch, active):
    runs = [active]
    tracker = SimpleNamespace(
        active_run=lambda: runs[-1],
        start_run=lambda: runs.append("begun"),
        log_metrics=recorded(kept, "metrics"),
    )
    monkeypatch.setitem(sys.modules, "mlflow", tracker)
    run = trained(trackers.mlflow())
    assert runs == ([None, "begun"] if active is None else ["a run"])
    assert [named["step"] for _, _, named in kept] == [0, 64, 128]
    assert kept[-1][1][0] | {"loss/forward": run.metrics["forward"].iloc[-1]} == kept[-1][1][0]
    assert set(kept[-1][1][0]) == NAMES


@pytest.mark.parametrize("active", [None, "a run"])
def test_wandb_uses_the_active_run(kept, monkeypatch, active):
    tracker = SimpleNamespace(run=active, log=recorded(kept, "log"))

    def init(config):
        tracker.run = config

    tracker.init = init
    monkeypatch.setitem(sys.modules, "wandb", tracker)
    trained(trackers.wandb())
    assert tracker.run == (CONFIG.to_dict() if active is None else "a run")
    assert [named["step"] for _, _, named in kept] == [0, 64, 128] and set(kept[-1][1][0]) == NAMES


@pytest.mark.parametrize("name", ["tensorboard", "mlflow", "wandb"])
def test_a_missing_package_is_one_line(name, monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(InputError, match=f"pip install {name}$"):
        trackers.tensorboard(tmp_path) if name == "tensorboard" else getattr(trackers, name)()


def test_none_is_imported_unasked():
    code = (
        "import sys; from smwm_lab.training import trackers; "
        "print([name for name in ('tensorboard', 'mlflow', 'wandb', 'onnx') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
