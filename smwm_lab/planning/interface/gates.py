"""Gates of planning: what a caller hands over is looked at where it enters, and not again while a search is running."""

from numbers import Integral
from typing import Any

import torch
from torch import Tensor

from smwm_lab.errors import InputError, check, check_instance, shown
from smwm_lab.gates import require_floats


def require_able(name: str, value: object, protocol: type, methods: str) -> None:
    """Raise `InputError` unless an object has what a protocol asks for; a class has it too, and will not do.

    methods: what it has to have, in words.
    """
    if isinstance(value, type) or not isinstance(value, protocol):
        found = f"the class {value.__name__}" if isinstance(value, type) else f"of the type {type(value).__name__}"
        raise InputError(f"{name} is {found}; allowed: an object with {methods} ({protocol.__name__})")


def require_dynamics(model: object, protocol: type) -> None:
    """Raise `InputError` unless a model has the methods of a protocol of `interface.protocols`."""
    wanted = [each for each in ("encode", "rollout", "infer_action") if hasattr(protocol, each)]
    require_able("model", model, protocol, f"{' and '.join(wanted)}, of a run: run.model")


def require_latents(first: str, z: Any, second: str, goal: Any) -> None:
    """Raise `InputError` unless two values are floats (n, latent), of one shape and dtype and on one device."""
    for name, value in ((first, z), (second, goal)):
        require_floats(name, value, None, None)
    require_same_kind(first, z, second, goal)
    if z.shape != goal.shape:
        raise InputError(
            f"{first} have shape {tuple(z.shape)}, {second} {tuple(goal.shape)}; allowed: one shape, a row per task"
        )


def require_same_kind(first: str, value: Tensor, second: str, other: Tensor) -> None:
    """Raise `InputError` unless two tensors have one dtype and lie on one device."""
    if value.dtype != other.dtype or value.device != other.device:
        raise InputError(
            f"{first} are {value.dtype} on {value.device}, {second} {other.dtype} on {other.device}; "
            "allowed: one dtype on one device (`to` gives it)"
        )


def require_selection(rows: Any, count: int) -> None:
    """Raise `InputError` unless rows choose among `count`: a slice, row numbers int64 (k,), or a mask bool (count,)."""
    allowed = f"allowed: a slice, int64 (k,) from 0 to {count - 1}, or bool ({count},)"
    if isinstance(rows, slice):
        parts = (rows.start, rows.stop, rows.step)
        whole = all(part is None or (isinstance(part, Integral) and not isinstance(part, bool)) for part in parts)
        check(whole and rows.step != 0, f"rows = {shown(rows)} are no slice of whole numbers; {allowed}")
        return
    check_instance("rows", rows, (Tensor, slice), allowed)
    numbers, mask = rows.dtype == torch.int64, rows.dtype == torch.bool
    check(
        rows.ndim == 1 and not rows.is_meta and (numbers or (mask and len(rows) == count)),
        f"rows are {rows.dtype} {tuple(rows.shape)} on {rows.device}; {allowed}",
    )
    if numbers and len(rows):
        low, high = int(rows.min()), int(rows.max())
        check(-count <= low and high < count, f"rows = {low} to {high} are out of range; {allowed}")


def require_parts(parts: object, kind: type) -> None:
    """Raise `InputError` unless parts are a list or tuple of one or more objects of a class."""
    whole = isinstance(parts, list | tuple) and len(parts) > 0 and all(isinstance(part, kind) for part in parts)
    if not whole:  # the message takes far longer than the check
        raise InputError(f"parts = {shown(parts)} hold no {kind.__name__}; allowed: a list of one or more")


def require_finite_tasks(values: Tensor, what: str) -> None:
    """Raise `InputError` unless every value is finite; `what` names them."""
    finite = torch.isfinite(values)
    if bool(finite.all()):
        return
    bad = (~finite).flatten(1).any(1)
    row = int(bad.nonzero()[0])
    value = float(values[row][~finite[row]].flatten()[0])
    check(
        False,
        f"{what} are not finite for {int(bad.sum())} of {len(values)} tasks (task {row}: {value}); "
        "allowed: finite numbers; train the model anew",
    )
