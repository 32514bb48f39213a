"""mypy with a ceiling that only falls: `python tests/project/mypy_ceiling.py`, a part of make test.

mypy_ceiling.txt holds how many errors are known. More of them fail, and so do fewer, until the ceiling is lowered.
"""

import re
import subprocess
import sys
from pathlib import Path


HERE = Path(__file__).resolve().parent
CEILING = HERE / "mypy_ceiling.txt"


def count_errors(output: str) -> int | None:
    """Return how many errors mypy reports in its last line; None if it did not get that far."""
    last = output.strip().splitlines()[-1] if output.strip() else ""
    found = re.match(r"Found (\d+) errors?\b", last)
    return int(found[1]) if found else 0 if last.startswith("Success:") else None


def verdict(errors: int | None, ceiling: int) -> str | None:
    """Return what is wrong, None if nothing is."""
    if errors is None:
        return "mypy did not come to its end"
    if errors > ceiling:
        return f"{errors} type errors, {errors - ceiling} more than the {ceiling} known ones; mend what was added"
    if errors < ceiling:
        return f"{errors} type errors, fewer than the {ceiling} known ones; lower the ceiling in {CEILING.name}"
    return None


def main() -> int:
    """Run mypy, print its errors if the verdict asks for it, and return the exit status."""
    asked = subprocess.run([sys.executable, "-m", "mypy"], cwd=HERE.parents[1], capture_output=True, text=True)
    ceiling = int(CEILING.read_text())
    wrong = verdict(count_errors(asked.stdout), ceiling)
    if wrong:
        print(asked.stdout + asked.stderr)
    print(wrong or f"{ceiling} known type errors, no others")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
