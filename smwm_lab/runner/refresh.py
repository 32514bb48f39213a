"""Executing committed notebooks and rewriting them with their outputs."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from pathlib import Path

from smwm_lab import paths
from smwm_lab.errors import check
from smwm_lab.files import check_writable, write_bytes
from smwm_lab.runner.execution import CELL_TIMEOUT_S, execute_many
from smwm_lab.runner.outputs import collect_figures, encode, tidy_for_commit
from smwm_lab.runner.report import NotebookReport, NotebookResult, counters
from smwm_lab.runner.selection import CourseNotebook, check_parameters, select_notebooks


def execute_in_place(
    notebooks: Sequence[Path | str] | None = None,
    *,
    parameters: Mapping[str, object],
    timeout_s: int = CELL_TIMEOUT_S,
    echo: Callable[[str], None],
) -> NotebookReport:
    """Execute notebooks with the parameters written in them, and rewrite each that succeeds.

    Parameters
    ----------
    notebooks
        As in `run_notebooks`.
    parameters
        What the caller believes the notebooks' own values to be; no other value is accepted.
    timeout_s
        Limit for one cell, in seconds.
    echo
        Called with one line when a notebook starts and one when it is finished.

    Returns
    -------
    NotebookReport
        The file of a failing notebook is untouched.

    Raises
    ------
    InputError
        Before anything is executed: an unknown notebook, a parameter that is not the notebook's own, a folder
        that cannot be written, a notebook inside the installed package.
    """
    selected = select_notebooks(notebooks)
    for notebook in selected:
        check_parameters(notebook, parameters)
        _check_own_values(notebook, parameters)
        if notebook.path.is_relative_to(paths.notebooks_dir()):
            paths.require_checkout("rewriting the course notebooks")
        check_writable(notebook.path.parent, "folder of notebooks")
    counter = counters([notebook.name for notebook in selected])
    results: dict[str, NotebookResult] = {}
    executions = execute_many(
        selected,
        parameters={},
        num_at_once=1,
        timeout_s=timeout_s,
        on_start=lambda notebook: echo(f"{counter[notebook.name]} {notebook.name} …"),
    )
    with closing(executions):
        for notebook, execution in executions:
            name = notebook.name
            error = execution.error or collect_figures(execution.notebook, name=name).error
            if error is None:
                write_bytes(notebook.path, encode(tidy_for_commit(execution.notebook)))
            results[name] = NotebookResult(
                name=name, status="failed" if error else "ok", seconds=execution.seconds, error=error
            )
            echo(f"{counter[name]} {results[name]}")
    return NotebookReport(results=tuple(results[notebook.name] for notebook in selected))


def _check_own_values(notebook: CourseNotebook, parameters: Mapping[str, object]) -> None:
    """Refuse values that differ from those written in a notebook that is to be rewritten."""
    for name, value in parameters.items():
        own = notebook.defaults[name]
        check(
            value == own,
            f"parameter {name} = {value!r} differs from {own!r} in {notebook.name}, which is rewritten with "
            "its own values; edit the notebook, or run it into a folder",
        )
