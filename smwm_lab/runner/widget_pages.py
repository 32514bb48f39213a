"""The exhibits of a run: widgets as pages that work without a kernel, linked from its index.

OUT/widgets/NAME.html      and an entry in OUT/run.json
"""

import hashlib
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from smwm_lab.files import write_atomically
from smwm_lab.runner.fingerprints import PACKAGE, data_digest, source_digest
from smwm_lab.runner.report import NotebookError, NotebookResult
from smwm_lab.runner.run_folder import RunFolder, WidgetPageRecord


@dataclass(frozen=True, kw_only=True)
class Exhibit:
    """A page to be made."""

    name: str
    """Of its file, and in the index."""

    tells: str
    """What a reader does with it, in a line."""

    write: Callable[[Path], object]
    """Writes the page to a path."""

    inputs: str
    """What the page depends on beside the source of the library: preset and seed, say."""


def gallery_pages(parameters: Mapping[str, object]) -> list[Exhibit]:
    """Return the widgets of the gallery at the preset and seed of a run."""
    from smwm_lab.widgets import GALLERY, export_widget

    preset, seed = str(parameters.get("preset", "quick")), int(str(parameters.get("seed", 0)))
    return [
        Exhibit(
            name=exhibit.name,
            tells=exhibit.tells,
            write=lambda path, name=exhibit.name: export_widget(name, path, preset=preset, seed=seed),
            inputs=f"{preset} {seed}",
        )
        for exhibit in GALLERY.values()
    ]


def publish_widget_pages(
    exhibits: Iterable[Exhibit], folder: RunFolder, *, resume: bool, echo: Callable[[str], None]
) -> tuple[NotebookResult, ...]:
    """Write the pages of exhibits into a run folder, one after the other; one that fails stops no other.

    resume: keep pages whose inputs have not changed.
    """
    return tuple(_publish(exhibit, folder, resume=resume, echo=echo) for exhibit in exhibits)


def _publish(exhibit: Exhibit, folder: RunFolder, *, resume: bool, echo: Callable[[str], None]) -> NotebookResult:
    inputs = f"{exhibit.name} {exhibit.inputs} {source_digest(PACKAGE)} {data_digest()}"
    key = hashlib.sha256(inputs.encode()).hexdigest()
    page = folder.exhibit(exhibit.name)
    known = folder.exhibits.get(exhibit.name)
    if resume and known is not None and known.error is None and known.fingerprint == key and page.is_file():
        result = NotebookResult(name=exhibit.name, status="skipped", seconds=known.seconds, html=page)
        echo(f"[widget] {result}")
        return result
    echo(f"[widget] {exhibit.name} …")
    began, error = time.perf_counter(), None
    folder.forget_exhibit(exhibit.name)
    try:
        write_atomically(page, exhibit.write)
    except Exception as problem:  # told in the report, the index and the exit status
        page.unlink(missing_ok=True)
        error = NotebookError(cell=None, name=type(problem).__name__, message=str(problem).partition("\n")[0])
    seconds = round(time.perf_counter() - began, 1)
    record = WidgetPageRecord(tells=exhibit.tells, seconds=seconds, error=error, fingerprint=key)
    folder.remember_exhibit(exhibit.name, record)
    status = "failed" if error else "ok"
    result = NotebookResult(name=exhibit.name, status=status, seconds=seconds, error=error, html=page)
    echo(f"[widget] {result}")
    return result
