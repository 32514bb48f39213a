"""Graders of the course. Claims proved here, for every exercise of every notebook:

- Its reference solution, the cell of the notebook, passes.
- At least four wrong answers, the mistakes that people make, are rejected, each with the words meant for it.
- Whatever else is given, None, a wrong type or shape, NaN, a loop without end, something that raises, prints, writes or
  leaves, is one friendly line, and the session goes on.
- An error names the line of the learner, not one of the library.
- What learners start from does not pass.
"""

import importlib
import json
import math
from collections.abc import Callable

import matplotlib
import pytest

from smwm_lab.errors import InputError
from smwm_lab.exercises import Choice, Guess, NotYet, Task, exercises, find_exercise, grade, guess, reveal
from smwm_lab.exercises.claims import FAILS, HOLDS
from smwm_lab.exercises.versions import CHECK, EXERCISE, SOLUTION, exercise_names, tagged_names
from smwm_lab.paths import notebooks_dir


NOTEBOOKS = {
    path.stem[:2]: json.loads(path.read_text(encoding="utf-8"))
    for path in sorted(notebooks_dir().glob("[0-9][0-9]_*.ipynb"))
}
NUMBERS = sorted({each.notebook for each in exercises().values()})
ANSWERS = {number: importlib.import_module(f"wrong_answers_{number}") for number in NUMBERS}
WRONG = {name: cases for module in ANSWERS.values() for name, cases in module.WRONG.items()}
MEASURED = {name: value for module in ANSWERS.values() for name, value in module.MEASURED.items()}
CASES = [
    pytest.param(name, answer, words, id=f"{name}-{getattr(answer, '__name__', answer)}")
    for name, cases in WRONG.items()
    for answer, words in cases
]
TASKS = [each.name for each in exercises().values() if isinstance(each, Task)]
each_exercise = pytest.mark.parametrize("name", list(exercises()))


@pytest.fixture(autouse=True)
def own_style():
    """Give back the style of figures that the import cell of a notebook sets."""
    with matplotlib.rc_context():
        yield


def source(name: str, kind: str) -> str:
    """Return the code of an exercise's cell of a kind."""
    cells = NOTEBOOKS[find_exercise(name).notebook]["cells"]
    (cell,) = [cell for cell in cells if name in tagged_names(cell, kind)]
    return "".join(cell["source"])


def with_imports(name: str) -> dict[str, object]:
    """Return the names that the cells of a notebook's start give: parameters and imports."""
    cells = [cell for cell in NOTEBOOKS[find_exercise(name).notebook]["cells"] if cell["cell_type"] == "code"]
    names: dict[str, object] = {}
    for cell in cells[:2]:
        exec("".join(cell["source"]), names)
    return names


def said(capsys: pytest.CaptureFixture, name: str, answer: object) -> str:
    """Return what is printed about an answer."""
    capsys.readouterr()
    if isinstance(find_exercise(name), Task):
        grade(name, answer)
    else:
        guess(name, answer)
        reveal(name, MEASURED[name])
    return capsys.readouterr().out


def test_the_cells_of_the_notebooks_are_those_of_the_exercises():
    found = {name: number for number, notebook in NOTEBOOKS.items() for name in exercise_names(notebook)}
    assert found == {each.name: each.notebook for each in exercises().values()}
    assert set(WRONG) == set(exercises()) and set(MEASURED) == set(exercises()) - set(TASKS)


def test_every_notebook_has_three_exercises_of_which_one_is_written():
    for number in NOTEBOOKS:
        own = [each for each in exercises().values() if each.notebook == number]
        assert len(own) >= 3 and any(isinstance(each, Task) for each in own), number


@each_exercise
def test_its_solution_passes(capsys, name):
    names = with_imports(name)
    capsys.readouterr()
    exec(source(name, SOLUTION), names)
    if isinstance(find_exercise(name), Task):
        assert f'grade("{name}", ' in source(name, CHECK)
        exec(source(name, CHECK), names)
    else:
        assert f'reveal("{name}", ' in source(name, CHECK)
        reveal(name, MEASURED[name])
    out = capsys.readouterr().out
    assert HOLDS in out and FAILS not in out


