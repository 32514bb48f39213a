"""Training on a recording. Claims proved here:

- The same configuration learns from the world's own recording what it learns from the world, on held-out episodes.
- Reports, readouts, maps and widgets take the run of a recording; what needs a simulator says so.
- A run on disk finds its recording again, and refuses one that has changed.
- `smwm-lab train FILE` does all of it with one command.
"""

import json

import numpy as np
import pytest
import torch
from command_line import call

from smwm_lab.data.recordings import Recording, collect, open_recording, recording_entry, write_recording
from smwm_lab.errors import InputError
from smwm_lab.probes import collapse_report, structure_report
from smwm_lab.training import fit, load_run, preset_config
from smwm_lab.widgets import LatentExplorer, ProbeBench, WorldPlayer


@pytest.fixture(scope="module")
def recorded(tmp_path_factory):
    """A recording of the single dot, 60 episodes of 40 steps."""
    path = tmp_path_factory.mktemp("recorded") / "dot.h5"
    return collect("smwm_lab.worlds:smwm_lab/single_dot-v0", path, episodes=60, max_steps=40, progress=False)


@pytest.fixture(scope="module")
def run(recorded):
    """A run long enough to leave the plateau."""
    config = preset_config(recording_entry(recorded), budget=4000)
    return fit(config.replace(num_transitions=3000), out=recorded.parent / "run")


def test_it_learns_to_read_the_actions_of_episodes_it_never_saw(run):
    report = collapse_report(run)
    assert set(report.inverse_over_variance_by_action) == {"red_dx", "red_dy"}
    assert report.inverse_over_variance < 0.8, "1 is the plateau"
    assert set(report.probe_r2) == {"red_x", "red_y"}, "the row is no state component to be read"
    assert max(report.floor_by_action.values()) < 1e-6, "two recorded states tell the action wholly"


def test_maps_and_probes_take_the_run(run):
    explorer = LatentExplorer.from_run(run, num_states=200)
    assert set(explorer.session.columns) == {"red_x", "red_y", "row"}
    assert ProbeBench.from_run(run).snapshot() is not None


@pytest.mark.parametrize("instrument", [structure_report, lambda run: WorldPlayer(run.world)])
def test_what_needs_a_simulator_says_so(run, instrument):
    with pytest.raises(InputError, match="is a recording, which nothing can move"):
        instrument(run)


