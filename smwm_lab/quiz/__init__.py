"""Quizzes of the course: five or six questions per notebook, with an explanation for every answer, right or wrong.

In a notebook, and as a page that needs no kernel (`smwm-lab quiz 03` writes it too):

    Quiz("03")
    quiz_page("03", "quiz_03.html")

The questions lie in `chapters`, a file per notebook; widget and page show the same.
"""

from smwm_lab.extras import require


require("notebooks", "ipywidgets", "anywidget", "plotly", "jinja2")

from smwm_lab.quiz.answer_sheet import AnswerSheet
from smwm_lab.quiz.page import QuizPage, quiz_page
from smwm_lab.quiz.question import Chapter, Question
from smwm_lab.quiz.registry import find_quiz, quizzes
from smwm_lab.quiz.widget import Quiz


__all__ = ["AnswerSheet", "Chapter", "Question", "Quiz", "QuizPage", "find_quiz", "quiz_page", "quizzes"]
