"""Export workshop/slides.ipynb to one page of slides that loads nothing: `make slides`.

The notebook is executed in a kernel of its own. A slide begins where JupyterLab's property inspector says so; that cell
has two tags, `part:NAME` and `minutes:N`. Its last cell is the speaker's notes, which get the clock from these minutes.
"""

import argparse
import base64
import copy
import sys
from pathlib import Path

import nbformat
from nbconvert import SlidesExporter
from nbformat import NotebookNode

from smwm_lab.errors import InputError
from smwm_lab.files import write_text
from smwm_lab.runner.execution import CELL_TIMEOUT_S, execute
from smwm_lab.runner.kernels import RunningKernels
from smwm_lab.runner.pages import OfflineExporter
from smwm_lab.runner.png import PNG, compact_png, png_description
from smwm_lab.runner.selection import select_notebooks


FOLDER = Path(__file__).resolve().parent
SLIDES = FOLDER / "slides.ipynb"
TITLE = "A low loss is not a good model"
SCRIPTS = ("reveal/reveal.js", "reveal/notes.js", "slides.js")
"""Of the page, in this order."""
LICENCES = ("reveal/LICENSE", "reveal/LICENSE.marked.md")
"""Of what is not the project's own; they go wherever the page goes."""


class OfflineSlides(OfflineExporter, SlidesExporter):
    """nbconvert's exporter of slides without anything that is loaded from elsewhere, and without code."""

    exclude_input = True
    exclude_input_prompt = True
    exclude_output_prompt = True


def executed_slides(timeout_s: int = CELL_TIMEOUT_S) -> NotebookNode:
    """Return the notebook with its outputs; raise `InputError` if a cell fails or takes longer than `timeout_s`, s."""
    [notebook] = select_notebooks([SLIDES])
    done = execute(notebook, parameters={}, timeout_s=timeout_s, kernels=RunningKernels())
    if done.error is not None:
        raise InputError(f"cell {done.error.cell} of {SLIDES.name}: {done.error.name}: {done.error.message}")
    return done.notebook


def slides_html(executed: NotebookNode) -> str:
    """Return the page; `executed` is the notebook with outputs, as `executed_slides` returns it."""
    notebook = with_clock(executed)
    for output in (each for cell in notebook.cells for each in cell.get("outputs", [])):
        if PNG in output.get("data", {}):
            png = base64.b64decode("".join(output.data[PNG]))
            output.metadata.alt = png_description(png)
            output.data[PNG] = base64.b64encode(compact_png(png)).decode()
    exporter = OfflineSlides(raw_template=_text("slides.html.j2"))
    resources = {
        "metadata": {"name": SLIDES.stem, "path": str(FOLDER)},
        "title": TITLE,
        "reveal_style": _text("reveal/reveal.css"),
        "slide_style": _text("slides.css"),
        "scripts": [_text(name) for name in SCRIPTS],
        "licences": [_text(name) for name in LICENCES],
    }
    return exporter.from_notebook_node(notebook, resources=resources)[0]


def with_clock(notebook: NotebookNode) -> NotebookNode:
    """Return a copy whose notes begin with when their slide is shown, for how long, and in which part of the plan."""
    timed = copy.deepcopy(notebook)
    end, heading = 0, ""
    for cell in timed.cells:
        kind = slide_type(cell)
        if kind == "slide":
            part, minutes = part_and_minutes(cell)
            start, end = end, end + minutes
            unit = "minute" if minutes == 1 else "minutes"
            heading = f"**{_clock(start)} to {_clock(end)}, {minutes} {unit}** · {part}\n\n"
        elif kind == "notes":
            cell.source = heading + cell.source
    return timed


def slide_type(cell: NotebookNode) -> str:
    """Return what a cell is to a slide: `slide` begins one, `notes`, `skip`, or `-` for more of it."""
    return str(cell.metadata.get("slideshow", {}).get("slide_type", "-"))


def part_and_minutes(cell: NotebookNode) -> tuple[str, int]:
    """Return the part of the plan that a slide belongs to, and its minutes, from the tags of its first cell."""
    told = dict(tag.split(":", 1) for tag in cell.metadata.get("tags", []) if ":" in tag)
    return told["part"], int(told["minutes"])


def read_slides() -> NotebookNode:
    """Return the notebook as it is committed, without outputs."""
    return nbformat.read(SLIDES, as_version=4)


def _clock(minutes: int) -> str:
    return f"{minutes // 60}:{minutes % 60:02d}"


def _text(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")


def main() -> None:
    """Write the page and say where it is and how it is used."""
    parser = argparse.ArgumentParser(description=__doc__.partition(":")[0])
    parser.add_argument("--out", type=Path, required=True, help="HTML file.")
    file = parser.parse_args().out
    try:
        page = slides_html(executed_slides())
        file.parent.mkdir(parents=True, exist_ok=True)
        write_text(file, page)
    except InputError as error:
        sys.exit(f"error: {error}")
    print(f"wrote {file}; open it in a browser: S opens the speaker's notes, ? lists the keys, ?print-pdf behind the")
    print("address is for printing")


if __name__ == "__main__":
    main()
