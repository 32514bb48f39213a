"""`smwm-lab progress`: which exercises are done, in words and as JSON, and a damaged file in one line."""

import json

import pytest
from command_line import call

from smwm_lab.exercises import exercises
from smwm_lab.exercises.progress import VARIABLE, record


@pytest.fixture
def file(tmp_path, monkeypatch):
    kept = tmp_path / "progress.json"
    monkeypatch.setenv(VARIABLE, str(kept))
    return kept


def test_it_lists_the_exercises_of_every_notebook_and_marks_those_that_are_done(capsys, file):
    record("share_in", done=True)
    record("directions", done=False)
    status, out, err = call(capsys, "progress")
    lines = err.splitlines()
    assert status == 0 and out == "" and lines[0] == f"1 of {len(exercises())} exercises done (kept in {file})"
    assert lines[1] == "00  [ ] directions  [ ] lower_loss  [x] share_in"
    assert [line[:2] for line in lines[1:]] == sorted({each.notebook for each in exercises().values()})


def test_as_json_it_names_each_with_its_title(capsys, file):
    record("share_in", done=True)
    status, out, err = call(capsys, "progress", "--json")
    facts = json.loads(out)
    assert status == 0 and err == "" and facts["done"] == 1 and facts["place"] == f"kept in {file}"
    assert [each["name"] for each in facts["exercises"]] == list(exercises())
    row = next(each for each in facts["exercises"] if each["name"] == "share_in")
    assert row == {"name": "share_in", "notebook": "00", "title": "share of variance in k directions", "done": True}
    assert sum(each["done"] for each in facts["exercises"]) == 1


def test_switched_off_it_says_so(capsys, monkeypatch):
    monkeypatch.setenv(VARIABLE, "off")
    assert f"0 of {len(exercises())} exercises done (not kept: {VARIABLE} is off)" in call(capsys, "progress")[2]


@pytest.mark.parametrize("arguments", [(), ("--json",)])
def test_a_damaged_file_is_one_clear_line(capsys, file, arguments):
    file.write_text("{")
    status, out, err = call(capsys, "progress", *arguments)
    assert status == 2 and out == "" and len(err.splitlines()) == 1 and "remove it to begin anew" in err


def test_it_takes_no_argument(capsys):
    status, out, err = call(capsys, "progress", "00")
    assert status == 2 and out == "" and "00" in err
