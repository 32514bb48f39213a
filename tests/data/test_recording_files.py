"""Claims about files of recordings: both layouts of LeWM, .npz, folders of .npy; what is written is read again.

Nothing is read before it is asked for, mapped files stay mapped, and a file that does not fit together is told where.
"""

import json
import pickle
import tracemalloc
import zipfile

import h5py
import numpy as np
import pytest
from recordings_made import LENGTHS, ROWS, arrays, same, small

from smwm_lab.data.recordings import Recording, open_recording, write_recording
from smwm_lab.data.recordings.formats.hdf5_file import ABOUT
from smwm_lab.data.recordings.rows import ArrayRows
from smwm_lab.errors import InputError


ENDS = np.cumsum(LENGTHS) - 1


def columns(layout: str) -> dict[str, np.ndarray]:
    """Return the columns of a file as one of the published versions writes it."""
    made = arrays()
    action = made["actions"].copy()
    found = {"pixels": made["observations"], "action": action, "ep_len": np.array(LENGTHS, np.int32)}
    found["ep_offset"] = np.concatenate([[0], np.cumsum(LENGTHS)[:-1]])
    found |= {"state": np.stack([made["x"], made["x"] * 2], 1), "terminated": np.zeros(ROWS, bool)}
    steps = np.concatenate([np.arange(length) for length in LENGTHS])
    if layout == "0.1.1":
        return found | {"step_idx": steps + 1}
    action[ENDS] = np.nan
    return found | {"step_idx": steps, layout: np.repeat(np.arange(3), LENGTHS)}


def write(path, found, **how):
    with h5py.File(path, "w", **how) as file:
        for name, values in found.items():
            file[name] = values
    return path


@pytest.mark.parametrize("libver", ["earliest", "latest"])
@pytest.mark.parametrize("layout", ["ep_idx", "episode_idx", "0.1.1"])
def test_both_layouts_are_read_from_old_and_new_files(tmp_path, layout, libver):
    recording = open_recording(write(tmp_path / "a.h5", columns(layout), libver=libver))
    made = arrays()
    assert np.array_equal(recording.observations.read_span(0, ROWS), made["observations"])
    others = np.setdiff1d(np.arange(ROWS), ENDS)
    assert np.array_equal(recording.actions[others], made["actions"][others])
    assert np.isnan(recording.actions[ENDS]).all()
    assert recording.episodes.lengths.tolist() == LENGTHS
    assert list(recording.states) == ["state_0", "state_1"]
    assert np.array_equal(recording.states["state_1"].read(np.array([3, 1])), made["x"][[3, 1]] * 2)
    assert recording.left_out == ("terminated (bool: no numbers)",)


def test_what_is_written_is_read_again_row_for_row_and_once_more(tmp_path):
    write_recording(small(), tmp_path / "a.h5")
    first = open_recording(tmp_path / "a.h5")
    write_recording(first, tmp_path / "b.hdf5")
    assert same(first, small()) and same(open_recording(tmp_path / "b.hdf5"), small())
    assert first.made == {"from": "arrays"}
    assert sorted(file.name for file in tmp_path.iterdir()) == ["a.h5", "b.hdf5"]


@pytest.mark.parametrize("shape", [(4,), (2, 7)], ids=["vectors", "windows"])
def test_vectors_and_windows_are_written_and_read_again(tmp_path, shape):
    values = np.random.default_rng(0).normal(size=(ROWS, *shape))
    recording = Recording.from_arrays(values, arrays()["actions"], lengths=LENGTHS)
    write_recording(recording, tmp_path / "a.h5")
    assert same(open_recording(tmp_path / "a.h5"), recording)


