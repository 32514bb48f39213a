"""Notebook -> executed notebook, through papermill, one after the other or several at once.

Nothing is written but in a scratch folder of its own, which is also the kernel's working folder;
a failing notebook comes back as far as it got.
"""

import tempfile
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import papermill
from jupyter_core.utils import ensure_event_loop
from nbclient.exceptions import CellTimeoutError
from nbformat import NotebookNode
from papermill.exceptions import PapermillExecutionError

from smwm_lab.runner.kernels import RunningKernels
from smwm_lab.runner.report import NotebookError
from smwm_lab.runner.selection import CourseNotebook


CELL_TIMEOUT_S = 900
"""Default limit for one cell, in seconds."""
KERNEL_START_S = 180
"""Limit for the start of a kernel, in seconds; on a machine with several processes per core it takes more than 60."""

PAPERMILL_OPTIONS: dict[str, Any] = {
    "kernel_name": "python3",
    "language": "python",
    "progress_bar": False,
    "record_timing": False,
    "coalesce_streams": True,
    "start_timeout": KERNEL_START_S,
}
"""The same for every notebook: outputs without clock times, streams in one piece, patience with a busy machine."""

MAX_MESSAGE = 200
"""Characters of an exception's message that a report keeps."""


@dataclass(frozen=True, kw_only=True)
class Execution:
    """An executed notebook, complete or as far as it got."""

    notebook: NotebookNode
    """Cells with outputs, as papermill left them."""

    seconds: float
    """Wall-clock time, start of the kernel included."""

    error: NotebookError | None
    """Why it stopped early, or None."""


def execute_many(
    notebooks: Sequence[CourseNotebook],
    *,
    parameters: Mapping[str, object],
    num_at_once: int,
    timeout_s: int,
    on_start: Callable[[CourseNotebook], None],
) -> Generator[tuple[CourseNotebook, Execution], None, None]:
    """Execute notebooks and yield each when it is finished.

    Parameters
    ----------
    notebooks
        Started in this order.
    parameters
        Injected into every notebook.
    num_at_once
        How many kernels run side by side, at least 1.
    timeout_s
        Limit for one cell, in seconds.
    on_start
        Called with each notebook when it starts, in the thread of the caller.

    Yields
    ------
    (CourseNotebook, Execution)
        In the order of finishing. Closing the iterator kills the kernels that still run.
    """
    kernels = RunningKernels(num_at_once)
    waiting = list(notebooks)
    running: dict[Future[Execution], CourseNotebook] = {}
    with ThreadPoolExecutor(max_workers=num_at_once) as pool:
        try:
            while waiting or running:
                while waiting and len(running) < num_at_once:
                    notebook = waiting.pop(0)
                    on_start(notebook)
                    future = pool.submit(execute, notebook, parameters=parameters, timeout_s=timeout_s, kernels=kernels)
                    running[future] = notebook
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    yield running.pop(future), future.result()
        finally:
            while not all(future.done() for future in running):
                kernels.kill()
                wait(running, timeout=0.2)


def execute(
    notebook: CourseNotebook, *, parameters: Mapping[str, object], timeout_s: int, kernels: RunningKernels
) -> Execution:
    """Execute one notebook in a fresh kernel of this interpreter.

    Parameters
    ----------
    notebook
        Read from `notebook.path` once more by papermill.
    parameters
        Injected after the cell tagged `parameters`; with none, no cell is injected.
    timeout_s
        Limit for one cell, in seconds.
    kernels
        Where the kernel is registered while it runs.

    Returns
    -------
    Execution
        With `error` set if a cell raised, ran too long, or the kernel died.
    """
    with tempfile.TemporaryDirectory(prefix="smwm_lab_") as scratch:
        work, copy = Path(scratch, "work"), Path(scratch, "executed.ipynb")
        work.mkdir()
        start = time.perf_counter()
        stopped = None
        try:
            papermill.execute_notebook(
                _plain(notebook.path),
                _plain(copy),
                parameters=dict(parameters),
                execution_timeout=timeout_s,
                kernel_manager_class=kernels.manager_class(),
                resources={"metadata": {"path": str(work)}},
                **PAPERMILL_OPTIONS,
            )
        except (PapermillExecutionError, CellTimeoutError, RuntimeError) as error:
            stopped = error
        finally:
            ensure_event_loop().close()  # nbclient leaves the loop of this thread open
        seconds = time.perf_counter() - start
        executed = nbformat.read(copy, as_version=4)
    return Execution(notebook=executed, seconds=seconds, error=_explain(stopped, executed))


def _plain(path: Path) -> str:
    """Return a path as papermill wants it: it formats paths, so braces are doubled."""
    return str(path).replace("{", "{{").replace("}", "}}")


def _explain(stopped: Exception | None, executed: NotebookNode) -> NotebookError | None:
    """Turn what stopped papermill into a `NotebookError`, and show it in the notebook if no output does."""
    if stopped is None:
        return None
    if isinstance(stopped, PapermillExecutionError):
        return NotebookError(cell=stopped.exec_count, name=stopped.ename, message=_first_line(stopped.evalue))
    name, message = type(stopped).__name__, _first_line(str(stopped))
    started = [c for c in executed.cells if c.cell_type == "code" and c.metadata.papermill.get("start_time")]
    if started:
        shown = nbformat.v4.new_output("error", ename=name, evalue=message, traceback=[f"{name}: {message}"])
        started[-1].outputs.append(shown)
    num_run = sum(bool(cell.source.strip()) for cell in started)
    return NotebookError(cell=num_run or None, name=name, message=message)


def _first_line(text: str) -> str:
    """Return the first line that is not empty, shortened."""
    line = next((line.strip() for line in text.splitlines() if line.strip()), "")
    return line if len(line) <= MAX_MESSAGE else line[: MAX_MESSAGE - 1] + "…"
