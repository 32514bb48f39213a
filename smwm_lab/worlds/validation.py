"""Whether a world keeps its promises: shapes, dtypes, ranges; asked once of every world from outside this package."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from smwm_lab.errors import InputError, check
from smwm_lab.seeding import generator
from smwm_lab.worlds.base import World, WorldConfig, WorldSpec
from smwm_lab.worlds.transitions import Step


NUM_TRIALS = 8
"""Rows of the trial batch."""
ROUNDING = 1e-5
"""How far an action may exceed its box: (after - before) / reach in float32 is 1.0000001 for some full pushes."""


def validate_world(world: World, name: str) -> None:
    """Raise an `InputError` of one line for the first promise of `World` that a world called `name` breaks.

    A batch of states is drawn, moved, rendered and sorted into cells. An exception of the world's own code becomes
    an `InputError` with its type and message.
    """
    check(isinstance(getattr(world, "spec", None), WorldSpec), f"world {name}: spec is no WorldSpec; set self.spec")
    check(isinstance(getattr(world, "config", None), WorldConfig), f"world {name}: config is no WorldConfig; keep it")
    _validate_spec(world.spec, name)
    spec, n = world.spec, NUM_TRIALS
    stream = generator(0, "validation")
    for anywhere in (False, True):
        state = ask(name, "sample_state", lambda: world.sample_state(n, stream, anywhere=anywhere))  # noqa: B023
        _expect(name, "sample_state", state, (n, spec.state_dim), torch.float32)
        _inside(world, state, name, "sample_state")
    action = ask(name, "behaviour_action", lambda: world.behaviour_action(state, stream))
    _expect(name, "behaviour_action", action, (n, spec.action_dim), torch.float32)
    _in_box(name, "behaviour_action", action)
    done = ask(name, "step", lambda: world.step(state, action, stream))
    check(isinstance(done, Step), f"world {name}: step returned {_shape(done)}; allowed: a Step of state and action")
    _expect(name, "step(...).state", done.state, (n, spec.state_dim), torch.float32)
    _inside(world, done.state, name, "step(...).state")
    _expect(name, "step(...).action", done.action, (n, spec.action_dim), torch.float32)
    _in_box(name, "step(...).action", done.action)
    frames = ask(name, "render", lambda: world.render(state))
    _expect(name, "render", frames, (n, *spec.observation_shape), torch.uint8)
    units = ask(name, "to_units", lambda: world.to_units(action))
    check(len(units) == n, f"world {name}: to_units returned {len(units)} rows; allowed: {n}, one per action")
    cells = ask(name, "cells", lambda: world.cells(state))
    whole = isinstance(cells, Tensor) and cells.dtype == torch.int64 and cells.ndim == 2 and len(cells) == n
    check(
        whole,
        f"world {name}: cells returned {_shape(cells)}; allowed: int64 ({n}, k), whole numbers per state",
    )
    near = ask(name, "near_cell_border", lambda: world.near_cell_border(state))
    _expect(name, "near_cell_border", near, (n,), torch.bool)


def _validate_spec(spec: WorldSpec, name: str) -> None:
    fields = ("state_units", "state_low", "state_high", "controllable")
    for field in fields:
        count = len(getattr(spec, field))
        check(
            count == spec.state_dim,
            f"world {name}: spec.{field} has {count} entries; allowed: {spec.state_dim}, one per state name",
        )
    named = len(set(spec.state_names)) == spec.state_dim and all(spec.state_names)
    check(named, f"world {name}: spec.state_names = {spec.state_names}; allowed: one name each, none twice")
    for unit, low, high in zip(spec.state_units, spec.state_low, spec.state_high, strict=True):
        check(unit not in ("", "deg"), f"world {name}: spec.state_units has {unit!r}; allowed: 'px', 'rad' or the like")
        check(low < high, f"world {name}: spec ranges from {low:g} to {high:g}; allowed: state_low < state_high")
    shape = spec.observation_shape
    check(
        len(shape) == 3 and shape[0] == 3 and shape[1] == shape[2],
        f"world {name}: spec.observation_shape = {spec.observation_shape}; allowed: (3, side, side), RGB and square",
    )
    check(
        0 <= spec.controllable_dim <= spec.state_dim,
        f"world {name}: spec.controllable_dim = {spec.controllable_dim}; allowed: 0 to {spec.state_dim}",
    )


def ask(name: str, method: str, call: Callable[[], Any]) -> Any:
    """Return what a method of a world returns, or raise an `InputError` of one line."""
    try:
        return call()
    except InputError:
        raise
    except Exception as error:
        reason = f"{type(error).__name__}: {error}".splitlines()[0]
        raise InputError(f"world {name}: {method} fails ({reason}); mend it in the world's module") from error


def _expect(name: str, method: str, found: object, shape: tuple[int, ...], dtype: torch.dtype) -> None:
    wanted = f"{str(dtype).removeprefix('torch.')} {shape}"
    fits = isinstance(found, Tensor) and tuple(found.shape) == shape and found.dtype == dtype
    check(fits, f"world {name}: {method} returned {_shape(found)}; allowed: {wanted}, as its spec says")
    assert isinstance(found, Tensor)
    finite = not found.is_floating_point() or bool(torch.isfinite(found).all())
    check(finite, f"world {name}: {method} returned NaN or infinity; allowed: finite numbers")


def _inside(world: World, state: Tensor, name: str, method: str) -> None:
    try:
        world.require_inside(state)
    except InputError as error:
        raise InputError(f"world {name}: {method} returned a {error}; widen spec.state_low and state_high") from error


def _in_box(name: str, method: str, action: Tensor) -> None:
    most = float(action.abs().max()) if action.numel() else 0.0
    check(
        most <= 1 + ROUNDING,
        f"world {name}: {method} returned an action of size {most:g}; allowed: -1 to 1 per component",
    )


def _shape(found: object) -> str:
    if not isinstance(found, Tensor):
        return f"a {type(found).__name__}"
    return f"{str(found.dtype).removeprefix('torch.')} {tuple(found.shape)}"
