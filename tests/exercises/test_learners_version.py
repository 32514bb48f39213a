"""The course as learners get it. Claims proved here, for every notebook of `smwm-lab course DIR`:

- It runs from the first to the last cell, at preset smoke, with no answer given.
- Every check says that the answer is not there yet, and no output of the file told it before.

That the solved notebooks pass is shown by `pytest --nbval notebooks`: they hold the solutions.
"""

import json

import nbformat
import pytest

from smwm_lab.cli import main
from smwm_lab.exercises.claims import FAILS, HOLDS
from smwm_lab.exercises.versions import CHECK, SOLUTION, tagged_names
from smwm_lab.paths import notebooks_dir
from smwm_lab.runner.execution import execute
from smwm_lab.runner.kernels import RunningKernels
from smwm_lab.runner.selection import select_notebooks


NAMES = sorted(path.name for path in notebooks_dir().glob("[0-9][0-9]_*.ipynb"))


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    folder = tmp_path_factory.mktemp("course")
    main(["course", str(folder)])
    return folder


@pytest.mark.parametrize("name", NAMES)
def test_it_runs_and_every_check_waits_for_an_answer(course, name):
    stored = json.loads((course / name).read_text(encoding="utf-8"))
    assert not any(cell.get("outputs") or tagged_names(cell, SOLUTION) for cell in stored["cells"])
    nbformat.validate(stored)
    (notebook,) = select_notebooks([course / name])
    done = execute(notebook, parameters={"preset": "smoke"}, timeout_s=600, kernels=RunningKernels())
    assert done.error is None
    checks = [cell for cell in done.notebook.cells if tagged_names(cell, CHECK)]
    assert len(checks) >= 3
    for cell in checks:
        said = "".join(output.get("text", "") for output in cell.outputs)
        assert FAILS in said and HOLDS not in said, cell.source
