"""Claims: a failing notebook is told apart and stops no other; what is complete and unchanged is skipped; pages
open without a network; in place means whole or not at all; kernels are this interpreter's and none is left behind.
"""

import json
import re
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import nbformat
import psutil
import pytest
from bs4 import BeautifulSoup
from sample_notebooks import PNG, SHOW_PNG, code, failing_notebook, good_notebook, silent, write_notebook

from smwm_lab import paths
from smwm_lab.errors import InputError
from smwm_lab.runner import NotebookReport, execute_in_place, run_notebooks


def text_of(notebook: Path) -> str:
    """Return everything that an executed notebook printed to standard output."""
    cells = nbformat.read(notebook, as_version=4).cells
    return "".join(o.text for c in cells for o in c.get("outputs", []) if o.get("name") == "stdout")


def loaded_addresses(page: Path) -> list[str]:
    """Return the addresses that a page would load from elsewhere, by a parser of its own."""
    soup = BeautifulSoup(page.read_text(), "html.parser")
    elements = soup.find_all(["script", "link", "img", "iframe", "source", "object", "video", "audio"])
    addresses = [element.get(key, "") for element in elements for key in ("src", "href", "data")]
    code_and_style = " ".join(element.get_text() for element in soup.find_all(["script", "style"]))
    return [a for a in addresses if "//" in a[:12]] + re.findall(
        r"""(?:require\(\[?|import\(?|url\()\s*["']?https?:[^"')]*""", code_and_style
    )


@dataclass(frozen=True, kw_only=True)
class Finished:
    """A run of two notebooks at once, one of which fails, and what it said."""

    sources: list[Path]
    out: Path
    report: NotebookReport
    lines: list[str]


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Finished:
    """Run a good and a failing notebook, both at once."""
    folder = tmp_path_factory.mktemp("course {braces}")
    sources, lines = [failing_notebook(folder), good_notebook(folder)], []
    out = folder / "out"
    parameters = {"preset": "smoke", "seed": 3}
    report = run_notebooks(sources, out=out, parameters=parameters, jobs=2, echo=lines.append)
    return Finished(sources=sources, out=out, report=report, lines=lines)


def test_a_failing_notebook_stops_no_other_and_names_cell_and_error(finished: Finished) -> None:
    bad, good = finished.report.results
    assert (bad.name, bad.status, good.name, good.status) == ("01_bad", "failed", "00_good", "ok")
    assert str(bad.error) == "In [4] ValueError: the latent collapsed"
    assert not finished.report.ok
    assert re.fullmatch(r"2 notebooks: 1 ok, 1 failed, \d+ s; failed: 01_bad In \[4\] .*", repr(finished.report))
    kept = nbformat.read(finished.out / "notebooks" / "01_bad.ipynb", as_version=4)
    assert any(output.output_type == "error" for cell in kept.cells for output in cell.get("outputs", []))
    assert "the latent collapsed" in (finished.out / "html" / "01_bad.html").read_text()


def test_one_line_tells_of_each_start_and_each_end(finished: Finished) -> None:
    assert finished.lines[:2] == ["[1/2] 01_bad …", "[2/2] 00_good …"]  # both start before either ends
    ends = sorted(re.sub(r"\d+ s", "T", line) for line in finished.lines[2:])
    assert ends == ["[1/2] 01_bad … failed T: In [4] ValueError: the latent collapsed", "[2/2] 00_good … ok T"]


def test_parameters_arrive_in_a_kernel_of_this_interpreter_with_an_empty_folder(finished: Finished) -> None:
    assert text_of(finished.out / "notebooks" / "00_good.ipynb") == f"smoke 3 0.5 {sys.executable}\n[]\n"


def test_figures_are_the_png_outputs_of_tagged_cells(finished: Finished) -> None:
    figures = finished.out / "figures"
    assert sorted(file.name for file in figures.iterdir()) == ["00_tiny_dot.png", "01_before.png"]
    assert (figures / "00_tiny_dot.png").read_bytes() == PNG


def test_every_page_opens_without_a_network(finished: Finished) -> None:
    pages = [finished.out / "index.html", *sorted((finished.out / "html").iterdir())]
    assert [page.name for page in pages] == ["index.html", "00_good.html", "01_bad.html"]
    assert {page.name: loaded_addresses(page) for page in pages} == {page.name: [] for page in pages}


def test_a_page_shows_formulas_without_mathjax(finished: Finished) -> None:
    soup = BeautifulSoup((finished.out / "html" / "00_good.html").read_text(), "html.parser")
    assert [svg["aria-label"] for svg in soup.find_all("svg")] == [r"L_t \le 1"]
    assert soup.find("code", class_="formula").text == r"\begin{aligned}a&=b\end{aligned}"
    assert soup.find("a", href="https://example.org")


def test_index_shows_titles_times_errors_and_figures(finished: Finished) -> None:
    soup = BeautifulSoup((finished.out / "index.html").read_text(), "html.parser")
    good, bad = soup.find("table").find_all("tr")[1:]
    assert (good.a.text, good.a["href"]) == ("Can a <dot> be seen?", "html/00_good.html")
    assert "seed = 3" in good.text and re.search(r"ok\d+ s$", good.text)
    assert "failed" in bad.text
    assert "In [4] ValueError: the latent collapsed" in soup.find(class_="failure").text
    assert [caption.contents[0] for caption in soup.find_all("figcaption")] == ["tiny dot", "before"]
    assert f"Python {sys.version.split()[0]}" in soup.text and "torch" in soup.text


