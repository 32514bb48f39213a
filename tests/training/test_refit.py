"""The second stage of a run. Claims:

- It leaves encoder and inverse model alone, and rollouts of the new forward model err far less than those of the first.
- Where one frame does not show the velocity, a memory of one frame more makes the rollouts better again.
- A run with it is stored, loaded, reported, exported and planned with; equal configurations give equal runs.
- Interrupted in the second stage, a run goes on behind the encoder that is there, and ends bit for bit alike.
- `smwm-lab train --history N` does it; what does not fit is one line.
"""

import json

import numpy as np
import pytest
import torch
from command_line import call

from smwm_lab.data import sample_windows
from smwm_lab.data.recordings import Recording, recording_entry, write_recording
from smwm_lab.errors import InputError, NonFiniteLoss
from smwm_lab.live.pack import pack_model
from smwm_lab.models import Past
from smwm_lab.planning import CEM, AgentConfig, SearchConfig, held_out_tasks, make_agent, run_mpc
from smwm_lab.probes import collapse_report, structure_report
from smwm_lab.probes.inputs.encode import encode_states
from smwm_lab.seeding import generator
from smwm_lab.training import (
    RefitConfig,
    config_with_memory,
    export_model,
    fit,
    load_run,
    plain_loader,
    planning_config,
    preset_config,
)
from smwm_lab.training.refit import Refit
from smwm_lab.widgets import ProbeBench


STEPS, MEMORY, BUDGET = 5, 1, 16_000
REFIT = {"steps": STEPS, "budget": 256_000, "windows_per_update": 256, "max_windows": 2000, "learning_rate": 3e-3}


@pytest.fixture(scope="module")
def recorded(tmp_path_factory):
    """A cart that keeps its velocity: only its place is seen, the action pushes it."""
    source = np.random.default_rng(0)
    rows, actions = [], source.uniform(-1, 1, size=(60, 100))
    for pushes in actions:
        place, speed = source.uniform(-1, 1), 0.0
        for push in pushes:
            rows.append([place, source.normal()])
            speed = 0.9 * speed + 0.1 * push - 0.05 * place
            place += speed
    numbers, states = np.array(rows, np.float32), {"place": np.array(rows)[:, 0]}
    recording = Recording.from_arrays(numbers, actions.reshape(-1, 1), lengths=[100] * 60, states=states)
    return write_recording(recording, tmp_path_factory.mktemp("recorded") / "cart.h5")


def config_of(recorded, past: int | None, **changes):
    config = planning_config(recording_entry(recorded), budget=BUDGET)
    config = config.replace(
        num_transitions=5000, batch_size=64, model=config.model.replace(latent_dim=8, hidden_dim=64)
    )
    if past is None:
        return config
    return config.replace(refit=RefitConfig(past_frames=past, past_actions=past, **{**REFIT, **changes}))


@pytest.fixture(scope="module")
def runs(recorded, tmp_path_factory):
    """Runs by what their second stage looks back on; None has no second stage."""
    folder = tmp_path_factory.mktemp("runs")
    return {past: fit(config_of(recorded, past), out=folder / str(past)) for past in (None, 0, MEMORY)}


def error_at_five(run) -> float:
    """Squared error of held-out rollouts after 5 steps, over that of standing still."""
    windows = sample_windows(
        run.split, 300, length=MEMORY + STEPS, episode_length=20, held_out=True, generator=generator(7, "test")
    )
    z = encode_states(run.model, run.world, windows.states.flatten(0, 1)).unflatten(0, windows.states.shape[:2])
    sizes = {"num_latents": run.model.past_frames, "num_actions": run.model.past_actions}
    past = Past.within(z, windows.actions, MEMORY, **sizes) if run.model.config.memory else None
    with torch.no_grad():
        rolled = run.model.rollout(z[:, MEMORY], windows.actions[:, MEMORY:], past)
    return float((rolled[:, -1] - z[:, -1]).square().sum() / (z[:, MEMORY] - z[:, -1]).square().sum())


