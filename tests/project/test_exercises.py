"""The bugs to find in the course's exercises. Claims proved here, for each `exercise:NAME` and `check:NAME`:

- As it is committed, the check says of every bug that it is still there.
- With the solution that the page gives, the check says of every bug that it is fixed.
- Fixing one bug alone does not satisfy the check of another.
"""

import re

import nbformat
import pytest
import torch

from smwm_lab.paths import notebooks_dir
from smwm_lab.planning import LinearDynamics
from smwm_lab.seeding import generator


def surroundings() -> dict[str, object]:
    """Return what exercises find in their kernel: here a world of two numbers, the goal three actions off."""
    names = {"torch": torch, "generator": generator, "seed": 0, "model": LinearDynamics(torch.eye(2))}
    return names | {"z": torch.zeros(1, 2), "z_goal": torch.tensor([[2.6, -2.4]])}


def exercise(number: str, name: str) -> tuple[str, str, str]:
    """Return the source of an exercise, of its check, and the solution that is hidden in the text."""
    (path,) = notebooks_dir().glob(f"{number}_*.ipynb")
    cells = nbformat.read(path, as_version=4).cells
    tagged = {tag: cell for cell in cells for tag in cell.metadata.get("tags", [])}
    after = cells[cells.index(tagged[f"check:{name}"]) + 1]
    (solution,) = re.findall(r"<summary>Solution</summary>.*?```python\n(.*?)```", after.source, re.DOTALL)
    return tagged[f"exercise:{name}"].source, tagged[f"check:{name}"].source, solution


def verdicts(capsys: pytest.CaptureFixture, names: dict[str, object], *sources: str) -> list[str]:
    for source in sources:
        exec(source, names)
    return [line.split(":")[1].strip() for line in capsys.readouterr().out.splitlines()]


def test_the_two_bugs_of_the_short_search_are_told_from_their_repair(capsys):
    broken, check, solved = exercise("07", "bugs")
    assert verdicts(capsys, surroundings(), broken, check) == ["still there"] * 2
    assert verdicts(capsys, surroundings(), solved, check) == ["fixed"] * 2
    only_box = solved.replace(".mean(0).sqrt().clamp_min(0.01)", ".sum(0).div(num_elites - 1).sqrt()")
    only_std = solved.replace("        candidates = candidates.clamp(-1, 1)\n", "")
    assert verdicts(capsys, surroundings(), only_box, check) == ["still there", "fixed"]
    assert verdicts(capsys, surroundings(), only_std, check) == ["fixed", "still there"]


def test_the_goal_one_step_off_is_told_from_its_repair(capsys):
    broken, check, solved = exercise("08", "goal")
    assert verdicts(capsys, surroundings(), broken, check) == ["still there"]
    assert verdicts(capsys, surroundings(), solved, check) == ["fixed"]
    too_far = solved.replace("goal_offset // frameskip + 1", "goal_offset // frameskip + 2")
    assert verdicts(capsys, surroundings(), too_far, check) == ["still there"]
