"""The slides for two hours. Claims proved here:

- Their parts and minutes are those of the plan; every slide ends with notes, which say when it is shown.
- The notebook is committed without outputs, and no number on a slide is typed: cells compute it, or read a table.
- The page loads nothing, shows formulas as SVG, describes every image, and carries the licences of what is not ours.
- The numbers on it are those of the committed tables and the shipped runs.
- A cell that fails is one line.
"""

import csv
import importlib.util
import re
import statistics
import sys

import nbformat
import pytest
from bs4 import BeautifulSoup, Tag

from smwm_lab.errors import InputError
from smwm_lab.paths import ROOT
from smwm_lab.probes import collapse_report
from smwm_lab.runner.pages import external_references
from smwm_lab.training import load_or_fit, make_objective, preset_config


SPEC = importlib.util.spec_from_file_location("slides", ROOT / "workshop" / "slides.py")
slides = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(slides)
NOTEBOOK = slides.read_slides()
TYPED = (
    r"\$\$.*?\$\$",
    r"`[^`]+`",
    r"[Nn]otebooks? \d\d",
    r"\b\d\d for planning",
    r"sections? \d(?: and \d)?",
    r"λ(?: back to| =) \d+",
    r"^\d\. ",
)
"""Where digits may stand in the words of a slide: formulas, code, names of notebooks and sections, λ, and lists."""


@pytest.fixture(scope="module")
def page() -> str:
    """The page, its notebook executed; some 30 s of CPU."""
    return slides.slides_html(slides.executed_slides())


@pytest.fixture(scope="module")
def shown(page: str) -> list[Tag]:
    """The slides of the page, in their order."""
    return BeautifulSoup(page, "html.parser").select(".slides > section > section")


def grouped() -> list[list[nbformat.NotebookNode]]:
    """The cells of each slide."""
    groups: list[list[nbformat.NotebookNode]] = []
    for cell in NOTEBOOK.cells:
        kind = slides.slide_type(cell)
        if kind == "slide":
            groups.append([])
        if kind != "skip":
            groups[-1].append(cell)
    return groups


def called(shown: list[Tag], title: str) -> str:
    """Return the text of the slide with this title, without its notes."""
    [slide] = [slide for slide in shown if title in slide.find(["h1", "h2"]).get_text()]
    return " ".join(part.get_text(" ") for part in slide.find_all(recursive=False) if part.name != "aside")


def rows(path: str) -> list[dict[str, str]]:
    """Return a committed table as text, without the library that the slides use."""
    lines = (ROOT / "data" / path).read_text(encoding="utf-8").splitlines()
    return list(csv.DictReader(lines[1:]))


def mean(table: list[dict[str, str]], column: str, **wanted: str) -> float:
    found = [float(row[column]) for row in table if all(row[key] == value for key, value in wanted.items())]
    assert len(found) == 5, "five seeds"
    return max(0.0, statistics.mean(found))


def test_parts_and_minutes_are_those_of_the_plan():
    plan = (ROOT / "docs" / "teaching" / "plan_two_hours.md").read_text(encoding="utf-8")
    planned = re.findall(r"^\| \d:\d\d \| (\d+) \| (?:\[([^\]]+)\]\S+|([^|]+?)) \|", plan, re.M)
    minutes: dict[str, int] = {}
    for cells in grouped():
        part, own = slides.part_and_minutes(cells[0])
        minutes[part] = minutes.get(part, 0) + own
    assert list(minutes.items()) == [(link or plain, int(number)) for number, link, plain in planned]
    assert sum(minutes.values()) == 120


def test_every_slide_has_a_title_and_ends_with_notes():
    assert 20 <= len(grouped()) <= 30
    for cells in grouped():
        assert re.match(r"##? \S", cells[0].source)
        kinds = [slides.slide_type(cell) for cell in cells]
        assert kinds == ["slide", *["-"] * (len(kinds) - 2), "notes"]
        assert len(cells[-1].source.split()) >= 20, cells[0].source


def test_the_notebook_has_no_outputs_and_no_number_is_typed():
    code = [cell for cell in NOTEBOOK.cells if cell.cell_type == "code"]
    assert [cell for cell in code if cell.outputs or cell.execution_count] == []
    for cells in grouped():
        for cell in (each for each in cells[:-1] if each.cell_type == "markdown"):
            words = re.sub("|".join(TYPED), "", cell.source, flags=re.M | re.S)
            assert not re.search(r"\d", words), words
        for cell in (each for each in cells if each.cell_type == "code"):
            told = re.sub(r"\{[^{}]*\}", "", " ".join(re.findall(r'f?"((?:[^"\\]|\\.)*)"', cell.source)))
            assert not re.search(r"\d[.,]\d|\d %|\d\d\d\d", told.replace("1000", "")), told


def test_the_page_loads_nothing_and_has_no_code_on_it(page: str):
    assert external_references(page) == []
    soup = BeautifulSoup(page, "html.parser")
    assert soup.find("link") is None and all("src" not in script.attrs for script in soup.find_all("script"))
    assert "import torch" not in soup.find("main").get_text()
    assert soup.title.get_text() == slides.TITLE and soup.html["lang"] == "en"


