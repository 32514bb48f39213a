"""The gallery and its pages in a run: claims proved here.

- Every widget of the gallery is built, shown in a tab when it is opened, and exported: one file, 5 MB at most, that
  loads nothing.
- A live page is made of the runs that are on disk, and nothing is trained for it.
- A run links the pages from its index, keeps those whose inputs are unchanged, and names one that failed.
"""

import json
from pathlib import Path

import pytest
from sample_notebooks import good_notebook

from smwm_lab.errors import InputError
from smwm_lab.live import page as live_page_module
from smwm_lab.live.reference import draw_reference_states
from smwm_lab.runner import WidgetPage, gallery_pages, live_pages, run_notebooks
from smwm_lab.runner.app import write_app
from smwm_lab.runner.pages import external_references
from smwm_lab.runner.widget_pages import LIVE_WORLDS
from smwm_lab.widgets import GALLERY, Gallery, build_widget, export_widget
from smwm_lab.widgets import gallery as gallery_module


@pytest.mark.parametrize("name", GALLERY)
def test_every_widget_is_exported_as_one_small_file_that_loads_nothing(name, tmp_path):
    export_widget(name, tmp_path / "page.html", preset="smoke")
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert 10_000 < len(page.encode()) <= 5_000_000
    assert not external_references(page)
    assert [file.name for file in tmp_path.iterdir()] == ["page.html"]
    if name == "CollapseLab":
        recording = json.loads(page.split('id="recording">')[1].split("</script>")[0])
        changes = next(trace for trace in recording["frames"][-1]["traces"] if "text" in trace)["text"]
        assert changes == ["λ = 0", "λ = 10"], "the recording shows that lambda was changed"


def test_the_film_of_a_collapse_shows_a_collapse(monkeypatch):
    """In its first part, shortened: variance below a hundredth of its start, actions unknown. Then lambda returns."""
    assert gallery_module.RECORDING[0][0] == 0 and gallery_module.RECORDING[-1][0] > 0
    monkeypatch.setattr(gallery_module, "RECORDING", gallery_module.RECORDING[:1])
    monkeypatch.setattr(gallery_module, "RECORDING_LENGTH", {"quick": 15_500})
    lab = build_widget("CollapseLab")
    GALLERY["CollapseLab"].record(lab, "quick")
    history = lab.view().history
    assert history["variance"].min() < 1e-2 * history["variance"].iloc[0]
    assert history["alarm"].iloc[1:].median() > 0.9
    lab.close()


def test_an_unknown_widget_is_refused():
    with pytest.raises(InputError, match="widget = 'Lottery' is unknown"):
        build_widget("Lottery")


def test_a_tab_is_filled_when_it_is_opened():
    gallery = Gallery(preset="smoke")
    assert list(gallery.panels) == ["WorldPlayer"]
    first = gallery.panels["WorldPlayer"]
    gallery.tabs.selected_index = list(GALLERY).index("ProbeBench")
    assert list(gallery.panels) == ["WorldPlayer", "ProbeBench"] and not gallery.has_error
    assert gallery.tabs.children[gallery.tabs.selected_index].children[-1] is gallery.panels["ProbeBench"]
    gallery.tabs.selected_index = 0
    assert gallery.panels["WorldPlayer"] is first
    assert gallery._repr_mimebundle_()["image/png"].startswith(b"\x89PNG")
    gallery.close()


def test_a_widget_that_cannot_be_made_is_named_in_the_status_line():
    gallery = Gallery(preset="smoke")
    gallery.preset = "huge"
    gallery.tabs.selected_index = list(GALLERY).index("ProbeBench")
    assert "preset = 'huge' is unknown" in gallery.status.value
    gallery.preset = "smoke"
    gallery.tabs.selected_index = 0
    gallery.tabs.selected_index = list(GALLERY).index("ProbeBench")
    assert "ProbeBench" in gallery.panels and not gallery.has_error
    gallery.close()