def test_a_file_of_the_layout_0_0_6_is_what_we_write(tmp_path):
    write_recording(small(), tmp_path / "a.h5")
    with h5py.File(tmp_path / "a.h5") as file:
        assert {"pixels", "action", "ep_len", "ep_offset", "ep_idx", "step_idx", "x", "y"} == set(file)
        assert file["ep_idx"][:].tolist() == np.repeat([0, 1, 2], LENGTHS).tolist()
        assert file["step_idx"][:].tolist() == [0, 1, 2, 3, 4, 0, 1, 2, 0, 1, 2, 3]
        assert file["ep_offset"][:].tolist() == [0, 5, 8]
        assert np.isnan(file["action"][:]).all(1).nonzero()[0].tolist() == ENDS.tolist()
        assert file["pixels"].chunks == (1, 6, 6, 3) and file["pixels"].compression == "lzf"


def test_text_groups_wide_and_short_columns_are_left_out_with_the_reason(tmp_path):
    path = write(tmp_path / "a.h5", columns("0.1.1"))
    with h5py.File(path, "a") as file:
        file["task"] = ["reach"] * ROWS
        file["goal"] = np.zeros((ROWS, 8, 8, 3), np.uint8)
        file["short"] = np.zeros(ROWS - 1)
        file["scalar"] = 3.0
        file.create_group("notes")
    told = " ".join(open_recording(path).left_out)
    for words in ("task (text", "goal (entries (8, 8, 3)", "short (11 rows", "scalar (0 rows", "notes (a group)"):
        assert words in told, told


BROKEN = {
    "no action": (lambda file: file.pop("action"), "has no action; it holds: ep_idx, ep_len"),
    "no images": (lambda file: file.pop("pixels"), "has no pixels or observation"),
    "no lengths": (lambda file: file.pop("ep_len"), "has no ep_len"),
    "lengths too small": (
        lambda file: file["ep_len"].write_direct(np.array([5, 3, 3], np.int32)),
        "adds up to 11 rows",
    ),
    "negative length": (lambda file: file["ep_len"].write_direct(np.array([15, -7, 4], np.int32)), "no count"),
    "offsets": (lambda file: file["ep_offset"].write_direct(np.array([0, 4, 8])), "ep_offset of episode 1"),
    "NaN in the middle": (lambda file: _set(file, "action", 6, np.nan), "action_0, the action of episode 1, row 1"),
    "infinite": (lambda file: _set(file, "action", 0, np.inf), "action of episode 0, row 0"),
    "text as actions": (lambda file: _replace(file, "action", ["a"] * ROWS), "action holds object"),
    "a scalar": (lambda file: _replace(file, "ep_len", 12), "ep_len has shape"),
    "no episode": (lambda file: _replace(file, "ep_len", np.empty(0, int)), "holds no episode"),
    "channel first": (lambda file: _replace(file, "pixels", np.zeros((ROWS, 3, 6, 6), np.uint8)), "transpose"),
    "attribute": (lambda file: file.attrs.update({ABOUT: "[1"}), "no JSON"),
    "attribute of another kind": (lambda file: file.attrs.update({ABOUT: json.dumps({"units": 3})}), "units in"),
}


def _set(file, name, row, value):
    file[name][row] = value


def _replace(file, name, value):
    del file[name]
    file[name] = value


@pytest.mark.parametrize("kind", BROKEN)
def test_a_file_that_does_not_fit_together_is_told_where(tmp_path, kind):
    spoil, message = BROKEN[kind]
    path = write(tmp_path / "a.h5", columns("ep_idx"))
    with h5py.File(path, "a") as file:
        spoil(file)
    with pytest.raises(InputError) as found:
        open_recording(path)
    assert message in str(found.value) and str(path) in str(found.value), str(found.value)


