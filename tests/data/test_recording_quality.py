"""Claims about `judge_recording`, splits and Minari: what is known of a recording made for the purpose is found."""

import numpy as np
import pytest
from recordings_made import LENGTHS, ROWS, arrays

from smwm_lab.data.recordings import (
    Recording,
    judge_recording,
    open_recording,
    shared_frames,
    split_by_episode,
    split_by_time,
)
from smwm_lab.errors import InputError


def vectors(rows: int = 1000, *, lengths: int = 100, **how) -> Recording:
    """Return a point that one action moves and another does not, over ten episodes."""
    source = np.random.default_rng(0)
    actions = source.uniform(-1, 1, (rows, 2))
    place = np.cumsum(actions[:, :1], 0) - actions[:, :1]
    states = {"place": place[:, 0], "fixed": np.full(rows, 3.0)}
    return Recording.from_arrays(place, actions, lengths=[lengths] * (rows // lengths), states=states, **how)


def test_an_action_that_shows_is_told_and_one_that_does_not_is_not():
    found = judge_recording(vectors())
    assert found.actions.loc["action_0", "told"] > 0.99 and found.actions.loc["action_1", "told"] < 0.1
    assert found.actions.loc["action_0", "told_by_states"] > 0.99
    assert found.dead == ("fixed",) and found.still == 0 and found.repeated == 0
    assert found.warnings() == ["fixed never changes"]


def test_states_with_gaps_are_counted_and_the_rest_is_judged():
    recording = vectors()
    gap = np.where(np.arange(1000) % 10 == 0, np.nan, 1.0 * np.arange(1000))
    columns = {
        "place": recording.state_table(np.arange(1000))["place"].to_numpy(),
        "gap": gap,
        "none": np.full(1000, np.nan),
    }
    rows = recording.observations.read_span(0, 1000)
    found = judge_recording(Recording.from_arrays(rows, recording.actions, lengths=[100] * 10, states=columns))
    assert found.states["missing"].to_dict() == {"place": 0, "gap": 100, "none": 1000}
    assert found.states.loc["gap", "high"] == 999 and found.actions.loc["action_0", "told_by_states"] > 0.99
    assert any("gap misses 100 rows" in line for line in found.warnings())


def test_frames_that_stand_still_or_come_back_are_counted():
    images = np.zeros((200, 4, 4, 3), np.uint8)
    images[:, 0, 0, 0] = np.arange(200) // 2 % 50  # every second step stands still, and all come back
    found = judge_recording(Recording.from_arrays(images, np.zeros((200, 1)), lengths=[50] * 4))
    assert 0.4 < found.still < 0.6 and 0.4 < found.repeated < 0.6
    assert "action_0" in found.dead


@pytest.mark.parametrize("lengths", [[2], [3], [12], [6, 6]])
def test_a_short_recording_is_judged_without_a_reader(lengths):
    rows = sum(lengths)
    found = judge_recording(Recording.from_arrays(arrays()["observations"][:rows], np.ones((rows, 1)), lengths=lengths))
    assert np.isnan(found.told) and any("too few" in line for line in found.warnings())


def test_observations_that_are_not_finite_are_told_with_their_place(tmp_path):
    values = np.zeros((200, 3), np.float32)
    values[123, 1] = np.inf
    for name, array in (("observations", values), ("actions", np.zeros((200, 1))), ("lengths", np.full(4, 50))):
        np.save(tmp_path / f"{name}.npy", array)
    with pytest.raises(InputError, match="episode 2, row 23 holds NaN or infinity"):
        judge_recording(open_recording(tmp_path))


def test_splits_are_disjoint_and_windows_stay_on_their_side():
    recording = vectors()
    for split in (split_by_episode(recording, seed=1, fraction=0.3), split_by_time(recording, seed=1, block=20, gap=3)):
        sides = [set(split.rows(held_out=side).tolist()) for side in (False, True)]
        assert not sides[0] & sides[1] and all(sides)
        for side in (False, True):
            for row in split.starts(4, held_out=side).tolist():
                assert set(range(row, row + 5)) <= sides[side] and row // 100 == (row + 4) // 100
    training = split_by_time(recording, seed=1, block=20, gap=3).training
    held_out = split_by_time(recording, seed=1, block=20, gap=3).held_out
    for row in np.flatnonzero(held_out).tolist():
        near = [other for other in range(row - 3, row + 4) if 0 <= other < 1000 and other // 100 == row // 100]
        assert not training[near].any()


def test_shared_frames_are_counted_byte_by_byte():
    rows = np.repeat(np.arange(4.0), 10)[:, None] % 2  # episodes 0 and 2 are alike, 1 and 3 too
    recording = Recording.from_arrays(rows, np.zeros((40, 1)), lengths=[10] * 4)
    assert shared_frames(split_by_episode(recording, seed=0)) == 1.0
    assert shared_frames(split_by_episode(vectors(), seed=0)) == 0.0


def test_a_gap_that_leaves_nothing_to_train_on_is_refused():
    with pytest.raises(InputError, match="nothing is left to train on"):
        split_by_time(vectors(100, lengths=100), seed=0, fraction=0.5, block=10, gap=50)


@pytest.mark.filterwarnings("ignore")
def test_a_dataset_of_minari_is_read(monkeypatch, tmp_path):
    monkeypatch.setenv("MINARI_DATASETS_PATH", str(tmp_path))
    import gymnasium
    import minari
    from minari.data_collector import EpisodeBuffer

    made, at, buffers = arrays(), 0, []
    for index, length in enumerate(LENGTHS):
        rows = slice(at, at + length)
        steps = [0.0] * (length - 1)
        observations = {"pixels": made["observations"][rows], "x": made["x"][rows, None]}
        buffers.append(
            EpisodeBuffer(
                id=index,
                observations=observations,
                actions=list(made["actions"][rows][:-1]),
                rewards=steps,
                terminations=[False] * len(steps),
                truncations=[False] * len(steps),
            )
        )
        at += length
    box = gymnasium.spaces.Box
    spaces = {"pixels": box(0, 255, (6, 6, 3), np.uint8), "x": box(-9, 9, (1,), np.float64)}
    minari.create_dataset_from_buffers(
        "lamp/test-v0",
        buffers,
        observation_space=gymnasium.spaces.Dict(spaces),
        action_space=box(-9, 9, (2,), np.float32),
    )
    recording = open_recording("minari:lamp/test-v0")
    assert np.array_equal(recording.observations.read_span(0, ROWS), made["observations"])
    steps = recording.episodes.starts(1)
    assert np.array_equal(recording.actions[steps], made["actions"][steps])
    assert recording.episodes.lengths.tolist() == LENGTHS and np.array_equal(
        recording.states["x"].read_span(0, ROWS), made["x"]
    )
    with pytest.raises(InputError, match="not on this machine; allowed: lamp/test-v0"):
        open_recording("minari:lamp/other-v0")
