"""Runs of notebooks without kernels: what a notebook would show stands in its source, so that a run takes a moment."""

import base64
import copy
import io
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from unittest import mock

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from PIL import Image

from smwm_lab.runner import NotebookReport, WidgetPage, run_notebooks
from smwm_lab.runner.execution import Execution
from smwm_lab.runner.selection import CourseNotebook


NAMES = ("00_first", "01_second")
FILES = (
    "notebooks/00_first.ipynb",
    "html/00_first.html",
    "figures/00_dot.png",
    "widgets/Wheel.html",
    "notebooks/01_second.ipynb",
    "html/01_second.html",
    "figures/01_dot.png",
)
"""All files of a run but its record and its index; the first three are of the first notebook."""


def write_sources(folder: Path) -> list[Path]:
    """Write two notebooks, each with a figure; return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    return [_write_source(folder / f"{name}.ipynb", shade=60 * number) for number, name in enumerate(NAMES)]


def run_canned(
    sources: Sequence[Path], out: Path, *, figures: Path | None = None, resume: bool = True
) -> NotebookReport:
    """Run notebooks and a widget's page into a folder."""
    pages = [WidgetPage(name="Wheel", summary="turn it", write=lambda path: path.write_text("<p>wheel"), inputs="")]
    with mock.patch("smwm_lab.runner.run.execute_many", _execute):
        return run_notebooks(
            sources, out=out, parameters={}, figures=figures, resume=resume, widget_pages=pages, echo=[].append
        )


def statuses(report: NotebookReport) -> dict[str, str]:
    """Return name -> status of all notebooks and pages."""
    return {result.name: result.status for result in (*report.results, *report.widget_pages)}


def contents(out: Path) -> dict[str, bytes]:
    """Return the files of a run but its record, and the index without its times, which no two runs share."""
    index = re.sub(rb"\b\d+ s\b", b"", (out / "index.html").read_bytes())
    return {"index.html": index} | {name: (out / name).read_bytes() for name in FILES}


def _write_source(path: Path, *, shade: int) -> Path:
    buffer = io.BytesIO()
    Image.new("L", (8, 8), shade).save(buffer, "png")
    figure = new_code_cell("show()", metadata={"tags": ["figure:dot"]}, execution_count=1)
    figure.outputs = [new_output("display_data", data={"image/png": base64.b64encode(buffer.getvalue()).decode()})]
    nbformat.write(new_notebook(cells=[new_markdown_cell(f"# Shade {shade}?"), figure]), path)
    return path


def _execute(notebooks: list[CourseNotebook], *, on_start, **_: object) -> Iterator[tuple[CourseNotebook, Execution]]:
    for notebook in notebooks:
        on_start(notebook)
        yield notebook, Execution(notebook=copy.deepcopy(notebook.source), seconds=1.0, error=None)
