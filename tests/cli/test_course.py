"""`smwm-lab course`: it writes the notebooks for learners, or solved, and never over anything else."""

import json

import pytest
from command_line import call

from smwm_lab.exercises.versions import learners_version, solved_version
from smwm_lab.paths import notebooks_dir


STORED = {file.name: json.loads(file.read_text(encoding="utf-8")) for file in notebooks_dir().glob("*.ipynb")}
VERSIONS = {(): learners_version, ("--solutions",): solved_version}
"""Option -> what it makes of a notebook."""
each_version = pytest.mark.parametrize("options", VERSIONS)


def made(options: tuple[str, ...]) -> dict[str, dict]:
    return {name: VERSIONS[options](notebook) for name, notebook in STORED.items()}


def written(folder) -> dict[str, dict]:
    return {file.name: json.loads(file.read_text(encoding="utf-8")) for file in folder.iterdir()}


@each_version
def test_it_writes_a_version_of_every_notebook_and_tells_their_titles(capsys, tmp_path, options):
    status, out, err = call(capsys, "course", tmp_path / "course", "--json", *options)
    assert status == 0 and written(tmp_path / "course") == made(options)
    facts = json.loads(out)
    assert facts["folder"] == str(tmp_path / "course") and len(facts["notebooks"]) == len(STORED)
    assert {"name": "01_worlds", "title": "What can an action change?"} in facts["notebooks"]
    assert "01_worlds                What can an action change?\n" in err
    assert f"{len(STORED)} notebooks in {tmp_path / 'course'}; open them with: jupyter lab " in err


def test_answers_and_outputs_are_in_the_solved_version_alone(capsys, tmp_path):
    for folder, options in (("mine", ()), ("solved", ("--solutions",))):
        assert call(capsys, "course", tmp_path / folder, *options)[0] == 0
    name = "00_map.ipynb"
    mine, solved = ((tmp_path / folder / name).read_text(encoding="utf-8") for folder in ("mine", "solved"))
    assert "solution:" not in mine and "solution:" in solved and "exercise:" in mine and "exercise:" not in solved
    assert "image/png" not in mine and "image/png" in solved


@each_version
def test_a_course_that_was_written_in_part_is_completed_and_then_left_alone(capsys, tmp_path, options):
    assert call(capsys, "course", tmp_path, *options)[0] == 0
    (tmp_path / max(STORED)).unlink()
    before = {file.name: file.stat().st_mtime_ns for file in tmp_path.iterdir()}
    assert call(capsys, "course", tmp_path, *options)[0] == 0
    assert written(tmp_path) == made(options)
    assert {name: (tmp_path / name).stat().st_mtime_ns for name in before} == before


def test_answers_are_not_written_over_the_work_of_a_learner(capsys, tmp_path):
    assert call(capsys, "course", tmp_path)[0] == 0
    status, out, err = call(capsys, "course", tmp_path, "--solutions")
    assert status == 2 and out == "" and "which is not that of the course; choose a new folder" in err
    assert written(tmp_path) == made(())


def test_it_lists_the_notebooks_and_writes_nothing(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    status, out, err = call(capsys, "course", "--list", "--json")
    assert status == 0 and set(json.loads(out)) == {"notebooks"} and len(err.splitlines()) == len(STORED)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["notes.txt", min(STORED), "sub/notes.txt"])
def test_a_folder_with_anything_else_is_refused_untouched(capsys, tmp_path, name):
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text("mine")
    status, out, err = call(capsys, "course", tmp_path)
    assert status == 2 and out == "" and "which is not that of the course; choose a new folder" in err.splitlines()[-1]
    assert (tmp_path / name).read_text() == "mine" and len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "DIR is missing: smwm-lab course DIR writes the notebooks"),
        (("somewhere", "--list"), "--list takes no DIR"),
        (("--list", "--solutions"), "--list takes no --solutions; leave one of the two out"),
        (("--solutions",), "DIR is missing: smwm-lab course DIR writes the notebooks"),
        (("n" * 300,), "choose"),
        (("/dev/null",), "cannot be read: Not a directory"),
    ],
)
def test_bad_input_is_one_clear_line(capsys, tmp_path, monkeypatch, arguments, message):
    monkeypatch.chdir(tmp_path)
    status, out, err = call(capsys, "course", *arguments)
    assert status == 2 and out == "" and message in err.splitlines()[-1]
    assert list(tmp_path.iterdir()) == []
