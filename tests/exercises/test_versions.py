"""Two versions of a notebook from one file. Claims proved here:

- Learners get no solution and no output, and everything else as it is.
- In the solved version solutions stand in place of what learners start from, unfolded, with their outputs.
- Both are valid notebooks, of every notebook of the course, with the ids of their cells kept.
- The given notebook stays as it was, and tags that do not match are one line.
"""

import copy
import json

import nbformat
import pytest

from smwm_lab.errors import InputError
from smwm_lab.exercises.versions import (
    CHECK,
    EXERCISE,
    SOLUTION,
    exercise_names,
    learners_version,
    solved_version,
    tagged_names,
)
from smwm_lab.paths import notebooks_dir


COURSE = {
    path.stem: json.loads(path.read_text(encoding="utf-8"))
    for path in sorted(notebooks_dir().glob("[0-9][0-9]_*.ipynb"))
}
each = pytest.mark.parametrize("notebook", COURSE.values(), ids=COURSE.keys())
versions = pytest.mark.parametrize("version", [learners_version, solved_version])


def cell(name: str, *tags: str, folded: bool = False) -> dict:
    """Return a cell of code that was executed."""
    hidden = {"jupyter": {"source_hidden": True}} if folded else {}
    output = {"output_type": "stream", "name": "stdout", "text": [f"said {name}"]}
    return {
        "cell_type": "code",
        "execution_count": 1,
        "id": name,
        "metadata": {"tags": list(tags)} | hidden,
        "outputs": [output],
        "source": [f"# {name}"],
    }


def small(*cells: dict) -> dict:
    """Return a notebook of a heading and cells."""
    heading = {"cell_type": "markdown", "id": "heading", "metadata": {}, "source": ["# What?"]}
    return {"cells": [heading, *cells], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


SMALL = small(
    cell("parameters", "parameters"),
    cell("start", "exercise:one"),
    cell("answer", "solution:one", folded=True),
    cell("between"),
    cell("tested", "check:one", "figure:one"),
)


def ids(notebook: dict) -> list[str]:
    return [each["id"] for each in notebook["cells"]]


def test_learners_get_no_solution_and_no_output():
    learners = learners_version(SMALL)
    assert ids(learners) == ["heading", "parameters", "start", "between", "tested"]
    for old, new in zip([SMALL["cells"][at] for at in (0, 1, 2, 4, 5)], learners["cells"], strict=True):
        blank = {"outputs": [], "execution_count": None} if old["cell_type"] == "code" else {}
        assert new == old | blank


def test_in_the_solved_version_the_solution_stands_in_its_place_and_is_seen():
    solved = solved_version(SMALL)
    assert ids(solved) == ["heading", "parameters", "answer", "between", "tested"]
    assert solved["cells"][2]["metadata"] == {"tags": ["solution:one"]}
    assert solved["cells"][2]["outputs"] == SMALL["cells"][3]["outputs"] and solved["cells"][4] == SMALL["cells"][5]


def test_an_exercise_without_a_solution_stays_in_the_solved_version():
    assert ids(solved_version(small(cell("start", "exercise:one")))) == ["heading", "start"]


def test_cells_without_tags_or_metadata_stay():
    bare = small({"cell_type": "raw", "id": "raw", "metadata": {}, "source": []})
    assert learners_version(bare) == bare and solved_version(bare) == bare
    assert tagged_names({"cell_type": "code"}, EXERCISE) == []


@versions
@each
def test_both_versions_are_valid_notebooks_with_their_ids_kept(notebook, version):
    before = copy.deepcopy(notebook)
    made = version(notebook)
    assert notebook == before
    nbformat.validate(made)
    kept = [each for each in ids(notebook) if each in set(ids(made))]
    assert ids(made) == kept and len(set(kept)) == len(kept)
    names = exercise_names(notebook)
    gone, there = (SOLUTION, EXERCISE) if version is learners_version else (EXERCISE, SOLUTION)
    assert [name for each in made["cells"] for name in tagged_names(each, gone)] == []
    for kind in (there, CHECK):
        assert [name for each in made["cells"] for name in tagged_names(each, kind)] == names
    assert len(made["cells"]) == len(notebook["cells"]) - len(names)


@each
def test_nothing_that_learners_get_holds_an_answer(notebook):
    made = learners_version(notebook)
    code = [each for each in made["cells"] if each["cell_type"] == "code"]
    assert all(each["outputs"] == [] and each["execution_count"] is None for each in code)
    text = "".join("".join(each["source"]) for each in made["cells"])
    for hidden in notebook["cells"]:
        if tagged_names(hidden, SOLUTION):
            assert "".join(hidden["source"]) not in text


MISMATCHED = {
    "no solution": (cell("start", "exercise:one"), cell("tested", "check:one")),
    "no check": (cell("start", "exercise:one"), cell("answer", "solution:one")),
    "no exercise": (cell("answer", "solution:one"), cell("tested", "check:one")),
    "another name": (cell("start", "exercise:one"), cell("answer", "solution:two"), cell("tested", "check:one")),
    "twice": tuple(cell(kind, f"{kind}:one") for kind in ("exercise", "exercise", "solution", "check")),
    "another order": tuple(
        cell(tag, tag)
        for tag in ("exercise:one", "exercise:two", "solution:two", "solution:one", "check:one", "check:two")
    ),
}


@pytest.mark.parametrize("cells", MISMATCHED.values(), ids=MISMATCHED.keys())
def test_names_that_do_not_match_are_one_line(cells):
    with pytest.raises(InputError, match="each exercise needs one of each, in one order") as refused:
        exercise_names(small(*cells))
    assert len(str(refused.value).splitlines()) == 1 and "exercise:NAME" in str(refused.value)


def test_names_come_in_the_order_of_the_cells():
    cells = [
        cell(f"{kind}{name}", f"{kind}:{name}") for name in ("b", "a") for kind in ("exercise", "solution", "check")
    ]
    assert exercise_names(small(*cells)) == ["b", "a"] and exercise_names(small()) == []
