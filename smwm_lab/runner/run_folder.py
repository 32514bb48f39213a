"""The output folder of a run: checked before anything runs, written atomically, able to resume.

    OUT/notebooks/NAME.ipynb   OUT/html/NAME.html   OUT/figures/NN_FIGURE.png (or another folder)
    OUT/widgets/NAME.html      OUT/index.html
    OUT/run.json: what is complete, and of which inputs

A notebook's entry leaves `run.json` before its files change and returns when they are complete.
"""

import dataclasses
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from smwm_lab.errors import InputError, check
from smwm_lab.files import check_writable, is_leftover, write_bytes
from smwm_lab.locks import is_lock
from smwm_lab.runner.report import NotebookError


RECORD_FILE = "run.json"
KIND = "smwm_lab run"
FORMAT = 1
"""Version of the format of `run.json`."""


@dataclass(frozen=True, kw_only=True)
class Record:
    """What `run.json` keeps of one notebook."""

    title: str
    """First heading of the notebook."""

    source: str
    """Path of the notebook that was executed."""

    seconds: float
    """Wall-clock time of its execution."""

    error: NotebookError | None
    """Why it failed, or None."""

    figures: tuple[str, ...]
    """File names of its figures."""

    parameters: dict[str, Any]
    """Parameters that were injected."""

    fingerprint: str
    """Digest of everything that the outputs depend on (`fingerprints.fingerprint`)."""


@dataclass(frozen=True, kw_only=True)
class WidgetPageRecord:
    """What `run.json` keeps of the page of one widget."""

    summary: str
    """What a reader can do with the widget, in a line."""

    seconds: float
    """Wall-clock time it took to make."""

    error: NotebookError | None
    """Why it could not be made, or None."""

    fingerprint: str
    """Digest of everything that it depends on."""


class RunFolder:
    """An output folder that may be written: new, empty, or that of an earlier run.

    Parameters
    ----------
    root
        The folder.
    figures
        Where figures go; None for `root/figures`.

    Raises
    ------
    InputError
        If either cannot be written, or `root` holds files that are no run. Nothing is changed then.
    """

    def __init__(self, *, root: Path, figures: Path | None) -> None:
        self.root = root.resolve()
        self.figures = (figures or self.root / "figures").resolve()
        self._check_ours()
        check_writable(self.root, "out")
        check_writable(self.figures, "figures")
        self.records, self.widget_pages = self._read_records()

    def __repr__(self) -> str:
        return f"RunFolder({self.root}, {len(self.records)} notebooks)"

    def notebook(self, name: str) -> Path:
        """Return where the executed notebook goes."""
        return self.root / "notebooks" / f"{name}.ipynb"

    def html(self, name: str) -> Path:
        """Return where the page goes."""
        return self.root / "html" / f"{name}.html"

    def widget_page(self, name: str) -> Path:
        """Return where the page of a widget goes."""
        return self.root / "widgets" / f"{name}.html"

    def is_current(self, name: str, fingerprint: str) -> bool:
        """Whether a notebook succeeded with the same inputs and all its files are still there."""
        record = self.records.get(name)
        if record is None or record.error or record.fingerprint != fingerprint:
            return False
        files = [self.notebook(name), self.html(name), *(self.figures / figure for figure in record.figures)]
        return all(file.is_file() for file in files)

    def forget(self, name: str) -> None:
        """Take a notebook's entry out of `run.json`, because its files are about to change."""
        if self.records.pop(name, None) or not (self.root / RECORD_FILE).is_file():
            self._write_records()  # in a new folder too: killed before the first entry, it is still known as ours

    def remember(self, name: str, record: Record) -> None:
        """Enter a notebook into `run.json`, because its files are complete."""
        self.records = dict(sorted({**self.records, name: record}.items()))
        self._write_records()

    def forget_widget_page(self, name: str) -> None:
        """Take a widget's entry out of `run.json`, because its page is about to change."""
        if self.widget_pages.pop(name, None) or not (self.root / RECORD_FILE).is_file():
            self._write_records()

    def remember_widget_page(self, name: str, record: WidgetPageRecord) -> None:
        """Enter a widget into `run.json`, because its page is complete (or failed)."""
        self.widget_pages[name] = record
        self._write_records()

    def _check_ours(self) -> None:
        """Refuse a folder with files of others."""
        check(self.root.is_dir() or not os.path.lexists(self.root), f"out = {str(self.root)!r} is not a folder")
        if (self.root / RECORD_FILE).is_file() or not self.root.is_dir():
            return
        if not all(is_leftover(entry) or is_lock(entry) for entry in self.root.iterdir()):
            raise InputError(
                f"out = {str(self.root)!r} is not empty and holds no run ({RECORD_FILE}); choose a new folder"
            )

    def _read_records(self) -> tuple[dict[str, Record], dict[str, WidgetPageRecord]]:
        """Read `run.json`, strictly; a notebook whose source has been renamed or removed is forgotten.

        Older folders call the widgets `exhibits`.
        """
        path = self.root / RECORD_FILE
        if not path.exists():
            return {}, {}
        try:
            stored = json.loads(path.read_text(encoding="utf-8"))
            if (stored["kind"], stored["format"]) != (KIND, FORMAT):
                raise ValueError(f"kind {stored['kind']!r}, format {stored['format']!r}")
            records = {name: _decode(entry) for name, entry in stored["notebooks"].items()}
            widgets = stored.get("widgets", stored.get("exhibits", {}))
            pages = {name: _decode_widget_page(entry) for name, entry in widgets.items()}
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise InputError(f"{path} is not a record of a run ({error}); choose a new folder for out") from error
        return {name: record for name, record in records.items() if os.path.exists(record.source)}, pages

    def _write_records(self) -> None:
        """Write `run.json`."""
        notebooks = {name: dataclasses.asdict(record) for name, record in self.records.items()}
        widgets = {name: dataclasses.asdict(record) for name, record in self.widget_pages.items()}
        stored = {"kind": KIND, "format": FORMAT, "notebooks": notebooks, "widgets": widgets}
        write_bytes(self.root / RECORD_FILE, json.dumps(stored, indent=1).encode())


def _decode(entry: Mapping[str, Any]) -> Record:
    """Turn a JSON entry into a `Record`."""
    error = entry["error"] and NotebookError(**entry["error"])
    return Record(**{**entry, "error": error, "figures": tuple(entry["figures"])})


def _decode_widget_page(entry: Mapping[str, Any]) -> WidgetPageRecord:
    """Turn a JSON entry into a `WidgetPageRecord`; older folders call the summary `tells`."""
    entry = {("summary" if key == "tells" else key): value for key, value in entry.items()}
    return WidgetPageRecord(**{**entry, "error": entry["error"] and NotebookError(**entry["error"])})
