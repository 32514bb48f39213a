"""Claims of the notebooks. Claims proved here:

- Every limit holds and fails where its sign says so, several must all hold, and NaN holds none.
- A claim that fails stops a notebook, and at smoke is printed and does not.
- What is no number is refused with one line, and so is what is no claim.
- The numbers have as many digits as it takes to tell them from their limits, and no more.
"""

import math

import numpy as np
import pytest
import torch

from smwm_lab.errors import InputError
from smwm_lab.exercises import ClaimFailed, claim, claims_at
from smwm_lab.exercises.rounding import as_number, rounded
from smwm_lab.training import PRESETS


NEAR = math.nextafter(1.0, 2.0)
HOLD = [
    ({"above": 1}, 2, "2 > 1"),
    ({"at_least": 1}, 1, "1 ≥ 1"),
    ({"below": 1}, 0, "0 < 1"),
    ({"at_most": 1}, 1, "1 ≤ 1"),
    ({"equal": 1}, 1, "1 = 1"),
    ({"above": 0.75, "below": 0.9}, 0.78, "0.78 > 0.75, 0.78 < 0.9"),
    ({"below": math.inf}, 3, "3 < inf"),
]
FAIL = [
    ({"above": 1}, 1, "1 > 1"),
    ({"at_least": 1}, 0, "0 ≥ 1"),
    ({"below": 1}, 1, "1 < 1"),
    ({"at_most": 1}, 2, "2 ≤ 1"),
    ({"equal": 1}, 2, "2 = 1"),
    ({"equal": 1}, NEAR, "1 = 1"),
    ({"above": 0.75, "below": 0.9}, 0.7, "0.7 > 0.75, 0.7 < 0.9"),
    ({"above": 0.75, "below": 0.9}, 0.95, "0.95 > 0.75, 0.95 < 0.9"),
]
LIMITS = ("above", "at_least", "below", "at_most", "equal")


@pytest.mark.parametrize(("limits", "value", "shown"), HOLD)
def test_a_claim_that_holds_is_printed_behind_its_numbers(capsys, limits, value, shown):
    claim("the dot moves", value, **limits)
    assert capsys.readouterr().out == f"{shown} ✓ the dot moves\n"


@pytest.mark.parametrize(("limits", "value", "shown"), FAIL)
def test_a_claim_that_fails_stops_with_the_line_that_says_so(capsys, limits, value, shown):
    with pytest.raises(ClaimFailed) as failed:
        claim("the dot moves", value, **limits)
    assert str(failed.value) == f"{shown} ✗ the dot moves" and capsys.readouterr().out == ""


@pytest.mark.parametrize("name", LIMITS)
@pytest.mark.parametrize("nan", [math.nan, np.float32("nan"), torch.tensor(math.nan)], ids=["float", "numpy", "torch"])
def test_nan_holds_no_limit(name, nan):
    for limit in (0, math.inf, math.nan):
        with pytest.raises(ClaimFailed, match="✗ the dot moves"):
            claim("the dot moves", nan, **{name: limit})


def test_what_is_equal_to_the_last_digit_is_equal_and_nothing_else():
    claim("the same", torch.tensor(0.1, dtype=torch.float64), equal=0.1)
    with pytest.raises(ClaimFailed):
        claim("the same", 0.1 + 0.2, equal=0.3)


@pytest.mark.parametrize(
    "value",
    [2, 2.0, np.float32(2), np.int64(2), torch.tensor(2), torch.tensor([[2.0]]), np.array([2])],
    ids=lambda value: type(value).__name__,
)
def test_one_number_is_one_number_however_it_is_held(capsys, value):
    claim("it is two", value, equal=2, above=torch.tensor(1.0))
    assert capsys.readouterr().out == "2 = 2, 2 > 1 ✓ it is two\n"


NO_NUMBERS = [True, np.bool_(True), torch.tensor(True), None, "1", [1.0], 1j, np.ones(2), torch.ones(2), torch.ones(0)]


