"""A quiz as a page: one file that loads nothing and works without a kernel; `static/quiz.js` keeps the score."""

from dataclasses import dataclass
from pathlib import Path

import jinja2

from smwm_lab.files import as_path, asset, write_text
from smwm_lab.quiz.question import Chapter
from smwm_lab.quiz.registry import find_quiz, quizzes
from smwm_lab.widgets.shared.page import script, shared_asset


@dataclass(frozen=True)
class QuizPage:
    """What `quiz_page` wrote."""

    path: Path
    notebooks: tuple[str, ...]
    """Numbers of the notebooks that are asked about."""
    num_questions: int
    num_bytes: int
    """Size of the file."""


def quiz_page(notebook: str | None, path: Path | str) -> QuizPage:
    """Write the quiz of a notebook, or of the whole course for None, as a page, and return what was written.

    The file is one, whole or not at all. Raises `InputError` for an unknown notebook and what cannot be written.
    """
    path = as_path("path", path)
    chapters = tuple(quizzes().values()) if notebook is None else (find_quiz(notebook),)
    [first, *others] = chapters
    title = "Quiz of the course" if others else f"Quiz {first.notebook}: {first.title}"
    page = quiz_html(title, chapters)
    write_text(path, page)
    num_questions = sum(len(each.questions) for each in chapters)
    return QuizPage(path, tuple(each.notebook for each in chapters), num_questions, len(page.encode()))


def quiz_html(title: str, chapters: tuple[Chapter, ...]) -> str:
    """Return a whole page of quizzes; title and all texts of the questions are plain text, which is escaped."""
    template = jinja2.Environment(autoescape=True, trim_blocks=True).from_string(_ours("page.html.j2"))
    return template.render(
        title=title,
        chapters=chapters,
        style=jinja2.utils.markupsafe.Markup(shared_asset("page.css") + _ours("quiz.css")),
        code=jinja2.utils.markupsafe.Markup(script(_ours("quiz.js"))),
    )


def _ours(name: str) -> str:
    return asset("smwm_lab.quiz", f"static/{name}")
