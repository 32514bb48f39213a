"""Strict configurations: frozen keyword-only dataclasses that live beside their consumer.

`@config` makes one. It gains `to_dict`, `from_dict` (an unknown key is an error), `replace` and
`fingerprint` (a cache key that contains every field). Validate in `__post_init__` with `check_*` of errors.
"""

import dataclasses
import hashlib
import json
import types
import typing
from collections.abc import Mapping
from typing import Any, ClassVar, TypeVar, dataclass_transform

from smwm_lab.errors import InputError, check


C = TypeVar("C")


class Config:
    """Base of all configurations; subclasses are decorated with `@config`."""

    version: ClassVar[int] = 1
    """Part of the fingerprint: raised when code, with the same fields, gives other results."""

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as plain JSON values."""
        return json.loads(json.dumps(dataclasses.asdict(self)))

    @classmethod
    def from_dict(cls: type[C], values: Any) -> C:
        """Return the configuration stored by `to_dict`; raise `InputError` for an unknown or missing key."""
        check(isinstance(values, Mapping), f"{cls.__name__}: expected a JSON object, got {type(values).__name__}")
        fields = {f.name: f for f in dataclasses.fields(cls)}
        unknown = sorted(set(values) - set(fields))
        check(not unknown, f"{cls.__name__} has no field {', '.join(unknown)}; allowed: {', '.join(fields)}")
        missing = sorted(set(fields) - set(values))
        check(not missing, f"{cls.__name__} lacks the field {', '.join(missing)}; needed: {', '.join(fields)}")
        hints = typing.get_type_hints(cls)
        return cls(**{key: _decode(hints[key], value, f"{cls.__name__}.{key}") for key, value in values.items()})

    def replace(self: C, **changes: Any) -> C:
        """Return a copy with some fields changed, validated anew."""
        return type(self).from_dict({**self.to_dict(), **changes})

    def fingerprint(self) -> str:
        """Return 16 hex digits that change whenever any field does.

        The name of the class is part of it, so two kinds of configuration never share a key.
        """
        raised = _raised_versions(self)
        text = json.dumps([type(self).__name__, self.version, self.to_dict(), *raised], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def diff(self, other: "Config") -> dict[str, tuple[Any, Any]]:
        """Return the fields that differ from `other`, as name -> (here, there)."""
        here, there = self.to_dict(), other.to_dict()
        return {k: (here.get(k), there.get(k)) for k in here | there if here.get(k) != there.get(k)}


def _raised_versions(outer: Config) -> list[list[Any]]:
    """Return name and version of every configuration inside another whose version is not the first."""
    inner = [(f.name, getattr(outer, f.name)) for f in dataclasses.fields(outer)]
    inner = [(name, value) for name, value in inner if isinstance(value, Config)]
    here = [[name, value.version] for name, value in inner if value.version != 1]
    return here + [[name, raised] for name, value in inner for raised in _raised_versions(value)]


@dataclass_transform(kw_only_default=True, frozen_default=True)
def config(cls: type[C]) -> type[C]:
    """Make `cls` a frozen keyword-only dataclass whose fields have exactly the annotated types.

    So 10 and 10.0 in a float field are one value with one fingerprint, and a wrong type is an `InputError`.
    """
    validate = getattr(cls, "__post_init__", None)

    def __post_init__(self: C) -> None:
        hints = typing.get_type_hints(cls)
        for name in (field.name for field in dataclasses.fields(self)):
            object.__setattr__(self, name, _decode(hints[name], getattr(self, name), f"{cls.__name__}.{name}"))
        if validate is not None:
            validate(self)

    cls.__post_init__ = __post_init__
    return dataclasses.dataclass(frozen=True, kw_only=True)(cls)


def _decode(kind: Any, value: Any, where: str) -> Any:
    """Turn a JSON value into the annotated type, strictly: no silent conversion but int -> float."""
    origin, args = typing.get_origin(kind), typing.get_args(kind)
    if origin in (types.UnionType, typing.Union):
        return _decode_union(args, value, where)
    if dataclasses.is_dataclass(kind):
        return value if isinstance(value, kind) else kind.from_dict(value)
    if origin is tuple and isinstance(value, list | tuple):
        return tuple(_decode(args[0], item, where) for item in value)
    if origin is dict and isinstance(value, Mapping):
        return {_decode(args[0], k, where): _decode(args[1], v, where) for k, v in value.items()}
    if kind is float and type(value) in (int, float):
        return float(value)
    if type(value) is not kind:
        name = getattr(kind, "__name__", str(kind))
        raise InputError(f"{where} = {value!r} has the wrong type; allowed: {name}")
    return value


def _decode_union(kinds: tuple[Any, ...], value: Any, where: str) -> Any:
    """Decode `X | None`, or one of several configurations, told apart by their set of fields."""
    if value is None and type(None) in kinds:
        return None
    kinds = tuple(kind for kind in kinds if kind is not type(None))
    if len(kinds) == 1:
        return _decode(kinds[0], value, where)
    names = " or ".join(kind.__name__ for kind in kinds)
    if isinstance(value, Mapping):
        for kind in kinds:
            if {f.name for f in dataclasses.fields(kind)} == set(value):
                return kind.from_dict(value)
        raise InputError(f"{where} has the keys {', '.join(sorted(value))}; allowed: exactly the fields of {names}")
    if isinstance(value, kinds):
        return value
    raise InputError(f"{where} = {value!r} has the wrong type; allowed: {names}")