@each_exercise
def test_what_learners_start_from_does_not_pass(capsys, name):
    names = with_imports(name)
    guess(name, None) if name not in TASKS else None
    capsys.readouterr()
    exec(source(name, EXERCISE), names)
    exec(source(name, CHECK), names) if name in TASKS else reveal(name, MEASURED[name])
    out = capsys.readouterr().out
    assert FAILS in out and HOLDS not in out


@each_exercise
def test_four_wrong_answers_are_told_and_it_has_hints(name):
    exercise = find_exercise(name)
    assert len(WRONG[name]) >= 4 and exercise.hints and exercise.title
    assert len({words for _, words in WRONG[name]}) >= 3 or isinstance(exercise, Task)


@pytest.mark.parametrize(("name", "answer", "words"), CASES)
def test_a_wrong_answer_is_rejected_with_the_words_meant_for_it(capsys, name, answer, words):
    out = said(capsys, name, answer)
    assert out.splitlines()[0].startswith(FAILS) or FAILS in out
    assert HOLDS not in out and words in out


def endless(*args: object, **kwargs: object) -> None:
    while True:
        pass


def leaves(*args: object, **kwargs: object) -> None:
    raise SystemExit(1)


def raises(*args: object, **kwargs: object) -> None:
    raise ValueError("two\nlines")


def writes(*args: object, **kwargs: object) -> None:
    with open("mine.txt", "w", encoding="utf-8") as file:
        file.write("mine")


def takes_nothing() -> int:
    return 0


def is_right(name: str, answer: object) -> bool:
    """Return whether a guess that people make happens to be right."""
    exercise = find_exercise(name)
    try:
        return not isinstance(exercise, Task) and exercise.compare(exercise.accept(answer), MEASURED[name])[0]
    except NotYet:
        return False


ANYTHING: list[object] = [None, 3, "text", math.nan, [], object(), leaves, raises, writes, takes_nothing]


@each_exercise
@pytest.mark.parametrize("answer", ANYTHING, ids=lambda answer: getattr(answer, "__name__", repr(answer)[:12]))
def test_whatever_is_given_is_one_friendly_line(capsys, tmp_path, monkeypatch, name, answer):
    monkeypatch.chdir(tmp_path)
    if is_right(name, answer):
        pytest.skip(f"{answer!r} is a right answer to {name}")
    lines = said(capsys, name, answer).splitlines()
    hints = [line for line in lines if line.startswith("  hint ")]
    assert lines[0].startswith(FAILS) or lines[0].startswith("your guess is kept")
    assert lines[-1 - len(hints)].startswith(FAILS) and HOLDS not in "".join(lines)
    assert "Traceback" not in "".join(lines) and list(tmp_path.iterdir()) == []


def test_an_error_is_placed_at_the_learners_line_also_where_it_arises_inside_a_network(capsys):
    def forgets_the_action(f, g, h, o, a, o_next, lam):
        return (g(f(o)) - f(o_next)).pow(2).mean(), 0, 0

    grade("four_lines", forgets_the_action)
    first = capsys.readouterr().out.splitlines()[0]
    assert "your function raised TypeError: " in first and "(line " in first
    assert first.endswith(": return (g(f(o)) - f(o_next)).pow(2).mean(), 0, 0)")


def test_a_loop_without_end_is_stopped(capsys, monkeypatch):
    task: Callable[..., object] = find_exercise(TASKS[0])
    import smwm_lab.exercises.grading as grading

    short = type(task)(**{**task.__dict__, "limit_s": 0.5})
    monkeypatch.setattr(grading, "find_exercise", lambda name: short)
    grade(TASKS[0], endless)
    assert "no answer after 0.5 seconds; is there a loop that never ends?" in capsys.readouterr().out


def test_kinds_are_kept_apart():
    assert {type(each) for each in exercises().values()} == {Guess, Choice, Task}


def test_an_unknown_name_is_answered_with_the_nearest_ones():
    with pytest.raises(InputError, match="exercise 'effective_rang' is unknown; nearest: .*effective_rank") as caught:
        find_exercise("effective_rang")
    assert len(str(caught.value)) < 250, "53 names would be no help"
    with pytest.raises(InputError, match="exercise 'zzzz' is unknown; none is similar"):
        find_exercise("zzzz")
