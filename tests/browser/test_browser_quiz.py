"""Quizzes in a real browser. Claims proved here:

- A click explains its answer and counts; a wrong one may be followed by another try; starting again forgets all.
- The keyboard alone is enough, and what happened is announced and in words, not in colour alone.
- The page of the course counts by notebook, and fits a phone; every text has enough contrast.
- In a notebook the widget shows long answers whole and does the same.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from conftest import PATIENCE_MS, screenshot
from playwright.sync_api import Page, expect
from test_browser_live import CONTRAST

from smwm_lab.quiz import Question, quiz_page, quizzes


@pytest.fixture(autouse=True)
def _patience() -> Iterator[None]:
    """What follows may take its time on a busy machine."""
    expect.set_options(timeout=PATIENCE_MS)
    yield
    expect.set_options(timeout=5000)


@pytest.fixture
def quiz(open_page: Callable[[Path], Page], tmp_path: Path) -> Callable[[str | None], Page]:
    """Return a function that opens the page of a notebook, or of the course for None."""
    return lambda notebook: open_page(quiz_page(notebook, tmp_path / "quiz.html").path)


def wrong(question: Question) -> str:
    return next(answer for answer in question.options if answer != question.right)


def test_one_right_and_one_wrong_answer_by_mouse(quiz) -> None:
    page = quiz("03")
    first, second, *_ = quizzes()["03"].questions
    score = page.locator("#score")
    expect(score).to_have_text("0 of 6 right, 0 at the first try")
    page.get_by_role("button", name=first.right).click()
    expect(page.get_by_text(first.reply(first.right), exact=True)).to_be_visible()
    expect(score).to_have_text("1 of 6 right, 1 at the first try")
    page.get_by_role("button", name=wrong(second)).click()
    expect(page.get_by_text(second.reply(wrong(second)), exact=True)).to_be_visible()
    expect(score).to_have_text("1 of 6 right, 1 at the first try")
    screenshot(page, "quiz_right_and_wrong")
    page.get_by_role("button", name=second.right).click()
    expect(score).to_have_text("2 of 6 right, 1 at the first try")
    page.get_by_role("button", name=wrong(first)).click()  # only explained, once the right one is found
    expect(score).to_have_text("2 of 6 right, 1 at the first try")
    page.get_by_role("button", name="Start again").click()
    expect(score).to_have_text("0 of 6 right, 0 at the first try")
    expect(page.get_by_text(first.reply(first.right), exact=True)).to_have_count(0)
    expect(page.locator("[aria-pressed=true]")).to_have_count(0)


def test_the_keyboard_alone_is_enough_and_what_happened_is_announced(quiz) -> None:
    page = quiz("00")
    question = quizzes()["00"].questions[0]
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Start again")).to_be_focused()
    answers = list(question.options)
    assert answers[0] != question.right, "a wrong one comes first"
    for answer in answers[: answers.index(question.right) + 1]:
        page.keyboard.press("Tab")
        button = page.get_by_role("button", name=answer)
        expect(button).to_be_focused()
        page.keyboard.press("Enter" if answer == question.right else "Space")
        expect(button).to_have_attribute("aria-pressed", "true")
        expect(button).to_be_focused()
        expect(page.get_by_role("status").filter(has_text=question.reply(answer))).to_have_count(1)
        expect(button).to_have_accessible_description(question.reply(answer))
    expect(page.locator("#score")).to_have_text("1 of 6 right, 0 at the first try")
    expect(page.get_by_role("group", name=question.text)).to_be_visible()
    screenshot(page, "quiz_keyboard")


@pytest.mark.parametrize("width", [1280, 390])
def test_the_course_counts_by_notebook_is_readable_and_fits(quiz, width) -> None:
    page = quiz(None)
    page.set_viewport_size({"width": width, "height": 800})
    total = sum(len(each.questions) for each in quizzes().values())
    [question, other, *_] = quizzes()["05"].questions
    page.get_by_role("link", name="05").click()
    page.get_by_role("button", name=question.right, exact=True).click()
    page.get_by_role("button", name=wrong(other), exact=True).click()
    expect(page.locator("#score")).to_have_text(f"1 of {total} right, 1 at the first try")
    expect(page.locator("#notebook-05 .score")).to_have_text("1 of 6 right, 1 at the first try")
    expect(page.locator("#notebook-04 .score")).to_have_text("0 of 6 right, 0 at the first try")
    contrasts = page.evaluate(CONTRAST)
    assert len(contrasts) > total and min(contrast for _, contrast in contrasts) >= 4.5, sorted(contrasts, key=str)[:3]
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    screenshot(page, f"quiz_course_{width}")


def test_in_a_notebook_answers_are_shown_whole_and_explained(show) -> None:
    page = show("from smwm_lab.quiz import Quiz; Quiz('03')")
    [question, *_] = quizzes()["03"].questions
    page.get_by_role("button", name=wrong(question), exact=True).click()
    expect(page.get_by_text(question.reply(wrong(question)))).to_be_visible()
    page.get_by_role("button", name=question.right, exact=True).click()
    expect(page.get_by_text(question.reply(question.right))).to_be_visible()
    expect(page.get_by_text("1 of 6 right, 0 at the first try")).to_have_count(1)
    for button in page.locator(".smwm-quiz-option").all():
        assert button.evaluate("e => e.scrollWidth <= e.clientWidth && e.scrollHeight <= e.clientHeight + 1")
    page.get_by_role("button", name=f"✓ {question.right}").scroll_into_view_if_needed()
    screenshot(page, "quiz_in_a_notebook")
