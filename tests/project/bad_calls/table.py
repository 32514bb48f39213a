"""A table of calls: each the documented call of a public function with one argument spoilt."""

import dataclasses
import hashlib
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import torch

from smwm_lab.errors import InputError


REFUSED, ACCEPTED, FOREIGN = "refused", "accepted", "foreign"


@dataclass(frozen=True)
class Call:
    """One call, and what is said of it in the table."""

    name: str
    function: Callable[..., Any]
    arguments: Mapping[str, Any]
    is_documented: bool = False


@dataclass
class Table:
    """Calls in the order in which they were written down."""

    calls: list[Call] = field(default_factory=list)

    def spoil(
        self,
        function: Callable[..., Any],
        good: Mapping[str, Any],
        /,
        *,
        called: str = "",
        documented: bool = True,
        **bad: Mapping[str, Any],
    ) -> None:
        """Add the documented call of a function, and one call per argument and bad value of it.

        good: the arguments of the documented call; bad: argument -> what is wrong -> value in its place; called: the
        name of the call, the function's if empty; documented: False leaves the first one out, where it would take long.
        """
        name = called or function.__qualname__
        if any(call.name == f"{name}, as documented" for call in self.calls):
            name += ", other arguments"
        if documented:
            self.calls.append(Call(f"{name}, as documented", function, good, is_documented=True))
        for argument, values in bad.items():
            for kind, value in values.items():
                self.calls.append(Call(f"{name}: {argument}, {kind}", function, {**good, argument: value}))

    def outcomes(self) -> list[dict[str, Any]]:
        """Run every call; return its name, how it ended, the message, and whether its arguments are what they were."""
        return [_outcome(call) for call in self.calls]


def _outcome(call: Call) -> dict[str, Any]:
    before = _print(call.arguments)
    end, message = _tried(call)
    return {
        "name": call.name,
        "is_documented": call.is_documented,
        "end": end,
        "message": message,
        "unchanged": _print(call.arguments) == before,
    }


def _tried(call: Call) -> tuple[str, str]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            call.function(**call.arguments)
        except InputError as error:
            return REFUSED, str(error)
        except Exception as error:
            return FOREIGN, f"{type(error).__name__}: {error}"
    return ACCEPTED, ""


def _print(value: Any) -> str:
    """Return what tells a value from another: type, shape and bytes of arrays, all weights of networks."""
    if isinstance(value, torch.nn.Module):
        modes = [module.training for module in value.modules()]
        return _print([type(value).__name__, modes, dict(value.state_dict())])
    if isinstance(value, torch.Tensor):
        content = b"" if value.device.type == "meta" else value.detach().numpy().tobytes()
        return f"{value.dtype} {tuple(value.shape)} {hashlib.sha256(content).hexdigest()}"
    if isinstance(value, np.ma.MaskedArray):
        return _print([value.filled(0), np.ma.getmaskarray(value)])
    if isinstance(value, np.ndarray):
        content = repr(value.tolist()).encode() if value.dtype == object else value.tobytes()
        return f"{value.dtype} {value.shape} {hashlib.sha256(content).hexdigest()}"
    if isinstance(value, pd.DataFrame):
        return f"{list(value.columns)} {list(value.dtypes)} {value.to_csv()}"
    if isinstance(value, Mapping):
        return f"{type(value).__name__} " + "; ".join(f"{key!r}: {_print(item)}" for key, item in value.items())
    if isinstance(value, list | tuple):
        return f"{type(value).__name__} " + ", ".join(map(_print, value))
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        held = {each.name: getattr(value, each.name) for each in dataclasses.fields(value)}
        return f"{type(value).__name__} {_print(held)}"
    if isinstance(value, str | bytes | int | float | type(None)):
        return repr(value)
    return f"{type(value).__name__} {id(value)}"