def test_resume_skips_what_is_complete_and_unchanged_and_runs_the_rest(finished: Finished) -> None:
    before = (finished.out / "notebooks" / "00_good.ipynb").stat().st_mtime_ns
    again = run_notebooks(
        finished.sources, out=finished.out, parameters={"preset": "smoke", "seed": 3}, resume=True, echo=silent
    )
    assert [result.status for result in again.results] == ["failed", "skipped"]
    assert (finished.out / "notebooks" / "00_good.ipynb").stat().st_mtime_ns == before


def test_resume_runs_again_when_an_output_is_gone(finished: Finished) -> None:
    (finished.out / "figures" / "00_tiny_dot.png").unlink()
    parameters = {"preset": "smoke", "seed": 3}
    again = run_notebooks(finished.sources[1:], out=finished.out, parameters=parameters, resume=True, echo=silent)
    assert [result.status for result in again.results] == ["ok"]
    assert (finished.out / "figures" / "00_tiny_dot.png").read_bytes() == PNG


def test_in_place_rewrites_whole_notebooks_and_leaves_failing_ones_untouched(tmp_path: Path) -> None:
    good, bad = good_notebook(tmp_path), failing_notebook(tmp_path)
    source = nbformat.read(good, as_version=4)
    source.cells.append(code("import sys\nprint('noise', file=sys.stderr)"))
    nbformat.write(source, good)
    before = bad.read_bytes()
    report = execute_in_place([good, bad], parameters={"preset": "quick"}, echo=silent)
    assert [result.status for result in report.results] == ["ok", "failed"]
    assert bad.read_bytes() == before
    rewritten = nbformat.read(good, as_version=4)
    assert [(c.id, c.cell_type, c.source, c.metadata) for c in rewritten.cells] == [
        (c.id, c.cell_type, c.source, c.metadata) for c in source.cells
    ]
    assert [c.execution_count for c in rewritten.cells[1:]] == [1, 2, 3, 4]
    assert text_of(good).startswith("quick 0 0.5 ") and rewritten.cells[-1].outputs == []
    assert rewritten.metadata == {
        "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    assert sorted(file.name for file in tmp_path.iterdir()) == ["00_good.ipynb", "01_bad.ipynb"]


def test_in_place_refuses_other_values_than_the_notebooks_own(tmp_path: Path) -> None:
    good = good_notebook(tmp_path)
    before = good.read_bytes()
    with pytest.raises(InputError, match="parameter preset = 'smoke' differs from 'quick' in 00_good"):
        execute_in_place([good], parameters={"preset": "smoke"}, echo=silent)
    assert good.read_bytes() == before


def test_a_figure_file_belongs_to_one_notebook_and_a_slow_cell_is_stopped(tmp_path: Path) -> None:
    first = write_notebook(tmp_path / "02_a.ipynb", code(SHOW_PNG, "figure:dot"))
    second = write_notebook(tmp_path / "02_b.ipynb", code(SHOW_PNG, "figure:dot"), code("1 + 1"))
    slow = write_notebook(tmp_path / "03_slow.ipynb", code("x = 1"), code("import time\ntime.sleep(600)"))
    report = run_notebooks([first, second, slow], out=tmp_path / "out", parameters={}, timeout_s=2, echo=silent)
    errors = [str(result.error) for result in report.results]
    assert errors[:2] == ["None", "FigureError: 02_dot.png is a figure of 02_a too"]
    records = json.loads((tmp_path / "out" / "run.json").read_text())["notebooks"]
    assert [list(records[name]["figures"]) for name in ("02_a", "02_b")] == [["02_dot.png"], []]
    assert errors[2].startswith("In [2] CellTimeoutError: ")
    assert "CellTimeoutError" in (tmp_path / "out" / "html" / "03_slow.html").read_text()


def test_ctrl_c_keeps_finished_results_and_leaves_no_kernel(tmp_path: Path) -> None:
    quick = write_notebook(tmp_path / "00_quick.ipynb", code("1 + 1"))
    marker = tmp_path / "kernel.pid"
    slow = write_notebook(
        tmp_path / "01_slow.ipynb",
        code(f"import os, time\nopen({str(marker)!r}, 'w').write(str(os.getpid()))\ntime.sleep(600)"),
    )
    script = (
        # a shell that starts the tests in the background makes all below it deaf to Ctrl-C
        "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "from pathlib import Path; from smwm_lab.runner import run_notebooks\n"
        "run_notebooks(sys.argv[1:3], out=Path(sys.argv[3]), parameters={}, echo=print)"
    )
    out = tmp_path / "out"
    command = [sys.executable, "-c", script, str(quick), str(slow), str(out)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd=paths.ROOT) as process:
        try:
            kernel = wait_for_number(marker)
            process.send_signal(signal.SIGINT)
            _, stderr = process.communicate(timeout=60)
        finally:
            process.kill()
    assert process.returncode != 0 and b"KeyboardInterrupt" in stderr
    assert not psutil.pid_exists(kernel) or psutil.Process(kernel).status() == psutil.STATUS_ZOMBIE
    assert list(json.loads((out / "run.json").read_text())["notebooks"]) == ["00_quick"]
    files = sorted(str(file.relative_to(out)) for file in out.rglob("*") if file.is_file())
    assert files == ["html/00_quick.html", "index.html", "notebooks/00_quick.ipynb", "run.json"]


def wait_for_number(path: Path) -> int:
    """Return the number in a file as soon as there is one, within a minute."""
    for _ in range(600):
        if path.exists() and path.read_text():
            return int(path.read_text())
        time.sleep(0.1)
    raise TimeoutError(f"nothing was written to {path}")
