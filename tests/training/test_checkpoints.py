"""Checkpoints: claims proved here.

- Whatever bit of a checkpoint flips, it is refused in one line, or it is the same checkpoint.
- Renamed tensors, cuts, a checkpoint of another run and one without a checksum are one line with the remedy.
"""

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from smwm_lab.errors import InputError
from smwm_lab.training import TrainConfig, fit, preset_config
from smwm_lab.training.runs import CHECKPOINT, read_checkpoint, write_checkpoint


SMALL = {"a": torch.arange(6.0).reshape(2, 3), "b": torch.tensor(3.0), "c": torch.ones(2, dtype=torch.bfloat16)}


class Stopped(Exception):
    """What ends a training in the middle."""


def smoke(**changes) -> TrainConfig:
    return preset_config("single_dot", "smoke").replace(**changes)


def stopped_run(folder, config):
    """A run folder with a checkpoint, as a training leaves it that was stopped."""

    def stop(loop, snapshot):
        if snapshot.step == 6:
            raise Stopped

    with pytest.raises(Stopped):
        fit(config, out=folder, callback=stop, checkpoint_seconds=0.0)
    return folder / CHECKPOINT


def test_every_flipped_bit_is_noticed_or_changes_nothing(tmp_path):
    path = tmp_path / CHECKPOINT
    write_checkpoint(path, SMALL, {"metrics": "[]"})
    whole = np.frombuffer(path.read_bytes(), dtype=np.uint8)
    unnoticed = 0
    for place in range(0, 8 * len(whole), 3):
        flipped = whole.copy()
        flipped[place // 8] ^= 1 << place % 8
        path.write_bytes(flipped.tobytes())
        try:
            tensors, metadata = read_checkpoint(path)
        except InputError as error:
            assert "\n" not in str(error) and "delete the file" in str(error)
            continue
        unnoticed += 1
        assert metadata == {"metrics": "[]"} and tensors.keys() == SMALL.keys()
        assert all(torch.equal(tensors[key], SMALL[key]) for key in SMALL)
    assert unnoticed < 20, "flips between the tokens of the header are all that may change nothing"


def test_renamed_optimiser_keys_are_one_line(tmp_path):
    path = stopped_run(tmp_path, smoke())
    tensors, metadata = read_checkpoint(path)
    renamed = {key.replace("exp_avg_sq", "average"): value for key, value in tensors.items()}
    assert renamed.keys() != tensors.keys()
    save_file(renamed, path, metadata | {"sha256": "0" * 64})
    with pytest.raises(InputError, match="does not match its checksum.*delete the file"):
        fit(smoke(), out=tmp_path)
    write_checkpoint(path, renamed, metadata)
    with pytest.raises(InputError, match="of another version .*average.*delete the file"):
        fit(smoke(), out=tmp_path)


@pytest.mark.parametrize("share", [0.0, 0.3, 0.999])
def test_a_cut_checkpoint_is_one_line(tmp_path, share):
    path = stopped_run(tmp_path, smoke())
    whole = path.read_bytes()
    path.write_bytes(whole[: int(share * len(whole))])
    with pytest.raises(InputError, match="is damaged .*; delete the file and train anew"):
        fit(smoke(), out=tmp_path)


def test_a_checkpoint_of_another_run_or_without_a_checksum_is_refused(tmp_path):
    path, other = stopped_run(tmp_path / "one", smoke()), stopped_run(tmp_path / "two", smoke(seed=1))
    path.write_bytes(other.read_bytes())
    with pytest.raises(InputError, match="of another run than its folder; delete the file"):
        fit(smoke(), out=tmp_path / "one")
    save_file(load_file(other), other, {"metrics": "[]"})
    with pytest.raises(InputError, match="has no checksum, so nothing vouches for it; delete the file"):
        fit(smoke(seed=1), out=tmp_path / "two")
