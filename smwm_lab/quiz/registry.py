"""All quizzes of the course, from one file per notebook in `chapters`."""

import functools
import importlib
import pkgutil

from smwm_lab.errors import InputError, shown
from smwm_lab.quiz import chapters
from smwm_lab.quiz.question import Chapter


@functools.cache
def quizzes() -> dict[str, Chapter]:
    """Return number of the notebook -> its quiz, in the order of the course."""
    names = sorted(module.name for module in pkgutil.iter_modules(chapters.__path__))
    found = [importlib.import_module(f"{chapters.__name__}.{name}").QUIZ for name in names]
    return {each.notebook: each for each in found}


def find_quiz(notebook: object) -> Chapter:
    """Return the quiz of a notebook, "03" or "3"; raise `InputError` that lists the numbers if there is none."""
    number = notebook.zfill(2) if isinstance(notebook, str) and notebook else None
    if number is None or number not in quizzes():
        raise InputError(f"notebook {shown(notebook)} has no quiz; allowed: {', '.join(map(repr, quizzes()))}")
    return quizzes()[number]
