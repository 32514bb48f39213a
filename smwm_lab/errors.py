"""The error class for what a person gets wrong, and the one for a training that went wrong.

An `InputError` carries one line that says what is wrong, the value, what is allowed and the remedy.
The command line prints that line and exits with status 2; every other exception is a failure (status 1).
"""


class InputError(ValueError):
    """A value, name, file or folder given by the user cannot be used; the message is one line.

    It is made one where it quotes what has several: a message of another library, or a name that holds a line break.
    """

    def __init__(self, message: str):
        super().__init__(" ".join(filter(None, map(str.strip, message.splitlines()))))


class MissingExtra(InputError, ImportError):
    """Packages of an extra are needed and missing; the message names it and the command that installs it."""


class NonFiniteLoss(ArithmeticError):
    """A loss term became infinite or NaN; the message names the step and the term."""


def check(condition: bool, message: str) -> None:
    """Raise `InputError(message)` unless `condition` holds."""
    if not condition:
        raise InputError(message)


def check_choice(field: str, value: str, allowed: list[str] | tuple[str, ...]) -> None:
    """Raise an `InputError` that lists the allowed names unless `value` is one of them."""
    check(value in allowed, f"{field} = {value!r} is unknown; allowed: {', '.join(allowed)}")


def check_range(field: str, value: float, low: float, high: float, remedy: str = "") -> None:
    """Raise an `InputError` unless `low <= value <= high` (NaN never is)."""
    hint = f"; {remedy}" if remedy else ""
    check(low <= value <= high, f"{field} = {value!r} is out of range; allowed: {low:g} to {high:g}{hint}")
