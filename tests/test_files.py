"""Writing files: claims proved here.

- Names of half-written files cannot be foreseen, and a symbolic link in their place is not followed.
- File and folder reach the disk before the next file is begun.
- What a killed process left is swept from any folder that is written to, and makes no folder unusable.
- What a living process is writing, and what only looks alike, stays; new files have the permissions of any new file.
"""

import os
import secrets
import signal
import subprocess
import sys

import pytest

from smwm_lab import files
from smwm_lab.errors import InputError
from smwm_lab.files import is_leftover, sweep_leftovers, write_atomically, write_text
from smwm_lab.training import fit, preset_config


_KILLED = """
import os, signal, sys
from pathlib import Path
from smwm_lab.files import write_atomically
write_atomically(Path(sys.argv[1]), lambda beside: os.kill(os.getpid(), signal.SIGKILL))
"""


def kill_while_writing(path) -> None:
    """Leave what a process leaves that is killed while it writes a file."""
    child = subprocess.run([sys.executable, "-c", _KILLED, str(path)], timeout=120)
    assert child.returncode == -signal.SIGKILL
    assert [is_leftover(entry) for entry in path.parent.iterdir()].count(True) == 1


def test_half_written_files_have_names_of_their_own(tmp_path):
    seen = []
    for _ in range(2):
        write_atomically(tmp_path / "file", lambda beside: (seen.append(beside.name), beside.write_text("x")))
    assert len(set(seen)) == 2 and all(map(is_leftover, map(tmp_path.__truediv__, seen)))


def test_a_symbolic_link_in_their_place_is_not_followed(tmp_path, monkeypatch):
    names = []
    monkeypatch.setattr(secrets, "token_hex", lambda n: "0" * 2 * n)
    write_atomically(tmp_path / "file", lambda beside: (names.append(beside.name), beside.write_text("x")))
    (tmp_path / "victim").write_text("mine")
    (tmp_path / names[0]).symlink_to(tmp_path / "victim")
    with pytest.raises(InputError, match="cannot write .*File exists"):
        write_text(tmp_path / "file", "theirs")
    assert (tmp_path / "victim").read_text() == "mine"


def test_file_and_folder_reach_the_disk_before_and_after_the_move(tmp_path, monkeypatch):
    order = []
    monkeypatch.setattr(files.os, "fsync", lambda handle: order.append(os.readlink(f"/proc/self/fd/{handle}")))
    replace = os.replace
    monkeypatch.setattr(files.os, "replace", lambda a, b: (order.append("moved"), replace(a, b)))
    write_text(tmp_path / "file", "text")
    assert len(order) == 3 and order[0].endswith(".part") and order[1:] == ["moved", str(tmp_path)]


def test_new_files_have_usual_permissions_and_old_ones_keep_theirs(tmp_path):
    (tmp_path / "usual").write_text("")
    write_text(tmp_path / "file", "text")
    assert (tmp_path / "file").stat().st_mode == (tmp_path / "usual").stat().st_mode
    (tmp_path / "file").chmod(0o400)
    write_text(tmp_path / "file", "other")
    assert (tmp_path / "file").stat().st_mode & 0o777 == 0o400 and (tmp_path / "file").read_text() == "other"


def test_a_long_name_can_be_written(tmp_path):
    write_text(tmp_path / ("n" * 255), "text")
    assert (tmp_path / ("n" * 255)).read_text() == "text"


def test_what_a_killed_process_left_is_swept_by_the_next_that_writes_there(tmp_path):
    kill_while_writing(tmp_path / "file")
    (tmp_path / ".notes.123.part").write_text("not ours")
    write_text(tmp_path / "other", "text")
    assert sorted(entry.name for entry in tmp_path.iterdir()) == [".notes.123.part", "other"]


def test_what_a_living_process_writes_stays(tmp_path):
    def look(beside):
        sweep_leftovers(tmp_path)
        assert beside.exists()
        beside.write_text("x")

    write_atomically(tmp_path / "file", look)


def test_a_run_killed_at_its_very_first_file_can_be_begun_again(tmp_path):
    kill_while_writing(tmp_path / "run" / "config.json")
    run = fit(preset_config("single_dot", "smoke"), out=tmp_path / "run")
    assert run.path == tmp_path / "run" and not any(map(is_leftover, run.path.iterdir()))
    kill_while_writing(tmp_path / "foreign" / "config.json")
    (tmp_path / "foreign" / "letter.txt").write_text("dear")
    with pytest.raises(InputError, match="not empty and holds no run"):
        fit(preset_config("single_dot", "smoke"), out=tmp_path / "foreign")


def test_other_output_folders_can_be_used_again_too(tmp_path):
    from smwm_lab.cli.course import _entries
    from smwm_lab.runner.run_folder import RunFolder

    kill_while_writing(tmp_path / "run" / "run.json")
    folder = RunFolder(root=tmp_path / "run", figures=None)
    assert _entries(tmp_path / "run") == []
    folder.forget("00_map")
    assert (tmp_path / "run" / "run.json").is_file(), "killed from here on, the folder is known as ours"