@pytest.mark.parametrize("value", NO_NUMBERS, ids=lambda value: f"{type(value).__name__} {value}")
def test_what_is_no_number_is_refused_with_one_line(value):
    for call in (lambda: claim("it is so", value, above=0), lambda: claim("it is so", 1, above=value)):
        with pytest.raises(InputError, match="is no number; allowed: one number, or a tensor of one") as refused:
            call()
        assert len(str(refused.value).splitlines()) == 1


@pytest.mark.parametrize("text", ["", "  ", "two\nlines", "it holds ✓", "it fails ✗"])
def test_what_is_no_claim_is_refused_with_one_line(text):
    with pytest.raises(InputError, match="is no claim; allowed: one line of words") as refused:
        claim(text, 1, above=0)
    assert len(str(refused.value).splitlines()) == 1


def test_a_claim_needs_a_limit_that_is_one():
    with pytest.raises(InputError, match="a claim needs a limit; allowed: one or more of above, at_least"):
        claim("it is so", 1)
    with pytest.raises(InputError, match=r"limit = 'over'.*allowed"):
        claim("it is so", 1, over=0)


@pytest.mark.parametrize(
    ("value", "limit", "shown"),
    [
        (0.7134, 0.04, "0.71 > 0.04"),
        (0.9512, 0.95, "0.951 > 0.95"),
        (1.00001, 1, "1.00001 > 1"),
        (12_345, 12_344, "12,345 > 12,344"),
        (12_345.4, 12_345.2, "12345.4 > 12345.2"),
        (0.004, 0.0, "0.004 > 0"),
        (2.5e-7, 1e-9, "2.5e-07 > 1e-09"),
    ],
)
def test_digits_grow_until_value_and_limit_can_be_told_apart(capsys, value, limit, shown):
    claim("it is more", value, above=limit)
    assert capsys.readouterr().out == f"{shown} ✓ it is more\n"


def test_at_smoke_a_claim_that_fails_is_printed_and_does_not_stop(capsys):
    at_smoke = claims_at("smoke")
    at_smoke("the dot moves", 0, above=1)
    at_smoke("the dot moves", 2, above=1)
    assert capsys.readouterr().out.splitlines() == [
        "0 > 1 ✗ the dot moves (nothing is claimed at preset smoke)",
        "2 > 1 ✓ the dot moves",
    ]
    with pytest.raises(InputError):
        at_smoke("the dot moves", None, above=1)


@pytest.mark.parametrize("preset", [preset for preset in PRESETS if preset != "smoke"])
def test_at_other_presets_it_stops(preset):
    with pytest.raises(ClaimFailed):
        claims_at(preset)("the dot moves", 0, above=1)


@pytest.mark.parametrize("preset", ["full", "", "Smoke"])
def test_a_preset_that_is_none_is_refused(preset):
    with pytest.raises(InputError, match=r"preset.*smoke, quick, paper"):
        claims_at(preset)


@pytest.mark.parametrize(
    ("value", "digits", "shown"),
    [
        (0.7134, 2, "0.71"),
        (12, 2, "12"),
        (0.00412, 2, "0.0041"),
        (20000.4, 2, "20,000"),
        (1.0, 2, "1"),
        (2.96, 2, "3"),
        (2.96, 3, "2.96"),
        (99.6, 2, "100"),
        (99.4, 2, "99"),
        (999_999.7, 6, "1,000,000"),
        (-0.25, 2, "-0.25"),
        (0.0, 2, "0"),
        (-1234567, 2, "-1,234,567"),
        (math.inf, 2, "inf"),
        (math.nan, 2, "nan"),
    ],
)
def test_numbers_are_short_and_counts_are_whole(value, digits, shown):
    assert rounded(value, digits) == shown


def test_a_number_keeps_its_kind():
    assert isinstance(as_number("n", 3), int) and isinstance(as_number("n", np.float32(3)), float)
