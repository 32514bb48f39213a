"""`smwm-lab quiz`: the page of a notebook or of the course, whole or not at all, and one line for bad input."""

import json

import pytest
from command_line import call

from smwm_lab.quiz import quizzes


@pytest.fixture(autouse=True)
def here(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)


def test_it_writes_the_page_of_a_notebook(capsys, tmp_path):
    status, out, err = call(capsys, "quiz", "3", "--json")
    facts = json.loads(out)
    assert status == 0 and err == ""
    assert facts["page"] == "quiz_03.html" and facts["notebooks"] == ["03"]
    assert facts["questions"] == len(quizzes()["03"].questions)
    assert [file.name for file in tmp_path.iterdir()] == ["quiz_03.html"]
    assert (tmp_path / "quiz_03.html").stat().st_size == facts["bytes"]


def test_without_a_number_it_writes_the_whole_course(capsys, tmp_path):
    status, out, err = call(capsys, "quiz", "--out", "course/all.html")
    assert status == 0 and out == ""
    assert all(number in err for number in quizzes()) and "course/all.html" in err
    assert (tmp_path / "course" / "all.html").is_file()
    assert call(capsys, "quiz")[0] == 0 and (tmp_path / "quiz.html").is_file()


BAD = [
    (("99",), "notebook '99' has no quiz; allowed: '00', '01'"),
    (("",), "notebook '' has no quiz"),
    (("03", "--out", "file/below/page.html"), "choose another folder"),
]


@pytest.mark.parametrize(("arguments", "message"), BAD, ids=[" ".join(arguments) for arguments, _ in BAD])
def test_bad_input_is_one_line(capsys, tmp_path, arguments, message):
    (tmp_path / "file").write_text("kept")
    status, out, err = call(capsys, "quiz", *arguments)
    assert status == 2 and out == "" and err.count("\n") == 1 and message in err, err
    assert [file.name for file in tmp_path.iterdir()] == ["file"] and (tmp_path / "file").read_text() == "kept"
