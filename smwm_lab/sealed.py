"""Files with a seal: the SHA-256 of name and content as the last line, checked before any of it is used.

A flipped bit, a cut, an edit and a file under the name of another are noticed alike. What reads the plain content
(numpy an .npz file, a person a line of JSON) still does, as the seal stands behind it.
"""

import hashlib
from pathlib import Path

from smwm_lab.errors import InputError, check
from smwm_lab.files import write_bytes


_SEAL = b"\nsha256 "
_LENGTH = len(_SEAL) + 64 + 1


def write_sealed(path: Path, content: bytes) -> None:
    """Write content and its seal atomically."""
    write_bytes(path, content + _seal(path.name, content))


def read_sealed(path: Path, what: str) -> bytes:
    """Return the content of a sealed file; raise `InputError` with `what` it is and the remedy if it is not whole."""
    remedy = "delete the file, and it is made anew"
    try:
        stored = path.read_bytes()
    except OSError as error:
        raise InputError(f"{what} {path} cannot be read ({error.strerror}); {remedy}") from error
    content, seal = stored[:-_LENGTH], stored[-_LENGTH:]
    check(seal == _seal(path.name, content), f"{what} {path} is damaged or not what its name says; {remedy}")
    return content


def _seal(name: str, content: bytes) -> bytes:
    return _SEAL + hashlib.sha256(name.encode() + b"\0" + content).hexdigest().encode() + b"\n"
