"""Calling what a learner wrote: with a time limit, without its prints and files, and never with a traceback."""

import contextlib
import copy
import ctypes
import io
import sysconfig
import tempfile
import threading
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch

from smwm_lab.errors import InputError
from smwm_lab.exercises.exercise import NotYet
from smwm_lab.paths import PACKAGE


FOREIGN = ("site-packages", sysconfig.get_path("stdlib"), str(PACKAGE))
"""Where what a learner calls raises: not their code, so their own line above it is the one to name."""
_GRACE_S = 1.0
"""How long a stopped thread may take to end, in seconds; one that stands in C code is left behind."""


class _TimeIsUp(BaseException):
    """Raised inside the learner's code when its time is up; no `except Exception` catches it."""


class Answer:
    """A learner's function: calling it raises `NotYet`, with one line, for whatever goes wrong inside.

    It gets copies of tensors and arrays, and is told if it changed one.
    """

    def __init__(self, function: Callable[..., Any]):
        self._function = function

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Return what the function returns."""
        given, named = copy.deepcopy(args), copy.deepcopy(kwargs)
        try:
            found = self._function(*given, **named)
        except NotImplementedError as error:
            raise NotYet("not written yet; replace `raise NotImplementedError`") from error
        except (Exception, SystemExit, KeyboardInterrupt) as error:
            raise NotYet(f"your function raised {_in_words(error)}") from error
        pairs = [*zip(args, given, strict=True), *((kwargs[name], named[name]) for name in kwargs)]
        if not all(_same(before, after) for before, after in pairs):
            raise NotYet("your function changes its argument; work on a copy")
        return found


def run_limited(check: Callable[[], str], *, limit_s: float) -> tuple[str, str]:
    """Run a check in a thread, with its output held back and in a scratch folder as working folder.

    Returns
    -------
    (str, str)
        What the check returned, and a line about what was printed or written meanwhile, "" if nothing was.

    Raises
    ------
    NotYet
        As the check does, or when it takes longer than `limit_s` seconds.
    """
    outcome: list[str | BaseException] = []

    def work() -> None:
        try:
            outcome.append(check())
        except BaseException as error:  # handed to the caller below, whatever it is
            outcome.append(error)

    printed = io.StringIO()
    with tempfile.TemporaryDirectory(prefix="smwm_lab_exercise_", ignore_cleanup_errors=True) as scratch:
        with contextlib.chdir(scratch), contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
            thread = threading.Thread(target=work, name="exercise", daemon=True)
            thread.start()
            thread.join(limit_s)
            if thread.is_alive():
                _stop(thread)
                raise NotYet(f"no answer after {limit_s:g} seconds; is there a loop that never ends?")
        written = sorted(path.name for path in Path(scratch).iterdir())
    (result,) = outcome
    if isinstance(result, BaseException):
        raise result
    return result, _aside(printed.getvalue(), written)


def _stop(thread: threading.Thread) -> None:
    """Raise `_TimeIsUp` inside a thread, as often as it takes; give up on one that stands in C code."""
    for _ in range(3):
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread.ident or 0), ctypes.py_object(_TimeIsUp))
        thread.join(_GRACE_S)
        if not thread.is_alive():
            return


def _aside(printed: str, written: list[str]) -> str:
    lines = len(printed.splitlines())
    parts = [f"it printed {lines} line{'s' * (lines > 1)}"] if lines else []
    parts += [f"it wrote {', '.join(written)}, which is not kept"] if written else []
    return "; ".join(parts)


def _in_words(error: BaseException) -> str:
    """Return an exception in one line, with the line of the learner's code where it arose."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename != __file__]
    own = [frame for frame in frames if not any(place in frame.filename for place in FOREIGN)] or frames
    where = f" (line {own[-1].lineno}: {own[-1].line})" if own and own[-1].line else ""
    message = str(InputError(str(error))) or "no message"
    return f"{type(error).__name__}: {message[:160]}{where}"


def _same(before: Any, after: Any) -> bool:
    if isinstance(before, torch.Tensor):
        return before.shape == after.shape and bool(torch.equal(before.nan_to_num(), after.nan_to_num()))
    if isinstance(before, np.ndarray):
        return bool(np.array_equal(before, after))
    return True
