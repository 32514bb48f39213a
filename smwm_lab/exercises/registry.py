"""All exercises of the course, from one file per notebook in `chapters`."""

import functools
import importlib
import pkgutil

from smwm_lab.errors import InputError, shown
from smwm_lab.exercises import chapters
from smwm_lab.exercises.exercise import Exercise


@functools.cache
def exercises() -> dict[str, Exercise]:
    """Return name -> exercise, in the order of the course."""
    names = sorted(module.name for module in pkgutil.iter_modules(chapters.__path__))
    files = [importlib.import_module(f"{chapters.__name__}.{name}") for name in names]
    return {each.name: each for file in files for each in file.EXERCISES}


def find_exercise(name: object) -> Exercise:
    """Return an exercise by its name; raise `InputError` that lists the names if there is none."""
    if not isinstance(name, str) or name not in exercises():
        raise InputError(f"exercise {shown(name)} is unknown; allowed: {', '.join(exercises())}")
    return exercises()[name]
