"""`smwm-lab data`: what is in a recording, what it is good for, conversion and recording; one line for bad input."""

import json

import numpy as np
import pytest
from command_line import call

from smwm_lab.data.recordings import Recording, open_recording, write_recording


@pytest.fixture
def file(tmp_path):
    """Eight episodes in which the action moves a bright bar."""
    source = np.random.default_rng(0)
    actions = source.uniform(-1, 1, (400, 1)).astype(np.float32)
    place = ((np.cumsum(actions, 0) - actions) * 3) % 16
    columns = np.arange(16)
    images = (255 * np.exp(-((columns - place) ** 2) / 8)).astype(np.uint8)[:, None, :, None]
    recording = Recording.from_arrays(
        np.broadcast_to(images, (400, 16, 16, 3)),
        actions,
        lengths=[50] * 8,
        states={"x": place[:, 0]},
        units={"x": "px"},
    )
    return write_recording(recording, tmp_path / "bar.h5")


def test_inspect_says_what_is_in_a_file_and_draws_it(capsys, file, tmp_path):
    sheet = tmp_path / "sheet.png"
    status, out, err = call(capsys, "data", "inspect", file, "--json", "--sheet", sheet)
    facts = json.loads(out)
    assert status == 0 and err == ""
    assert facts["rows"] == 400 and facts["episodes"] == 8 and facts["lengths"] == {"min": 50, "median": 50, "max": 50}
    assert facts["kind"] == "images" and facts["size"] == [16, 16] and facts["dtype"] == "uint8"
    assert facts["states"]["x"]["unit"] == "px" and facts["made"] == {"from": "arrays"}
    assert sheet.read_bytes()[:4] == b"\x89PNG" and b"frames of 16 x 16 px of episodes 0, 1" in sheet.read_bytes()
    status, out, err = call(capsys, "data", "inspect", file)
    assert status == 0 and out == "" and "images 16 x 16, uint8" in err and "action action_0" in err and "px" in err


def test_check_says_what_a_file_is_good_for(capsys, file):
    status, out, err = call(capsys, "data", "check", file, "--json", "--strict")
    found = json.loads(out)
    assert status == 0 and err == "" and found["warnings"] == [] and found["dead"] == []
    assert 0.2 < found["told"] <= 1 and found["shared"] < 0.5 and found["still"] < 0.1
    status, out, err = call(capsys, "data", "check", file)
    assert status == 0 and out == "" and "at least, by two frames" in err and "told" in err


def test_strict_leaves_with_status_1_where_there_are_warnings(capsys, tmp_path):
    images = np.zeros((400, 8, 8, 3), np.uint8)
    images[::100] = 1
    recording = Recording.from_arrays(images, np.tile([0.0, 1.0], (400, 1)), lengths=[100] * 4)
    path = write_recording(recording, tmp_path / "dead.h5")
    status, out, err = call(capsys, "data", "check", path, "--strict")
    assert status == 1 and out == ""
    for words in ("action_0 never changes", "nothing moves", "held-out frames occur in training"):
        assert words in err, err
    assert call(capsys, "data", "check", path)[0] == 0


def test_convert_writes_hdf5_and_leaves_out_short_episodes_if_asked(capsys, tmp_path):
    np.savez(tmp_path / "a.npz", observations=np.zeros((6, 2)), actions=np.ones((6, 1)), lengths=[3, 1, 2])
    status, out, err = call(capsys, "data", "convert", tmp_path / "a.npz", tmp_path / "b.h5")
    assert status == 2 and "--drop-short" in err and not (tmp_path / "b.h5").exists()
    status, out, err = call(capsys, "data", "convert", tmp_path / "a.npz", tmp_path / "b.h5", "--drop-short", "--json")
    assert status == 0 and json.loads(out) == {"file": str(tmp_path / "b.h5"), "rows": 5, "episodes": 2}
    assert open_recording(tmp_path / "b.h5").episodes.lengths.tolist() == [3, 2]


def test_collect_records_a_world_by_its_name_and_goes_on(capsys, tmp_path):
    out_file = tmp_path / "dot.h5"
    arguments = ("data", "collect", "single_dot", "--out", out_file, "--max-steps", "4", "--side", "32", "--json")
    status, out, err = call(capsys, *arguments, "--episodes", "2")
    assert status == 0 and json.loads(out)["rows"] == 10 and "recording single_dot" in err
    assert call(capsys, *arguments, "--episodes", "3")[0] == 0
    recording = open_recording(out_file)
    assert recording.episodes.lengths.tolist() == [5, 5, 5] and recording.observations.shape == (15, 32, 32, 3)
    assert recording.made["environment"] == "single_dot" and recording.units == {"red_x": "px", "red_y": "px"}


BAD = [
    (("inspect", "absent.h5"), "absent.h5 does not exist; allowed: .h5"),
    (("check", "notes.txt"), "allowed: .h5, .hdf5, .npz, a folder"),
    (("inspect", "absent.h5", "--sheet", "a.jpg"), "allowed: a name that ends in .png"),
    (("convert", "absent.npz", "b.h5"), "does not exist"),
    (("collect", "NoSuch-v0", "--episodes", "1", "--out", "a.h5"), "environment 'NoSuch-v0' cannot be made"),
    (("collect", "single_dot", "--episodes", "1", "--out", "a.npz"), "allowed: a name that ends in .h5"),
    (("collect", "single_dot", "--episodes", "0", "--out", "a.h5"), "episodes = 0 is out of range"),
    (("collect", "single_dot", "--episodes", "1", "--out", "a.h5", "--seed", "-1"), "seed = -1"),
]


@pytest.mark.parametrize(("arguments", "message"), BAD, ids=[" ".join(arguments) for arguments, _ in BAD])
def test_bad_input_is_one_line(capsys, tmp_path, monkeypatch, arguments, message):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "notes.txt").write_text("kept")
    status, out, err = call(capsys, "data", *arguments)
    assert status == 2 and out == "" and err.count("\n") == 1 and message in err, err
    assert [each.name for each in tmp_path.iterdir()] == ["notes.txt"]
