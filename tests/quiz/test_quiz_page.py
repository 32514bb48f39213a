"""A quiz as a page, without a browser. Claims proved here:

- The page holds every question, every answer and every explanation, of a notebook or of the course.
- It loads nothing and leads nowhere but to itself.
- Markup in a text stays text.
- An unknown notebook is one line, and nothing is written.
"""

import pytest
from bs4 import BeautifulSoup

from smwm_lab.errors import InputError
from smwm_lab.quiz import Chapter, Question, quiz_page, quizzes
from smwm_lab.quiz.page import quiz_html
from smwm_lab.runner.pages import external_references


def parsed(path) -> BeautifulSoup:
    return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")


def words(element) -> str:
    return " ".join(element.get_text().split())


@pytest.mark.parametrize("notebook", [None, *quizzes()])
def test_a_page_holds_all_questions_answers_and_explanations(tmp_path, notebook):
    made = quiz_page(notebook, tmp_path / "quiz.html")
    wanted = [each for number, quiz in quizzes().items() if notebook in (None, number) for each in quiz.questions]
    assert made.num_questions == len(wanted) and made.num_bytes == made.path.stat().st_size
    assert made.notebooks == ((notebook,) if notebook else tuple(quizzes()))
    found = parsed(made.path).select(".question")
    assert len(found) == len(wanted)
    for element, question in zip(found, wanted, strict=True):
        assert question.text in words(element.h3)
        assert [words(button) for button in element.select("button")] == list(question.options)
        assert [why["data-reply"] for why in element.select(".why")] == [*map(question.reply, question.options)]
        [right] = element.select("button[data-right]")
        assert words(right) == question.right


def test_a_page_loads_nothing_and_leads_only_to_itself(tmp_path):
    page = parsed(quiz_page(None, tmp_path / "quiz.html").path)
    text = (tmp_path / "quiz.html").read_text(encoding="utf-8")
    assert external_references(text) == [] and "://" not in text
    targets = [link["href"] for link in page.select("a")]
    assert len(targets) == len(quizzes()) and all(page.select(target) for target in targets)
    names = [element["id"] for element in page.select("[id]")]
    assert len(set(names)) == len(names) > 54


def test_markup_in_a_text_stays_text():
    bad = "<img src=x onerror=\"alert(1)\"> & 'co'"
    options = {f"{bad} {n}": f"because {bad} {n}" for n in range(3)}
    question = Question(text=bad, section=1, right=f"{bad} 2", options=options)
    page = BeautifulSoup(quiz_html(bad, (Chapter(notebook="00", title=bad, questions=(question,)),)), "html.parser")
    assert page.select("img") == [] and page.title.get_text() == bad and bad in page.h3.get_text()
    assert [words(button) for button in page.select(".option")] == list(options)
    assert page.select(".why")[0]["data-reply"] == f"Not this one. because {bad} 0"


def test_an_unknown_notebook_is_one_line_and_nothing_is_written(tmp_path):
    with pytest.raises(InputError, match="notebook '99' has no quiz"):
        quiz_page("99", tmp_path / "quiz.html")
    assert list(tmp_path.iterdir()) == []
