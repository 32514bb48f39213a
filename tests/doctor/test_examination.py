"""The examination. Claims: it never raises, leaves the slow checks out when asked or when time is over, and every
finding is one line with a remedy unless it is ok."""

import pytest

from smwm_lab.doctor import CHECKS, Check, Finding, examination, examine
from smwm_lab.doctor.finding import fail, ok, warn


def test_the_names_are_different_and_only_kernel_and_training_are_slow():
    assert len({check.name for check in CHECKS}) == len(CHECKS) >= 13
    assert [check.name for check in CHECKS if check.slow] == ["kernel", "training"]


@pytest.mark.parametrize(
    ("error", "found"),
    [
        (ImportError("No module named 'torch'"), "cannot be checked: No module named 'torch'"),
        (ZeroDivisionError("float\ndivision"), "the check broke off: ZeroDivisionError: float division"),
        (KeyError("x"), "the check broke off: KeyError: 'x'"),
    ],
    ids=["import", "two lines", "key"],
)
def test_an_error_in_a_check_is_its_finding_and_the_next_goes_on(error, found):
    def broken() -> Finding:
        raise error

    findings = dict(examine(checks=[Check("broken", broken), Check("next", lambda: ok("fine"))]))
    assert findings["broken"].status == "fail" and findings["broken"].found == found and findings["broken"].remedy
    assert findings["next"] == ok("fine")


def test_quick_leaves_out_what_is_slow():
    checks = [Check("fast", lambda: ok("a")), Check("slow", lambda left_s: ok("b"), slow=True)]
    assert dict(examine(quick=True, checks=checks)) == {"fast": ok("a")}
    assert list(dict(examine(checks=checks))) == ["fast", "slow"]


def test_a_slow_check_gets_the_time_that_is_left_or_is_left_out(monkeypatch):
    given = []
    checks = [Check("slow", lambda left_s: given.append(left_s) or ok("done"), slow=True)]
    assert dict(examine(checks=checks))["slow"].status == "ok" and 0 < given[0] <= examination.TOTAL_S < 60
    monkeypatch.setattr(examination, "TOTAL_S", 0.0)
    finding = dict(examine(checks=checks))["slow"]
    assert finding.status == "warn" and finding.found.startswith("left out: ") and len(given) == 1


def test_a_finding_is_one_line():
    assert str(fail("two\nlines", "do\n  this")) == "two lines; do this"
    assert str(warn("a", "b")) == "a; b" and str(ok("a")) == "a"