def test_a_run_on_disk_finds_its_recording_and_refuses_a_changed_one(run, recorded, tmp_path):
    again = load_run(run.path)
    assert again.config == run.config and again.manifest["verdict"] in ("healthy", "partly", "collapsed")
    assert again.split.key == run.split.key
    with recorded.open("r+b") as file:
        whole = file.read()
        try:
            file.seek(len(whole) // 2)
            file.write(bytes([whole[len(whole) // 2] ^ 1]))
            file.flush()
            with pytest.raises(InputError, match="has changed since it was trained on") as caught:
                load_run(run.path)
            assert "delete the folder" not in str(caught.value), "the run is whole"
        finally:
            file.seek(0)
            file.write(whole)


def test_the_command_trains_on_a_file(recorded, capsys, tmp_path, monkeypatch):
    monkeypatch.setenv("SMWM_LAB_CACHE", str(tmp_path))
    arguments = ("train", recorded, "--preset", "smoke", "--frameskip", "2", "--side", "32", "--json")
    status, out, err = call(capsys, *arguments)
    facts = json.loads(out)
    assert status == 0 and set(facts["inverse_over_variance_by_action"]) == {
        "red_dx_0",
        "red_dy_0",
        "red_dx_1",
        "red_dy_1",
    }
    assert facts["inverse_floor"] > 0.4, "of two actions only the sum leaves a trace"
    assert "still on its plateau" in err
    status, _, err = call(capsys, "train", "single_dot", "--preset", "smoke", "--frameskip", "2")
    assert status == 2 and "--frameskip 2 is for recordings, and single_dot is none" in err
    status, _, err = call(capsys, "train", tmp_path / "none.h5")
    assert status == 2 and "does not exist" in err


def test_the_command_starts_with_a_share_of_the_data_if_it_is_asked_to(recorded, capsys, tmp_path):
    how = ("--preset", "smoke", "--side", "32", "--out", tmp_path / "run")
    status, _, err = call(capsys, "train", recorded, "--widening", "0.1", *how)
    assert status == 0 and load_run(tmp_path / "run").config.widening == 0.1, err
    status, _, err = call(capsys, "train", recorded, "--widening", "2", *how)
    assert status == 2 and "widening = 2.0 is out of range" in err and len(err.strip().splitlines()) == 1


def test_numbers_in_units_of_their_own_are_learned(tmp_path):
    """A cart on a line beside three sensors of noise, in units from thousandths to thousands."""
    source = np.random.default_rng(0)
    place, rows, actions = 0.0, [], source.uniform(-1, 1, size=1500)
    for action in actions:
        rows.append([place, *source.normal(size=3)])
        place = float(np.clip(place + 0.5 * action, -2, 2))
    numbers = (np.array(rows) * [1e3, 1e-3, 1, 1e2]).astype(np.float32)
    states = {"place": np.array(rows)[:, 0]}
    recording = Recording.from_arrays(numbers, actions[:, None], lengths=[100] * 15, states=states)
    run = fit(preset_config(recording_entry(write_recording(recording, tmp_path / "cart.h5")), budget=20_000))
    report = collapse_report(run)
    assert report.inverse_over_variance < 0.3 and report.probe_r2["place"] > 0.9
    again = fit(run.config, out=tmp_path / "run")
    kept = load_run(again.path).model.encoder
    assert torch.equal(kept.center, run.model.encoder.center)
    assert torch.allclose(kept.scale[1:], torch.tensor([1e-3, 1.0, 1e2]), rtol=0.1), "each sensor in its own unit"


def test_without_states_the_report_says_what_can_be_said(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("SMWM_LAB_CACHE", str(tmp_path / "cache"))
    images = np.random.default_rng(0).integers(0, 256, (80, 32, 32, 3), np.uint8)
    actions = np.random.default_rng(1).normal(size=(80, 1))
    path = write_recording(Recording.from_arrays(images, actions, lengths=[20] * 4), tmp_path / "blind.h5")
    status, out, err = call(capsys, "train", path, "--preset", "smoke", "--out", tmp_path / "run", "--json")
    facts = json.loads(out)
    assert status == 0, err
    assert facts["probe_r2"] == {} and facts["inverse_floor"] is None and facts["verdict"] == "collapsed"
    status, _, err = call(capsys, "report", tmp_path / "run")
    assert status == 0 and "R2 of unknown states" in err and "reachable unknown" in err
    status, _, err = call(capsys, "data", "check", path)
    assert status == 0 and "no state columns" in err


class Halves(torch.nn.Module):
    """An encoder of somebody else: means over the left and the right half of the image."""

    def __init__(self, config):
        super().__init__()
        self.layer = torch.nn.Linear(6, config.latent_dim)

    def forward(self, observation):
        halves = observation.float().unflatten(3, (2, -1)).mean((2, 4)).flatten(1) / 255
        return torch.tanh(self.layer(halves))


def test_an_encoder_of_your_own_is_named_by_its_class(recorded, tmp_path):
    config = preset_config(recording_entry(recorded, encoder=f"{__name__}:Halves"), "smoke")
    run = fit(config, out=tmp_path / "own")
    assert type(load_run(run.path).model.encoder).__name__ == "Halves"
    assert collapse_report(run).probe_r2["red_x"] > 0.2, "halves tell something of where the dot is"


@pytest.mark.parametrize(
    ("encoder", "words"),
    [
        ("nothing", "encoder = 'nothing' is unknown; allowed: conv, mlp, series, vit, package.module:Class"),
        ("no.such:Thing", "cannot be made"),
        ("torch.nn:ReLU", "returned torch.uint8"),
        ("torch.nn:Softmax", "fails on torch.uint8|cannot be made"),
        ("builtins:dict", "is a dict; allowed: an nn.Module|cannot be made"),
    ],
)
def test_what_is_no_encoder_is_one_line(recorded, encoder, words):
    with pytest.raises(InputError, match=words):
        fit(preset_config(recording_entry(recorded, encoder=encoder), "smoke"))


def write_fewer(path):
    """Leave 5 of the episodes in a recording, as an interruption does; return what counts them."""
    path.unlink()
    collect("smwm_lab.worlds:smwm_lab/sprite_x-v0", path, episodes=5, progress=False)
    return lambda: len(open_recording(path).episodes)


def test_the_command_records_an_environment_first(capsys, tmp_path, monkeypatch):
    monkeypatch.setenv("SMWM_LAB_CACHE", str(tmp_path))
    arguments = ("train", "smwm_lab.worlds:smwm_lab/sprite_x-v0", "--preset", "smoke", "--episodes", "12", "--json")
    status, out, err = call(capsys, *arguments)
    assert status == 0 and set(json.loads(out)["inverse_over_variance_by_action"]) == {"dx"}
    assert "recording 12 episodes of smwm_lab.worlds:smwm_lab/sprite_x-v0" in err
    (recording,) = (tmp_path / "recordings").glob("*.h5")
    written = recording.stat().st_mtime_ns
    status, _, err = call(capsys, *arguments)
    assert status == 0 and recording.stat().st_mtime_ns == written and "recording 12 episodes" not in err
    more = write_fewer(recording)
    status, _, err = call(capsys, *arguments)
    assert status == 0 and "recording 12 episodes" in err and more() == 12, "what was interrupted goes on"
    status, _, err = call(capsys, "train", "NoSuchThing-v0")
    assert status == 2 and "environment 'NoSuchThing-v0' cannot be made" in err
    status, _, err = call(capsys, "train", "single_dot", "--episodes", "3")
    assert status == 2 and "--episodes 3 is for environments, and single_dot is none" in err
