"""Damage, kills and two at once, each by a script beside this file that can do more of it. Claims proved here:

- A flipped bit in anything stored is refused in one line, or changes nothing.
- A process killed at any moment leaves what the next one goes on from, or a line whose remedy works.
- Two processes that want one run make it once, and both have it whole.
"""

import collections
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from flips import is_sound

from smwm_lab import paths


HERE = Path(__file__).parent


def run_script(name: str, count: int) -> str:
    """Run a script in a process of its own, as it forks and counts by itself; return what it printed."""
    command = [sys.executable, str(HERE / name), "--count", str(count)]
    environment = {"PYTHONPATH": str(paths.ROOT), "OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, capture_output=True, text=True, cwd=paths.ROOT, env={**os.environ, **environment})
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_a_flipped_bit_is_noticed_or_changes_nothing():
    rows = [line.split()[-4:] for line in run_script("flips.py", 60).splitlines()[1:]]
    assert sum(int(number) for row in rows for number in row) == 60
    assert sum(int(row[0]) for row in rows) > 30, "most are refused"


@pytest.mark.skipif(
    sys.platform != "linux", reason="the script counts what a process does through /proc, on Linux alone"
)
def test_the_next_start_goes_on_where_a_process_was_killed():
    printed = run_script("kills.py", 12)
    assert sum(map(int, re.findall(r"(?:done|refused) +(\d+)", printed))) == 12


def test_two_that_want_one_run_make_it_once():
    assert run_script("pairs.py", 3).strip().endswith("3 pairs: 3 once, 0 twice, 0 damaged")


@pytest.mark.parametrize(
    ("counts", "sound"),
    [
        ({"run": {"refused": 3, "harmless": 1}, "table": {}}, True),
        ({"run": {"silent": 1}, "table": {}}, False),
        ({"run": {}, "table": {"traceback": 1}}, False),
    ],
)
def test_the_verdict_on_flips(counts, sound):
    table = {name: collections.Counter(each) for name, each in counts.items()}
    assert is_sound(table) is sound
