"""The version of Python."""

import platform
import sys

from smwm_lab.doctor.finding import Finding, fail, ok, warn


OLDEST, NEWEST = (3, 11), (3, 13)
"""The versions with which the project is tested, both ends included."""


def look_at_python() -> Finding:
    """Compare this Python with those that the project is tested with."""
    found = f"Python {platform.python_version()} ({sys.executable})"
    tested = " to ".join(".".join(map(str, version)) for version in (OLDEST, NEWEST))
    if sys.version_info[:2] < OLDEST:
        return fail(f"{found} is too old", f"install Python {tested} and set up the environment with it")
    if sys.version_info[:2] > NEWEST:
        return warn(
            f"{found} is newer than what was tested",
            f"if packages are missing or fail, set up the environment with Python {tested}",
        )
    return ok(found)