def test_episodes_of_one_row_are_refused_or_left_out(tmp_path):
    found = columns("0.1.1") | {"ep_len": np.array([5, 1, 6]), "ep_offset": np.array([0, 5, 6])}
    path = write(tmp_path / "a.h5", found)
    with pytest.raises(InputError, match="episode 1 has 1 rows.*--drop-short"):
        open_recording(path)
    recording = open_recording(path, drop_short=True)
    rows = np.r_[0:5, 6:12]
    assert recording.episodes.lengths.tolist() == [5, 6] and "1 episodes (a single row)" in recording.left_out
    assert np.array_equal(recording.observations.read_span(0, 11), arrays()["observations"][rows])
    assert np.array_equal(
        recording.observations.read_windows(np.array([3, 9]), 2), arrays()["observations"][[[3, 4], [10, 11]]]
    )
    assert np.array_equal(recording.states["state_0"].read(np.arange(11)), arrays()["x"][rows])


@pytest.mark.parametrize("cut", [0, 7, 600, 3000])
def test_a_file_that_was_cut_is_refused(tmp_path, cut):
    path = write_recording(small(), tmp_path / "a.h5")
    path.write_bytes(path.read_bytes()[:cut])
    with pytest.raises(InputError, match="damaged"):
        open_recording(path)


def test_frames_are_read_when_they_are_asked_for(tmp_path):
    path = tmp_path / "large.h5"
    with h5py.File(path, "w") as file:  # 1.2 GB that nobody wrote
        file.create_dataset("pixels", (8000, 224, 224, 3), np.uint8, chunks=(1, 224, 224, 3))
        file["action"], file["ep_len"] = np.zeros((8000, 2), np.float32), np.full(80, 100)
    tracemalloc.start()
    recording = open_recording(path)
    windows = recording.observations.read_windows(np.array([0, 7990, 4000]), 4)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert windows.shape == (3, 4, 224, 224, 3) and most < 2 * windows.nbytes


def test_an_open_file_can_be_sent_to_another_process(tmp_path):
    recording = open_recording(write_recording(small(), tmp_path / "a.h5"))
    recording.observations.read_span(0, 1)
    assert same(pickle.loads(pickle.dumps(recording)), small())


def test_rows_that_are_not_there_are_refused_and_none_are_none(tmp_path):
    recording = open_recording(write_recording(small(), tmp_path / "a.h5"))
    assert recording.observations.read(np.array([], int)).shape == (0, 6, 6, 3)
    for rows in ([ROWS], [-1]):
        with pytest.raises(InputError, match="allowed: 0 to 11"):
            recording.observations.read(np.array(rows))


def test_a_file_that_shrank_since_it_was_opened_is_told(tmp_path):
    path = write_recording(small(), tmp_path / "a.h5")
    recording = open_recording(path)
    write(path, {"pixels": np.zeros((2, 6, 6, 3), np.uint8)})
    with pytest.raises(InputError, match="pixels cannot be read from row 3 on"):
        recording.observations.read_span(3, 5)


def test_numbers_in_the_byte_order_of_other_machines_are_turned(tmp_path):
    values = np.arange(ROWS * 2.0).reshape(ROWS, 2)
    found = {"observation": values.astype(">f4"), "action": arrays()["actions"], "ep_len": np.array(LENGTHS)}
    recording = open_recording(write(tmp_path / "a.h5", found))
    assert recording.observations.dtype.isnative and np.array_equal(recording.observations.read_span(0, ROWS), values)


def test_npz_and_folders_hold_the_same(tmp_path):
    np.savez(tmp_path / "a.npz", **arrays(), task=np.full(ROWS, "a"))
    (tmp_path / "folder").mkdir()
    for name, values in arrays().items():
        np.save(tmp_path / "folder" / f"{name}.npy", values)
    one, other = open_recording(tmp_path / "a.npz"), open_recording(tmp_path / "folder")
    assert same(one, other) and one.left_out == ("task (text or objects: no numbers)",)
    assert np.array_equal(one.observations.read_span(0, ROWS), arrays()["observations"])


