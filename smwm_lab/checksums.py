"""Text files whose checksums stand beside them, in a file SHA256SUMS of their folder, as `sha256sum` writes it.

For tables that people read and edit, where a seal inside the file would be in the way. A flipped bit and an edit that
nobody vouched for are noticed alike.
"""

import hashlib
import re
from pathlib import Path

from smwm_lab.errors import InputError, check
from smwm_lab.files import write_text
from smwm_lab.locks import folder_lock


SUMS = "SHA256SUMS"
"""Name of the file of checksums in its folder; `sha256sum --check SHA256SUMS` reads it too."""
_LINE = re.compile(r"(?P<digest>[0-9a-f]{64}) [ *](?P<name>\S.*)")


def read_listed(path: Path, *, remedy: str) -> str:
    """Return the text of a file; raise `InputError`, with the remedy, unless it is what its folder's checksums say."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}; {remedy}") from error
    listed = read_sums(path.parent, remedy=remedy).get(path.name)
    check(listed is not None, f"{path} is not listed in {SUMS} beside it; {remedy}")
    check(listed == _digest(content), f"{path} is not as {SUMS} beside it says, so it is damaged or edited; {remedy}")
    return content.decode("utf-8")


def write_listed(path: Path, text: str) -> None:
    """Write a file and its checksum, both atomically; between the two a reader is told that the file is not whole."""
    with folder_lock(path.parent):
        listed = read_sums(path.parent, remedy="delete it, and write the files again")
        write_text(path, text)
        _write_sums(path.parent, listed | {path.name: _digest(text.encode())})


def list_files(folder: Path, names: list[str]) -> None:
    """Vouch for files as they are now: write the checksums of exactly these, and of no others."""
    with folder_lock(folder):
        _write_sums(folder, {name: _digest((folder / name).read_bytes()) for name in names})


def read_sums(folder: Path, *, remedy: str) -> dict[str, str]:
    """Return file -> checksum of a folder, nothing if it has none; raise `InputError` if they are damaged."""
    place = folder / SUMS
    if not place.exists():
        return {}
    try:
        lines = place.read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError) as error:
        raise InputError(f"cannot read {place}: {error}; {remedy}") from error
    found = [_LINE.fullmatch(line) for line in lines]
    listed = {match["name"]: match["digest"] for match in found if match is not None}
    check(len(listed) == len(lines), f"{place} is damaged: not every line is a checksum and a name; {remedy}")
    return listed


def _write_sums(folder: Path, listed: dict[str, str]) -> None:
    write_text(folder / SUMS, "".join(f"{listed[name]}  {name}\n" for name in sorted(listed)))


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
