"""What a check found, and what to do about it."""

from dataclasses import dataclass


OK, WARN, FAIL = "ok", "warn", "fail"
STATUSES = (OK, WARN, FAIL)
"""ok: nothing to do; warn: the course works, with less comfort or in part; fail: it does not work here."""


@dataclass(frozen=True)
class Finding:
    """One line of a check: its status, what was found, and the remedy, which only ok has not."""

    status: str
    """One of `STATUSES`."""
    found: str
    """What is there, or missing, in words and numbers."""
    remedy: str = ""
    """What to do, as a command where one does it; empty for ok."""

    def __post_init__(self) -> None:
        for field in ("found", "remedy"):  # what other libraries say may have several lines
            object.__setattr__(self, field, " ".join(getattr(self, field).split()))

    def __str__(self) -> str:
        return f"{self.found}; {self.remedy}" if self.remedy else self.found


def ok(found: str) -> Finding:
    """Return a finding about which nothing has to be done.

    >>> str(ok("2 cores"))
    '2 cores'
    """
    return Finding(OK, found)


def warn(found: str, remedy: str) -> Finding:
    """Return a finding with which the course works, but worse or only in part."""
    return Finding(WARN, found, remedy)


def fail(found: str, remedy: str) -> Finding:
    """Return a finding with which the course does not work."""
    return Finding(FAIL, found, remedy)