def test_the_page_of_the_app_has_a_template_without_addresses(tmp_path):
    notebook = write_app(tmp_path, preset="smoke", seed=3)
    assert "Gallery(preset='smoke', seed=3)" in notebook.read_text()
    texts = [file.read_text() for file in tmp_path.rglob("*") if file.is_file()]
    assert len(texts) == 3 and not any("//" in text for text in texts)


def page_of(text: str, name: str, made: list[str]) -> WidgetPage:
    def write(path: Path) -> None:
        made.append(name)
        if text == "broken":
            raise InputError("cannot be shown; choose another")
        path.write_text(text)

    return WidgetPage(name=name, summary=f"look at {name}", write=write, inputs=text)


def test_a_run_links_its_widgets_and_keeps_them(tmp_path):
    notebook, made, lines = good_notebook(tmp_path), [], []
    widget_pages = [page_of("<p>one", "One", made), page_of("broken", "Two", made), page_of("<p>three", "Three", made)]

    def run(widget_pages: list[WidgetPage], resume: bool) -> object:
        return run_notebooks(
            [notebook], out=tmp_path / "out", parameters={}, widget_pages=widget_pages, resume=resume, echo=lines.append
        )

    report = run(widget_pages, False)
    assert made == ["One", "Two", "Three"] and not report.ok
    assert "3 widgets: 2 ok, 1 failed" in repr(report)
    assert "Two InputError: cannot be shown; choose another" in repr(report)
    index = (tmp_path / "out" / "index.html").read_text()
    assert 'href="widgets/One.html"' in index and "Two failed" in index and 'href="widgets/Two.html"' not in index
    assert (tmp_path / "out" / "widgets" / "Three.html").read_text() == "<p>three"
    again = run([widget_pages[0], page_of("<p>now two", "Two", made), page_of("<p>new", "Three", made)], True)
    assert again.ok and made == ["One", "Two", "Three", "Two", "Three"], "only what changed or failed is made again"
    assert (tmp_path / "out" / "widgets" / "Three.html").read_text() == "<p>new"
    assert any("One … unchanged, kept" in line for line in lines)


def test_a_folder_of_an_older_version_is_ours_and_all_in_it_is_made_anew(tmp_path):
    """Its entries say nothing of the content of the files."""
    made = []
    options = {"out": tmp_path / "out", "parameters": {}, "widget_pages": [page_of("<p>one", "One", made)]}
    run_notebooks([good_notebook(tmp_path)], **options, echo=made.append)
    record = tmp_path / "out" / "run.json"
    stored = json.loads(record.read_text())
    record.write_text(json.dumps({**stored, "format": 1}))
    report = run_notebooks([good_notebook(tmp_path)], **options, resume=True, echo=made.append)
    assert [result.status for result in (*report.results, *report.widget_pages)] == ["ok", "ok"]
    assert made.count("One") == 2 and json.loads(record.read_text())["format"] == stored["format"]


def test_the_widget_pages_of_a_run_are_those_of_the_gallery():
    widget_pages = gallery_pages({"preset": "smoke", "seed": 4})
    assert [page.name for page in widget_pages] == list(GALLERY)
    assert {page.inputs for page in widget_pages} == {"smoke 4"}


def test_the_live_pages_of_a_run_are_of_the_worlds_whose_runs_are_on_disk(tmp_path, monkeypatch):
    monkeypatch.setenv("SMWM_LAB_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(
        live_page_module,
        "draw_reference_states",
        lambda split, seed: draw_reference_states(split, seed=seed, num_train=100),
    )
    assert live_pages({"preset": "smoke", "seed": 4}) == [], "nothing is trained for them"
    pages = {page.name: page for page in live_pages({"preset": "quick", "seed": 0})}
    assert list(pages) == [f"live_{world}" for world in LIVE_WORLDS]
    assert len({page.inputs for page in pages.values()}) == len(pages)
    pages["live_two_room"].write(tmp_path / "page.html")
    text = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert not external_references(text) and len(text.encode()) <= 5_000_000
    assert "smwm-lab live two_room trains and adds them" in text
