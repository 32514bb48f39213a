"""The teacher's pack. Claims proved here:

- The minutes of every plan add up to what its title says, and each row begins when the one before ends.
- Every notebook and section that a page names exists.
- Every prediction and every exercise of the notebooks has its answer, in their order.
- What the two hours are counted from is what the notebooks hold, and the plan leaves more than the count.
- Every command on the pages exists, every page is in the index, and the plans say that they are estimates.
"""

import re
from itertools import pairwise

import nbformat
import pytest

from smwm_lab.cli import commands
from smwm_lab.paths import ROOT, notebooks_dir


FOLDER = ROOT / "docs" / "teaching"
PAGES = sorted(FOLDER.glob("*.md"))
PLANS = {"plan_two_hours": [120], "plan_half_day": [240], "plan_two_days": [390, 390]}
"""Minutes of each day."""
NOTEBOOKS = {path.stem[:2]: nbformat.read(path, as_version=4) for path in notebooks_dir().glob("*.ipynb")}


def text(name: str) -> str:
    return (FOLDER / f"{name}.md").read_text(encoding="utf-8")


def prose(number: str) -> str:
    return "\n".join(cell.source for cell in NOTEBOOKS[number].cells if cell.cell_type == "markdown")


def sections(number: str) -> set[int]:
    """Numbers of the headings of a notebook."""
    return {int(found) for found in re.findall(r"^## (\d+) ·", prose(number), re.M)}


def numbers(words: str) -> set[int]:
    """'1, 2 and 4 to 6' -> {1, 2, 4, 5, 6}"""
    ranges = re.sub(r"(\d+) to (\d+)", lambda m: " ".join(map(str, range(int(m[1]), int(m[2]) + 1))), words)
    return set(map(int, re.findall(r"\d+", ranges)))


def days(name: str) -> list[list[list[str]]]:
    """The tables of a plan: one for each day, their rows as cells."""
    tables = re.findall(r"^\| at \| minutes .*\n\|---.*\n((?:\|.*\n)+)", text(name), re.M)
    return [[[cell.strip() for cell in row.strip("|").split("|")] for row in table.splitlines()] for table in tables]


@pytest.mark.parametrize("name", PLANS)
def test_the_minutes_of_a_plan_add_up(name):
    assert [sum(int(row[1]) for row in day) for day in days(name)] == PLANS[name]
    for day in days(name):
        begins = [60 * int(row[0].split(":")[0]) + int(row[0].split(":")[1]) for row in day]
        assert begins[0] == 0
        for (start, row), (next_start, _) in pairwise(zip(begins, day, strict=True)):
            assert start + int(row[1]) == next_start, row


@pytest.mark.parametrize("name", PLANS)
def test_a_plan_names_sections_that_exist_and_says_that_it_is_an_estimate(name):
    planned = [row for day in days(name) for row in day if "notebooks/" in row[2]]
    assert len(planned) >= 3
    for row in planned:
        [number] = re.findall(r"notebooks/(\d\d)_", row[2])
        named = re.search(r"sections? ([\d, ]+)", row[3])
        assert named, row
        assert numbers(named[1]) <= sections(number), row
        exercises = re.search(r"\*Your turn\* ([\d and,]+)", row[3])
        assert not exercises or numbers(exercises[1]) <= set(range(1, len(turns(number)) + 1)), row
    assert re.search(r"estimates that\s+have\s+not\s+been tried in a room", text(name))
    for part in ("## Skip", "## Which question when", "## If you are late"):
        assert part in text(name)


COVERED = {"00": {0, 1, 2, 3, 4}, "02": {0, 1, 2, 3}, "03": {0, 1, 2, 3, 4, 6}, "04": {0, 1}}
"""Notebook -> sections of the two hours, 0 for what stands before the first."""
LAST = {"04": "check:green_r2"}
"""The cell at which a notebook is left early."""


def covered(number: str) -> list[tuple[nbformat.NotebookNode, str]]:
    """Cells of a notebook that the two hours cover, each with what of its prose belongs to them."""
    cells, section = [], 0
    for cell in NOTEBOOKS[number].cells:
        prose = ""
        for part in re.split(r"^(?=## )", cell.source, flags=re.M) if cell.cell_type == "markdown" else []:
            heading = re.match(r"## (\d+ ·)?", part)
            section = int(heading[1].split()[0]) if heading and heading[1] else None if heading else section
            prose += part if section in COVERED[number] else ""
        if prose or (cell.cell_type == "code" and section in COVERED[number]):
            cells.append((cell, prose))
        if LAST.get(number) in cell.metadata.get("tags", []):
            break
    return cells