def test_every_slide_of_the_page_has_its_notes_with_the_clock(shown: list[Tag]):
    assert len(shown) == len(grouped())
    clocks = []
    for slide in shown:
        [notes] = slide.find_all("aside", class_="notes")
        clocks.append(re.match(r"\s*(\d:\d\d) to (\d:\d\d), \d+ minutes? · \S", notes.get_text()))
    assert all(clocks) and clocks[0][1] == "0:00" and clocks[-1][2] == "2:00"
    assert [end[2] for end in clocks[:-1]] == [start[1] for start in clocks[1:]]


def test_images_are_part_of_the_page_and_say_what_they_show(shown: list[Tag]):
    images = [image for slide in shown for image in slide.find_all("img")]
    assert len(images) >= 8
    assert all(image["src"].startswith("data:image/png;base64,") and len(image["alt"]) > 40 for image in images)


def test_formulas_are_drawn(shown: list[Tag]):
    [slide] = [slide for slide in shown if "two questions" in slide.get_text()]
    labels = [drawing["aria-label"] for drawing in slide.find_all("svg", role="img")]
    assert len(labels) == 3 and r"\lambda" in labels[-1]
    assert not [slide for slide in shown if slide.find("code", class_="formula") or "$" in slide.get_text()]


def test_licences_of_what_is_not_ours_go_along(page: str):
    for words in ("Hakim El Hattab", "MarkedJS", "Permission is hereby granted", "John Gruber"):
        assert words in page[: page.index("<html")], words
    folder = ROOT / "workshop" / "reveal"
    told = (folder / "README.md").read_text(encoding="utf-8")
    assert sorted(path.name for path in folder.iterdir() if path.name not in told) == ["README.md"]
    [version] = re.findall(r"^# reveal\.js (\S+)", told)
    assert f"`{version}`" in (folder / "reveal.js").read_text(encoding="utf-8")


def test_the_scoreboard_is_the_table_of_the_study(shown: list[Tag]):
    study = rows("studies/single_dot_baselines.csv")
    text = called(shown, "The scoreboard")
    for name in ("SMWM", "SIGReg", "VICReg", "EMA target", "reconstruction", "stop-gradient"):
        kind = {"label": name, "activation": "tanh", "constants": "usual"}
        values = (mean(study, column, **kind) for column in ("inverse_over_variance", "share_in_two", "linear_r2"))
        assert re.search(rf"{name}\s+" + r"\s+".join(re.escape(f"{value:.2g}") for value in values), text), name
    assert "Collapsed: EMA target, stop-gradient" in re.sub(r"\s+", " ", text)


def test_weights_chosen_for_each_method_are_those_of_the_study(shown: list[Tag]):
    study = rows("studies/single_dot_baselines.csv")
    text = called(shown, "Is that fair?")
    for name in ("SMWM", "VICReg", "SIGReg", "EMA target"):
        best = {"label": name, "activation": "tanh", "constants": "concentrated"}
        share, alarm = (mean(study, column, **best) for column in ("share_in_two", "inverse_over_variance"))
        assert re.search(rf"{name}\s+[\d.]+\s+{share:.2f}\s+{alarm:.3f}\s", text), name


def test_what_pushed_the_green_dot_out_is_the_table_of_the_study(shown: list[Tag]):
    study = rows("studies/distractor_controls.csv")
    text = called(shown, "Who pushed it out?")
    for name in ("SMWM", "inverse term alone", "forward term alone", r"forward + VICReg", "untrained"):
        values = (mean(study, column, label=name) for column in ("red_linear", "green_linear", "share_in_two"))
        assert re.search(rf"{re.escape(name)}\s+" + r"\s+".join(f"{value:.2f}" for value in values), text), name
    pairs = [row for row in rows("studies/combined_pair.csv") if row["label"] == "red and green"]
    wins = sum(float(row["r2_second"]) > float(row["r2_first"]) for row in pairs)
    assert f"in {wins} of {len(pairs)} trainings" in called(shown, "What this does not show")


def test_the_two_models_are_the_shipped_runs(shown: list[Tag]):
    healthy = collapse_report(load_or_fit(preset_config("single_dot")))
    dead = collapse_report(load_or_fit(preset_config("single_dot", objective=make_objective(0))))
    assert f"{healthy.evr_true_dim:.2f}" in called(shown, "Two directions are enough")
    for measure, name in (("forward_loss", "forward loss"), ("total_variance", "total variance")):
        values = (f"{getattr(each, measure):.2g}" for each in (healthy, dead))
        assert re.search(rf"{name}\s+" + r"\s+".join(map(re.escape, values)), called(shown, "The same hundred"))
    assert dead.forward_loss < healthy.forward_loss, "what the whole hour is about"


def test_a_cell_that_fails_is_one_line(monkeypatch, tmp_path, capsys):
    broken = tmp_path / "slides.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1 / 0")]), broken)
    monkeypatch.setattr(slides, "SLIDES", broken)
    with pytest.raises(InputError, match=r"cell 1 of slides\.ipynb: ZeroDivisionError: division by zero"):
        slides.executed_slides()
    monkeypatch.setattr(sys, "argv", ["slides.py", "--out", str(tmp_path / "new" / "slides.html")])
    with pytest.raises(SystemExit, match=r"^error: cell 1 .*ZeroDivisionError: division by zero$"):
        slides.main()
    assert not (tmp_path / "new").exists() and capsys.readouterr().out == ""
