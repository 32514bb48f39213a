"""`smwm-lab doctor`: a line for each check, with what to do; status 1 if one failed; --json prints one object."""

import json
import re

import pytest
from command_line import call

from smwm_lab.doctor import CHECKS, Check, examination
from smwm_lab.doctor.finding import fail, ok, warn
from smwm_lab.paths import ROOT


@pytest.fixture
def checks(monkeypatch):
    """Checks that a test makes up in place of the real ones."""
    made_up: list[Check] = []
    monkeypatch.setattr(examination, "CHECKS", made_up)
    return made_up


def test_it_prints_a_line_for_each_check_and_one_object_as_json(capsys, checks):
    checks += [Check("one", lambda: ok("here")), Check("two", lambda: warn("odd", "mend it"))]
    status, out, err = call(capsys, "doctor", "--json")
    assert status == 0 and json.loads(out)["checks"] == [
        {"name": "one", "status": "ok", "found": "here", "remedy": ""},
        {"name": "two", "status": "warn", "found": "odd", "remedy": "mend it"},
    ]
    lines = [re.sub(" +", " ", line) for line in err.splitlines()]
    assert lines[:2] == ["ok one here", "warn two odd; mend it"]
    assert re.fullmatch(r"1 ok, 1 warn, 0 fail; \d+ s", lines[2]) and len(lines) == 3


def test_a_failure_is_status_1(capsys, checks):
    checks += [Check("bad", lambda: fail("gone", "get it")), Check("good", lambda: ok("here"))]
    status, out, err = call(capsys, "doctor")
    assert status == 1 and out == "" and "1 ok, 0 warn, 1 fail" in err


def test_the_real_checks_all_answer_and_the_quick_ones_leave_kernel_and_training_out(capsys):
    status, out, _ = call(capsys, "doctor", "--quick", "--json")
    rows = json.loads(out)["checks"]
    assert [row["name"] for row in rows] == [check.name for check in CHECKS if not check.slow]
    assert all(bool(row["remedy"]) == (row["status"] != "ok") and row["found"] for row in rows)
    assert status == int(any(row["status"] == "fail" for row in rows))
    assert not [row for row in rows if "broke off" in row["found"]]


def test_make_calls_it():
    makefile = (ROOT / "Makefile").read_text()
    assert re.search(r"^check-room: \$\(STAMP\) ## .*\n\t@\$\(PYTHON\) -m smwm_lab doctor$", makefile, re.M)
