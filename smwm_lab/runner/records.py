"""What `run.json` keeps of a run: of each notebook and widget its inputs, and of each file its size and checksum.

A file is named by its notebook or figure alone, never by a path, and a checksum over the whole vouches for it all.
"""

import hashlib
import json
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from smwm_lab.config import Config, config
from smwm_lab.errors import InputError, check, check_range
from smwm_lab.runner.report import NotebookError


KIND = "smwm_lab run"
FORMAT = 2
"""Version of the format of `run.json`."""
OLDER_FORMATS = (1,)
"""Those whose entries say nothing of the content of their files: such a folder is ours, and all in it is made anew."""
CHECKSUM = "sha256"
"""Key of the checksum over all other keys."""
LARGEST_FILE = 1 << 30
"""Bytes of a file of a run at most: more than a browser opens, and little enough to be read at once."""
MOST_SECONDS = 1e9
"""Time of an execution at most, thirty years."""


@config
class FileRecord(Config):
    """Size and checksum of a file as it was written."""

    size: int
    """Bytes."""

    sha256: str
    """SHA-256 of its content, 64 hex digits."""

    def __post_init__(self) -> None:
        check_range("size", self.size, 0, LARGEST_FILE)
        check(re.fullmatch("[0-9a-f]{64}", self.sha256) is not None, f"sha256 = {self.sha256!r} is no SHA-256")

    @classmethod
    def of(cls, content: bytes) -> "FileRecord":
        """Return the record of a file with this content."""
        return cls(size=len(content), sha256=hashlib.sha256(content).hexdigest())

    def is_of(self, path: Path, *, inside: Path) -> bool:
        """Return whether a path leads, also through links, to a file in the folder `inside` that has this content.

        Nothing is read of a file of another size.
        """
        real = Path(os.path.realpath(path))
        try:
            if not (real.is_relative_to(os.path.realpath(inside)) and real.is_file()):
                return False
            if real.stat().st_size != self.size:
                return False
            with real.open("rb") as file:
                return hashlib.file_digest(file, "sha256").hexdigest() == self.sha256
        except OSError:  # what cannot be read is made anew
            return False


@config
class Record(Config):
    """What `run.json` keeps of one notebook."""

    title: str
    """First heading of the notebook."""

    source: str
    """Path of the notebook that was executed; whether it still exists is all that is asked of it."""

    seconds: float
    """Wall-clock time of its execution."""

    error: NotebookError | None
    """Why it failed, or None."""

    notebook: FileRecord
    """The executed notebook."""

    page: FileRecord
    """Its page."""

    figures: dict[str, FileRecord]
    """File name -> figure."""

    parameters: dict[str, str]
    """Parameters that were injected, as the index shows them."""

    inputs_digest: str
    """Digest of everything that the outputs depend on (`fingerprints.fingerprint`)."""

    def __post_init__(self) -> None:
        check_range("seconds", self.seconds, 0, MOST_SECONDS)
        for figure in self.figures:
            check_plain_name("figure", figure)


@config
class WidgetPageRecord(Config):
    """What `run.json` keeps of the page of one widget."""

    summary: str
    """What a reader can do with the widget, in a line."""

    seconds: float
    """Wall-clock time it took to make."""

    error: NotebookError | None
    """Why it could not be made, or None."""

    page: FileRecord | None
    """Its page, None if it could not be made."""

    inputs_digest: str
    """Digest of everything that it depends on."""

    def __post_init__(self) -> None:
        check_range("seconds", self.seconds, 0, MOST_SECONDS)


def check_plain_name(field: str, name: str) -> None:
    """Raise `InputError` unless a name is that of a file in a folder, whatever the folder."""
    plain = Path(name).name == name and name not in ("", "..") and "\0" not in name
    check(plain, f"{field} {name!r} is no plain name; allowed: a name without a path")


def encode_records(records: Mapping[str, Record], widget_pages: Mapping[str, WidgetPageRecord]) -> bytes:
    """Return the content of `run.json`."""
    body = {
        "kind": KIND,
        "format": FORMAT,
        "notebooks": {name: record.to_dict() for name, record in records.items()},
        "widgets": {name: record.to_dict() for name, record in widget_pages.items()},
    }
    return json.dumps({**body, CHECKSUM: _checksum(body)}, indent=1).encode()


def decode_records(stored: Mapping[str, Any]) -> tuple[dict[str, Record], dict[str, WidgetPageRecord]]:
    """Return the entries in the content of `run.json`; none for an older format. Raises `InputError` for all else."""
    kind, version = stored.get("kind"), stored.get("format")
    ours = kind == KIND and version in (FORMAT, *OLDER_FORMATS)
    check(ours, f"kind {str(kind)[:40]!r}, format {str(version)[:40]!r}")
    if version in OLDER_FORMATS:
        return {}, {}
    body = {key: value for key, value in stored.items() if key != CHECKSUM}
    check(stored.get(CHECKSUM) == _checksum(body), "it does not match its checksum")
    notebooks, widgets = body.get("notebooks"), body.get("widgets")
    if not (isinstance(notebooks, dict) and isinstance(widgets, dict)):
        raise InputError("it lacks the entries of notebooks or widgets")
    for name in (*notebooks, *widgets):
        check_plain_name("entry", name)
    return (
        {name: Record.from_dict(entry) for name, entry in notebooks.items()},
        {name: WidgetPageRecord.from_dict(entry) for name, entry in widgets.items()},
    )


def _checksum(body: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
