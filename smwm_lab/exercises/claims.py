"""A claim of a notebook: what was measured, what it is compared with, and whether it holds.

    claim("the red dot survives more noise than the green one", 0.71, above=10 * 0.004)
    0.71 > 0.04 ✓ the red dot survives more noise than the green one

Numbers move a little between machines and seeds, the mark does not: `pytest --nbval` compares what stands from the mark
on (notebooks/sanitize.cfg).
"""

import math
import operator
from collections.abc import Callable
from functools import partial

from smwm_lab.errors import InputError, check, check_choice
from smwm_lab.exercises.rounding import as_number, rounded
from smwm_lab.training import PRESETS


HOLDS, FAILS = "✓", "✗"
Comparison = Callable[[float, float], bool]
_LIMITS: dict[str, tuple[str, Comparison]] = {
    "above": (">", operator.gt),
    "at_least": ("≥", operator.ge),
    "below": ("<", operator.lt),
    "at_most": ("≤", operator.le),
    "equal": ("=", operator.eq),
}
"""Argument of `claim` -> its sign, and when it holds."""


class ClaimFailed(AssertionError):
    """A claim of a notebook does not hold; the message is the line that says so."""


def claim(text: str, value: object, **limits: object) -> None:
    """Print what was measured beside its limits and a claim about it; a claim that does not hold stops the notebook.

    Parameters
    ----------
    text
        The claim, one line, in words.
    value
        What was measured: one number, or a tensor or array of one.
    limits
        One or more of above, at_least, below, at_most, equal: one number each, all of which must hold.

    Raises
    ------
    ClaimFailed
        If a limit does not hold; NaN holds none.
    InputError
        Without a limit, for an unknown one, or for what is no number.
    """
    line = _line(text, value, limits)
    if FAILS in line:
        raise ClaimFailed(line)
    print(line)


def claims_at(preset: str) -> Callable[..., None]:
    """Return `claim` as a notebook at a preset uses it.

    At `smoke` models are trained too briefly for any claim: one that fails is printed and does not stop the notebook.
    """
    check_choice("preset", preset, PRESETS)
    return partial(_report, preset) if preset == "smoke" else claim


def _report(preset: str, text: str, value: object, **limits: object) -> None:
    line = _line(text, value, limits)
    print(line if FAILS not in line else f"{line} (nothing is claimed at preset {preset})")


def _line(text: str, value: object, limits: dict[str, object]) -> str:
    if not isinstance(text, str) or not text.strip() or any(mark in text for mark in (HOLDS, FAILS, "\n")):
        raise InputError(f"text = {text!r} is no claim; allowed: one line of words, without {HOLDS} and {FAILS}")
    check(bool(limits), f"a claim needs a limit; allowed: one or more of {', '.join(_LIMITS)}")
    found = as_number("value", value)
    comparisons, holds = [], not math.isnan(found)
    for name, limit in limits.items():
        check_choice("limit", name, tuple(_LIMITS))
        sign, compare = _LIMITS[name]
        bound = as_number(name, limit)
        holds = holds and compare(found, bound)
        comparisons.append((sign, bound))
    return f"{_shown(found, comparisons)} {HOLDS if holds else FAILS} {text}"


def _shown(found: float, comparisons: list[tuple[str, float]]) -> str:
    """Return the number between its limits, with as many digits as it takes to tell them apart."""
    digits = 2
    while digits < 12 and any(
        rounded(found, digits) == rounded(bound, digits) != "0" and found != bound for _, bound in comparisons
    ):
        digits += 1
    measured = rounded(found, digits)
    return ", ".join(f"{measured} {sign} {rounded(bound, digits)}" for sign, bound in comparisons)
