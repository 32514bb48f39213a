"""Running notebooks: check everything, then execute, publish and report one after the other."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from pathlib import Path

from smwm_lab.errors import check
from smwm_lab.files import write_bytes
from smwm_lab.locks import folder_lock
from smwm_lab.machine import machine_line
from smwm_lab.runner.execution import CELL_TIMEOUT_S, Execution, execute_many
from smwm_lab.runner.fingerprints import fingerprint
from smwm_lab.runner.index import render_index
from smwm_lab.runner.outputs import Figures, collect_figures, drop_widget_state, encode
from smwm_lab.runner.pages import external_references, render_page, with_navigation
from smwm_lab.runner.png import compact_pngs
from smwm_lab.runner.records import FileRecord, Record
from smwm_lab.runner.report import NotebookError, NotebookReport, NotebookResult, counters
from smwm_lab.runner.run_folder import RunFolder
from smwm_lab.runner.selection import CourseNotebook, check_parameters, select_notebooks
from smwm_lab.runner.widget_pages import WidgetPage, publish_widget_pages


def run_notebooks(
    notebooks: Sequence[Path | str] | None = None,
    *,
    out: Path,
    parameters: Mapping[str, object],
    figures: Path | None = None,
    jobs: int = 1,
    resume: bool = False,
    timeout_s: int = CELL_TIMEOUT_S,
    widget_pages: Sequence[WidgetPage] = (),
    echo: Callable[[str], None],
) -> NotebookReport:
    """Execute notebooks into a folder of executed notebooks, pages, figures and an index.

    Parameters
    ----------
    notebooks
        Paths, names, or beginnings of names (`02`); None for the whole course.
    out
        New, empty, or the folder of an earlier run, which is updated; while another process writes it, this waits.
    parameters
        Injected into every notebook; each has to fit every notebook.
    figures
        Folder for the PNGs of cells tagged `figure:NAME`; None for `out/figures`.
    jobs
        How many notebooks run side by side, at least 1.
    resume
        Skip notebooks that are complete in `out` and whose inputs have not changed.
    timeout_s
        Limit for one cell, in seconds.
    widget_pages
        Pages of widgets to be made after the notebooks.
    echo
        Called with one line when a notebook or page starts and one when it is finished.

    Returns
    -------
    NotebookReport
        A failing notebook does not stop the others; its page shows how far it got.

    Raises
    ------
    InputError
        Before anything is executed or written: an unknown notebook or parameter, a value of a wrong type, a
        folder that cannot be written or holds other things. While it runs: if the disk is full.
    """
    check(jobs >= 1, f"jobs = {jobs} is out of range; allowed: 1 or more")
    check(timeout_s >= 1, f"timeout_s = {timeout_s} is out of range; allowed: 1 or more seconds")
    selected = select_notebooks(notebooks)
    for notebook in selected:
        check_parameters(notebook, parameters)
    folder = RunFolder(root=Path(out), figures=figures)
    with folder_lock(folder.root, waiting=echo):
        folder = RunFolder(root=Path(out), figures=figures)  # anew: who was waited for has changed its entries
        run = _Run(folder=folder, selected=selected, parameters=dict(parameters), widget_pages=widget_pages, echo=echo)
        return run.to_the_end(jobs=jobs, resume=resume, timeout_s=timeout_s)


@dataclasses.dataclass(frozen=True, kw_only=True)
class _Run:
    """One call of `run_notebooks` whose inputs are checked."""

    folder: RunFolder
    selected: list[CourseNotebook]
    parameters: dict[str, object]
    widget_pages: Sequence[WidgetPage]
    echo: Callable[[str], None]

    def to_the_end(self, *, jobs: int, resume: bool, timeout_s: int) -> NotebookReport:
        """Execute what has to be executed, in order, and publish each as soon as it is finished."""
        keys = {notebook.name: fingerprint(notebook, self.parameters) for notebook in self.selected}
        counter = counters(list(keys))
        results = {name: self._kept(name) for name, key in keys.items() if resume and self.folder.is_current(name, key)}
        for name, result in results.items():
            self.echo(f"{counter[name]} {result}")
        executions = execute_many(
            [notebook for notebook in self.selected if notebook.name not in results],
            parameters=self.parameters,
            num_at_once=jobs,
            timeout_s=timeout_s,
            on_start=lambda notebook: self.echo(f"{counter[notebook.name]} {notebook.name} …"),
        )
        with closing(executions):
            for notebook, execution in executions:
                name = notebook.name
                results[name] = self._publish(notebook, execution, key=keys[name])
                self.echo(f"{counter[name]} {results[name]}")
        made = publish_widget_pages(self.widget_pages, self.folder, resume=resume, echo=self.echo)
        self._write_index()
        return NotebookReport(results=tuple(results[notebook.name] for notebook in self.selected), widget_pages=made)

    def _kept(self, name: str) -> NotebookResult:
        """Return the result of a notebook that is not executed again."""
        seconds = self.folder.records[name].seconds
        return NotebookResult(name=name, status="skipped", seconds=seconds, html=self.folder.html(name))

    def _publish(self, notebook: CourseNotebook, execution: Execution, *, key: str) -> NotebookResult:
        """Write everything that comes out of an executed notebook, whole or failed."""
        name, executed = notebook.name, compact_pngs(drop_widget_state(execution.notebook))
        figures = self._without_taken(name, collect_figures(executed, name=name))
        page = render_page(executed, title=notebook.title, folder=notebook.path.parent)
        file, shown = encode(executed), _page_bytes(page)
        record = Record(
            title=notebook.title,
            source=str(notebook.path),
            seconds=round(execution.seconds, 1),
            error=execution.error or figures.error or _needs_network(page),
            notebook=FileRecord.of(file),
            page=FileRecord.of(shown),
            figures={figure: FileRecord.of(png) for figure, png in figures.images.items()},
            parameters={key: str(value) for key, value in self.parameters.items()},
            inputs_digest=key,
        )
        self.folder.forget(name)
        write_bytes(self.folder.notebook(name), file)
        write_bytes(self.folder.html(name), shown)
        for figure, png in figures.images.items():
            write_bytes(self.folder.figures / figure, png)
        self.folder.remember(name, record)
        self._write_index()
        return NotebookResult(
            name=name,
            status="failed" if record.error else "ok",
            seconds=execution.seconds,
            error=record.error,
            html=self.folder.html(name),
        )

    def _without_taken(self, name: str, figures: Figures) -> Figures:
        """Leave out figures whose file belongs to another notebook of this folder, and say so."""
        others = {other: record for other, record in self.folder.records.items() if other != name}
        owner = {file: other for other, record in others.items() for file in record.figures}
        taken = [f"{file} is a figure of {owner[file]} too" for file in figures.images if file in owner]
        clash = NotebookError(cell=None, name="FigureError", message=taken[0]) if taken else None
        images = {file: png for file, png in figures.images.items() if file not in owner}
        return Figures(images=images, error=figures.error or clash)

    def _write_index(self) -> None:
        """Write the index of everything in the folder, and lead from each page to its neighbours."""
        folder = self.folder
        self._link_pages([(name, record.title) for name, record in folder.records.items()])
        page = render_index(folder.records, folder.widget_pages, figures=folder.figures, machine=machine_line())
        write_bytes(self.folder.root / "index.html", _page_bytes(page))

    def _link_pages(self, pages: list[tuple[str, str]]) -> None:
        """Lead from each page to the one before and the one after; pages that do so already are left alone."""
        around = zip([None, *pages], pages, [*pages[1:], None], strict=False)
        for before, (name, _), after in around:
            path, record = self.folder.html(name), self.folder.records[name]
            page = path.read_bytes() if path.is_file() else b""
            if FileRecord.of(page) != record.page:  # changed by somebody since: the next run makes it anew
                continue
            text = page.decode(errors="replace")
            linked = with_navigation(text, before=before, after=after)
            if linked != text:
                write_bytes(path, _page_bytes(linked))
                self.folder.remember(name, record.replace(page=FileRecord.of(_page_bytes(linked))))


def _page_bytes(page: str) -> bytes:
    """Return the bytes of a page; half a character, which JSON can name in a title and UTF-8 cannot, becomes `?`."""
    return page.encode(errors="replace")


def _needs_network(page: str) -> NotebookError | None:
    """Return an error if a page loads something from elsewhere."""
    external = external_references(page)
    message = f"the page would load {external[0]}; embed it in the output" if external else ""
    return NotebookError(cell=None, name="NetworkNeeded", message=message) if external else None
