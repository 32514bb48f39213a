"""Claims: nothing runs and nothing is written before everything is checked; nothing foreign is touched; a digest
has every input; figures and pages are checked for what would be missing later.
"""

import base64
import io
import os
from pathlib import Path

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_notebook, new_output
from PIL import Image
from sample_notebooks import code, failing_notebook, good_notebook, silent, write_notebook

from smwm_lab import paths
from smwm_lab.errors import InputError
from smwm_lab.files import write_bytes
from smwm_lab.runner import run_notebooks
from smwm_lab.runner.fingerprints import data_digest, fingerprint
from smwm_lab.runner.kernels import RunningKernels
from smwm_lab.runner.outputs import collect_figures, drop_widget_state
from smwm_lab.runner.pages import external_references, render_page
from smwm_lab.runner.selection import check_parameters, select_notebooks


def test_fingerprint_changes_with_every_input_and_with_nothing_else(tmp_path: Path) -> None:
    package = tmp_path / "package"
    (package / "inner").mkdir(parents=True)
    (package / "inner" / "module.py").write_text("x = 1\n")
    [notebook] = select_notebooks([good_notebook(tmp_path)])
    first = fingerprint(notebook, {"seed": 0}, package=package)
    assert fingerprint(notebook, {"seed": 1}, package=package) != first
    (package / "inner" / "module.py").write_text("x = 2\n")
    second = fingerprint(notebook, {"seed": 0}, package=package)
    assert second != first
    notebook.source.cells[2].outputs = [new_output("stream", text="old output")]
    assert fingerprint(notebook, {"seed": 0}, package=package) == second
    (package / "page.js").write_text("1")
    third = fingerprint(notebook, {"seed": 0}, package=package)
    assert third != second
    notebook.source.cells[2].source += "\n1 + 1"
    assert fingerprint(notebook, {"seed": 0}, package=package) != third


@pytest.mark.parametrize("place", ["reference/a.csv", "studies/a.csv", "runs/a/manifest.json"])
def test_the_digest_of_the_data_changes_with_tables_and_runs(tmp_path: Path, place: str) -> None:
    before = data_digest(tmp_path)
    (tmp_path / place).parent.mkdir(parents=True)
    (tmp_path / place).write_text("1")
    first = data_digest(tmp_path)
    (tmp_path / place).write_text("2")
    assert len({before, first, data_digest(tmp_path)}) == 3


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"sead": 0}, "parameter 'sead' is unknown in 00_good; allowed: preset, seed, rate, label"),
        ({"rate": 1.0}, "parameter 'rate' is unknown in 01_bad; allowed: preset, seed"),
        ({"seed": "0"}, "parameter seed = '0' of 00_good has type str; allowed: int, such as 0"),
        ({"seed": True}, "parameter seed = True of 00_good has type bool; allowed: int, such as 0"),
        ({"preset": None}, "parameter preset = None of 00_good has type NoneType; allowed: str, such as 'quick'"),
    ],
)
def test_every_parameter_is_checked_against_every_notebook_before_anything_is_written(
    tmp_path: Path, parameters: dict[str, object], message: str
) -> None:
    sources, lines = [good_notebook(tmp_path), failing_notebook(tmp_path)], []
    with pytest.raises(InputError) as caught:
        run_notebooks(sources, out=tmp_path / "out", parameters=parameters, echo=lines.append)
    assert str(caught.value) == message
    assert not (tmp_path / "out").exists() and lines == []


def test_an_int_is_welcome_where_a_float_stands_and_literals_are_read_as_python_reads_them(tmp_path: Path) -> None:
    [notebook] = select_notebooks([good_notebook(tmp_path)])
    assert notebook.defaults == {"preset": "quick", "seed": 0, "rate": 0.5, "label": "a=b#c"}
    check_parameters(notebook, {"rate": 2, "label": "d"})


def test_a_parameters_cell_of_other_things_than_literals_is_refused(tmp_path: Path) -> None:
    path = write_notebook(tmp_path / "00_odd.ipynb", code("seed = int('3')", "parameters"))
    with pytest.raises(InputError, match="parameters of 00_odd may hold assignments of literals only"):
        select_notebooks([path])


def test_notebooks_are_found_by_the_beginning_of_their_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paths, "notebooks_dir", lambda: tmp_path)
    for name in ("01_worlds", "00_map", "02_training", "02_twin", "scratch"):
        good_notebook(tmp_path, f"{name}.ipynb")
    assert [n.name for n in select_notebooks(None)] == ["00_map", "01_worlds", "02_training", "02_twin"]
    assert [n.name for n in select_notebooks(["02_tr", "00", "00_map.ipynb"])] == ["02_training", "00_map"]
    with pytest.raises(InputError, match="'09' does not exist; existing: 00_map, 01_worlds, 02_training, 02_twin"):
        select_notebooks(["09"])
    with pytest.raises(InputError, match="'02' is ambiguous; it fits: 02_training, 02_twin"):
        select_notebooks(["02"])


def test_a_file_that_is_no_notebook_is_refused(tmp_path: Path) -> None:
    (tmp_path / "00_text.ipynb").write_text("not json")
    with pytest.raises(InputError, match="00_text.ipynb cannot be read as a notebook"):
        select_notebooks([tmp_path / "00_text.ipynb"])


