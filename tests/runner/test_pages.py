"""Pages of notebooks. Claims proved here:

- Every hint and solution of the course is closed on its page, and whole: nothing of it stands outside.
- Local images that HTML names are embedded.
"""

import re
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbformat.v4 import new_markdown_cell, new_notebook

from smwm_lab import paths
from smwm_lab.runner.pages import render_page


COURSE = sorted((paths.ROOT / "notebooks").glob("*.ipynb"))
END = "the last words of this hint"


def page_of(notebook: nbformat.NotebookNode, **options: object) -> BeautifulSoup:
    page = render_page(notebook, **({"title": "t", "folder": paths.ROOT / "notebooks"} | options))
    return BeautifulSoup(page, "html.parser")


@pytest.mark.parametrize("path", COURSE, ids=lambda path: path.stem)
def test_hints_and_solutions_are_closed_and_whole(path: Path) -> None:
    notebook, count = nbformat.read(path, as_version=4), 0
    notebook.cells = [cell for cell in notebook.cells if "<details>" in cell.source]
    for cell in notebook.cells:
        cell.source, found = re.subn("</details>", f"\n\n{END}\n\n</details>", cell.source)
        count += found
    hints = page_of(notebook).find_all("details")
    assert len(hints) == count
    for hint in hints:
        assert not hint.has_attr("open") and hint.find("details") is None
        text = hint.get_text().strip()
        assert text.startswith(hint.summary.get_text()) and text.endswith(END)


def test_local_images_of_html_are_embedded(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"\x89PNG")
    source = "<div><img alt='a' src='a.png'>\n\n<img src='missing.png'></div>"
    first, second = page_of(new_notebook(cells=[new_markdown_cell(source)]), folder=tmp_path).find_all("img")
    assert first["src"].startswith("data:image/png;base64,") and second["src"] == "missing.png"
