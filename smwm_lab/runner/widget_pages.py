"""Pages of widgets that a run writes: they work without a kernel, and its index links them.

OUT/widgets/NAME.html      and an entry in OUT/run.json
"""

import hashlib
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from smwm_lab.files import write_atomically
from smwm_lab.runner.fingerprints import PACKAGE, data_digest, source_digest
from smwm_lab.runner.records import FileRecord, WidgetPageRecord
from smwm_lab.runner.report import NotebookError, NotebookResult
from smwm_lab.runner.run_folder import RunFolder


LIVE_WORLDS = ("single_dot", "distractor", "sprite_xy", "two_room")
"""Worlds that get a live page."""


@dataclass(frozen=True, kw_only=True)
class WidgetPage:
    """A page to be made."""

    name: str
    """Of its file, and in the index."""

    summary: str
    """What a reader can do with the widget, in a line."""

    write: Callable[[Path], object]
    """Writes the page to a path."""

    inputs: str
    """What the page depends on beside the source of the library: preset and seed, say."""


def gallery_pages(parameters: Mapping[str, object]) -> list[WidgetPage]:
    """Return the widgets of the gallery at the preset and seed of a run."""
    from smwm_lab.widgets import GALLERY, export_widget

    preset, seed = str(parameters.get("preset", "quick")), int(str(parameters.get("seed", 0)))
    return [
        WidgetPage(
            name=item.name,
            summary=item.summary,
            write=lambda path, name=item.name: export_widget(name, path, preset=preset, seed=seed),
            inputs=f"{preset} {seed}",
        )
        for item in GALLERY.values()
    ]


def live_pages(parameters: Mapping[str, object]) -> list[WidgetPage]:
    """Return the live pages of a run, at its preset and seed: of the worlds whose runs are on disk, with those runs.

    Nothing is trained for them; a page says which runs it lacks and how to add them.
    """
    preset, seed = str(parameters.get("preset", "quick")), int(str(parameters.get("seed", 0)))
    return [page for world in LIVE_WORLDS if (page := _live_page(world, preset, seed)) is not None]


def _live_page(world: str, preset: str, seed: int) -> WidgetPage | None:
    from smwm_lab.live import configs_at_hand, live_configs, live_page, load_runs, what_is_missing

    configs = live_configs(world, preset, seed=seed)
    present = configs_at_hand(configs)
    note = what_is_missing(world, configs, present)
    if not present:
        return None
    return WidgetPage(
        name=f"live_{world}",
        summary=f"A model of {world} that computes in the browser: move, ask, plan, add noise, change weights.",
        write=lambda path: live_page(world, load_runs(present), path, seed=seed, note=note),
        inputs=" ".join([preset, str(seed), *(config.fingerprint() for config in present.values())]),
    )


def inputs_digest(page: WidgetPage) -> str:
    """Return the hash of all that a page is made of: one that was made of the same need not be made again."""
    inputs = f"{page.name} {page.inputs} {source_digest(PACKAGE)} {data_digest()}"
    return hashlib.sha256(inputs.encode()).hexdigest()


def publish_widget_pages(
    pages: Iterable[WidgetPage], folder: RunFolder, *, resume: bool, echo: Callable[[str], None]
) -> tuple[NotebookResult, ...]:
    """Write pages into a run folder, one after the other; one that fails stops no other.

    resume: keep pages whose inputs have not changed.
    """
    return tuple(_publish(page, folder, resume=resume, echo=echo) for page in pages)


def _publish(page: WidgetPage, folder: RunFolder, *, resume: bool, echo: Callable[[str], None]) -> NotebookResult:
    key = inputs_digest(page)
    path = folder.widget_page(page.name)
    if resume and folder.is_current_widget_page(page.name, key):
        seconds = folder.widget_pages[page.name].seconds
        result = NotebookResult(name=page.name, status="skipped", seconds=seconds, html=path)
        echo(f"[widget] {result}")
        return result
    echo(f"[widget] {page.name} …")
    began, error, made = time.perf_counter(), None, None  # type: float, NotebookError | None, FileRecord | None
    folder.forget_widget_page(page.name)
    try:
        write_atomically(path, page.write)
        made = FileRecord.of(path.read_bytes())
    except Exception as problem:  # shown by the report, the index and the exit status
        path.unlink(missing_ok=True)
        error = NotebookError(cell=None, name=type(problem).__name__, message=str(problem).partition("\n")[0])
    seconds = round(time.perf_counter() - began, 1)
    record = WidgetPageRecord(summary=page.summary, seconds=seconds, error=error, page=made, inputs_digest=key)
    folder.remember_widget_page(page.name, record)
    result = NotebookResult(name=page.name, status="failed" if error else "ok", seconds=seconds, error=error, html=path)
    echo(f"[widget] {result}")
    return result
