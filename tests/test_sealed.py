"""Claim: a sealed file that was changed in any bit, cut, lengthened or renamed is one line with the remedy."""

import numpy as np
import pytest

from smwm_lab.errors import InputError
from smwm_lab.sealed import read_sealed, write_sealed


CONTENT = bytes(range(64))


def test_content_comes_back_as_it_was(tmp_path):
    for content in (CONTENT, b"", b"\nsha256 "):
        write_sealed(tmp_path / "file", content)
        assert read_sealed(tmp_path / "file", "outcome") == content


def test_every_flipped_bit_is_noticed(tmp_path):
    write_sealed(tmp_path / "file", CONTENT)
    whole = np.frombuffer((tmp_path / "file").read_bytes(), dtype=np.uint8)
    for place in range(8 * len(whole)):
        flipped = whole.copy()
        flipped[place // 8] ^= 1 << place % 8
        (tmp_path / "file").write_bytes(flipped.tobytes())
        with pytest.raises(InputError, match="outcome .* is damaged .*; delete the file"):
            read_sealed(tmp_path / "file", "outcome")


@pytest.mark.parametrize(
    "change", [lambda s: s[:-1], lambda s: s[1:], lambda s: s + b"\n", lambda s: b"", lambda s: s * 2]
)
def test_what_is_cut_or_added_is_noticed(tmp_path, change):
    write_sealed(tmp_path / "file", CONTENT)
    (tmp_path / "file").write_bytes(change((tmp_path / "file").read_bytes()))
    with pytest.raises(InputError, match="is damaged"):
        read_sealed(tmp_path / "file", "outcome")


def test_a_file_under_the_name_of_another_is_noticed(tmp_path):
    write_sealed(tmp_path / "file", CONTENT)
    (tmp_path / "file").rename(tmp_path / "other")
    with pytest.raises(InputError, match="not what its name says"):
        read_sealed(tmp_path / "other", "outcome")
