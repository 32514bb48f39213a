"""Two versions of a notebook from one file: for learners, who write the answers, and with the answers written.

In the file an exercise is three cells, told by their tags: `exercise:NAME` with what the learner starts from,
`solution:NAME` with an answer, `check:NAME` with the check. Nothing below them may need the answer.
"""

import copy
from typing import Any

from smwm_lab.errors import check


EXERCISE, SOLUTION, CHECK = "exercise:", "solution:", "check:"
"""What the tags begin with."""


def learners_version(notebook: dict[str, Any]) -> dict[str, Any]:
    """Return a notebook, as JSON, without solutions and without outputs, which would give answers away."""
    learners = copy.deepcopy(notebook)
    learners["cells"] = [cell for cell in learners["cells"] if not tagged_names(cell, SOLUTION)]
    for cell in learners["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"], cell["execution_count"] = [], None
    return learners


def solved_version(notebook: dict[str, Any]) -> dict[str, Any]:
    """Return a notebook, as JSON, in which solutions stand in place of what learners start from; outputs stay."""
    solved = copy.deepcopy(notebook)
    answered = {name for cell in solved["cells"] for name in tagged_names(cell, SOLUTION)}
    solved["cells"] = [cell for cell in solved["cells"] if not answered & set(tagged_names(cell, EXERCISE))]
    for cell in solved["cells"]:
        if tagged_names(cell, SOLUTION):
            cell["metadata"].pop("jupyter", None)  # they are folded in the file of both
    return solved


def exercise_names(notebook: dict[str, Any]) -> list[str]:
    """Return the names of a notebook's exercises, in order; raise `InputError` if one lacks its solution or check."""
    found = {
        kind: [name for cell in notebook["cells"] for name in tagged_names(cell, kind)]
        for kind in (EXERCISE, SOLUTION, CHECK)
    }
    for kind, names in found.items():
        check(
            names == found[EXERCISE],
            f"cells tagged {kind}NAME are {names}, and those tagged {EXERCISE}NAME are {found[EXERCISE]}; "
            "each exercise needs one of each, in one order",
        )
    return found[EXERCISE]


def tagged_names(cell: dict[str, Any], kind: str) -> list[str]:
    """Return NAME of each tag KIND:NAME of a cell."""
    tags = cell.get("metadata", {}).get("tags", [])
    return [tag.removeprefix(kind) for tag in tags if tag.startswith(kind)]
