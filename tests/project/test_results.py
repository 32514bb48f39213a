"""docs/results.md. Claims proved here:

- The committed page is what the generator renders from the committed tables: nobody edited a number on it.
- Every table behind it names in its first line the command that made it, or says that there was none.
- A number changed in a table changes the page; a damaged table, or one that the page does not show, is one clear line.
"""

import re
import shutil

import pytest

from smwm_lab import paths
from smwm_lab.cli import main
from smwm_lab.errors import InputError
from smwm_lab.studies.results import read_result, render_results, result_files, vouch_for_results, write_results


MADE = sorted([*(paths.ROOT / "data" / "results").glob("*.csv"), *(paths.ROOT / "data" / "studies").glob("*.csv")])
BY_HAND = "# measured once by hand, not by a command: "


def test_the_committed_page_is_what_the_generator_renders():
    committed = (paths.ROOT / "docs" / "results.md").read_text(encoding="utf-8")
    assert committed == render_results(), "make it anew: smwm-lab results"


@pytest.mark.parametrize("path", MADE, ids=lambda path: path.name)
def test_a_table_names_the_command_that_made_it(path):
    first = path.read_text(encoding="utf-8").split("\n")[0]
    assert re.match(r"# (smwm-lab (train|plan|study|bench)|make run)\b", first) or first.startswith(BY_HAND)


def test_there_are_tables_and_a_machine_stands_beside_each_measurement():
    assert len(result_files()) >= 8
    for path in result_files():
        source = read_result(path).sources[0]
        assert ("no GPU" in source or "NVIDIA" in source) and re.search(r"\d{4}-\d\d-\d\d", source)


def test_every_link_of_the_page_leads_somewhere():
    links = re.findall(r"\]\(([^)#]+)\)", render_results())
    assert len(links) > 10
    assert [link for link in links if not (paths.ROOT / "docs" / link).exists()] == []


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    """A copy of what the page is made from."""
    shutil.copytree(paths.ROOT / "data", tmp_path / "data", ignore=shutil.ignore_patterns("runs", "cache"))
    (tmp_path / "docs").mkdir()
    shutil.copy(paths.ROOT / "docs" / "results.template.md", tmp_path / "docs")
    monkeypatch.setattr(paths, "ROOT", tmp_path)
    monkeypatch.setattr(paths, "CHECKOUT", tmp_path)
    return tmp_path


def test_a_number_changed_in_a_table_changes_the_page_once_somebody_vouches_for_it(checkout):
    table = checkout / "data" / "results" / "recipe.csv"
    table.write_text(table.read_text(encoding="utf-8").replace(".0526", ".0527"), encoding="utf-8")
    with pytest.raises(InputError, match=r"recipe.csv is not as SHA256SUMS .* run smwm-lab results --vouch"):
        render_results()
    main(["results", "--vouch", "--out", str(checkout / "docs" / "results.md")])
    page = write_results()
    assert page == checkout / "docs" / "results.md"
    assert "| .0527 |" in page.read_text(encoding="utf-8") and "| .0526 |" not in page.read_text(encoding="utf-8")


def test_what_cannot_be_rendered_is_one_clear_line(checkout):
    folder = checkout / "data" / "results"
    with pytest.raises(InputError, match="is a folder; choose a file"):
        write_results(checkout)
    (folder / "extra.csv").write_text("# smwm-lab bench\na,b\n1,2\n")
    with pytest.raises(InputError, match=r"shows no table \['extra'\]; add a line {{ name }}"):
        render_results()
    (folder / "extra.csv").rename(folder / "recipe.csv")
    vouch_for_results()
    assert "| a | b |" in render_results()
    (folder / "recipe.csv").write_text("# smwm-lab bench\na,b\n1\n")
    vouch_for_results()
    with pytest.raises(InputError, match=r"recipe.csv holds the row .*allowed: as many cells"):
        render_results()
    (folder / "recipe.csv").write_text("a,b\n1,2\n")
    vouch_for_results()
    with pytest.raises(InputError, match="allowed: '# ' and the command that made it"):
        render_results()
    (folder / "recipe.csv").unlink()
    with pytest.raises(InputError, match=r"unknown tables \['recipe'\]"):
        render_results()
    (checkout / "docs" / "results.template.md").unlink()
    with pytest.raises(InputError, match="restore it from the repository"):
        render_results()


def test_an_installed_package_says_that_the_page_needs_a_checkout(monkeypatch):
    monkeypatch.setattr(paths, "CHECKOUT", None)
    with pytest.raises(InputError, match="docs/results.md needs a checkout of the project"):
        write_results()
