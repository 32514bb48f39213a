"""The site. Claims proved here:

- `mkdocs build --strict` passes, and every link on every page leads to a file and a place that exist.
- No page loads anything from elsewhere, every image says what it shows, and no page names a place twice.
- Every notebook has its headings in the contents, a page before and after it, and what can be tried.
- The API reference has every public name of every package; the search knows every page.
- What is left out is said; widgets that `make run` has made are not made again.
- The workflow publishes what `make site` builds, and only its last job may write.
"""

import doctest
import importlib
import json
import re
import sys
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from posixpath import dirname, normpath
from urllib.parse import unquote, urlsplit

import pytest
import yaml
from built_site import build_site

import smwm_lab
from smwm_lab.paths import ROOT
from smwm_lab.runner import WidgetPage
from smwm_lab.runner.pages import LOADING_STYLE, external_references
from smwm_lab.runner.run_folder import RunFolder
from smwm_lab.runner.widget_pages import publish_widget_pages


NOTEBOOKS = sorted(path.stem for path in (ROOT / "notebooks").glob("*.ipynb"))
MODULES = ("build", "docstring_examples", "frame", "links", "notebook_page", "reference", "repository", "things_to_try")
PACKAGES = [
    path.parent.name
    for path in sorted((ROOT / "smwm_lab").glob("*/__init__.py"))
    if path.parent.name not in ("runner", "studies", "bench", "doctor", "cli")
]