def test_rollouts_err_less_after_the_second_stage_and_less_again_with_memory(runs):
    first, refitted, remembering = (error_at_five(runs[past]) for past in (None, 0, MEMORY))
    assert refitted < 0.8 * first
    assert remembering < 0.5 * refitted


def test_encoder_and_inverse_model_stay_as_they_were(runs):
    first, second = (runs[past].model.state_dict() for past in (None, MEMORY))
    for name, value in first.items():
        if not name.startswith("forward_model."):
            assert torch.equal(value, second[name]), name
    assert second["forward_model.layers.0.weight"].shape == (64, 2 * 8 + 2)
    assert runs[MEMORY].config.model.memory == 0 and runs[MEMORY].model.config == runs[MEMORY].config.final_model


def test_its_metrics_follow_those_of_the_first_stage(runs):
    metrics, first = runs[MEMORY].metrics, runs[None].metrics
    assert list(metrics["forward"].dropna()) == list(first["forward"])
    refit = metrics[metrics["refit"].notna()]
    assert refit["refit"].iloc[-1] < 0.5 * refit["refit"].iloc[0]
    for column in ("step", "transitions", "seconds"):
        assert metrics[column].is_monotonic_increasing
    assert refit["transitions"].iloc[-1] == 16_000 + 256_000


def test_a_run_is_loaded_and_reported_as_any_other(runs, tmp_path):
    run = load_run(runs[MEMORY].path)
    assert run.config == runs[MEMORY].config and run.config.fingerprint() != runs[0].config.fingerprint()
    for name, value in runs[MEMORY].model.state_dict().items():
        assert torch.equal(value, run.model.state_dict()[name])
    report, first = collapse_report(run), collapse_report(runs[None])
    assert report.inverse_over_variance == first.inverse_over_variance and report.probe_r2 == first.probe_r2
    assert report.forward_loss < first.forward_loss, "of windows, with the true past"
    assert ProbeBench.from_run(run).snapshot() is not None


def test_what_takes_one_latent_alone_says_so():
    config = config_with_memory("single_dot", "smoke", 2)
    run = fit(config)
    with pytest.raises(InputError, match="looks 1 steps back, and structure is what one latent"):
        structure_report(run)
    with pytest.raises(InputError, match="looks 1 steps back; allowed on a page: one without memory"):
        pack_model(run.model)


def test_it_acts_with_what_it_remembers():
    run = fit(config_with_memory("independent", "smoke", 3))
    assert run.model.past_frames == run.model.past_actions == 2
    tasks = held_out_tasks(run.split, 1, goal_offset=None, episode_length=20, generator=generator(0, "tasks"))
    small = SearchConfig(solver=CEM(num_samples=20, num_iterations=2, num_elites=4), horizon=3, receding_horizon=2)
    for planner in (AgentConfig("cem", small), AgentConfig("inverse")):
        agent = make_agent(planner, run.model, run.world)
        assert (agent.perception.past_frames, agent.perception.past_actions) == (2, 2)
        assert len(run_mpc(agent, tasks).tasks) == 1


def test_equal_configurations_give_equal_runs(recorded):
    config = config_of(recorded, 1, budget=12_800)
    one, two = (fit(config.replace(budget=640)).model.state_dict() for _ in range(2))
    assert all(torch.equal(one[name], two[name]) for name in one)
    other = fit(config.replace(budget=640, refit=config.refit.replace(learning_rate=2e-3))).model.state_dict()
    assert not torch.equal(one["forward_model.layers.0.weight"], other["forward_model.layers.0.weight"])


