"""Accessibility of every kind of page, in light and in dark colours, as axe sees it. Claims proved here:

- No finding is serious or critical, and every text has a contrast of 4.5 or more (3 where it is large).
- On the page of a notebook that `make run` writes nothing stays folded on paper, and no bar is printed.
"""

from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from smwm_lab.paths import ROOT
from smwm_lab.runner.index import render_index
from smwm_lab.runner.pages import render_page, with_navigation
from smwm_lab.runner.records import FileRecord, Record, WidgetPageRecord
from smwm_lab.runner.report import NotebookError
from smwm_lab.widgets import GALLERY


SITE = (
    "index.html",
    "notebooks/index.html",
    "notebooks/03_collapse.html",
    "notebooks/07_planning.html",
    "docs/glossary.html",
    "docs/results.html",
    "docs/api.html",
    "reference/index.html",
    "reference/objectives.html",
    "try/index.html",
)
SINGLE = (*(f"try/{name}.html" for name in GALLERY), "try/live_two_room.html", "try/quiz_03.html", "try/quiz.html")
BAD = ("serious", "critical")


def findings(page: Page, *, rules: tuple[str, ...] = ()) -> list[str]:
    """Return what axe finds and how bad it is, one line per element; by some rules, or by all."""
    # without preload: axe would ask for style sheets, which a page that was opened from a file may not
    options = {"preload": False} | ({"runOnly": list(rules)} if rules else {})
    results = Axe().run(page, options=options).response
    checked = {rule["id"] for rule in results["passes"] + results["violations"] + results["incomplete"]}
    assert "color-contrast" in checked and (rules or len(checked) > 15), "axe has looked"
    return [
        f"{found['impact']} {found['id']}: {node['target']} {node['html'][:100]}"
        for found in results["violations"]
        if found["impact"] in BAD or found["id"] == "color-contrast"
        for node in found["nodes"]
    ]


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("name", SITE)
def test_pages_of_the_site(visit: Callable[..., Page], name: str, dark: bool) -> None:
    """Only contrast depends on the colours; all else is looked at in light ones."""
    page = visit(name, dark=dark)
    scheme = page.evaluate("document.body.dataset.mdColorScheme")
    assert scheme == ("slate" if dark else "default")
    assert findings(page, rules=("color-contrast",) if dark else ()) == []


@pytest.mark.parametrize("name", SINGLE)
def test_single_pages(visit: Callable[..., Page], name: str) -> None:
    """They have light colours alone, also where the system is dark."""
    page = visit(name, dark=True)
    page.wait_for_load_state("networkidle")
    if name.startswith("try/live"):
        page.locator("body[data-ready=yes]").wait_for()
    elif page.locator("[role=figure]").count():
        page.locator("[role=figure].js-plotly-plot .main-svg").first.wait_for()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert findings(page) == []


@pytest.mark.parametrize("name", ["quiz_03", "quiz"])
def test_a_quiz_with_answers(visit: Callable[..., Page], name: str) -> None:
    page = visit(f"try/{name}.html")
    for option in page.locator(".option").all()[:6]:
        option.click()
    assert page.locator(".option.right").count() and page.locator(".option.wrong").count()
    assert findings(page) == []


def notebook_html(name: str) -> str:
    notebook = nbformat.read(ROOT / "notebooks" / f"{name}.ipynb", as_version=4)
    page = render_page(notebook, title=name, folder=ROOT / "notebooks")
    return with_navigation(page, before=("00_map", "Map"), after=None)


@pytest.mark.parametrize("name", ["03_collapse", "07_planning"])
def test_pages_of_notebooks_of_a_run(open_page: Callable[[Path], Page], tmp_path: Path, name: str) -> None:
    (tmp_path / "page.html").write_text(notebook_html(name), encoding="utf-8")
    assert findings(open_page(tmp_path / "page.html")) == []


def test_the_index_of_a_run(open_page: Callable[[Path], Page], tmp_path: Path) -> None:
    failed = NotebookError(cell=3, name="ValueError", message="it broke")
    figure = "03_scoreboard.png"
    records = {
        name: Record(
            title=name,
            source=f"notebooks/{name}.ipynb",
            seconds=3.0,
            error=error,
            notebook=FileRecord.of(b""),
            page=FileRecord.of(b""),
            figures={figure: FileRecord.of(b"")} if error is None else {},
            parameters={"preset": "quick"},
            inputs_digest="",
        )
        for name, error in (("03_collapse", None), ("04_partial_collapse", failed))
    }
    widgets = {
        name: WidgetPageRecord(summary="Look.", seconds=1.0, error=error, page=FileRecord.of(b""), inputs_digest="")
        for name, error in (("WorldPlayer", None), ("Lottery", failed))
    }
    index = render_index(records, widgets, figures=ROOT / "figures", machine="2 cores")
    (tmp_path / "index.html").write_text(index, encoding="utf-8")
    page = open_page(tmp_path / "index.html")
    expect(page.get_by_text("it broke").first).to_be_visible()
    expect(page.locator(".gallery img")).to_have_count(1)
    assert findings(page) == []


def test_on_paper_a_notebook_of_a_run_is_whole(open_page: Callable[[Path], Page], tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(notebook_html("03_collapse"), encoding="utf-8")
    page = open_page(tmp_path / "page.html")
    folded = page.locator("details:not([open])").count()
    assert folded > 5
    page.emulate_media(media="print")
    expect(page.locator("nav.course").first).not_to_be_visible()
    count = "document.querySelectorAll('details:not([open])').length"
    page.evaluate(f"addEventListener('beforeprint', () => {{ window.left = {count}; }})")
    page.pdf(path=str(tmp_path / "page.pdf"), format="A4")
    assert page.evaluate("window.left") == 0, "all were open when it was printed"
    page.wait_for_function(f"{count} === {folded}")


def test_axe_would_find_what_is_wrong(page: Page) -> None:
    page.set_content(
        "<html lang=en><title>a</title><body><main><h1>A</h1><p style='color:#999'>faint</p><img src='data:,'>"
        + "".join(f"<p>{n}</p><ul><li>b</li></ul><a href='#a{n}'>link {n}</a><button>c</button>" for n in range(3))
    )
    results = Axe().run(page).response["violations"]
    assert {"color-contrast", "image-alt"} <= {found["id"] for found in results}
