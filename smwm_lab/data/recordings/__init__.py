"""Recordings: episodes of observations and actions made elsewhere, read from disk as they are needed.

    recording = open_recording("trajectories.h5")          # HDF5 in LeWM's layouts, .npz, a folder of .npy
    recording = Recording.from_arrays(images, actions, lengths=[200, 180])
    collect("CartPole-v1", "cartpole.h5", episodes=50)     # from any gymnasium environment

Row t of an episode holds the observation at t and the action taken there, which leads to row t + 1. The last row of an
episode has no action: NaN.
"""

from smwm_lab.data.recordings.collection.collect import collect
from smwm_lab.data.recordings.content_hash import content_hash
from smwm_lab.data.recordings.episodes import Episodes
from smwm_lab.data.recordings.formats.registry import open_recording, write_recording
from smwm_lab.data.recordings.quality import judge_recording
from smwm_lab.data.recordings.recording import Recording
from smwm_lab.data.recordings.row_splits import RowSplit, shared_frames, split_by_episode, split_by_time
from smwm_lab.data.recordings.world.recorded_entry import is_recording, recording_entry
from smwm_lab.data.recordings.world.recorded_world import RecordedWorld


__all__ = [
    "Episodes",
    "RecordedWorld",
    "Recording",
    "RowSplit",
    "collect",
    "content_hash",
    "is_recording",
    "judge_recording",
    "open_recording",
    "recording_entry",
    "shared_frames",
    "split_by_episode",
    "split_by_time",
    "write_recording",
]