@dataclass
class Page(HTMLParser):
    """What a page leads to, shows and names."""

    text: str
    links: list[str] = field(default_factory=list)
    images: list[dict[str, str | None]] = field(default_factory=list)
    places: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self.feed(self.text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.places += [given["id"]] if given.get("id") else []
        self.images += [given] if tag == "img" else []
        self.links += [given[name] for name in ("href", "src") if given.get(name)]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_site(tmp_path_factory.mktemp("site"), widgets=["WorldPlayer"], live=[])


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[str, Page]:
    files = sorted(site.rglob("*.html"))
    return {file.relative_to(site).as_posix(): Page(file.read_text(encoding="utf-8")) for file in files}


@pytest.fixture
def website(monkeypatch: pytest.MonkeyPatch):
    """A function that imports a module of website/; nothing of it stays imported."""
    monkeypatch.syspath_prepend(ROOT / "website")
    for name in MODULES:
        monkeypatch.delitem(sys.modules, name, raising=False)
    yield importlib.import_module
    for name in MODULES:
        sys.modules.pop(name, None)


def test_every_link_leads_to_a_file_and_a_place(site, pages):
    assert len(pages) > 50
    broken, checked = [], 0
    for name, page in pages.items():
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            target = normpath(f"{dirname(name)}/{unquote(parts.path)}").lstrip("/") if parts.path else name
            target = f"{target}/index.html" if (site / target).is_dir() else target
            checked += 1
            if name == "404.html":
                target = target.removeprefix("/")  # served from anywhere, so its links begin at the root
            if not (site / target).is_file():
                broken.append(f"{name}: {link}")
            elif parts.fragment and target in pages and unquote(parts.fragment) not in ("", "__skip"):
                if unquote(parts.fragment) not in pages[target].places:
                    broken.append(f"{name}: {link}")
    assert checked > 2000 and broken == []


def test_no_page_loads_anything_from_elsewhere(site, pages):
    assert {name: found for name, page in pages.items() if (found := external_references(page.text))} == {}
    styles = list(site.rglob("*.css"))
    assert len(styles) >= 3
    assert [file.name for file in styles if LOADING_STYLE.search(file.read_text(encoding="utf-8"))] == []


def test_every_image_says_what_it_shows_and_places_have_one_name(pages):
    images = [(name, image) for name, page in pages.items() for image in page.images]
    assert len(images) > 60
    assert [name for name, image in images if not (image.get("alt") or "").strip() and "hidden" not in image] == []
    assert {name: twice for name, page in pages.items() if (twice := sorted(_repeated(page.places)))} == {}


def _repeated(names: list[str]) -> set[str]:
    return {name for name in names if names.count(name) > 1}


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_notebook_has_contents_neighbours_and_things_to_try(pages, name):
    page = pages[f"notebooks/{name}.html"]
    for relation in ("prev", "next"):
        assert re.search(rf'<a href="[^"]+" class="md-footer__link md-footer__link--{relation}"', page.text)
    contents = set(re.findall(r'<a href="#([^"]+)" class="md-nav__link"', page.text))
    source = json.loads((ROOT / "notebooks" / f"{name}.ipynb").read_text(encoding="utf-8"))
    text = "\n".join("".join(cell["source"]) for cell in source["cells"] if cell["cell_type"] == "markdown")
    assert len(contents) == len(re.findall(r"^##+ ", text, re.M)) >= 3
    assert f"../try/quiz_{name[:2]}.html" in page.links and f"{name}.ipynb" in page.links
    assert ("../try/WorldPlayer.html" in page.links) == (name == "01_worlds"), "where its code shows it"
    assert page.text.count('<details class="solution">') == sum(
        tag.startswith("solution:") for cell in source["cells"] for tag in cell["metadata"].get("tags", [])
    )


def test_the_reference_has_every_public_name(pages):
    expected = [
        f"smwm_lab.{package}.{name}"
        for package in PACKAGES
        for name in importlib.import_module(f"smwm_lab.{package}").__all__
    ]
    places = {package: set(pages[f"reference/{package}.html"].places) for package in PACKAGES}
    assert len(expected) > 200
    assert [name for name in expected if name not in places[name.removeprefix("smwm_lab.").rpartition(".")[0]]] == []
    documented = re.findall(r"^### (.+)$", (ROOT / "docs" / "api.md").read_text(encoding="utf-8"), re.M)
    front = {name for line in documented for name in line.split(", ")}
    assert front == set(smwm_lab.__all__)
    assert {
        name for name in front if not any(f"smwm_lab.{package}.{name}" in places[package] for package in places)
    } == set()


def test_the_search_knows_every_page(site, pages):
    script = (site / "search" / "search_index.js").read_text(encoding="utf-8")
    entries = json.loads(script.removeprefix("var __index = "))["docs"]
    found = {entry["location"].partition("#")[0] for entry in entries}
    with_content = {name for name in pages if not name.startswith("try/") and name != "404.html"} | {"try/index.html"}
    assert found == with_content
    assert any("#" in entry["location"] and "scoreboard" in entry["title"] for entry in entries)


def test_what_is_left_out_is_said(pages):
    text = re.sub(r"<[^>]+>", "", pages["try/index.html"].text)
    assert "Left out of this copy of the site: CollapseLab, LatentExplorer, ProbeBench, PlannerTheatre." in text
    assert "Left out of this copy of the site: live single dot, live distractor" in text
    links = pages["try/index.html"].links
    assert "WorldPlayer.html" in links and "CollapseLab.html" not in links
    assert all(f"quiz_{name[:2]}.html" in links for name in NOTEBOOKS)
    assert "index.html" in pages["try/WorldPlayer.html"].links, "the way back"


def test_pages_of_a_run_are_copied_and_the_others_made(website, tmp_path, monkeypatch):
    build, made = website("build"), []

    def page(name: str, inputs: str) -> WidgetPage:
        def write(path: Path) -> None:
            made.append(f"{name} {inputs}")
            path.write_text(f"{name} {inputs}")

        return WidgetPage(name=name, summary=name, write=write, inputs=inputs)

    run = RunFolder(root=tmp_path / "run", figures=None)
    publish_widget_pages([page("One", "quick"), page("Two", "smoke")], run, resume=False, echo=made.append)
    made.clear()
    monkeypatch.setattr(build, "gallery_pages", lambda parameters: [page("One", "quick"), page("Two", "quick")])
    monkeypatch.setattr(build, "live_pages", lambda parameters: [page("live", "quick")])
    results = build.make_pages(tmp_path / "ours", with_live=False, run=tmp_path / "run")
    assert made == ["Two quick"] and [result.status for result in results] == ["ok", "ok"]
    texts = {file.stem: file.read_text() for file in (tmp_path / "ours" / "widgets").iterdir()}
    assert texts == {"One": "One quick", "Two": "Two quick"}
    build.make_pages(tmp_path / "ours", with_live=True, run=tmp_path / "nowhere")
    assert made == ["Two quick", "live quick"], "what is unchanged is kept"


def test_live_pages_can_be_left_out(website, tmp_path):
    (tmp_path / "live_two_room.html").write_text("<body>\n<p>")
    things = website("things_to_try")
    for with_live in (True, False):
        made = [thing.name for thing in things.all_things(tmp_path, with_live_pages=with_live) if thing.is_made]
        assert ("live_two_room" in made) == with_live
        assert "live single dot, live distractor" in things.overview(
            things.all_things(tmp_path, with_live_pages=with_live)
        )


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_of_its_modules_hold(website, name):
    assert doctest.testmod(website(name)).failed == 0


def test_the_workflow_publishes_what_make_builds():
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "pages.yml").read_text(encoding="utf-8"))
    build, publish = workflow["jobs"]["build"], workflow["jobs"]["publish"]
    assert [step["run"] for step in build["steps"] if "run" in step] == ["make site EXTRAS=site"]
    [upload] = [step for step in build["steps"] if "upload-pages-artifact" in step.get("uses", "")]
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert f"SITE ?= {upload['with']['path']}\n" in makefile and "website/build.py --out $(SITE)" in makefile
    assert workflow["permissions"] == {"contents": "read"} and "permissions" not in build
    assert publish["permissions"] == {"pages": "write", "id-token": "write"} and publish["needs"] == "build"