def test_interrupted_in_the_second_stage_a_run_goes_on_behind_its_encoder(recorded, tmp_path, monkeypatch):
    config = config_of(recorded, 1, budget=12_800).replace(budget=640)
    whole = fit(config)

    class Killed(Exception):
        pass

    rows = Refit._rows

    def killed_at_5(self, step, count):
        if step == 5:
            raise Killed
        return rows(self, step, count)

    monkeypatch.setattr(Refit, "_rows", killed_at_5)
    with pytest.raises(Killed):
        fit(config, out=tmp_path / "run", checkpoint_seconds=1e6)
    monkeypatch.setattr(Refit, "_rows", rows)
    monkeypatch.setattr(
        "smwm_lab.training.loop.TrainingLoop._update", lambda self: pytest.fail("the encoder was trained again")
    )
    again = fit(config, out=tmp_path / "run")
    assert all(torch.equal(value, again.model.state_dict()[name]) for name, value in whole.model.state_dict().items())
    assert list(again.metrics["refit"].dropna()) == list(whole.metrics["refit"].dropna())
    assert list(again.metrics["forward"].dropna()) == list(whole.metrics["forward"].dropna())


def test_without_a_second_stage_fingerprints_are_the_ones_they_were():
    config = planning_config("single_dot", "smoke")
    values = config.to_dict()
    del values["refit"], values["model"]["past_frames"], values["model"]["past_actions"]
    assert type(config).from_dict(values).fingerprint() == config.fingerprint()
    assert config.replace(refit=RefitConfig()).fingerprint() != config.fingerprint()


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: preset_config("single_dot", "smoke").replace(refit=RefitConfig()), "refit needs windows of 5 steps"),
        (
            lambda: planning_config("single_dot", "smoke").replace(refit=RefitConfig(past_frames=16)),
            "windows of 21 steps .* has episodes of 20; allowed: .* from 21 on",
        ),
        (
            lambda: planning_config("single_dot", "smoke").replace(
                model=planning_config("single_dot", "smoke").model.replace(past_actions=4)
            ),
            "length = 4 holds no transition with its past: .* allowed: length from 5 on",
        ),
        (lambda: RefitConfig(steps=0), "steps"),
        (lambda: RefitConfig(budget=100), "budget"),
        (lambda: RefitConfig(max_windows=10), "max_windows"),
        (lambda: config_with_memory("single_dot", "smoke", 0), "history = 0 .*allowed: .*1 to 16"),
        (lambda: config_with_memory("single_dot", "smoke", 17), "history = 17"),
    ],
)
def test_what_does_not_fit_is_one_line(make, words):
    with pytest.raises(InputError, match=words) as caught:
        make()
    assert "\n" not in str(caught.value)


def test_a_loss_that_is_not_finite_names_the_stage(recorded, monkeypatch):
    monkeypatch.setattr(Refit, "_loss", lambda self, *_: self.model.forward_model.layers[0].weight.sum() * torch.nan)
    with pytest.raises(NonFiniteLoss, match="refit, step 1: the loss is nan; lower its learning_rate"):
        fit(config_of(recorded, 0).replace(budget=640))


def test_the_command_takes_a_history(recorded, capsys, tmp_path, monkeypatch):
    monkeypatch.setenv("SMWM_LAB_CACHE", str(tmp_path))
    arguments = ("train", recorded, "--preset", "smoke", "--history", "3", "--out", tmp_path / "run", "--json")
    status, out, err = call(capsys, *arguments)
    assert status == 0, err
    assert json.loads(out)["run"] == str(tmp_path / "run")
    assert load_run(tmp_path / "run").model.past_frames == 2
    arguments = ("train", "single_dot", "--preset", "smoke", "--history", "2", "--out", tmp_path / "dot")
    status, _, _ = call(capsys, *arguments)
    assert status == 0 and load_run(tmp_path / "dot").config.source == "walks"
    status, _, err = call(capsys, "train", recorded, "--history", "0")
    assert status == 2 and "history = 0" in err


def test_an_export_has_the_memory_of_the_second_stage(tmp_path):
    run = fit(config_with_memory("single_dot", "smoke", 2))
    plain = plain_loader.load_model(export_model(run, tmp_path / "out"))
    assert (plain.past_frames, plain.past_actions) == (1, 1)
    z, action = torch.randn(3, 64, generator=generator(0, "z")), torch.zeros(3, 2)
    with torch.no_grad():
        assert torch.allclose(plain.predict(z, action), run.model.predict(z, action), atol=1e-5)
