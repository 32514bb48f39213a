"""A quiz in a notebook: plain buttons, the explanation below the one that was chosen, and the score."""

from functools import partial
from html import escape
from pathlib import Path

import ipywidgets

from smwm_lab.files import asset
from smwm_lab.quiz.answer_sheet import AnswerSheet
from smwm_lab.quiz.page import quiz_page
from smwm_lab.quiz.question import Question
from smwm_lab.quiz.registry import find_quiz


MARKS = {True: "✓", False: "✗"}
"""Whether an answer is right -> the sign before it, once it was chosen."""
CLASSES = {True: "smwm-quiz-right", False: "smwm-quiz-wrong"}


class Option:
    """One answer: its button, and below it what is said once it was chosen."""

    def __init__(self, answer: str):
        self.answer = answer
        self.button = ipywidgets.Button(description=answer, layout={"width": "auto", "height": "auto"})
        self.button.add_class("smwm-quiz-option")
        self.why = ipywidgets.HTML(layout={"display": "none"})

    def show(self, reply: str, is_right: bool) -> None:
        """Mark the answer, and show a reply, plain text, below it."""
        self.button.description = f"{MARKS[is_right]} {self.answer}"
        self.button.add_class(CLASSES[is_right])
        self.why.value = f'<div class="smwm-quiz-why" role="alert">{escape(reply)}</div>'
        self.why.layout.display = None

    def reset(self) -> None:
        """Look as before any choice."""
        self.button.description = self.answer
        for each in CLASSES.values():
            self.button.remove_class(each)
        self.why.value = ""
        self.why.layout.display = "none"


class Quiz(ipywidgets.VBox):
    """The quiz of a notebook, "00" to "09"; raises `InputError` for any other.

    >>> Quiz("03")
    Quiz(03: 0 of 6 right, 0 at the first try)
    """

    def __init__(self, notebook: str):
        self.chapter = find_quiz(notebook)
        self.sheet = AnswerSheet(self.chapter.questions)
        self.score = ipywidgets.HTML()
        self.again = ipywidgets.Button(description="Start again", tooltip="Forget all answers")
        self.again.on_click(lambda _: self.reset())
        self.options = [
            {answer: self._option(number, answer) for answer in question.options}
            for number, question in enumerate(self.chapter.questions)
        ]
        style = ipywidgets.HTML(f"<style>{asset('smwm_lab.quiz', 'static/widget.css')}</style>")
        head = ipywidgets.HTML(f"<b>Quiz {self.chapter.notebook}: {escape(self.chapter.title)}</b>")
        boxes = [self._box(number, question) for number, question in enumerate(self.chapter.questions)]
        foot = ipywidgets.HBox([self.score, self.again], layout={"align_items": "center", "grid_gap": "1.5em"})
        super().__init__([style, head, *boxes, foot])
        self.add_class("smwm-quiz")
        self._show_score()

    def choose(self, number: int, answer: str) -> None:
        """Give an answer to a question, numbered from 0, as its button does; raise `InputError` if there is none."""
        reply = self.sheet.choose(number, answer)
        self.options[number][answer].show(reply, self.chapter.questions[number].is_right(answer))
        self._show_score()

    def reset(self) -> None:
        """Forget all answers."""
        self.sheet.reset()
        for options in self.options:
            for option in options.values():
                option.reset()
        self._show_score()

    def to_html(self, path: Path | str) -> Path:
        """Write the same questions, unanswered, as a page that works without a kernel, and return its path."""
        return quiz_page(self.chapter.notebook, path).path

    def __repr__(self) -> str:
        return f"Quiz({self.chapter.notebook}: {self.sheet.score()})"

    def _option(self, number: int, answer: str) -> Option:
        option = Option(answer)
        option.button.on_click(partial(self._clicked, number, answer))
        return option

    def _clicked(self, number: int, answer: str, button: ipywidgets.Button) -> None:
        self.choose(number, answer)

    def _box(self, number: int, question: Question) -> ipywidgets.VBox:
        where = f'<span style="font-weight:400">({self.chapter.notebook}, section {question.section})</span>'
        text = ipywidgets.HTML(f'<div class="smwm-quiz-text">{number + 1}. {escape(question.text)} {where}</div>')
        rows = [part for option in self.options[number].values() for part in (option.button, option.why)]
        return ipywidgets.VBox([text, *rows], layout={"margin": "0.8em 0 0 0"})

    def _show_score(self) -> None:
        self.score.value = f'<b role="status">{escape(self.sheet.score())}</b>'
