"""Claims about `content_hash`: it is of the content alone, computed once, and never stale or damaged unnoticed."""

import json
import os
import sys
from dataclasses import replace

import numpy as np
import pytest
from recordings_made import arrays, small

from smwm_lab.data.recordings import Recording, content_hash, open_recording, write_recording
from smwm_lab.data.recordings.content_hash import file_hash, index_paths


@pytest.fixture(autouse=True)
def cache(monkeypatch, tmp_path):
    monkeypatch.setenv("SMWM_LAB_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def file(tmp_path):
    (tmp_path / "one").mkdir()
    return write_recording(small(), tmp_path / "one" / "a.h5")


def test_a_copy_has_the_same_hash_and_other_content_under_the_same_name_another(file, tmp_path):
    (tmp_path / "two").mkdir()
    copy = tmp_path / "two" / "b.h5"
    copy.write_bytes(file.read_bytes())
    assert content_hash(open_recording(copy)) == content_hash(open_recording(file))
    changed = replace(small(), actions=small().actions * 2)
    other = write_recording(changed, tmp_path / "two" / "a.h5")
    assert content_hash(open_recording(other)) != content_hash(open_recording(file))


def test_the_index_is_used_while_size_and_time_stay_and_made_anew_when_they_change(file, monkeypatch):
    first, index = file_hash(file), index_paths(file)[0]
    assert json.loads(index.read_text())["sha256"] == first
    with monkeypatch.context() as patch:
        module = sys.modules[file_hash.__module__]  # a function of the package has its name
        patch.setattr(module, "_sha256", lambda *_: pytest.fail("read again"))
        assert file_hash(file) == first
    content = bytearray(file.read_bytes())
    content[-1] ^= 1
    file.write_bytes(content)
    os.utime(file, ns=(1, json.loads(index.read_text())["mtime_ns"] + 1))
    assert file_hash(file) != first


@pytest.mark.parametrize("spoil", ["flip", "cut", "text", "a list"])
def test_a_damaged_index_is_made_anew(file, spoil):
    first, index = file_hash(file), index_paths(file)[0]
    text = index.read_text()
    digest = json.loads(text)["sha256"]
    flipped = ("0" if digest[0] != "0" else "1") + digest[1:]
    spoilt = {"flip": text.replace(digest, flipped), "cut": text[:30], "text": "nonsense", "a list": "[1]"}
    index.write_text(spoilt[spoil])
    assert file_hash(file) == first and json.loads(index.read_text())["sha256"] == first


def test_where_the_folder_cannot_be_written_the_index_lies_in_the_cache(file):
    beside, cached = index_paths(file)
    beside.mkdir()  # nothing can be moved to its place
    first = file_hash(file)
    assert json.loads(cached.read_text())["sha256"] == first and file_hash(file) == first


def test_arrays_rows_units_and_files_of_a_folder_all_count(tmp_path):
    one = content_hash(small())
    assert content_hash(small()) == one
    others = [replace(small(), units={"x": "rad"}), replace(small(), actions=small().actions + 1)]
    images = arrays()["observations"]
    images[3, 2, 1, 0] ^= 1
    changed = replace(small(), observations=Recording.from_arrays(images, arrays()["actions"]).observations)
    assert len({one, *map(content_hash, [*others, changed])}) == 4
    for name, values in arrays().items():
        np.save(tmp_path / f"{name}.npy", values)
    folder = content_hash(open_recording(tmp_path))
    np.save(tmp_path / "x.npy", arrays()["x"] + 1)
    assert content_hash(open_recording(tmp_path)) != folder


def test_dropped_episodes_count(tmp_path):
    np.savez(tmp_path / "a.npz", **arrays() | {"lengths": np.array([5, 1, 6])})
    np.savez(tmp_path / "b.npz", **arrays() | {"lengths": np.array([1, 5, 6])})
    hashes = [content_hash(open_recording(tmp_path / name, drop_short=True)) for name in ("a.npz", "b.npz")]
    assert hashes[0] != hashes[1]