def test_a_foreign_folder_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    out = tmp_path / "precious"
    out.mkdir()
    (out / "thesis.txt").write_text("years of work")
    with pytest.raises(InputError, match="not empty and holds no run"):
        run_notebooks([good_notebook(tmp_path)], out=out, parameters={}, echo=silent)
    assert [file.name for file in out.iterdir()] == ["thesis.txt"]


@pytest.mark.parametrize("content", ["{", "{}", '{"kind": "smwm_lab run", "format": 99, "notebooks": {}}', "[]"])
def test_a_corrupt_or_foreign_record_is_refused(tmp_path: Path, content: str) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "run.json").write_text(content)
    with pytest.raises(InputError, match="is not a record of a run"):
        run_notebooks([good_notebook(tmp_path)], out=out, parameters={}, echo=silent)
    assert (out / "run.json").read_text() == content


@pytest.mark.parametrize("field", ["out", "figures"])
def test_a_folder_that_cannot_be_written_is_refused_before_anything_is_made(tmp_path: Path, field: str) -> None:
    (tmp_path / "file").write_text("a file, not a folder")
    folders = {"out": tmp_path / "out", field: tmp_path / "file" / "below"}
    with pytest.raises(InputError, match=f"{field} = .* cannot be written"):
        run_notebooks([good_notebook(tmp_path)], parameters={}, echo=silent, **folders)
    assert not (tmp_path / "out").exists()


def test_an_interrupted_write_leaves_the_old_file_and_no_debris(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "page.html"
    target.write_text("old")

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_bytes(target, b"new")
    assert [(file.name, file.read_text()) for file in tmp_path.iterdir()] == [("page.html", "old")]


def executed(*cells: NotebookNode) -> NotebookNode:
    """Return a notebook as if its cells had run."""
    return new_notebook(cells=list(cells))


def cell_with(data: dict[str, object], *tags: str) -> NotebookNode:
    """Return a code cell with one output."""
    cell = code("show()", *tags)
    cell.update(execution_count=7, outputs=[new_output("display_data", data=data)])
    return cell


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ([cell_with({"text/plain": "no picture"}, "figure:a")], "figure:a shows no PNG image"),
        ([cell_with({"image/png": ""}, "figure:a"), cell_with({"image/png": ""}, "figure:a")], "called 'a'"),
        ([cell_with({"image/png": ""}, "figure:../a")], "needs a name of letters"),
    ],
)
def test_a_figure_without_picture_or_with_a_bad_name_is_an_error(cells: list[NotebookNode], message: str) -> None:
    error = collect_figures(executed(*cells), name="02_x").error
    assert error is not None and message in error.message and error.cell == 7


def tiny_png() -> bytes:
    buffer = io.BytesIO()
    Image.new("L", (1, 1)).save(buffer, "png")
    return buffer.getvalue()


def test_the_figure_of_a_cell_is_the_first_of_its_pictures() -> None:
    cell = cell_with({"text/plain": "no picture"}, "figure:a")
    cell.outputs += [new_output("display_data", data={"image/png": text}) for text in ("Zmlyc3Q=", "c2Vjb25k")]
    assert collect_figures(executed(cell), name="02_x").images == {"02_a.png": b"first"}


def test_a_widget_gives_way_to_its_picture_and_only_then() -> None:
    view = {"application/vnd.jupyter.widget-view+json": {"model_id": "m"}, "text/plain": "Slider()"}
    dot = base64.b64encode(tiny_png()).decode()
    notebook = executed(cell_with({**view, "image/png": dot}), cell_with(view))
    notebook.metadata.widgets = {"application/vnd.jupyter.widget-state+json": {}}
    clean = drop_widget_state(notebook)
    kept = [sorted(cell.outputs[0].data) for cell in clean.cells]
    assert kept == [["image/png", "text/plain"], ["application/vnd.jupyter.widget-view+json", "text/plain"]]
    assert "widgets" not in clean.metadata and "widgets" in notebook.metadata
    assert external_references(render_page(clean, title="t", folder=Path())) == []


@pytest.mark.parametrize(
    "html",
    [
        '<script src="https://cdn.example.org/plot.js"></script>',
        "<script>require(['https://cdn.example.org/plot'], draw)</script>",
        '<script type="module">import x from "https://cdn.example.org/x.js"</script>',
        '<img src="//example.org/a.png">',
        '<p style="background: url(https://example.org/a.png)"></p>',
        "<style>@import 'https://example.org/font.css';</style>",
    ],
)
def test_an_output_that_loads_from_elsewhere_is_found(html: str) -> None:
    page = render_page(executed(cell_with({"text/html": html})), title="t", folder=Path())
    assert len(external_references(page)) == 1


def test_kernels_side_by_side_share_the_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("smwm_lab.runner.kernels.num_cores", lambda: 4)
    threads = {jobs: RunningKernels(jobs).manager_class().variables for jobs in (1, 2, 8)}
    nobody = {"SMWM_LAB_PROGRESS": "off"}  # what they solve is nobody's progress
    shares = {1: {}, 2: {"OMP_NUM_THREADS": "2"}, 8: {"OMP_NUM_THREADS": "1"}}
    assert threads == {jobs: nobody | share for jobs, share in shares.items()}
