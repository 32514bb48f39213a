"""What a run reports: small frozen results that print themselves in one line."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from smwm_lab.config import Config, config


Status = Literal["ok", "failed", "skipped"]


@config
class NotebookError(Config):
    """Why a notebook failed."""

    cell: int | None
    """Number of the cell as the executed notebook shows it, `In [cell]`; None if it is not one cell."""

    name: str
    """Name of the exception, such as `ValueError`."""

    message: str
    """First line of its message."""

    def __str__(self) -> str:
        where = f"In [{self.cell}] " if self.cell is not None else ""
        return f"{where}{self.name}: {self.message}"


@dataclass(frozen=True, kw_only=True, repr=False)
class NotebookResult:
    """Outcome of one notebook."""

    name: str
    """File name without its ending."""

    status: Status
    """`ok`, `failed`, or `skipped` (complete and unchanged since the last run)."""

    seconds: float
    """Wall-clock time of the execution; for a skipped notebook, of the execution that was kept."""

    error: NotebookError | None = None
    """Why it failed; None unless it did."""

    html: Path | None = None
    """Its page; None when notebooks are rewritten in place."""

    def __repr__(self) -> str:
        if self.status == "skipped":
            return f"{self.name} … unchanged, kept"
        reason = f": {self.error}" if self.error else ""
        return f"{self.name} … {self.status} {self.seconds:.0f} s{reason}"


@dataclass(frozen=True, kw_only=True, repr=False)
class NotebookReport:
    """Outcome of a run, in the order in which the notebooks were asked for."""

    results: tuple[NotebookResult, ...]
    """One result per notebook."""

    widget_pages: tuple[NotebookResult, ...] = ()
    """One result per page of a widget."""

    @property
    def ok(self) -> bool:
        """Whether no notebook and no page of a widget failed."""
        return all(result.status != "failed" for result in (*self.results, *self.widget_pages))

    @property
    def seconds(self) -> float:
        """Sum of the times of the notebooks that were executed and the pages that were made now."""
        return sum(result.seconds for result in (*self.results, *self.widget_pages) if result.status != "skipped")

    def __repr__(self) -> str:
        groups = [("notebook", self.results), ("widget", self.widget_pages)]
        counted = "; ".join(_count(kind, results) for kind, results in groups if results or kind == "notebook")
        failed = [f"{r.name} {r.error}" for r in (*self.results, *self.widget_pages) if r.error]
        blame = f"; failed: {'; '.join(failed)}" if failed else ""
        return f"{counted}, {self.seconds:.0f} s{blame}"


def _count(kind: str, results: Sequence[NotebookResult]) -> str:
    """Return `3 notebooks: 2 ok, 1 failed`."""
    counts = {status: sum(r.status == status for r in results) for status in ("ok", "failed", "skipped")}
    parts = [f"{count} {status}" for status, count in counts.items() if count]
    return f"{len(results)} {kind}{'s' if len(results) != 1 else ''}: {', '.join(parts)}"


def counters(names: Sequence[str]) -> dict[str, str]:
    """Return name -> `[1/4]`, for the lines on progress."""
    return {name: f"[{number}/{len(names)}]" for number, name in enumerate(names, start=1)}
