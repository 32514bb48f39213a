"""The ceiling of type errors only falls: more errors fail, fewer fail until it is lowered, a broken mypy fails."""

import pytest
from mypy_ceiling import CEILING, count_errors, verdict


@pytest.mark.parametrize(
    ("output", "errors"),
    [
        ("a.py:1: error: x  [misc]\nFound 1 error in 1 file (checked 9 source files)\n", 1),
        ("a.py:1: error: x  [misc]\nFound 12 errors in 3 files (checked 9 source files)\n", 12),
        ("Success: no issues found in 9 source files\n", 0),
        ("mypy: can't read file 'x'\n", None),
        ("", None),
    ],
)
def test_errors_are_counted_by_the_last_line(output, errors):
    assert count_errors(output) == errors


def test_only_the_ceiling_itself_is_right():
    assert verdict(5, 5) is None
    assert "1 more than the 5 known ones" in verdict(6, 5)
    assert "lower the ceiling" in verdict(4, 5)
    assert verdict(None, 5) == "mypy did not come to its end"


def test_the_ceiling_is_at_most_forty():
    assert 0 <= int(CEILING.read_text()) <= 40