def test_a_folder_stays_mapped_even_where_short_episodes_are_left_out(tmp_path):
    np.save(tmp_path / "observations.npy", np.zeros((4000, 64, 64, 3), np.uint8))  # 49 MB
    np.save(tmp_path / "actions.npy", np.zeros((4000, 2), np.float32))
    np.save(tmp_path / "lengths.npy", np.array([1, 3999]))
    np.save(tmp_path / "state.npy", np.zeros((4000, 3)))
    tracemalloc.start()
    recording = open_recording(tmp_path, drop_short=True)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(recording) == 3999 and list(recording.states) == ["state_0", "state_1", "state_2"] and most < 2_000_000
    mapped = open_recording(tmp_path, drop_short=True).observations.rows
    assert isinstance(mapped, ArrayRows) and mapped.path == tmp_path / "observations.npy"


SPOILT_ARRAYS = {
    "lengths": ({"lengths": np.array([5, 3])}, "add up to 8 rows"),
    "lengths that count nothing": ({"lengths": np.array([5.5, 6.5])}, "no count"),
    "lengths in two axes": ({"lengths": np.array([[5, 3, 4]])}, "shape"),
    "actions": ({"actions": np.zeros((3, 2))}, "shape"),
    "text as actions": ({"actions": np.full((ROWS, 2), "a")}, "actions hold"),
    "grey": ({"observations": np.zeros((ROWS, 6, 6), np.uint8)}, "np.repeat"),
    "a number": ({"observations": np.array(3.0)}, "allowed"),
}


@pytest.mark.parametrize("kind", SPOILT_ARRAYS)
def test_arrays_of_a_file_that_do_not_fit_are_told(tmp_path, kind):
    changed, message = SPOILT_ARRAYS[kind]
    np.savez(tmp_path / "a.npz", **arrays() | changed)
    with pytest.raises(InputError) as found:
        open_recording(tmp_path / "a.npz")
    assert message in str(found.value) and "\n" not in str(found.value), str(found.value)


def test_files_that_are_no_recordings_are_refused(tmp_path):
    with pytest.raises(InputError, match="does not exist; allowed: .h5, .hdf5, .npz, a folder"):
        open_recording(tmp_path / "absent.h5")
    for name in ("a.h5", "a.npz", "a.csv"):
        (tmp_path / name).write_text("time,x\n")
        with pytest.raises(InputError, match="damaged|ends in none of these"):
            open_recording(tmp_path / name)
    np.savez(tmp_path / "b.npz", actions=np.zeros(3))
    with pytest.raises(InputError, match="has no observations; it holds: actions"):
        open_recording(tmp_path / "b.npz")
    np.savez(tmp_path / "c.npz", observations=np.array([{}]), actions=np.zeros(3))
    with pytest.raises(InputError, match="no .npz file of numbers"):
        open_recording(tmp_path / "c.npz")
    with zipfile.ZipFile(tmp_path / "d.npz", "w") as file:
        file.writestr("observations.npy", b"nonsense")
    with pytest.raises(InputError, match="damaged|has no actions"):
        open_recording(tmp_path / "d.npz")
    (tmp_path / "folder").mkdir()
    with pytest.raises(InputError, match="it holds: nothing"):
        open_recording(tmp_path / "folder")
    (tmp_path / "folder" / "observations.npy").write_bytes(b"")
    with pytest.raises(InputError, match=r"observations.npy is no array of numbers"):
        open_recording(tmp_path / "folder")


def test_writing_refuses_what_is_there_other_endings_and_names_that_cannot_be_stored(tmp_path):
    with pytest.raises(InputError, match="allowed: a name that ends in .h5"):
        write_recording(small(), tmp_path / "a.npz")
    write_recording(small(), tmp_path / "a.h5")
    with pytest.raises(InputError, match="exists"):
        write_recording(small(), tmp_path / "a.h5")
    for name in ("action", "km/h", "ep_len"):
        recording = Recording.from_arrays(np.zeros((3, 2)), np.zeros((3, 1)), states={name: np.zeros(3)})
        with pytest.raises(InputError, match="cannot be stored; allowed: another name"):
            write_recording(recording, tmp_path / "b.h5")
    assert [file.name for file in tmp_path.iterdir()] == ["a.h5"]
