"""What a container may use: less than what its machine has, and only the kernel's own files say so."""

from pathlib import Path


CGROUP = Path("/sys/fs/cgroup")
"""Where Linux shows the limits of the processes of a container; elsewhere there is no such folder."""


def memory_left() -> int | None:
    """Return the bytes that the container may still take, None without a limit; the cache of files does not count."""
    for limit, used in (
        (CGROUP / "memory.max", CGROUP / "memory.current"),
        (CGROUP / "memory" / "memory.limit_in_bytes", CGROUP / "memory" / "memory.usage_in_bytes"),
    ):
        highest, now = _number(limit), _number(used)
        if highest is not None and now is not None:
            return max(0, highest - now + _file_cache(limit.with_name("memory.stat")))
    return None


def cores_allowed() -> float | None:
    """Return how many cores' worth of time the container gets, None without a limit."""
    try:
        quota, period = (CGROUP / "cpu.max").read_text().split()
        return None if quota == "max" else int(quota) / int(period)
    except (OSError, ValueError):
        return None


def _number(file: Path) -> int | None:
    """Return the number in a file, None if it has none ("max") or is not there."""
    try:
        return int(file.read_text())
    except (OSError, ValueError):
        return None


def _file_cache(file: Path) -> int:
    """Return the bytes of cached files that the system gives back when they are needed."""
    try:
        rows = dict(line.split() for line in file.read_text().splitlines())
        return int(rows.get("inactive_file", 0))
    except (OSError, ValueError):
        return 0
