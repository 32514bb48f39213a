"""A recording as a world. Claims proved here:

- What it draws is what was recorded: states, actions and frames of a row belong together, windows stay in an episode.
- A frameskip puts the actions of its steps side by side.
- Held-out rows are whole episodes, or blocks of time where episodes are few; no row is on both sides.
- What was not recorded is refused in one line.
- A moved file is the same recording, a changed one another.
"""

import shutil
from pathlib import Path

import h5py
import numpy as np
import pytest
import torch

from smwm_lab.data import sample_transitions, sample_windows, split_by_state
from smwm_lab.data.recordings import Recording, is_recording, recording_entry, write_recording
from smwm_lab.errors import InputError
from smwm_lab.training import fit, preset_config
from smwm_lab.worlds import make_world


LENGTHS = [7, 4, 9, 5, 6, 8, 4, 5, 7, 6, 9, 5]
ROWS = sum(LENGTHS)


def stream(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def record(path: Path, *, lengths: list[int] = LENGTHS, shift: int = 0) -> Path:
    """Write a recording whose frames, actions and state all name their row."""
    rows = sum(lengths)
    number = np.arange(rows)
    images = np.zeros((rows, 16, 16, 3), np.uint8)
    images[..., 0] = number[:, None, None] + shift
    actions = np.stack([number, -number % 5], 1).astype(np.float32)
    states = {"place": number * 0.5, "constant": np.ones(rows), "turn": number * 0.01}
    recording = Recording.from_arrays(images, actions, lengths=lengths, states=states, units={"turn": "rad"})
    return write_recording(recording, path)


@pytest.fixture
def world(tmp_path):
    return make_world(recording_entry(record(tmp_path / "rows.h5")).config)


def test_states_frames_and_actions_of_a_row_belong_together(world):
    assert world.spec.state_names == ("place", "turn", "row"), "a constant column is no state component"
    drawn = world.sample_transitions(2000, stream())
    rows = drawn.state[:, 2]
    assert torch.equal(drawn.state[:, 0], rows * 0.5)
    assert torch.equal(world.observe(drawn.state)[:, 0, 0, 0].float(), rows)
    assert torch.equal(drawn.next_state[:, 2], rows + 1)
    assert torch.allclose(world.to_units(drawn.action)[:, 0], rows, atol=1e-4)
    ends = np.cumsum(LENGTHS) - 1
    assert not np.isin(rows.numpy(), ends).any(), "no transition leads out of an episode"
    assert set(rows.int().tolist()) == set(range(ROWS)) - set(ends.tolist()), "every step is drawn"


def test_a_frameskip_puts_actions_side_by_side(tmp_path):
    world = make_world(recording_entry(record(tmp_path / "rows.h5"), frameskip=3).config)
    assert world.spec.action_names == tuple(f"action_{i}_{k}" for k in range(3) for i in range(2))
    drawn = world.sample_trajectories(50, 2, stream())
    rows = drawn.states[:, :, 2]
    assert torch.equal(rows[:, 1:] - rows[:, :-1], torch.full((50, 2), 3.0))
    second = world.to_units(drawn.actions[:, 1])
    expected = rows[:, 1:2] + torch.arange(3)
    assert torch.allclose(second[:, ::2], expected, atol=1e-3)


def test_whole_episodes_are_held_out(world):
    split = split_by_state(world, seed=0, fraction=0.25)
    rows = world.sample_state(5000, stream()).unique(dim=0)
    assert len(rows) == ROWS
    held_out, training = split.is_held_out(rows), split.is_training(rows)
    assert not (held_out & training).any() and (held_out | training).all()
    of_episode = np.repeat(np.arange(len(LENGTHS)), LENGTHS)
    sides = [set(held_out[of_episode == e].tolist()) for e in range(len(LENGTHS))]
    assert all(len(side) == 1 for side in sides) and sides.count({True}) == 3
    test = sample_transitions(split, 300, held_out=True, generator=stream())
    assert split.is_held_out(test.state).all() and split.is_held_out(test.next_state).all()
    windows = sample_windows(split, 30, length=2, episode_length=3, held_out=False, generator=stream())
    assert split.is_training(windows.states.flatten(0, 1)).all()


def test_of_few_episodes_blocks_of_time_are_held_out(tmp_path):
    world = make_world(recording_entry(record(tmp_path / "long.h5", lengths=[240])).config)
    split = split_by_state(world, seed=0, fraction=0.2)
    rows = world.sample_state(20_000, stream()).unique(dim=0)
    rows = rows[rows[:, -1].argsort()]
    held_out, training = split.is_held_out(rows), split.is_training(rows)
    assert 0.15 < held_out.float().mean() < 0.25 and not (held_out & training).any()
    neighbours = held_out[1:] & training[:-1] | held_out[:-1] & training[1:]
    assert not neighbours.any(), "a gap lies between the sides"


def test_what_was_not_recorded_is_refused(world):
    state = world.sample_state(2, stream())
    with pytest.raises(InputError, match="is a recording, which nothing can move"):
        world.step(state, torch.zeros(2, 2), stream())
    moved = state.clone()
    moved[:, 0] = (moved[:, 0] + 3) % 10 + 0.25
    with pytest.raises(InputError, match="shows only the 75 states that were recorded"):
        world.observe(moved)
    with pytest.raises(InputError, match="no episode has the 12 rows of 11 actions"):
        world.sample_trajectories(1, 11, stream())


def test_a_moved_file_is_the_same_recording_and_a_changed_one_another(tmp_path, monkeypatch):
    first = recording_entry(record(tmp_path / "a" / "rows.h5")).config
    moved = tmp_path / "b" / "rows.h5"
    moved.parent.mkdir()
    shutil.copy(tmp_path / "a" / "rows.h5", moved)
    assert recording_entry(moved).config == first
    assert recording_entry(moved).config.fingerprint() == first.fingerprint()
    (tmp_path / "a" / "rows.h5").unlink()
    with pytest.raises(InputError, match="rows.h5 is not there"):
        make_world(first)
    monkeypatch.chdir(moved.parent)
    assert len(make_world(first).recording) == ROWS, "under its name in the current folder"
    moved.unlink()
    record(moved, shift=1)
    with pytest.raises(InputError, match="has changed since it was trained on"):
        make_world(first)
    assert recording_entry(moved).config.fingerprint() != first.fingerprint()


def test_actions_that_never_vary_teach_nothing(tmp_path):
    images = np.zeros((20, 16, 16, 3), np.uint8)
    actions = np.stack([np.arange(20.0), np.full(20, 0.5)], 1)
    write_recording(Recording.from_arrays(images, actions, action_names=("move", "stuck")), tmp_path / "dead.h5")
    with pytest.raises(InputError, match="stuck never varies, so nothing tells it"):
        recording_entry(tmp_path / "dead.h5")


@pytest.mark.parametrize(("shape", "encoder"), [((5,), "mlp"), ((3, 8), "series")])
def test_numbers_are_shown_as_they_were_recorded_and_learned_by_their_own_encoder(tmp_path, shape, encoder):
    numbers = np.random.default_rng(0).normal(size=(60, *shape)).astype(np.float32)
    path = write_recording(Recording.from_arrays(numbers, np.arange(60.0)[:, None] % 7), tmp_path / "numbers.h5")
    entry = recording_entry(path)
    world = make_world(entry.config)
    state = world.sample_state(20, stream())
    assert torch.equal(world.observe(state), torch.from_numpy(numbers)[state[:, -1].long()])
    assert world.spec.observation_shape == shape and world.spec.state_names == ("row",)
    model = preset_config(entry, "smoke").model
    assert (model.encoder, model.input_shape, model.observation_shape) == (encoder, shape, shape)
    with pytest.raises(InputError, match="encoder 'conv' is for images"):
        fit(preset_config(recording_entry(path, encoder="conv"), "smoke"))
    with pytest.raises(InputError, match="side = 32 is for images"):
        recording_entry(path, side=32)


@pytest.mark.parametrize(
    ("rows", "frameskip", "words"),
    [(10, 1, "has 9 places from which 1 steps stay"), (60, 60, "has 0 places from which 60 steps stay")],
)
def test_too_few_steps_are_told_before_anything_is_trained(tmp_path, rows, frameskip, words):
    path = write_recording(Recording.from_arrays(np.eye(rows), np.arange(float(rows))[:, None]), tmp_path / "few.h5")
    with pytest.raises(InputError, match=words):
        recording_entry(path, frameskip=frameskip)


def test_what_is_a_recording_and_what_a_world(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("single_dot", "fold-v1"):
        (tmp_path / name).mkdir()
    assert [is_recording(name) for name in ("single_dot", "fold-v1", "a.h5", "minari:x", "CartPole-v1")] == [
        False,
        True,
        True,
        True,
        False,
    ]
    with pytest.raises(InputError, match="smwm-lab data convert minari:x FILE.h5"):
        recording_entry("minari:x")


def test_a_gap_in_the_numbers_is_told_with_its_row(tmp_path):
    numbers = np.random.default_rng(0).normal(size=(60, 4))
    path = write_recording(Recording.from_arrays(numbers, np.arange(60.0)[:, None]), tmp_path / "gap.h5")
    with h5py.File(path, "r+") as file:  # as a file of somebody else may be: opening it reads no observation
        file["observation"][17, 2] = np.nan
    world = make_world(recording_entry(path).config)
    with pytest.raises(InputError, match="the observation of row 17 holds NaN or infinity"):
        world.observe(world.sample_state(2000, stream()))


def test_images_of_another_side_are_averaged_and_kept(tmp_path):
    images = np.zeros((30, 48, 48, 3), np.uint8)
    images[:, :24] = 100
    images[:, ::2, ::2] += 40
    path = write_recording(Recording.from_arrays(images, np.arange(30.0)[:, None]), tmp_path / "large.h5")
    world = make_world(recording_entry(path, side=24).config)
    state = world.sample_state(10, stream())
    seen = world.observe(state)
    assert seen.shape == (10, 3, 24, 24) and seen.is_contiguous(memory_format=torch.channels_last)
    inside = seen[:, :, 2:9, 2:-2].float()
    assert (inside - 110).abs().max() <= 1, "a quarter of the pixels is brighter by 40"
    assert torch.equal(world.observe(state), seen)
