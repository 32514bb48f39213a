"""Checksums beside tables. Claims proved here:

- What was written is read back; a changed byte, a foreign file, a missing or damaged list are one line with the remedy.
- The list is one that `sha256sum --check` accepts, whoever wrote it; files of others in it stay.
- Every committed table is listed, and nothing else is.
"""

import hashlib
import shutil
import subprocess

import pytest

from smwm_lab import paths
from smwm_lab.checksums import SUMS, list_files, read_listed, read_sums, write_listed
from smwm_lab.errors import InputError


def test_what_is_written_is_read_and_a_changed_byte_is_not(tmp_path):
    path = tmp_path / "new" / "table.csv"
    write_listed(path, "a,b\n1,µ\n")
    assert read_listed(path, remedy="make it again") == "a,b\n1,µ\n"
    path.write_bytes(path.read_bytes().replace(b"1", b"2"))
    with pytest.raises(InputError, match=r"table.csv is not as SHA256SUMS .* damaged or edited; make it again"):
        read_listed(path, remedy="make it again")
    write_listed(path, "a\n")
    assert read_listed(path, remedy="") == "a\n"


def test_a_file_that_nobody_listed_or_that_is_missing_is_one_line(tmp_path):
    (tmp_path / "mine.csv").write_text("a\n")
    with pytest.raises(InputError, match="mine.csv is not listed in SHA256SUMS beside it; do this"):
        read_listed(tmp_path / "mine.csv", remedy="do this")
    with pytest.raises(InputError, match="cannot read .*no.csv: No such file or directory; do this"):
        read_listed(tmp_path / "no.csv", remedy="do this")
    list_files(tmp_path, ["mine.csv"])
    assert read_listed(tmp_path / "mine.csv", remedy="") == "a\n"


def test_lines_of_others_stay_and_a_damaged_list_is_refused_before_anything_is_written(tmp_path):
    theirs = hashlib.sha256(b"theirs").hexdigest()
    (tmp_path / SUMS).write_text(f"{theirs} *their file.bin\n")
    write_listed(tmp_path / "table.csv", "a\n")
    assert read_sums(tmp_path, remedy="")["their file.bin"] == theirs
    (tmp_path / SUMS).write_text("nonsense\n")
    with pytest.raises(InputError, match="SHA256SUMS is damaged: not every line is a checksum and a name"):
        write_listed(tmp_path / "other.csv", "a\n")
    assert not (tmp_path / "other.csv").exists()
    (tmp_path / SUMS).write_bytes(b"\xff\n")
    with pytest.raises(InputError, match="cannot read .*SHA256SUMS"):
        read_listed(tmp_path / "table.csv", remedy="")


@pytest.mark.parametrize("folder", ["results", "studies", "reference"])
def test_every_committed_table_is_listed_and_nothing_else(folder):
    place = paths.data_dir() / folder
    tables = sorted(place.glob("*.csv"))
    assert sorted(read_sums(place, remedy="")) == [path.name for path in tables] and tables
    for path in tables:
        read_listed(path, remedy="")


@pytest.mark.skipif(shutil.which("sha256sum") is None, reason="sha256sum is not installed here")
def test_sha256sum_reads_the_list(tmp_path):
    write_listed(tmp_path / "table.csv", "a\n")
    subprocess.run(["sha256sum", "--check", "--strict", SUMS], cwd=tmp_path, check=True, capture_output=True)
