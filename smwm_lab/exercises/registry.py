"""All exercises of the course, from one file per notebook in `chapters`."""

import difflib
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
    """Return an exercise by its name; raise `InputError` that names the most similar ones if there is none."""
    if not isinstance(name, str) or name not in exercises():
        near = difflib.get_close_matches(str(name), exercises(), n=3, cutoff=0.5)
        hint = f"nearest: {', '.join(near)}" if near else "none is similar"
        raise InputError(f"exercise {shown(name)} is unknown; {hint} (progress() lists all {len(exercises())})")
    return exercises()[name]
