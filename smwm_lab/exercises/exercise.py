"""What an exercise is: a number to guess, a choice to make, or a function to write or to repair."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from smwm_lab.errors import InputError, check, shown
from smwm_lab.exercises.rounding import as_number, rounded


class NotYet(Exception):  # noqa: N818 # it is no error: an answer is not right yet
    """An answer is not right yet; the message is one line for the learner: what was expected, and what came."""


@dataclass(frozen=True, kw_only=True)
class Exercise:
    """One exercise of a notebook, known by the name in its cells' tags."""

    name: str
    """As in the tags exercise:NAME, solution:NAME and check:NAME; unique in the course."""
    notebook: str
    """Number of its notebook, two digits."""
    title: str
    """A few words, for the list of what is done."""
    hints: tuple[str, ...]
    """One step further each; none gives the solution away."""


@dataclass(frozen=True, kw_only=True)
class Guess(Exercise):
    """A number that is predicted before it is measured; making the guess is what counts."""

    low: float
    """Smallest number that makes sense."""
    high: float
    """Largest number that makes sense."""
    close: float
    """How far from the measured number is still right, in its unit."""
    whole: bool = False
    """Whether only whole numbers make sense."""
    traps: Mapping[float, str] = field(default_factory=dict)
    """Numbers that people say, and what they may have thought of; other numbers get none."""

    def accept(self, value: object) -> float:
        """Return the guess as a number; raise `NotYet` for anything that is none, or makes no sense."""
        kind = "whole number" if self.whole else "number"
        allowed = f"{kind} from {self.low:g} to {self.high:g}"
        if value is None:
            raise NotYet(f"no guess yet; put a {allowed} in place of None")
        try:
            number = as_number("guess", value)
        except InputError as error:
            raise NotYet(f"{shown(value)} is no number; guess a {allowed}") from error
        if not self.low <= number <= self.high or (self.whole and number != int(number)):
            raise NotYet(f"{shown(value)} cannot be; guess a {allowed}")
        return number

    def compare(self, value: float, measured: object) -> tuple[bool, str]:
        """Return whether a guess is close to what was measured, and both in words."""
        found = as_number("measured", measured)
        close = abs(value - found) <= self.close
        why = "" if close else self.traps.get(value, f"off by {rounded(abs(value - found))}")
        return close, f"you said {rounded(value)}, measured {rounded(found)}" + (f": {why}" if why else "")


@dataclass(frozen=True, kw_only=True)
class Choice(Exercise):
    """One of several answers; each is explained."""

    options: Mapping[str, str]
    """Answer -> why it is right or wrong, shown after the choice was made."""

    def accept(self, value: object) -> str:
        """Return the choice; raise `NotYet` for what is none of the options."""
        allowed = ", ".join(map(repr, self.options))
        if value is None:
            raise NotYet(f"no choice yet; put one of {allowed} in place of None")
        if not isinstance(value, str) or value not in self.options:
            raise NotYet(f"{shown(value)} is none of the answers; choose one of {allowed}")
        return value

    def compare(self, value: str, measured: object) -> tuple[bool, str]:
        """Return whether a choice is what was measured, and the explanation of the choice."""
        check(measured in self.options, f"measured = {measured!r} is none of {list(self.options)}")
        right = value == measured
        return right, f"you said {value!r}" + ("" if right else f", measured {measured!r}") + f": {self.options[value]}"


@dataclass(frozen=True, kw_only=True)
class Task(Exercise):
    """A function to write or to repair."""

    check: Callable[[Callable[..., Any]], str]
    """From the learner's function to what was tested, in a few words; raises `NotYet` if it is not right yet."""
    limit_s: float = 20.0
    """How long the check may take in all, in seconds; far more than a right answer needs."""
