"""The score: right answers and first tries are counted, another try is possible, and nothing counts twice."""

import pytest

from smwm_lab.errors import InputError
from smwm_lab.quiz import AnswerSheet, Question


@pytest.fixture
def sheet() -> AnswerSheet:
    options = {"a": "because a", "b": "because b", "c": "because c"}
    return AnswerSheet([Question(text=f"{right}?", section=1, right=right, options=options) for right in "abc"])


def test_a_first_answer_that_is_right_counts_as_both(sheet):
    assert sheet.score() == "0 of 3 right, 0 at the first try"
    assert sheet.choose(0, "a") == "Right. because a"
    assert sheet.score() == "1 of 3 right, 1 at the first try"
    assert sheet.is_solved(0) and not sheet.is_solved(1)


def test_another_try_is_possible_and_is_told_from_the_first(sheet):
    assert sheet.choose(1, "a") == "Not this one. because a"
    assert sheet.num_right == 0
    sheet.choose(1, "b")
    assert (sheet.num_right, sheet.num_first_try) == (1, 0)


def test_after_the_right_answer_others_are_explained_and_change_nothing(sheet):
    sheet.choose(2, "c")
    assert sheet.choose(2, "b") == "Not this one. because b"
    sheet.choose(2, "c")
    assert sheet.score() == "1 of 3 right, 1 at the first try"


def test_starting_again_forgets_all(sheet):
    sheet.choose(0, "b")
    sheet.choose(1, "b")
    sheet.reset()
    assert sheet.score() == "0 of 3 right, 0 at the first try"
    sheet.choose(0, "a")
    assert sheet.num_first_try == 1


def test_unknown_questions_and_answers_are_refused_and_change_nothing(sheet):
    with pytest.raises(InputError, match="number = 3 is out of range; allowed: 0 to 2"):
        sheet.choose(3, "a")
    with pytest.raises(InputError, match="answer = 'd' is unknown; allowed: a, b, c"):
        sheet.choose(0, "d")
    sheet.choose(0, "a")
    assert sheet.num_first_try == 1
