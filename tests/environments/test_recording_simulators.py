"""Claims about recordings of simulators: a row per action of a model, exact ranges, and everything about how."""

import json

import h5py
import numpy as np
import pytest
from needed import simulator

from smwm_lab.data.recordings import Recording, collect, open_recording, recording_entry, write_recording
from smwm_lab.environments import simulator_class
from smwm_lab.errors import InputError
from smwm_lab.training import TrainingLoop, preset_config
from smwm_lab.worlds import make_world


@pytest.fixture(scope="module")
def recorded(tmp_path_factory):
    simulator("reacher")
    return collect("reacher", tmp_path_factory.mktemp("r") / "r.h5", episodes=3, max_steps=43, side=16, progress=False)


def test_a_row_holds_the_actions_of_five_steps_and_they_lead_to_the_next_row(recorded):
    recording = open_recording(recorded)
    assert recording.episodes.lengths.tolist() == [9, 9, 9] and recording.actions.shape[1] == 10  # 40 of 43 steps
    assert recording.action_names[1:3] == ("wrist_torque_0", "shoulder_torque_1") and recording.rate_hz == 5
    names = ("shoulder", "wrist", "shoulder_velocity", "wrist_velocity")
    states = recording.state_table(np.arange(9))[list(names)].to_numpy()
    assert recording.units["shoulder"] == "rad" and recording.units["wrist_velocity"] == "rad/s"
    reacher = simulator("reacher", side=16)
    passed = reacher.move(states[:1], recording.actions[:8].reshape(1, 40, 2))
    assert np.allclose(passed[0, 4::5], states[1:], atol=1e-5)
    reacher.set_state(states[0])
    assert np.abs(reacher.render().astype(int) - recording.observations.read_span(0, 1)[0]).max() <= 2


def test_how_it_was_made_is_written_down(recorded):
    made = open_recording(recorded).made
    assert made["environment"] == "reacher" and made["frameskip"] == made["every"] == 5
    assert set(made["versions"]) == {"mujoco", "dm_control"} and made["policy"] == "random"


def test_actions_are_scaled_by_their_range_not_by_what_was_seen(recorded, tmp_path):
    made = recording_entry(recorded).config
    assert made.action_low == (-1.0,) * 10 and made.action_high == (1.0,) * 10 and made.frameskip == 1
    assert make_world(made).spec.action_dim == 10
    copied = write_recording(open_recording(recorded), tmp_path / "copy.h5")
    assert open_recording(copied).action_range == ((-1.0, 1.0),) * 10


def test_every_step_can_be_recorded_and_then_five_rows_are_an_action(tmp_path):
    simulator("reacher")
    path = collect("reacher", tmp_path / "f.h5", episodes=2, max_steps=20, side=16, every=1, progress=False)
    assert open_recording(path).episodes.lengths.tolist() == [21, 21]
    assert (
        recording_entry(path).config.frameskip == 5 and make_world(recording_entry(path).config).spec.action_dim == 10
    )


def test_an_older_file_without_range_still_reads_and_goes_on(tmp_path):
    simulator("reacher")
    how = {"max_steps": 60, "side": 16, "progress": False}
    path = collect("reacher", tmp_path / "old.h5", episodes=2, **how)
    with h5py.File(path, "r+") as file:
        about = json.loads(file.attrs["smwm_lab"])
        del about["action_range"]
        file.attrs["smwm_lab"] = json.dumps(about)
    old = open_recording(path)
    assert old.action_range == () and recording_entry(path, side=16).config.action_low[0] > -1
    collect("reacher", path, episodes=4, **how)
    assert len(open_recording(path).episodes) == 4 and len(open_recording(path).action_range) == 10
    with pytest.raises(InputError, match="other settings .*options"):
        collect("reacher", path, episodes=5, options={"near_home": 0.5}, **how)


def test_its_entry_has_the_recipe_of_the_simulator_and_a_run_is_trained_by_it(recorded):
    facts, entry = simulator_class("reacher").facts, recording_entry(recorded)
    assert dict(facts.recipe).items() <= dict(entry.recipe).items() and entry.budget == facts.budget
    assert recording_entry(recorded, budget=123).budget == 123
    config = preset_config(recording_entry(recorded, side=32), "smoke")
    assert config.widening == facts.recipe["widening"] < 1 and config.model.channels == facts.recipe["channels"]
    loop = TrainingLoop(config)
    assert [snapshot.step for snapshot in loop][-1] == config.num_steps
    small = Recording.from_arrays(np.zeros((40, 2)), np.random.default_rng(0).normal(size=(40, 1)), lengths=[20, 20])
    plain = recording_entry(write_recording(small, recorded.with_name("plain.h5")))
    assert plain.budget == 40_000 and "widening" not in plain.recipe
