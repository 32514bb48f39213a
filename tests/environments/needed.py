"""What tests of simulators need of the machine; where it is missing they skip, with the reason."""

import contextlib
import io

import pytest

from smwm_lab.cli import main
from smwm_lab.environments import make_simulator
from smwm_lab.errors import InputError


def simulator(name: str, side: int = 64):
    """Return a simulator that can draw; skip where a package or EGL is missing."""
    try:
        made = make_simulator(name, side=side)
        made.reset(seed=0)
        made.render()
    except InputError as error:
        pytest.skip(str(error))
    return made


def invoke(*arguments, status: int = 0) -> str:
    """Run the command line, which must end with a status; return what it printed, or its errors if it is not 0."""
    out, errors, ended = io.StringIO(), io.StringIO(), 0
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(errors):
        try:
            main([str(argument) for argument in arguments])
        except SystemExit as stop:
            ended = stop.code or 0
    assert ended == status, errors.getvalue()
    return errors.getvalue() if status else out.getvalue()
