"""The questions. Claims proved here:

- Every notebook has five or six, in its order, about sections that it has.
- Each has three to five answers, one of them right, and an explanation of its own for each.
- The right answer cannot be told by its place or by its length.
- What is no question is one clear line.
"""

import re
from collections import Counter

import nbformat
import pytest

from smwm_lab.errors import InputError
from smwm_lab.paths import notebooks_dir
from smwm_lab.quiz import Question, find_quiz, quizzes


NOTEBOOKS = {path.stem[:2]: nbformat.read(path, as_version=4) for path in sorted(notebooks_dir().glob("*.ipynb"))}
QUESTIONS = [question for each in quizzes().values() for question in each.questions]
MOST_AT_ONE_PLACE = 0.4
"""Largest share of right answers at one place; with four answers each place has a quarter in the mean."""
MOST_LONGEST = 0.5
"""Largest share of right answers that are the longest of their question."""


def prose(notebook: str) -> str:
    return "\n".join(cell.source for cell in NOTEBOOKS[notebook].cells if cell.cell_type == "markdown")


def good(**changed) -> Question:
    values = {"text": "Why?", "section": 1, "right": "a", "options": {"a": "yes", "b": "no", "c": "neither"}}
    return Question(**values | changed)


def test_every_notebook_has_its_quiz():
    assert list(quizzes()) == list(NOTEBOOKS)


@pytest.mark.parametrize("notebook", NOTEBOOKS)
def test_a_quiz_has_five_or_six_questions_about_sections_of_its_notebook(notebook):
    quiz = find_quiz(notebook)
    assert 5 <= len(quiz.questions) <= 6
    heading = prose(notebook).splitlines()[0].removeprefix("# ")
    assert heading.startswith(quiz.title)
    asked = [question.section for question in quiz.questions]
    assert asked == sorted(asked), "in the order of the notebook"
    assert set(asked) <= {int(found) for found in re.findall(r"^## (\d+) ·", prose(notebook), re.M)}
    assert len(set(asked)) >= 3, "about more than a corner of it"


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.text[:50])
def test_a_question_has_one_right_answer_and_explains_all(question):
    assert 3 <= len(question.options) <= 5
    assert [question.is_right(answer) for answer in question.options].count(True) == 1
    assert question.text.endswith("?")
    for answer, explanation in question.options.items():
        assert answer != explanation and answer.endswith((".", "?")) and explanation.endswith((".", "?"))
        assert len(explanation.split()) >= 6, "it teaches something"
        assert question.reply(answer).startswith("Right." if answer == question.right else "Not this one.")
        assert question.reply(answer).endswith(explanation)


def test_no_text_stands_twice():
    texts = [question.text for question in QUESTIONS]
    explanations = [explanation for question in QUESTIONS for explanation in question.options.values()]
    for some in (texts, explanations):
        assert [text for text, count in Counter(some).items() if count > 1] == []


def test_the_place_of_an_answer_does_not_tell_that_it_is_right():
    places = Counter(list(question.options).index(question.right) for question in QUESTIONS)
    assert len(places) >= 4 and max(places.values()) <= MOST_AT_ONE_PLACE * len(QUESTIONS), places
    for quiz in quizzes().values():
        assert len({list(each.options).index(each.right) for each in quiz.questions}) >= 3, quiz.notebook


def test_the_length_of_an_answer_does_not_tell_that_it_is_right():
    longest = [len(each.right) == max(map(len, each.options)) for each in QUESTIONS]
    assert sum(longest) <= MOST_LONGEST * len(QUESTIONS)


def test_a_quiz_is_found_by_its_number():
    assert find_quiz("3") is find_quiz("03") is quizzes()["03"]
    for unknown in ("11", "", "three", 3, None):
        with pytest.raises(InputError, match="has no quiz; allowed: '00', '01'"):
            find_quiz(unknown)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"right": "d"}, "right = 'd' is unknown; allowed: a, b, c"),
        ({"options": {"a": "yes", "b": "no"}}, "has 2 options; allowed: 3 to 5"),
        ({"options": dict.fromkeys("abcdef", "why")}, "has 6 options; allowed: 3 to 5"),
        ({"options": {"a": "yes", "b": " ", "c": "no"}}, "holds an empty text"),
    ],
)
def test_what_is_no_question_is_one_clear_line(changed, message):
    with pytest.raises(InputError, match=message):
        good(**changed)
    with pytest.raises(InputError, match="answer = 'z' is unknown; allowed: a, b, c"):
        good().reply("z")
