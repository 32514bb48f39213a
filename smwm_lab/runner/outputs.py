"""What is taken from an executed notebook: its figures, and a tidy copy of itself.

A cell tagged `figure:NAME` owns a figure: the first PNG among its outputs.
"""

import base64
import copy
import re
from dataclasses import dataclass

import nbformat
from nbformat import NotebookNode

from smwm_lab.runner.png import PNG, compact_pngs
from smwm_lab.runner.report import NotebookError


FIGURE_TAG = "figure:"
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
KERNELSPEC = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}


@dataclass(frozen=True, kw_only=True, repr=False)
class Figures:
    """The figures of one executed notebook."""

    images: dict[str, bytes]
    """File name -> PNG."""

    error: NotebookError | None
    """The first thing wrong with a figure tag, or None."""

    def __repr__(self) -> str:
        return f"Figures({', '.join(self.images) or 'none'}{f'; {self.error}' if self.error else ''})"


def collect_figures(notebook: NotebookNode, *, name: str) -> Figures:
    """Take the figures out of an executed notebook.

    Parameters
    ----------
    notebook
        Executed, complete or not.
    name
        Its name; a number in front (`02_training`) is put in front of the file names.

    Returns
    -------
    Figures
        `images` holds every figure that is sound; `error` is about a name used twice, a name that is no
        file name, or a tagged cell without a PNG output.
    """
    number = re.match(r"\d+_", name)
    images: dict[str, bytes] = {}
    problems: list[NotebookError] = []
    for cell in notebook.cells:
        for figure in _figure_names(cell):
            file = f"{number.group() if number else ''}{figure}.png"
            png = _first_png(cell)
            problem = _figure_problem(figure, has_png=png is not None, is_known=file in images)
            if problem:
                problems.append(NotebookError(cell=cell.get("execution_count"), name="FigureError", message=problem))
            elif png is not None:
                images[file] = png
    return Figures(images=images, error=problems[0] if problems else None)


def drop_widget_state(notebook: NotebookNode) -> NotebookNode:
    """Return a copy without widget state, and without a widget view wherever a PNG stands beside it.

    A stored widget view is dead without its kernel or a network; its PNG twin is not.
    """
    clean = copy.deepcopy(notebook)
    clean.metadata.pop("widgets", None)
    for bundle in _bundles(clean):
        if PNG in bundle.get("data", {}):
            bundle["data"].pop(WIDGET_VIEW, None)
    return clean


def tidy_for_commit(notebook: NotebookNode) -> NotebookNode:
    """Return a copy of an executed notebook that holds nothing of the machine and the moment.

    papermill's metadata, the Python version, standard-error streams and widget state go; PNGs get a palette;
    execution counts and all other outputs stay.
    """
    clean = compact_pngs(drop_widget_state(notebook))
    clean.metadata.pop("papermill", None)
    clean.metadata.kernelspec = dict(KERNELSPEC)
    clean.metadata.language_info = {"name": "python"}
    for cell in clean.cells:
        for key in ("papermill", "execution"):
            cell.metadata.pop(key, None)
        if not cell.metadata.get("tags", True):
            del cell.metadata["tags"]
        if cell.cell_type == "code":
            cell.outputs = [output for output in cell.outputs if output.get("name") != "stderr"]
    return clean


def encode(notebook: NotebookNode) -> bytes:
    """Return a notebook as the bytes of its file."""
    return (nbformat.writes(notebook) + "\n").encode()


def _figure_names(cell: NotebookNode) -> list[str]:
    """Return the figure names in the tags of a code cell."""
    tags = cell.metadata.get("tags", []) if cell.cell_type == "code" else []
    return [tag.removeprefix(FIGURE_TAG) for tag in tags if tag.startswith(FIGURE_TAG)]


def _figure_problem(figure: str, *, has_png: bool, is_known: bool) -> str | None:
    """Return what is wrong with a figure, in words, or None."""
    if not re.fullmatch(r"[A-Za-z0-9_-]+", figure):
        return f"the tag {FIGURE_TAG}{figure} needs a name of letters, digits, _ and - only"
    if is_known:
        return f"two figures are called {figure!r}"
    if not has_png:
        return f"the cell tagged {FIGURE_TAG}{figure} shows no PNG image"
    return None


def _first_png(cell: NotebookNode) -> bytes | None:
    """Return the first PNG among the outputs of a cell."""
    stored = (output["data"][PNG] for output in cell.outputs if PNG in output.get("data", {}))
    text = next(stored, None)
    return None if text is None else base64.b64decode("".join(text))


def _bundles(notebook: NotebookNode) -> list[NotebookNode]:
    """Return all outputs of all code cells."""
    return [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]
