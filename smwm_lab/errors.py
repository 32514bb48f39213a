"""The error class for what a person gets wrong, and the one for a training that went wrong.

An `InputError` carries one line that says what is wrong, the value, what is allowed and the remedy.
The command line prints that line and exits with status 2; every other exception is a failure (status 1).
"""

from collections.abc import Mapping
from numbers import Integral, Real


class InputError(ValueError):
    """A value, name, file or folder given by the user cannot be used; the message is one line.

    It is made one where it quotes what has several: a message of another library, or a name that holds a line break.
    """

    def __init__(self, message: str):
        super().__init__(" ".join(filter(None, map(str.strip, message.splitlines()))))


class MissingExtra(InputError, ImportError):
    """Packages of an extra are needed and missing; the message names it and the command that installs it."""


class LostSource(InputError):
    """What something was made from is not there any more, or has changed; what was made is as it was."""


class NonFiniteLoss(ArithmeticError):
    """A loss term became infinite or NaN; the message names the step and the term."""


def check(condition: bool, message: str) -> None:
    """Raise `InputError(message)` unless `condition` holds."""
    if not condition:
        raise InputError(message)


def check_choice(field: str, value: object, allowed: list[str] | tuple[str, ...]) -> None:
    """Raise an `InputError` that lists the allowed names unless `value` is one of them."""
    check(
        isinstance(value, str) and value in allowed,
        f"{field} = {shown(value)} is unknown; allowed: {', '.join(allowed)}",
    )


def check_choices(field: str, values: object, allowed: list[str] | tuple[str, ...]) -> None:
    """Raise an `InputError` unless `values` are a tuple or list of one or more allowed names."""
    if not isinstance(values, list | tuple) or not values:
        found = "is empty" if isinstance(values, list | tuple) else "is no list of names"
        raise InputError(f"{field} = {shown(values)} {found}; allowed: one or more of {', '.join(allowed)}")
    for value in values:
        check_choice(field, value, allowed)


def check_named(field: str, values: object, kind: type | tuple[type, ...] = object) -> None:
    """Raise an `InputError` unless `values` are a mapping of one or more names to what is of a class."""
    if not isinstance(values, Mapping) or not values:
        found = "are empty" if isinstance(values, Mapping) else f"are of the type {type(values).__name__}"
        raise InputError(f"{field} {found}; allowed: a dictionary, name -> value, of one or more")
    for name, value in values.items():
        check_instance(f"{field}[{name!r}]", value, kind)


def check_range(field: str, value: object, low: float, high: float, remedy: str = "") -> None:
    """Raise an `InputError` unless `value` is a number with `low <= value <= high` (NaN never is)."""
    hint = f"; {remedy}" if remedy else ""
    if isinstance(value, bool) or not isinstance(value, Real):
        raise InputError(f"{field} = {shown(value)} is no number; allowed: {low:g} to {high:g}{hint}")
    inside = low <= value <= high  # type: ignore[operator] # of any real number, which float() might round
    check(inside, f"{field} = {value!r} is out of range; allowed: {low:g} to {high:g}{hint}")


def check_count(field: str, value: object, low: int, high: int, remedy: str = "") -> None:
    """Raise an `InputError` unless `value` is a whole number from `low` to `high`; 2.0 and True are none."""
    hint = f"; {remedy}" if remedy else ""
    if isinstance(value, bool) or not isinstance(value, Integral):
        raise InputError(
            f"{field} = {shown(value)} is no whole number; allowed: whole numbers from {low:g} to {high:g}{hint}"
        )
    check_range(field, value, low, high, remedy)


def check_counts(field: str, values: object, low: int, high: int) -> None:
    """Raise an `InputError` unless `values` are one or more whole numbers from `low` to `high`."""
    if not isinstance(values, list | tuple) or not values:
        found = "is empty" if isinstance(values, list | tuple) else "is no list of whole numbers"
        raise InputError(f"{field} = {shown(values)} {found}; allowed: one or more, {low:g} to {high:g}")
    for value in values:
        check_count(field, value, low, high)


def check_instance(field: str, value: object, kind: type | tuple[type, ...], remedy: str = "") -> None:
    """Raise an `InputError` unless `value` is of a class, or of one of several."""
    if not isinstance(value, kind):
        kinds = kind if isinstance(kind, tuple) else (kind,)
        hint = f" ({remedy})" if remedy else ""
        found = f"the class {value.__name__}" if isinstance(value, type) else f"of the type {type(value).__name__}"
        raise InputError(f"{field} is {found}; allowed: {' or '.join(each.__name__ for each in kinds)}{hint}")


def check_callable(field: str, value: object, signature: str) -> None:
    """Raise an `InputError` unless `value` can be called; signature: what it takes and returns, in words."""
    check(callable(value), f"{field} = {shown(value)} is no function; allowed: {signature}")


def shown(value: object) -> str:
    """Return a value as it would be typed, in one line of at most 80 characters: for messages.

    >>> shown("a" * 100)[-5:], shown([1, 2])
    ('a ...', '[1, 2]')
    """
    text = " ".join(repr(value).split())
    return text if len(text) <= 80 else f"{text[:76]} ..."
