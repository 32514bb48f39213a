"""What is done of the exercises. Claims proved here:

- It is kept in one file, across sessions; what was done stays done, and attempts are counted.
- Switched off, nothing is written.
- A file that is damaged, or cannot be written, is one line, and grading goes on; the file stays as it is.
- Two processes that record at once lose nothing.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import platformdirs
import pytest

from smwm_lab.errors import InputError
from smwm_lab.exercises import exercises, grade, guess, progress, reveal
from smwm_lab.exercises.progress import VARIABLE, Progress, progress_file, record


@pytest.fixture
def file(tmp_path, monkeypatch):
    """Return the file in which progress is kept in a test; it does not exist yet, nor does its folder."""
    kept = tmp_path / "state" / "progress.json"
    monkeypatch.setenv(VARIABLE, str(kept))
    return kept


def stored(file: Path) -> dict:
    return json.loads(file.read_text(encoding="utf-8"))["exercises"]


def test_at_first_nothing_is_done_and_asking_writes_nothing(file):
    assert progress().num_done == 0 and progress().attempts == {} and not file.parent.exists()
    lines = repr(progress()).splitlines()
    assert lines[0] == f"0 of {len(exercises())} exercises done (kept in {file})"
    assert "[ ] directions" in lines[1] and lines[1].startswith("00  ")


def test_an_attempt_is_kept_and_what_was_done_stays_done(file):
    record("share_in", done=False)
    assert stored(file)["share_in"]["done"] is False and not progress().is_done("share_in")
    record("share_in", done=True)
    record("share_in", done=False)
    kept = stored(file)["share_in"]
    assert kept["done"] is True and kept["attempts"] == 3 and kept["last"].endswith("+00:00")
    record("directions", done=True)
    assert set(stored(file)) == {"share_in", "directions"} and progress().num_done == 2
    assert "[x] directions  [ ] lower_loss  [x] share_in" in repr(progress())


def test_a_graded_function_and_a_revealed_guess_are_attempts(file, capsys):
    grade("share_in", lambda z, k: 0.5)
    guess("directions", None)
    reveal("directions", 2)
    assert set(stored(file)) == {"share_in"} and not progress().is_done("share_in")
    guess("directions", 5)
    assert "directions" not in stored(file)
    reveal("directions", 2)
    assert progress().is_done("directions")  # the guess is made, right or wrong
    assert "not kept" not in capsys.readouterr().out


def test_exercises_that_the_course_no_longer_has_stay_and_are_not_counted(file):
    file.parent.mkdir()
    file.write_text(json.dumps({"exercises": {"of_old": {"done": True, "attempts": 1, "last": ""}}}))
    assert progress().num_done == 0
    record("share_in", done=True)
    assert set(stored(file)) == {"of_old", "share_in"} and progress().num_done == 1


def test_switched_off_nothing_is_written(monkeypatch, tmp_path):
    monkeypatch.setenv(VARIABLE, "off")
    monkeypatch.chdir(tmp_path)
    record("share_in", done=True)
    assert progress_file() is None and progress().num_done == 0 and list(tmp_path.iterdir()) == []
    assert f"(not kept: {VARIABLE} is off)" in repr(progress())


def test_without_a_word_it_is_kept_among_the_states_of_this_user(monkeypatch):
    monkeypatch.delenv(VARIABLE, raising=False)
    assert progress_file() == platformdirs.user_state_path("smwm_lab", appauthor=False) / "progress.json"


DAMAGED = {
    "empty": "",
    "cut off": '{"exercises": {"share_in": {"done": tr',
    "a list": "[]",
    "no exercises": "{}",
    "exercises are a list": '{"exercises": []}',
    "done is no truth": '{"exercises": {"share_in": {"done": 1, "attempts": 1}}}',
    "attempts are a word": '{"exercises": {"share_in": {"done": true, "attempts": "many"}}}',
    "too large": '{"exercises": {}}' + " " * (1 << 18),
}


@pytest.mark.parametrize("content", DAMAGED.values(), ids=DAMAGED.keys())
def test_a_damaged_file_is_one_line_and_grading_goes_on(file, capsys, content):
    file.parent.mkdir()
    file.write_text(content)
    with pytest.raises(InputError, match="remove it to begin anew") as refused:
        progress()
    assert len(str(refused.value).splitlines()) == 1 and str(file) in str(refused.value)
    grade("share_in", lambda z, k: 0.5)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("✗ share_in: ") and lines[2].startswith("  hint ") and len(lines) == 3
    assert lines[1].startswith("  (progress is not kept: ") and file.read_text() == content


def test_a_folder_in_which_nothing_can_be_written_is_one_line_and_grading_goes_on(tmp_path, monkeypatch, capsys):
    (tmp_path / "state").write_text("a file where a folder should be")
    monkeypatch.setenv(VARIABLE, str(tmp_path / "state" / "progress.json"))
    guess("directions", 2)
    reveal("directions", 2)
    lines = capsys.readouterr().out.splitlines()
    assert lines[1] == "you said 2, measured 2 ✓ directions" and len(lines) == 3
    assert lines[2].startswith("  (progress is not kept: ")


def test_two_processes_that_record_at_once_lose_nothing(file):
    names = list(exercises())[:3]
    code = (
        f"import sys\nfrom smwm_lab.exercises.progress import record\nsys.stdin.readline()\n"
        f"for _ in range(8):\n    for name in {names!r}:\n        record(name, done=name == sys.argv[1])"
    )
    both = [
        subprocess.Popen([sys.executable, "-c", code, name], stdin=subprocess.PIPE, text=True, env=dict(os.environ))
        for name in names[:2]
    ]
    for process in both:  # they wait until both are there
        process.stdin.write("go\n")
        process.stdin.flush()
    for process in both:
        process.communicate(timeout=300)
        assert process.returncode == 0
    kept = stored(file)
    assert {name: each["attempts"] for name, each in kept.items()} == dict.fromkeys(names, 16)
    assert [kept[name]["done"] for name in names] == [True, True, False]
    assert [path.name for path in file.parent.iterdir()] == ["progress.json"]


def test_what_is_not_recorded_is_not_done():
    assert not Progress({"share_in": {"attempts": 3}}, "nowhere").is_done("share_in")
    assert Progress({"share_in": {"done": True}}, "nowhere").num_done == 1
