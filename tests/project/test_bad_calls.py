"""Claims about calls of public functions with one bad argument (the table is in `bad_calls`):

- Each ends in `InputError`, one line that names what is allowed; none in an exception of torch, numpy or Python.
- No call, good or bad, changes an argument.
- The same call without the bad argument works, so that it is this argument that is refused.
- The table is large, and no call stands twice in it.

The calls run in a process of their own: the shape checks of this one would refuse the arguments first.
"""

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest


FOLDER = Path(__file__).with_name("bad_calls")


@pytest.fixture(scope="module")
def outcomes() -> list[dict[str, Any]]:
    """How every call of the table ended."""
    done = subprocess.run([sys.executable, str(FOLDER)], capture_output=True, text=True, check=True, timeout=600)
    return json.loads(done.stdout)


def test_every_bad_call_is_refused_in_one_line(outcomes):
    bad = [outcome for outcome in outcomes if not outcome["is_documented"]]
    wrong = [f"{o['name']}: {o['end']} {o['message']}" for o in bad if o["end"] != "refused"]
    assert not wrong, "\n".join(wrong)
    for outcome in bad:
        message = outcome["message"]
        assert "\n" not in message and ("allowed" in message or ";" in message), (outcome["name"], message)
        assert len(message) < 500, (outcome["name"], message)


def test_the_same_calls_with_good_arguments_work(outcomes):
    good = [outcome for outcome in outcomes if outcome["is_documented"]]
    wrong = [f"{o['name']}: {o['end']} {o['message']}" for o in good if o["end"] != "accepted"]
    assert len(good) >= 100 and not wrong, "\n".join(wrong)


def test_no_call_changes_an_argument(outcomes):
    assert not [outcome["name"] for outcome in outcomes if not outcome["unchanged"]]


def test_the_table_is_large_and_no_call_stands_twice_in_it(outcomes):
    assert len(outcomes) >= 2000
    assert not [name for name, count in Counter(o["name"] for o in outcomes).items() if count > 1]
