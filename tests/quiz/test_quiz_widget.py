"""A quiz in a notebook, without a browser: buttons explain and count, and texts are never markup."""

import pytest

from smwm_lab.errors import InputError
from smwm_lab.quiz import Chapter, Question, Quiz, quiz_page, quizzes, registry


@pytest.fixture
def quiz():
    made = Quiz("03")
    yield made
    made.close()


def wrong(question: Question) -> str:
    return next(answer for answer in question.options if answer != question.right)


@pytest.mark.parametrize("notebook", quizzes())
def test_it_shows_every_question_and_answer(notebook):
    quiz, chapter = Quiz(notebook), quizzes()[notebook]
    assert [list(options) for options in quiz.options] == [list(each.options) for each in chapter.questions]
    for options, question in zip(quiz.options, chapter.questions, strict=True):
        assert [each.button.description for each in options.values()] == list(question.options)
        assert all(each.why.value == "" and each.why.layout.display == "none" for each in options.values())
    quiz.close()


def test_a_click_explains_and_counts(quiz):
    question = quiz.chapter.questions[0]
    options = quiz.options[0]
    options[wrong(question)].button.click()
    shown = options[wrong(question)]
    assert shown.button.description == f"✗ {wrong(question)}" and shown.why.layout.display is None
    assert "Not this one." in shown.why.value and "0 of 6 right" in quiz.score.value
    options[question.right].button.click()
    assert options[question.right].button.description == f"✓ {question.right}"
    assert "Right." in options[question.right].why.value and "1 of 6 right, 0 at the first try" in quiz.score.value
    assert not shown.button.disabled and repr(quiz) == "Quiz(03: 1 of 6 right, 0 at the first try)"


def test_all_right_at_once_and_start_again(quiz):
    for number, question in enumerate(quiz.chapter.questions):
        quiz.options[number][question.right].button.click()
    assert "6 of 6 right, 6 at the first try" in quiz.score.value
    quiz.again.click()
    assert "0 of 6 right, 0 at the first try" in quiz.score.value
    for options in quiz.options:
        for answer, option in options.items():
            assert option.button.description == answer and option.why.value == ""
            assert option.button._dom_classes == ("smwm-quiz-option",)


def test_texts_are_never_markup(monkeypatch):
    bad = "<img src=x onerror=alert(1)>"
    question = Question(text=bad, section=1, right="a", options={"a": bad, "b": "no", "c": "no, too"})
    chapter = Chapter(notebook="00", title=bad, questions=(question,))
    monkeypatch.setattr(registry, "quizzes", lambda: {"00": chapter})
    quiz = Quiz("00")
    quiz.choose(0, "a")
    assert "&lt;img" in quiz.options[0]["a"].why.value and "<img" not in quiz.options[0]["a"].why.value
    assert all("<img" not in html.value for html in (quiz.children[1], quiz.children[2].children[0]))
    quiz.close()


def test_it_writes_the_same_questions_as_a_page(quiz, tmp_path):
    written = quiz.to_html(tmp_path / "widget.html")
    assert written.read_bytes() == quiz_page("03", tmp_path / "page.html").path.read_bytes()


def test_an_unknown_notebook_is_one_line():
    with pytest.raises(InputError, match="notebook '12' has no quiz; allowed: '00'"):
        Quiz("12")
