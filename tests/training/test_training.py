"""Training: claims proved here.

- Same seed, same machine: same weights, bit for bit; another seed gives others.
- A paused, stored and restored run ends as one never interrupted, bit for bit on a CPU, for every objective.
- A run killed by SIGKILL leaves no broken file and is continued to the same weights.
- A loss that is not finite stops the run and names step and term.
- A weight changed between two snapshots changes what is learned from then on.
- The progress bar is a text bar on stderr, and silent in a headless kernel.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import time

import pytest
import torch

from smwm_lab.errors import InputError, NonFiniteLoss
from smwm_lab.objectives import EMAConfig, ObjectiveConfig, SIGRegConfig
from smwm_lab.training import (
    TrainConfig,
    TrainingLoop,
    fit,
    load_or_fit,
    load_run,
    make_objective,
    preset_config,
)
from smwm_lab.training.progress import progress_bar


EVERYTHING = ObjectiveConfig(
    weights={"forward": 1.0, "inverse": 10.0, "sigreg": 0.1, "forward_ema": 0.5, "reconstruction": 0.1}
)

CONSTANTS = ObjectiveConfig(
    weights={"forward_ema": 1.0, "inverse": 10.0, "sigreg": 0.1},
    terms={
        "forward_ema": EMAConfig(decay=0.9, normalise_target=True, normalise_prediction=True),
        "sigreg": SIGRegConfig(num_directions=16, scale_rows=256),
    },
)


def smoke(**changes) -> TrainConfig:
    return preset_config("single_dot", "smoke").replace(**changes)


def weights(model) -> dict[str, torch.Tensor]:
    return {key: value.clone() for key, value in model.state_dict().items()}


def same(a, b) -> bool:
    return a.keys() == b.keys() and all(torch.equal(a[key], b[key]) for key in a)


def test_same_seed_gives_the_same_weights_and_another_seed_does_not():
    first, second, other = (fit(smoke(seed=seed)) for seed in (3, 3, 4))
    assert same(weights(first.model), weights(second.model))
    assert not same(weights(first.model), weights(other.model))


def test_training_does_not_touch_the_global_random_state():
    torch.manual_seed(7)
    before = torch.random.get_rng_state()
    fit(smoke())
    assert torch.equal(before, torch.random.get_rng_state())


def test_num_snapshots_does_not_change_the_result():
    assert same(weights(fit(smoke(), num_snapshots=2).model), weights(fit(smoke(), num_snapshots=16).model))


@pytest.mark.parametrize(
    "objective", [make_objective(), EVERYTHING, CONSTANTS], ids=["paper", "everything", "constants"]
)
def test_a_restored_loop_ends_like_one_never_interrupted(objective):
    config = smoke(objective=objective.to_dict())
    whole = TrainingLoop(config)
    list(whole)
    paused = TrainingLoop(config)
    next(snapshot for snapshot in paused if snapshot.step == 7)
    stored = {key: value.clone() for key, value in paused.state_dict().items()}
    restored = TrainingLoop(config)
    restored.load_state_dict(stored)
    assert [snapshot.step for snapshot in restored] == list(range(8, 17))
    assert same(weights(whole.model), weights(restored.model))
    assert same(weights(whole.objective), weights(restored.objective))


def test_a_run_with_constants_of_its_own_is_stored_and_loaded_with_them(tmp_path):
    model = smoke().model.replace(latent_activation="identity")
    config = smoke(objective=CONSTANTS.to_dict(), model=model.to_dict())
    run = fit(config, out=tmp_path / "run")
    loaded = load_run(tmp_path / "run")
    assert loaded.config == config and loaded.config.objective.terms == CONSTANTS.terms
    z = torch.full((1, 64), 9.0)
    assert torch.equal(loaded.model.predict(z, torch.zeros(1, 2)), run.model.predict(z, torch.zeros(1, 2)))
    plain = fit(smoke(objective={"weights": CONSTANTS.weights}))
    assert config.fingerprint() != plain.config.fingerprint() and not same(weights(run.model), weights(plain.model))


def test_a_paused_loop_goes_on_when_iterated_again():
    loop, whole = TrainingLoop(smoke()), TrainingLoop(smoke())
    for snapshot in loop:
        if snapshot.step == 5:
            break
    rest = list(loop)
    list(whole)
    assert rest[0].step == 6 and rest[-1].finished
    assert same(weights(loop.model), weights(whole.model))


_CHILD = """
import sys
from smwm_lab.training import fit, preset_config
def tell(loop, snapshot): print(snapshot.step, flush=True)
config = preset_config("single_dot", "smoke").replace(budget=32 * 60, num_transitions=512)
fit(config, out=sys.argv[1], callback=tell, checkpoint_seconds=0.0, num_snapshots=60)
"""


@pytest.mark.parametrize("kill_at", [2, 23])
def test_a_run_killed_at_any_moment_is_continued_bit_for_bit(tmp_path, kill_at):
    config = smoke(budget=32 * 60, num_transitions=512)
    command = [sys.executable, "-c", _CHILD, str(tmp_path / "run")]
    # bit for bit at one number of threads; numba, once used in this process, has raised that of torch
    threads = os.environ | {"OMP_NUM_THREADS": str(torch.get_num_threads())}
    child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=threads)
    for line in child.stdout:
        if int(line) >= kill_at:
            time.sleep(0.003 * kill_at)  # somewhere in the middle of a step or of a write
            os.kill(child.pid, signal.SIGKILL)
            break
    child.wait()
    child.stdout.close()
    assert child.returncode == -signal.SIGKILL
    assert not (tmp_path / "run" / "manifest.json").exists()
    steps = []
    resumed = fit(config, out=tmp_path / "run", callback=lambda loop, s: steps.append(s.step), num_snapshots=60)
    assert steps[0] >= kill_at - 1, "the run began anew instead of going on"
    assert same(weights(resumed.model), weights(fit(config, num_snapshots=60).model))
    assert len(resumed.metrics) == 60 and resumed.metrics["step"].is_monotonic_increasing
    kept = sorted(path.name for path in (tmp_path / "run").iterdir())
    assert kept == ["config.json", "manifest.json", "metrics.csv", "weights.safetensors"]


def test_a_finished_run_is_loaded_and_not_trained_again(tmp_path):
    first = fit(smoke(), out=tmp_path / "run")
    calls = []
    again = fit(smoke(), out=tmp_path / "run", callback=lambda loop, s: calls.append(s))
    assert not calls and same(weights(first.model), weights(again.model))


def test_a_finished_run_is_loaded_without_building_a_loop(tmp_path, monkeypatch):
    first, cached = fit(smoke(), out=tmp_path / "run"), load_or_fit(smoke(), cache=tmp_path / "cache")
    (tmp_path / "run" / "checkpoint.safetensors").write_bytes(b"left by a run that was killed after its last step")

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("networks were built to be trained")

    monkeypatch.setattr(sys.modules["smwm_lab.training.fit"], "TrainingLoop", refuse)
    assert same(weights(first.model), weights(fit(smoke(), out=tmp_path / "run").model))
    assert not (tmp_path / "run" / "checkpoint.safetensors").exists()
    assert load_or_fit(smoke(), cache=tmp_path / "cache").path == cached.path
    with pytest.raises(InputError, match="holds another run .*seed 0 -> 1"):
        fit(smoke(seed=1), out=tmp_path / "run")


def test_a_loop_that_cannot_be_built_leaves_no_folder(tmp_path):
    with pytest.raises(InputError, match="num_snapshots = 0 is out of range"):
        fit(smoke(), out=tmp_path / "run", num_snapshots=0)
    assert not (tmp_path / "run").exists()


def test_the_cache_key_contains_the_whole_configuration(tmp_path):
    first = load_or_fit(smoke(), cache=tmp_path)
    assert load_or_fit(smoke(), cache=tmp_path).path == first.path
    assert load_or_fit(smoke(learning_rate=2e-3), cache=tmp_path).path != first.path


def test_a_folder_that_is_not_this_run_is_refused_untouched(tmp_path):
    (tmp_path / "letter.txt").write_text("dear")
    with pytest.raises(InputError, match="not empty and holds no run"):
        fit(smoke(), out=tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]
    fit(smoke(), out=tmp_path / "run")
    before = {path: path.read_bytes() for path in (tmp_path / "run").iterdir()}
    with pytest.raises(InputError, match="holds another run .*seed 0 -> 1"):
        fit(smoke(seed=1), out=tmp_path / "run")
    assert before == {path: path.read_bytes() for path in (tmp_path / "run").iterdir()}


@pytest.mark.parametrize("name", ["config.json", "weights.safetensors", "metrics.csv"])
def test_a_damaged_run_is_reported_with_file_and_remedy(tmp_path, name):
    fit(smoke(), out=tmp_path / "run")
    with (tmp_path / "run" / name).open("ab") as file:
        file.write(b" ")
    with pytest.raises(InputError, match=f"{name} does not match manifest.json; delete the folder"):
        load_run(tmp_path / "run")


def test_a_damaged_checkpoint_is_reported(tmp_path):
    (tmp_path / "config.json").write_text(json.dumps(smoke().to_dict()))
    (tmp_path / "checkpoint.safetensors").write_bytes(b"not a checkpoint")
    with pytest.raises(InputError, match="checkpoint .* is damaged .* delete the file"):
        fit(smoke(), out=tmp_path)


def test_an_output_below_a_file_is_one_clear_error(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="cannot write .* choose another folder"):
        fit(smoke(), out=tmp_path / "file" / "run")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="this system has no /dev/full to play a full disk")
def test_a_full_disk_leaves_what_was_there(tmp_path):
    from smwm_lab.files import write_atomically

    (tmp_path / "kept").write_text("old")

    def fill(beside):
        with open("/dev/full", "wb", buffering=0) as full:
            full.write(b"x")

    with pytest.raises(InputError, match="cannot write .*No space left.*free the space"):
        write_atomically(tmp_path / "kept", fill)
    assert (tmp_path / "kept").read_text() == "old" and len(list(tmp_path.iterdir())) == 1


def test_a_loss_that_is_not_finite_names_step_and_term():
    loop = TrainingLoop(smoke(), num_snapshots=4)
    steps = iter(loop)
    next(steps)
    next(steps)
    with torch.no_grad():
        loop.model.inverse_model.layers[-1].bias.fill_(float("nan"))
    with pytest.raises(NonFiniteLoss, match="step 5: the loss term inverse is nan; lower learning_rate"):
        next(steps)


def test_a_weight_can_be_changed_between_snapshots():
    steered, plain = TrainingLoop(smoke()), TrainingLoop(smoke())
    for snapshot in steered:
        if snapshot.step == 8:
            steered.set_weight("inverse", 0.0)
            at_change = weights(steered.model)
    list(plain)
    assert not same(weights(steered.model), weights(plain.model))
    after = weights(steered.model)
    moved = {key for key in after if not torch.equal(after[key], at_change[key])}
    assert any(key.startswith("encoder") for key in moved)
    assert not any(key.startswith("inverse_model") for key in moved), "h still heard the inverse loss"
    with pytest.raises(InputError, match="term = 'sigreg' is unknown; allowed: forward, inverse"):
        steered.set_weight("sigreg", 1.0)


def test_a_weight_that_was_changed_is_in_force_after_a_resume():
    steered, restored = TrainingLoop(smoke()), TrainingLoop(smoke())
    next(iter(steered))
    steered.set_weight("inverse", 0.5)
    restored.load_state_dict(steered.state_dict())
    assert restored.objective.weights == {"forward": 1.0, "inverse": 0.5}


def test_the_learning_rate_rises_then_falls_to_zero():
    config = smoke(budget=32 * 100, warmup_fraction=0.1)
    rates = [config.learning_rate_at(step) for step in range(100)]
    assert rates[0] == pytest.approx(1e-4) and max(rates) == pytest.approx(1e-3)
    assert rates.index(max(rates)) == 9 and rates[-1] < 2e-5 and rates == sorted(rates[:10]) + rates[10:]
    assert set(smoke(decay=False, warmup_fraction=0.0).learning_rate_at(s) for s in range(16)) == {1e-3}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"batch_size": 1}, "batch_size = 1 is out of range"),
        ({"budget": 3}, "budget = 3 is out of range; allowed: 32"),
        ({"learning_rate": 0.0}, "learning_rate = 0.0 is out of range"),
        ({"held_out_fraction": 0.9}, "held_out_fraction = 0.9 is out of range"),
        ({"seed": -1}, "seed = -1 is out of range"),
        ({"colour": "red"}, "TrainConfig has no field colour; allowed: world"),
    ],
)
def test_a_bad_value_is_one_line_with_value_and_range(change, message):
    with pytest.raises(InputError, match=message) as caught:
        smoke(**change)
    assert "\n" not in str(caught.value)


def test_the_progress_bar_writes_to_stderr_only(capsys):
    with progress_bar(10, "label") as bar:
        bar.update(10)
    captured = capsys.readouterr()
    assert captured.out == "" and "label" in captured.err


def test_half_precision_weights_load_as_float32(tmp_path):
    from smwm_lab.training import save_run

    run = fit(smoke())
    stored = save_run(run, tmp_path / "run", dtype=torch.float16)
    loaded = load_run(stored.path)
    assert {value.dtype for value in loaded.model.state_dict().values()} == {torch.float32}
    assert torch.allclose(loaded.model.encoder.head.weight, run.model.encoder.head.weight, atol=1e-3)


_COMPILED = """
from smwm_lab.training import TrainingLoop, preset_config
config = preset_config("single_dot", "smoke")
plain, compiled = (list(TrainingLoop(config, compile=choice))[-1].losses for choice in (False, True))
assert all(abs(plain[name] - compiled[name]) < 0.02 * plain[name] + 1e-6 for name in plain), (plain, compiled)
"""


@pytest.mark.skipif(
    not (shutil.which("g++") or shutil.which("clang++")), reason="torch.compile needs a C++ compiler, there is none"
)
def test_compiled_networks_train_alike():
    # in a process of its own: the shape checks of this one do not understand the compiler's stand-in tensors
    subprocess.run([sys.executable, "-W", "ignore", "-c", _COMPILED], check=True, timeout=300)
