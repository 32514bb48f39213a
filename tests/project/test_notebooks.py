"""Lint of the course notebooks: what must hold of each, whoever writes the next one.

Executing them is the business of `pytest --nbval notebooks`; here their shape is checked.
"""

import ast
import re
import runpy
import statistics
from types import SimpleNamespace

import nbformat
import pytest

from smwm_lab.paths import ROOT, notebooks_dir


FILES = sorted(notebooks_dir().glob("*.ipynb"))
NOTEBOOKS = [nbformat.read(path, as_version=4) for path in FILES]
each = pytest.mark.parametrize("notebook", NOTEBOOKS, ids=[path.stem for path in FILES])


def code(notebook) -> list:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def prose(notebook) -> str:
    return "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")


def tags(cell) -> list[str]:
    return cell.metadata.get("tags", [])


def test_there_are_notebooks_numbered_without_gaps():
    assert FILES and [int(path.stem[:2]) for path in FILES] == list(range(len(FILES)))


@each
def test_it_opens_with_a_question_and_says_what_time_and_needs(notebook):
    first = notebook.cells[0].source
    assert notebook.cells[0].cell_type == "markdown" and re.match(r"# .+\?", first)
    for part in ("**You will see**", "**Time:**", "**Needs:**"):
        assert part in first
    assert "## Your turn" in prose(notebook) and "## Sources" in prose(notebook)


@each
def test_its_first_code_cell_holds_literal_parameters(notebook):
    first = code(notebook)[0]
    assert tags(first) == ["parameters"]
    assignments = ast.parse(first.source).body
    values = {node.targets[0].id: ast.literal_eval(node.value) for node in assignments}
    assert values["preset"] == "quick" and values["seed"] == 0
    assert not any("parameters" in tags(cell) or "injected-parameters" in tags(cell) for cell in code(notebook)[1:])


@each
def test_its_cells_are_small_and_words_and_code_are_in_balance(notebook):
    lines = [len(cell.source.splitlines()) for cell in code(notebook)]
    assert statistics.median(lines) <= 6 and max(lines) <= 20
    assert sum(cell.source.count("def ") for cell in code(notebook)) <= 2
    assert 4 <= len(prose(notebook).split()) / sum(lines) <= 15


@each
def test_it_runs_anywhere(notebook):
    text = "\n".join(cell.source for cell in code(notebook))
    for banned in ("%pip", "!pip", "sys.path", "os.chdir", "open(", "../", "plt.show"):
        assert banned not in text
    assert "widgets" not in notebook.metadata


@each
def test_it_is_committed_executed_in_order_without_errors_or_stderr(notebook):
    executed = [cell for cell in code(notebook) if cell.source.strip()]
    assert [cell.execution_count for cell in executed] == list(range(1, len(executed) + 1))
    for cell in executed:
        for output in cell.outputs:
            assert output.output_type != "error" and output.get("name") != "stderr"
            assert "application/vnd.jupyter.widget-view+json" not in output.get("data", {})


@each
def test_every_check_it_prints_came_out_true(notebook):
    printed = "".join(o.text for cell in code(notebook) for o in cell.outputs if o.output_type == "stream")
    assert "True" in printed and "False" not in printed


@each
def test_its_figures_are_tagged_and_its_tables_are_marked_unstable(notebook):
    for cell in code(notebook):
        kinds = {kind for output in cell.outputs for kind in output.get("data", {})}
        if "image/png" in kinds:
            assert any(tag.startswith("figure:") for tag in tags(cell)), cell.source
        if "text/html" in kinds:
            assert "nbval-ignore-output" in tags(cell), cell.source


@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_it_is_small_enough_to_read_on_the_web(path):
    assert path.stat().st_size <= 800_000


def test_the_committed_figures_are_those_of_the_notebooks():
    expected = {
        f"{path.stem[:2]}_{tag.removeprefix('figure:')}.png"
        for path, notebook in zip(FILES, NOTEBOOKS, strict=True)
        for cell in code(notebook)
        for tag in tags(cell)
        if tag.startswith("figure:")
    }
    assert {path.name for path in (ROOT / "figures").glob("*.png")} == expected


@pytest.mark.parametrize(
    ("arguments", "parsed", "limits"),
    [
        (("--nbval",), (2000.0, 60.0), (900.0, 180.0)),
        (("--nbval", "--nbval-cell-timeout", "1800"), (1800.0, 60.0), (1800.0, 180.0)),
        (("--nbval", "--nbval-kernel-startup-timeout=7"), (2000.0, 7.0), (900.0, 7.0)),
    ],
    ids=["ours", "a cell's given", "a start's given"],
)
def test_nbval_has_the_limits_of_the_runner_unless_others_are_given(arguments, parsed, limits):
    configure = runpy.run_path(str(notebooks_dir() / "conftest.py"))["pytest_configure"]
    option = SimpleNamespace(nbval_cell_timeout=parsed[0], nbval_kernel_startup_timeout=parsed[1])
    config = SimpleNamespace(option=option, invocation_params=SimpleNamespace(args=arguments))
    configure(config)
    assert (option.nbval_cell_timeout, option.nbval_kernel_startup_timeout) == limits
    worker = SimpleNamespace(option=option, invocation_params=SimpleNamespace(args=("notebooks",)), workerinput={})
    configure(worker)  # it knows the command line no more, but has the options
    assert (option.nbval_cell_timeout, option.nbval_kernel_startup_timeout) == limits
