"""`smwm-lab course`: it copies the notebooks as they are, and never over anything else."""

import json

import pytest
from command_line import call

from smwm_lab.paths import notebooks_dir


FILES = {file.name: file.read_bytes() for file in notebooks_dir().glob("*.ipynb")}


def test_it_copies_every_notebook_and_tells_their_titles(capsys, tmp_path):
    status, out, err = call(capsys, "course", tmp_path / "course", "--json")
    assert status == 0 and {file.name: file.read_bytes() for file in (tmp_path / "course").iterdir()} == FILES
    facts = json.loads(out)
    assert facts["folder"] == str(tmp_path / "course") and len(facts["notebooks"]) == len(FILES)
    assert {"name": "01_worlds", "title": "What can an action change?"} in facts["notebooks"]
    assert "01_worlds                What can an action change?\n" in err


def test_a_copy_that_was_interrupted_is_completed(capsys, tmp_path):
    name = min(FILES)
    (tmp_path / name).write_bytes(FILES[name])
    assert call(capsys, "course", tmp_path)[0] == 0
    assert {file.name for file in tmp_path.iterdir()} == set(FILES)


@pytest.mark.parametrize("name", ["notes.txt", min(FILES), "sub/notes.txt"])
def test_a_folder_with_anything_else_is_refused_untouched(capsys, tmp_path, name):
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text("mine")
    status, out, err = call(capsys, "course", tmp_path)
    assert status == 2 and out == "" and "which is not that of the course; choose a new folder" in err.splitlines()[-1]
    assert (tmp_path / name).read_text() == "mine" and len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "DIR is missing: smwm-lab course DIR copies the notebooks"),
        (("somewhere", "--list"), "--list takes no DIR"),
        (("n" * 300,), "choose"),
        (("/dev/null",), "cannot be read: Not a directory"),
    ],
)
def test_bad_input_is_one_clear_line(capsys, tmp_path, monkeypatch, arguments, message):
    monkeypatch.chdir(tmp_path)
    status, out, err = call(capsys, "course", *arguments)
    assert status == 2 and out == "" and message in err.splitlines()[-1]
    assert list(tmp_path.iterdir()) == []
