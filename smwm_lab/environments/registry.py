"""Simulators by name: those of this package, and any `package.module:Class`."""

import importlib

from smwm_lab.environments.simulator import Simulator
from smwm_lab.errors import InputError, check, check_instance
from smwm_lab.worlds.registry import SIMULATORS


def may_name_simulator(text: object) -> bool:
    """Return whether a text names a simulator of this package, or has the form of a class of another module.

    >>> may_name_simulator("reacher"), may_name_simulator("CartPole-v1")
    (True, False)
    """
    if not isinstance(text, str):
        return False
    module, colon, name = text.rpartition(":")
    return text in SIMULATORS or (bool(colon) and name.isidentifier() and all(map(str.isidentifier, module.split("."))))


def simulator_class(name: str) -> type[Simulator]:
    """Return the class of a simulator; raise `InputError` if there is none of that name, or it cannot be imported."""
    check_instance("simulator", name, str, ", ".join(SIMULATORS))
    place = SIMULATORS.get(name, name)
    allowed = f"allowed: {', '.join(SIMULATORS)} or module:Class"
    check(may_name_simulator(place), f"simulator {name!r} is unknown; {allowed}")
    module_name, _, attribute = place.partition(":")
    try:
        module = importlib.import_module(module_name)
    except InputError:
        raise
    except Exception as error:  # whatever a module of somebody else raises
        reason = f"{type(error).__name__}: {error}".partition("\n")[0]
        raise InputError(
            f"simulator {name!r}: module {module_name!r} cannot be imported ({reason}); run from its folder, or "
            "install it"
        ) from error
    found = getattr(module, attribute, None)
    good = isinstance(found, type) and issubclass(found, Simulator) and hasattr(found, "facts")
    check(good, f"simulator {name!r} is no subclass of Simulator with facts; {allowed}")
    return found  # type: ignore[return-value]


def names_simulator(text: object) -> bool:
    """Return whether a text names a simulator that is there: the class of another module is imported to see."""
    if not isinstance(text, str) or not may_name_simulator(text):
        return False
    try:
        return text in SIMULATORS or simulator_class(text) is not None
    except InputError:  # a world, or a name that leads nowhere: whoever takes it for one says so
        return False


def make_simulator(name: str, *, side: int = 64) -> Simulator:
    """Return a simulator by name; side: of its frames, px. Raises `InputError` if it cannot be had on this machine.

    >>> make_simulator("nothing")
    Traceback (most recent call last):
    smwm_lab.errors.InputError: simulator 'nothing' is unknown; allowed: reacher, push_t, cube or module:Class
    """
    return simulator_class(name)(side=side)
