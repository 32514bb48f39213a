"""Small notebooks for the tests of the runner."""

import base64
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook


PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
SHOW_PNG = (
    "import base64\nfrom IPython.display import display\n"
    f"png = {base64.b64encode(PNG).decode()!r}\n"
    "display({'image/png': png, 'text/plain': 'picture'}, raw=True)"
)
TITLE = "# Can a <dot> be seen?\nThe loss is $L_t \\le 1$.\n\n$$\\begin{aligned}a&=b\\end{aligned}$$\n\n[paper](https://example.org)"


def silent(line: str) -> None:
    """Take a line and drop it."""


def code(source: str, *tags: str) -> NotebookNode:
    """Return a code cell."""
    return new_code_cell(source, metadata={"tags": list(tags)} if tags else {})


def write_notebook(path: Path, *cells: NotebookNode) -> Path:
    """Write a notebook whose metadata names a kernel that does not exist."""
    metadata = {"kernelspec": {"name": "foreign", "display_name": "Foreign", "language": "python"}}
    nbformat.write(new_notebook(cells=list(cells), metadata=metadata), path)
    return path


def good_notebook(folder: Path, name: str = "00_good.ipynb") -> Path:
    """Write a notebook with parameters, text, a figure, and facts about its kernel."""
    return write_notebook(
        folder / name,
        new_markdown_cell(TITLE),
        code("preset = 'quick'\nseed = 0\nrate: float = 0.5\nlabel = 'a=b#c'", "parameters"),
        code("import os, sys\nprint(f'{preset} {seed} {rate} {sys.executable}')\nprint(os.listdir('.'))"),
        code(SHOW_PNG, "figure:tiny_dot"),
    )


def failing_notebook(folder: Path, name: str = "01_bad.ipynb") -> Path:
    """Write a notebook whose second own cell raises."""
    return write_notebook(
        folder / name,
        new_markdown_cell("# Will it fail?"),
        code("preset = 'quick'\nseed = 0", "parameters"),
        code(SHOW_PNG, "figure:before"),
        code("raise ValueError('the latent collapsed\\nsecond line')"),
        code("print('never')", "figure:after"),
    )
