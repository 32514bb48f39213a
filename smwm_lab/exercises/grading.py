"""What a notebook calls: keep a guess, hold it against what was measured, grade a function, give a hint.

Each prints one line for the learner (and a hint below, if the answer is not right yet); none raises for a wrong answer.
"""

from typing import Any

from smwm_lab.errors import InputError, shown
from smwm_lab.exercises.claims import FAILS, HOLDS
from smwm_lab.exercises.exercise import Choice, Guess, NotYet, Task
from smwm_lab.exercises.progress import record
from smwm_lab.exercises.registry import find_exercise
from smwm_lab.exercises.sandbox import Answer, run_limited


_guesses: dict[str, Any] = {}
"""Exercise -> the guess of this session; `reveal` looks it up."""
_hints_given: dict[str, int] = {}
"""Exercise -> hints given in this session."""


def guess(name: str, value: object) -> None:
    """Keep a guess or a choice until `reveal`; say so, or say what is wrong with it."""
    exercise = _to_predict(name)
    _guesses.pop(name, None)
    try:
        _guesses[name] = exercise.accept(value)
        print(f"your guess is kept: {value!r}")
    except NotYet as not_yet:
        print(f"{FAILS} {name}: {not_yet}")


def reveal(name: str, measured: object) -> None:
    """Hold the guess of this session against what was measured.

    measured: for a `Guess` one number, for a `Choice` the right option; raises `InputError` if it is neither.
    """
    exercise = _to_predict(name)
    if name not in _guesses:
        print(f"{FAILS} {name}: no guess yet; run guess({name!r}, …) above with a guess of yours first")
        return
    right, words = exercise.compare(_guesses[name], measured)
    print(f"{words} {HOLDS} {name}" if right else f"{FAILS} {name}: {words}")
    _keep(name, done=True)


def grade(name: str, answer: object) -> None:
    """Test a function that the learner wrote or repaired, and say what was expected, what came, and the next hint."""
    exercise = _to_write(name)
    try:
        tested, aside = _graded(exercise, answer)
    except NotYet as not_yet:
        print(f"{FAILS} {name}: {not_yet}")
        _keep(name, done=False)
        hint(name)
        return
    print(f"{HOLDS} {name}: {tested}" + (f" ({aside})" if aside else ""))
    _keep(name, done=True)


def hint(name: str) -> None:
    """Print the next hint of an exercise; after the last one, the last one again."""
    exercise = find_exercise(name)
    step = min(_hints_given.get(name, 0) + 1, len(exercise.hints))
    _hints_given[name] = step
    print(f"  hint {step} of {len(exercise.hints)}: {exercise.hints[step - 1]}")


def _graded(exercise: Task, answer: object) -> tuple[str, str]:
    if answer is None:
        raise NotYet("got None; give the function itself, without calling it")
    if not callable(answer):
        raise NotYet(f"got {shown(answer)}; give the function itself, without calling it")
    try:
        return run_limited(lambda: exercise.check(Answer(answer)), limit_s=exercise.limit_s)
    except NotYet:
        raise
    except Exception as error:  # whatever a check stumbles over is what the function returned: a right answer passes
        raise NotYet(f"what your function returned cannot be used: {type(error).__name__}: {error}") from error


def _to_predict(name: str) -> Guess | Choice:
    exercise = find_exercise(name)
    if not isinstance(exercise, Guess | Choice):
        raise InputError(f"exercise {name!r} is a function to write; allowed: grade({name!r}, your function)")
    return exercise


def _to_write(name: str) -> Task:
    exercise = find_exercise(name)
    if not isinstance(exercise, Task):
        raise InputError(f"exercise {name!r} is a prediction; allowed: guess({name!r}, ...) and reveal")
    return exercise


def _keep(name: str, *, done: bool) -> None:
    """Record an attempt; a disk that is full must not end the session, so it is said and that is all."""
    try:
        record(name, done=done)
    except InputError as error:
        print(f"  (progress is not kept: {error})")