@pytest.mark.parametrize("number", COVERED)
def test_the_two_hours_are_counted_from_what_the_notebooks_hold(number):
    [row] = re.findall(rf"^\| {number} \| (.*) \|$", text("plan_two_hours"), re.M)
    words, figures, guesses, claims, exercises, questions, rule, _, planned = map(float, row.split(" | "))
    cells = covered(number)
    code = [cell for cell, _ in cells if cell.cell_type == "code"]
    tags = [tag for cell in code for tag in cell.metadata.get("tags", [])]
    assert len(" ".join(re.sub(r"<[^>]+>|&nbsp;|\|", "", prose) for _, prose in cells).split()) == pytest.approx(
        words, rel=0.1
    )
    assert sum(tag.startswith("figure:") for tag in tags) == figures
    predicted = [cell for cell in code if cell.source.startswith("guess(")]
    assert sum("exercise:" in " ".join(cell.metadata.tags) for cell in predicted) == guesses
    assert sum(len(re.findall(r"\bclaim\(", cell.source)) for cell in code) == claims
    assert words / 200 + figures + guesses + claims / 6 + exercises + questions == pytest.approx(rule, abs=0.06)
    [hours] = days("plan_two_hours")
    assert [int(row[1]) for row in hours if f"notebooks/{number}_" in row[2]] == [planned] and planned >= 4 / 3 * rule


def test_two_days_leave_out_no_notebook():
    named = set(re.findall(r"notebooks/(\d\d)_", text("plan_two_days")))
    assert named == set(NOTEBOOKS)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_section_that_is_named_in_passing_exists(page):
    """'04 section 4', '03 sections 1, 2 and 6', '02, section 5', also across lines."""
    words = " ".join(page.read_text(encoding="utf-8").split())
    for number, named in re.findall(r"\b(0\d),? sections? (\d(?:[\d, ]|and(?= \d)|to(?= \d))*)", words):
        own = re.sub(r",? 0\d\b.*", "", named)  # the next notebook of a list
        assert numbers(own) <= sections(number), f"{page.name}: {number} has no section {named}"


def predictions(number: str) -> int:
    return len(re.findall(r"\*\*Predict\b[^*]*\*\*", prose(number)))


def turns(number: str) -> list[str]:
    """The exercises of a notebook, without hints and solutions."""
    exercises = prose(number).split("## Your turn")[1].split("## Sources")[0]
    return re.findall(r"^(\d+)\. ", re.sub(r"<details>.*?</details>", "", exercises, flags=re.S), re.M)


@pytest.mark.parametrize("number", sorted(NOTEBOOKS))
def test_every_prediction_and_every_exercise_has_its_answer(number):
    [answers] = re.findall(rf"^## {number} .*?(?=^## |\Z)", text("answers"), re.M | re.S)
    predict, turn = re.split(r"^### Your turn$", answers.split("### Predict")[1], flags=re.M)
    assert len(turns(number)) >= 2 and predictions(number) >= 2
    for part, count in ((predict, predictions(number)), (turn, len(turns(number)))):
        given = re.findall(r"^(\d+)\. (\S.*)", part, re.M)
        assert [int(place) for place, _ in given] == list(range(1, count + 1))
        assert all(len(words) > 3 and "@" not in words for _, words in given)


def test_every_page_is_in_the_index_and_the_index_in_that_of_the_documentation():
    index = text("README")
    assert [page.name for page in PAGES if page.stem != "README" and f"({page.name})" not in index] == []
    assert "(teaching/README.md)" in (ROOT / "docs" / "index.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_command_on_a_page_exists(page):
    words = page.read_text(encoding="utf-8")
    targets = re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M)
    code = "\n".join(inline or line for inline, line in re.findall(r"`([^`\n]+)`|^    (.+)$", words, re.M))
    assert [name for name in re.findall(r"\bmake ([a-z-]+)", code) if name not in targets] == []
    assert [name for name in re.findall(r"smwm-lab ([a-z]+)", code) if name not in commands.commands] == []


def test_the_ways_of_installing_say_whether_they_were_tried():
    rows = re.findall(r"^\| \[(\w+)\]\(#[\w-]+\) \|.*\| (.+) \|$", text("installing"), re.M)
    assert [name for name, _ in rows] == ["laptop", "wheelhouse", "Docker", "devcontainer", "Binder", "Colab"]
    assert all(tried.startswith(("yes", "**no**")) for _, tried in rows)
