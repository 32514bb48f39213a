"""Floor 10: the runner: course notebooks through papermill, into figures, pages and one index.

- `run_notebooks`: execute notebooks headlessly into an output folder (`make run`).
- `execute_in_place`: execute committed notebooks and rewrite them with their outputs (`make notebooks`).
- `Exhibit`, `gallery_exhibits`: pages of widgets that a run writes beside the notebooks.
- `RunReport`, `NotebookResult`, `NotebookError`: what both return.
"""

from smwm_lab.runner.exhibits import Exhibit, gallery_exhibits
from smwm_lab.runner.in_place import execute_in_place
from smwm_lab.runner.report import NotebookError, NotebookResult, RunReport
from smwm_lab.runner.run import run_notebooks


__all__ = [
    "Exhibit", "NotebookError", "NotebookResult", "RunReport", "execute_in_place", "gallery_exhibits", "run_notebooks",
]  # fmt: skip
