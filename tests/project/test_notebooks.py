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
from nbval.plugin import get_sanitize_patterns

from smwm_lab.exercises.claims import FAILS, HOLDS
from smwm_lab.paths import ROOT, notebooks_dir


FILES = sorted(notebooks_dir().glob("*.ipynb"))
NOTEBOOKS = [nbformat.read(path, as_version=4) for path in FILES]
MOST_BARE = 1
"""Printed lines of the whole course that may end in a bare True."""
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
    shown = [
        cell for cell in code(notebook) if not any(tag.startswith(("exercise:", "solution:")) for tag in tags(cell))
    ]
    assert sum(len(re.findall(r"^def ", cell.source, re.M)) for cell in shown) <= 2, "methods belong to their class"
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


def printed(notebook) -> str:
    """What it prints, but what learners start from, which is not right yet."""
    shown = [cell for cell in code(notebook) if not any(tag.startswith("exercise:") for tag in tags(cell))]
    return "".join(o.text for cell in shown for o in cell.outputs if o.output_type == "stream")


@each
def test_every_claim_it_prints_holds(notebook):
    assert HOLDS in printed(notebook) and FAILS not in printed(notebook) and "False" not in printed(notebook)


def test_claims_show_numbers():
    bare = [line for notebook in NOTEBOOKS for line in printed(notebook).splitlines() if line.endswith("True")]
    assert len(bare) <= MOST_BARE, bare


@each
def test_answers_stand_in_cells_of_their_own(notebook):
    """In cells tagged solution:NAME, which `smwm-lab course` leaves out, and folded in JupyterLab."""
    assert not re.search("<summary>(Solution|Answer)", prose(notebook))
    for cell in code(notebook):
        if any(tag.startswith("solution:") for tag in tags(cell)):
            assert cell.metadata.get("jupyter") == {"source_hidden": True}, cell.source


def test_nbval_leaves_out_the_numbers_of_a_claim_and_nothing_else():
    patterns = get_sanitize_patterns((notebooks_dir() / "sanitize.cfg").read_text(encoding="utf-8"))
    lines = f"12, 3\n0.71 > 0.04 {HOLDS} red wins\n{FAILS} no: 3\nyou said 2, measured 2: b {HOLDS} two\n"
    for pattern, replacement in patterns:
        lines = re.sub(pattern, replacement, lines)
    assert lines == f"12, 3\n{HOLDS} red wins\n{FAILS} no: 3\n{HOLDS} two\n"


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
