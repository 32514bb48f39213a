"""Runs, kernel, training. Claims: damage to a shipped run is found by its checksum, a kernel that is missing, foreign,
silent or broken is told apart, a training gives a rate, and the estimate counts what the notebooks train."""

import itertools
import re
import shutil
import subprocess
import sys
from types import SimpleNamespace

import nbformat
import pytest

from smwm_lab import paths
from smwm_lab.doctor import kernel, shipped_runs, short_training
from smwm_lab.training import TrainingLoop, preset_config, shipped_configs


@pytest.fixture
def copies(monkeypatch, tmp_path):
    """The shipped runs as copies that a test may harm."""
    folder = tmp_path / "runs"
    shutil.copytree(paths.shipped_runs_dir(), folder)
    monkeypatch.setattr(paths, "shipped_runs_dir", lambda: folder)
    return {name: folder / config.fingerprint() for name, config in shipped_configs().items()}


def test_runs_that_are_there_and_whole_are_ok(copies):
    finding = shipped_runs.read_shipped_runs()
    assert finding.status == "ok" and finding.found == f"{len(copies)} runs, whole"


def test_a_flipped_bit_is_a_failure_and_a_missing_run_a_warning(copies, monkeypatch):
    shutil.rmtree(copies["coupled"])
    finding = shipped_runs.read_shipped_runs()
    assert finding.status == "warn" and "missing: coupled, in" in finding.found and "make data" in finding.remedy
    weights = copies["distractor"] / "weights.safetensors"
    content = bytearray(weights.read_bytes())
    content[-1] ^= 1
    weights.write_bytes(content)
    finding = shipped_runs.read_shipped_runs()
    assert finding.status == "fail" and "damaged: distractor, in" in finding.found
    monkeypatch.setattr(paths, "CHECKOUT", None)
    assert "pip install --force-reinstall" in shipped_runs.read_shipped_runs().remedy


@pytest.fixture
def patient(monkeypatch):
    """A busy machine may take its time."""
    monkeypatch.setattr(kernel, "LIMIT_S", 600.0)


def test_a_kernel_starts_and_runs_a_cell_in_this_environment(patient):
    finding = kernel.start_kernel(600.0)
    assert finding.status == "ok" and finding.found.startswith("started and ran a cell in "), finding


def test_a_cell_that_fails_is_told_with_its_error(monkeypatch, patient):
    monkeypatch.setattr(kernel, "CELL", "import nowhere_at_all")
    finding = kernel.start_kernel(600.0)
    assert finding.status == "fail" and "ModuleNotFoundError: No module named 'nowhere_at_all'" in finding.found


def test_a_kernel_that_cannot_start_is_told_with_the_last_line(monkeypatch, patient):
    monkeypatch.setattr(
        kernel, "RUN_A_NOTEBOOK", "import sys; print('lines\\nNo such kernel', file=sys.stderr); sys.exit(3)"
    )
    finding = kernel.start_kernel(600.0)
    assert finding.status == "fail" and finding.found.endswith("the cell failed: No such kernel")
    assert "ipykernel install --sys-prefix" in finding.remedy


def test_a_kernel_of_another_environment_is_a_warning(monkeypatch):
    monkeypatch.setattr(kernel, "_run_cell", lambda limit_s: ("", "/elsewhere"))
    finding = kernel.start_kernel()
    assert finding.status == "warn" and finding.found == f"notebooks run in /elsewhere, not in {sys.prefix}"


def test_a_silent_kernel_is_waited_for_no_longer_than_allowed(monkeypatch):
    monkeypatch.setattr(kernel, "RUN_A_NOTEBOOK", "import time; time.sleep(600)")
    asked = []
    real = subprocess.run
    monkeypatch.setattr(
        subprocess, "run", lambda *a, **options: asked.append(options["timeout"]) or real(*a, **options)
    )
    finding = kernel.start_kernel(0.5)
    assert asked == [0.5] and finding.status == "warn" and finding.found.startswith("no answer in ")
    monkeypatch.setattr(kernel, "LIMIT_S", 0.5)
    assert kernel.start_kernel(50.0).status == "fail", "it had all the time that it may take"


def test_without_the_extra_it_says_how_to_get_it(monkeypatch):
    monkeypatch.setattr(kernel, "find_spec", lambda name: None)
    finding = kernel.start_kernel()
    assert finding.status == "fail" and "without nbclient and ipykernel" in finding.found
    assert "[notebooks]" in finding.remedy


@pytest.fixture
def clock(monkeypatch):
    """A clock that goes on by 10 ms whenever it is asked: twice for each update."""
    ticks = itertools.count()
    monkeypatch.setattr(short_training, "time", SimpleNamespace(monotonic=lambda: next(ticks) / 100))


def test_a_training_gives_its_rate_and_what_it_means(monkeypatch, clock):
    monkeypatch.setattr(short_training, "TRANSITIONS", 512)
    finding = short_training.train_shortly()
    assert finding.status == "ok", "32 transitions in 20 ms are 1,600/s"
    budget = preset_config("single_dot").budget
    seconds = (round(budget / 1600), round(short_training.course_transitions() / 1600))
    assert re.findall(r"[\d,]+(?= transitions/s)|(?<=about )\d+(?= s)", finding.found) == ["1,600", *map(str, seconds)]
    monkeypatch.setattr(short_training, "SLOW_S", 0.0)
    finding = short_training.train_shortly()
    assert finding.status == "warn" and "cores and torch threads" in finding.remedy


def test_a_training_that_does_not_get_going_is_a_failure_unless_its_time_was_cut_short(monkeypatch, clock):
    finding = short_training.train_shortly(-1.0)
    assert finding.status == "warn" and finding.found.startswith("0 transitions in")
    monkeypatch.setattr(short_training, "LIMIT_S", -1.0)
    assert short_training.train_shortly(50.0).status == "fail"


def test_a_training_is_broken_off_when_its_time_is_over(monkeypatch, clock):
    steps = []
    real = TrainingLoop._update
    monkeypatch.setattr(TrainingLoop, "_update", lambda self: steps.append(1) or real(self))
    assert "1,600 transitions/s" in short_training.train_shortly(0.2).found
    assert 8 <= len(steps) <= 12, "0.2 s, of which an update takes 20 ms"
    monkeypatch.setattr(short_training, "LIMIT_S", 0.1)
    del steps[:]
    short_training.train_shortly(50.0)
    assert 3 <= len(steps) <= 7, "its own limit holds where more is allowed"


def test_the_estimate_counts_what_the_notebooks_train():
    """00 and 02 train the preset's budget once each, 03 one cell for each method; everything else comes along."""

    def code(number: str) -> str:
        [path] = paths.notebooks_dir().glob(f"{number}_*.ipynb")
        return "\n".join(cell.source for cell in nbformat.read(path, 4).cells if cell.cell_type == "code")

    assert code("00").count(" = fit(") == 1 and code("02").count("TrainingLoop(config") == 1
    assert re.search(r"^budget = 12000$", code("03"), re.M)
    assert code("03").count("train(regulariser_objective(") == short_training.TRAINED_AT_12000
    budget = preset_config("single_dot").budget
    assert short_training.course_transitions() == 2 * budget + 7 * 12_000
