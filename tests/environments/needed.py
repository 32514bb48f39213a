"""What tests of simulators need of the machine; where it is missing they skip, with the reason."""

import pytest

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
