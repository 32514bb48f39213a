"""Claims: stable-worldmodel 0.0.6 reads what we write, and we read what its own recorder writes, without any flag.

That package is an optional oracle; without it these tests are skipped and say so.
"""

import numpy as np
import pytest
from recordings_made import LENGTHS, arrays, small

from smwm_lab.data.recordings import open_recording, write_recording


@pytest.mark.filterwarnings("ignore")
def test_their_dataset_reads_what_we_write(oracle, tmp_path):
    write_recording(small(), tmp_path / "ours.h5")
    theirs = oracle.data.HDF5Dataset("ours", num_steps=2, cache_dir=tmp_path)
    made = arrays()
    assert theirs.lengths.tolist() == LENGTHS and len(theirs) == sum(length - 1 for length in LENGTHS)
    for index, row in enumerate(small().episodes.starts(1).tolist()):
        found = theirs[index]
        assert np.array_equal(found["pixels"].permute(0, 2, 3, 1).numpy(), made["observations"][row : row + 2])
        assert np.array_equal(found["action"][0].numpy(), made["actions"][row])
        assert np.array_equal(found["x"].numpy(), made["x"][row : row + 2])


@pytest.mark.filterwarnings("ignore")
def test_what_their_recorder_writes_is_read_without_any_flag(oracle, tmp_path):
    world = oracle.World("swm/TwoRoom-v1", num_envs=2, image_shape=(32, 32), max_episode_steps=6)
    world.set_policy(oracle.policy.RandomPolicy(0))
    world.record_dataset("theirs", episodes=3, seed=0, cache_dir=tmp_path)
    recording = open_recording(tmp_path / "theirs.h5")
    assert recording.kind == "images" and recording.observations.shape[1:] == (32, 32, 3)
    assert len(recording.episodes) == 3 and recording.actions.shape[1] == 2
    theirs = oracle.data.HDF5Dataset("theirs", num_steps=2, cache_dir=tmp_path)
    for index, row in enumerate(recording.episodes.starts(1).tolist()):
        found = theirs[index]
        pair = recording.observations.read_windows(np.array([row]), 2)[0]
        assert np.array_equal(found["pixels"].permute(0, 2, 3, 1).numpy(), pair)
        assert np.array_equal(found["action"][0].numpy(), recording.actions[row])
