"""Pages of notebooks. Claims proved here:

- Every hint and solution of the course is closed on its page, and whole: nothing of it stands outside.
- Local images that HTML names are embedded.
- Numbers of arXiv are links, code is not; nothing of that is loaded.
- Pages lead to their neighbours and to the contents, cards of the index to the place of a figure.
- Parameters stand once, and alternative texts say what is seen: in the figure's own words where it has some.
"""

import base64
import re
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup
from matplotlib.figure import Figure
from nbformat.v4 import new_markdown_cell, new_notebook, new_output
from sample_notebooks import PNG, code, good_notebook, silent, write_notebook

from smwm_lab import paths
from smwm_lab.runner import run_notebooks
from smwm_lab.runner.pages import external_references, render_page
from smwm_lab.viz.png import figure_png
from smwm_lab.widgets import GALLERY, export_widget


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


def test_numbers_of_arxiv_are_links_and_load_nothing() -> None:
    source = "Sources: arXiv 2606.20104, 1705.05363. Not: `2606.20104`, 0.12345, 9913.20104, 2606.201."
    page = render_page(new_notebook(cells=[new_markdown_cell(source)]), title="t", folder=Path())
    links = [link["href"] for link in BeautifulSoup(page, "html.parser").select("p > a")]
    assert links == ["https://arxiv.org/abs/2606.20104", "https://arxiv.org/abs/1705.05363"]
    assert external_references(page) == []


def test_parameters_stand_once_and_images_say_what_they_show() -> None:
    png = base64.b64encode(PNG).decode()
    cells = [
        code("preset = 'quick'", "parameters"),
        code("preset = 'smoke'", "injected-parameters"),
        new_markdown_cell("# Title\n## The *latent* plane"),
        code("show()", "figure:latent_grid"),
        new_markdown_cell("no heading"),
        code("explorer"),
    ]
    cells[3].outputs = [new_output("display_data", {"image/png": png, "text/plain": "<Figure>"})]
    cells[5].outputs = [new_output("display_data", {"image/png": png, "text/plain": "LatentExplorer(500 x 64)"})]
    page = page_of(new_notebook(cells=cells))
    assert "smoke" in page.get_text() and "quick" not in page.get_text()
    assert [image["alt"] for image in page.find_all("img")] == [
        "latent grid, in the section: The latent plane",
        "LatentExplorer(500 x 64), in the section: The latent plane",
    ]
    assert page.find(id="figure-latent_grid")


def test_figures_that_describe_themselves_are_told_in_their_own_words(tmp_path: Path) -> None:
    """On the page, and in the index: as they are, compacted, and as the twin of a widget."""
    figure = Figure()
    figure.subplots().set(title='The "sheet", R² > 0', xlabel="z")
    content = base64.b64encode(figure_png(figure)).decode()
    show = f"from IPython.display import display\ndisplay({{'image/png': {content!r}}}, raw=True)"
    twin = show.replace("}, raw", ", 'text/plain': 'ProbeBench(2 rows)'}, raw")
    notebook = write_notebook(
        tmp_path / "00_a.ipynb", new_markdown_cell("# Seen?"), code(show, "figure:sheet"), code(twin, "figure:twin")
    )
    run_notebooks([notebook], out=tmp_path / "out", parameters={}, echo=silent)
    page, index = (
        BeautifulSoup((tmp_path / "out" / name).read_text(), "html.parser") for name in ("html/00_a.html", "index.html")
    )
    told = 'The "sheet", R² > 0: z'
    assert [image["alt"] for image in page.find_all("img")] == [told, f"ProbeBench(2 rows): {told}"]
    assert [image["alt"] for image in index.find_all("img")] == [told, told]


def test_pages_lead_to_their_neighbours_and_cards_to_figures(tmp_path: Path) -> None:
    first, second = good_notebook(tmp_path, "00_a.ipynb"), good_notebook(tmp_path, "01_b.ipynb")
    out = tmp_path / "out"
    run_notebooks([first], out=out, parameters={}, echo=silent)
    run_notebooks([first, second], out=out, parameters={}, resume=True, echo=silent)
    for name, other, relation in (("00_a", "01_b", "next"), ("01_b", "00_a", "prev")):
        page = BeautifulSoup((out / "html" / f"{name}.html").read_text(), "html.parser")
        navigations = page.select("nav.course")
        assert len(navigations) == 2, "above and below"
        for navigation in navigations:
            assert [a["href"] for a in navigation.find_all("a", rel=relation)] == [f"{other}.html"]
            assert len(navigation.find_all("a")) == 2 and navigation.find("a", href="../index.html")
    index = BeautifulSoup((out / "index.html").read_text(), "html.parser")
    for link in index.select("figcaption a"):
        file, place = link["href"].split("#")
        assert BeautifulSoup((out / file).read_text(), "html.parser").find(id=place)
    assert len(index.select("figcaption a")) == 2


@pytest.mark.parametrize("name", GALLERY)
def test_everything_on_a_widget_page_has_a_name(name: str, tmp_path: Path) -> None:
    """For readers who do not see it: controls, images, and the figure that plotly draws."""
    export_widget(name, tmp_path / "page.html", preset="smoke")
    text = (tmp_path / "page.html").read_text()
    page = BeautifulSoup(text, "html.parser")
    for control in page.select("input, select"):
        label = control.find_parent("label")
        assert control.get("aria-label") or (label and label.find(string=True, recursive=False).strip())
    assert all(button.get_text(strip=True) for button in page.find_all("button"))
    assert all(image.get("alt") or image.has_attr("hidden") for image in page.find_all("img"))
    assert "plotlyReady" not in text or page.select('div[role="figure"][aria-label]')
