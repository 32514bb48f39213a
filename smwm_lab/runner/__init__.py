"""The runner: course notebooks through papermill, into figures, pages and one index.

- `run_notebooks`: execute notebooks headlessly into an output folder (`make run`).
- `execute_in_place`: execute committed notebooks and rewrite them with their outputs (`make notebooks`).
- `WidgetPage`, `gallery_pages`, `live_pages`: pages of widgets that a run writes beside the notebooks.
- `NotebookReport`, `NotebookResult`, `NotebookError`: what both return.
"""

from smwm_lab.extras import require


require("notebooks", "papermill", "nbconvert", "nbformat", "nbclient", "jupyter_client", "jupyter_core", "ipykernel")

from smwm_lab.runner.refresh import execute_in_place
from smwm_lab.runner.report import NotebookError, NotebookReport, NotebookResult
from smwm_lab.runner.run import run_notebooks
from smwm_lab.runner.widget_pages import WidgetPage, gallery_pages, live_pages


__all__ = [
    "NotebookError",
    "NotebookResult",
    "NotebookReport",
    "WidgetPage",
    "execute_in_place",
    "gallery_pages",
    "live_pages",
    "run_notebooks",
]
