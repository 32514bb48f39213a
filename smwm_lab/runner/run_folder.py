"""The output folder of a run: checked before anything runs, written atomically, able to resume.

    OUT/notebooks/NAME.ipynb   OUT/html/NAME.html   OUT/figures/NN_FIGURE.png (or another folder)
    OUT/widgets/NAME.html      OUT/index.html
    OUT/run.json: what is complete, of which inputs, and the size and checksum of every file

A notebook's entry leaves `run.json` before its files change and returns when they are complete; it is believed as long
as all of them have the content they had then.
"""

import os
from pathlib import Path

from smwm_lab.errors import InputError, check
from smwm_lab.files import check_writable, is_leftover, write_bytes
from smwm_lab.json_files import read_json_object
from smwm_lab.locks import is_lock
from smwm_lab.runner.records import Record, WidgetPageRecord, decode_records, encode_records


RECORD_FILE = "run.json"
LARGEST_RECORD = 1 << 24
"""Bytes of `run.json` at most; that of the course has some ten thousand."""


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
        If either cannot be written, or `root` holds files that are no run, a damaged `run.json`, or links that lead
        out of it. Nothing is changed then.
    """

    def __init__(self, *, root: Path, figures: Path | None) -> None:
        self.root = root.resolve()
        self.figures = self.root / "figures" if figures is None else figures.resolve()
        self._check_ours()
        self._check_links()
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
        """Whether a notebook succeeded with the same inputs; its files were whole when this folder was opened."""
        record = self.records.get(name)
        return record is not None and record.error is None and record.inputs_digest == fingerprint

    def is_current_widget_page(self, name: str, fingerprint: str) -> bool:
        """Whether the page of a widget was made of the same inputs; it was whole when this folder was opened."""
        record = self.widget_pages.get(name)
        return record is not None and record.error is None and record.inputs_digest == fingerprint

    def forget(self, name: str) -> None:
        """Take a notebook's entry out of `run.json`, because its files are about to change.

        It is written whether or not there was one: killed before the first entry, a new folder is still known as ours.
        """
        self.records.pop(name, None)
        self._write_records()

    def remember(self, name: str, record: Record) -> None:
        """Enter a notebook into `run.json`, because its files are complete."""
        self.records = dict(sorted({**self.records, name: record}.items()))
        self._write_records()

    def forget_widget_page(self, name: str) -> None:
        """Take a widget's entry out of `run.json`, because its page is about to change."""
        self.widget_pages.pop(name, None)
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

    def _check_links(self) -> None:
        """Refuse links in the folder through which files elsewhere would be read or written."""
        for name in (RECORD_FILE, "notebooks", "html", "widgets", "figures"):
            leads_to = Path(os.path.realpath(self.root / name))
            check(
                leads_to.is_relative_to(self.root),
                f"{self.root / name} is a link that leads out of the folder, to {leads_to}; remove it",
            )

    def _read_records(self) -> tuple[dict[str, Record], dict[str, WidgetPageRecord]]:
        """Read `run.json`, strictly.

        A notebook whose source has been renamed or removed is forgotten, and so is what has not the files that it had:
        neither the index nor a run that is resumed shows anything of it until it is made anew.
        """
        path = self.root / RECORD_FILE
        if not path.exists():
            return {}, {}
        try:
            stored = read_json_object(path, largest=LARGEST_RECORD, remedy="it was changed by something else")
            records, pages = decode_records(stored)
        except InputError as error:
            raise InputError(f"{path} is not a record of a run ({error}); choose a new folder for out") from error
        kept = {name: record for name, record in records.items() if os.path.exists(record.source)}
        return (
            {name: record for name, record in kept.items() if self._is_whole(name, record)},
            {name: record for name, record in pages.items() if self._is_whole_page(name, record)},
        )

    def _is_whole(self, name: str, record: Record) -> bool:
        """Whether all files of a notebook are there with the content they had."""
        return (
            record.notebook.is_of(self.notebook(name), inside=self.root)
            and record.page.is_of(self.html(name), inside=self.root)
            and all(file.is_of(self.figures / figure, inside=self.figures) for figure, file in record.figures.items())
        )

    def _is_whole_page(self, name: str, record: WidgetPageRecord) -> bool:
        """Whether the page of a widget is there with the content it had; one that failed has none."""
        if record.page is None:
            return record.error is not None
        return record.page.is_of(self.widget_page(name), inside=self.root)

    def _write_records(self) -> None:
        """Write `run.json`."""
        write_bytes(self.root / RECORD_FILE, encode_records(self.records, self.widget_pages))
