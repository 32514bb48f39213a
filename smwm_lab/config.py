"""Strict configurations: frozen keyword-only dataclasses that live beside their consumer.

`@config` makes one. It gains `to_dict`, `from_dict` (an unknown key is an error), `replace` and
`fingerprint` (a cache key that contains every field). Validate in `__post_init__` with `check_*` of errors.

Configurations outlive the code that wrote them. A field that was added later is declared with
`later(default=...)`: files without it still read, and at its default it leaves the fingerprint as it was. Where a
field may hold one of several classes, their `kind` is written beside the values, so that two classes with equal fields
stay two things.
"""

import dataclasses
import functools
import hashlib
import json
import types
import typing
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, TypeVar, dataclass_transform

from smwm_lab.errors import InputError, check, shown


C = TypeVar("C", bound="Config")
KIND = "kind"
"""Key under which the class of a value stands where several are possible."""


class Config:
    """Base of all configurations; subclasses are decorated with `@config`."""

    __dataclass_fields__: ClassVar[dict[str, dataclasses.Field[Any]]]
    version: ClassVar[int] = 1
    """Part of the fingerprint: raised when code, with the same fields, gives other results."""
    kind: ClassVar[str] = ""
    """Name of the class where one of several is meant; with its module for classes of other packages."""
    is_open: ClassVar[bool] = False
    """Whether a field of this class may hold any of its subclasses, those of other packages too."""
    kind_in_fingerprint: ClassVar[bool] = True
    """False for the classes that were told apart by their fields alone when the first runs were stored."""

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as plain JSON values."""
        return {name: _plain(hint, value) for name, hint, value in _items(self)}

    @classmethod
    def from_dict(cls: type[C], values: Any) -> C:
        """Return the configuration stored by `to_dict`; raise `InputError` for an unknown or missing key."""
        check(isinstance(values, Mapping), f"{cls.__name__} is a {type(values).__name__}; allowed: a JSON object")
        fields = {f.name: f for f in dataclasses.fields(cls)}
        unknown = sorted(set(values) - set(fields))
        check(not unknown, f"{cls.__name__} has no field {', '.join(unknown)}; allowed: {', '.join(fields)}")
        missing = sorted(_needed(cls) - set(values))
        check(not missing, f"{cls.__name__} lacks the field {', '.join(missing)}; needed: {', '.join(fields)}")
        hints = _hints(cls)  # type: ignore[arg-type] # a class is hashable, whatever its instances are
        return cls(**{key: _decode(hints[key], value, f"{cls.__name__}.{key}") for key, value in values.items()})

    def replace(self: C, **changes: Any) -> C:
        """Return a copy with some fields changed, validated anew."""
        return type(self).from_dict({**self.to_dict(), **changes})

    def fingerprint(self) -> str:
        """Return 16 hex digits that change whenever any field does.

        The name of the class is part of it, so two kinds of configuration never share a key.
        """
        raised = _raised_versions(self)
        text = json.dumps([self.kind, self.version, _identity(self), *raised], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def diff(self, other: "Config") -> dict[str, tuple[Any, Any]]:
        """Return the fields that differ from `other`, whereabouts aside, as name -> (here, there)."""
        here, there, mine, theirs = self.to_dict(), other.to_dict(), _identity(self), _identity(other)
        return {k: (here.get(k), there.get(k)) for k in here | there if mine.get(k) != theirs.get(k)}


def later(default: Any) -> Any:
    """Declare a field that did not exist when the first files of its class were written; see the head of this module.

    Named where it is used, `later(default=...)`: type checkers see a default only there.

    >>> @config
    ... class Example(Config):
    ...     size: int = 1
    ...     colour: str = later(default="red")
    >>> Example.from_dict({"size": 2}).colour
    'red'
    """
    if isinstance(default, Mapping):  # every configuration gets a mapping of its own
        return dataclasses.field(default_factory=lambda: dict(default), metadata={"later": True})
    return dataclasses.field(default=default, metadata={"later": True})


def whereabouts() -> Any:
    """Declare a field that says where something lies, not what it is: two configurations that differ in it are equal.

    >>> @config
    ... class Stored(Config):
    ...     path: str = whereabouts()
    ...     content: str
    >>> Stored(path="a", content="x").fingerprint() == Stored(path="b", content="x").fingerprint()
    True
    """
    return dataclasses.field(compare=False, metadata={"whereabouts": True})


def _items(one: Config) -> Iterator[tuple[str, Any, Any]]:
    """Yield name, annotation and value of every field."""
    hints = _hints(type(one))  # type: ignore[arg-type]
    for field in dataclasses.fields(one):
        yield field.name, hints[field.name], getattr(one, field.name)


@functools.cache
def _hints(cls: type[Config]) -> dict[str, Any]:
    """Return the annotations of a class as types; resolving them takes longer than all the rest."""
    return typing.get_type_hints(cls)


def _needed(cls: type[Config]) -> set[str]:
    """Return the fields that every stored configuration of a class has."""
    return {field.name for field in dataclasses.fields(cls) if not field.metadata.get("later")}


def _names(cls: type[Config]) -> set[str]:
    return {field.name for field in dataclasses.fields(cls)}


def _plain(hint: Any, value: Any) -> Any:
    """Return a value as JSON would read it back; a configuration under a hint of several classes says its kind."""
    if isinstance(value, Config):
        return ({KIND: value.kind} if _is_ambiguous(hint) else {}) | value.to_dict()
    if isinstance(value, tuple):
        args = typing.get_args(hint)
        return [_plain(args[0] if args else Any, item) for item in value]
    if isinstance(value, Mapping):
        args = typing.get_args(hint)
        return {key: _plain(args[1] if args else Any, item) for key, item in value.items()}
    return value


def _identity(one: Config) -> dict[str, Any]:
    """Return what makes a configuration itself: `to_dict` without whereabouts, and later fields at their defaults."""
    known = {field.name: field for field in dataclasses.fields(one)}
    values: dict[str, Any] = {}
    for name, hint, value in _items(one):
        field = known[name]
        if field.metadata.get("whereabouts") or (field.metadata.get("later") and value == _default(field)):
            continue
        values[name] = _identity_of(hint, value)
    return values


def _identity_of(hint: Any, value: Any) -> Any:
    """Return the identity of a field's value; configurations inside a tuple or mapping have theirs too."""
    if isinstance(value, Config):
        tells = _is_ambiguous(hint) and value.kind_in_fingerprint
        return ({KIND: value.kind} if tells else {}) | _identity(value)
    args = typing.get_args(hint)
    if isinstance(value, tuple):
        return [_identity_of(args[0] if args else Any, item) for item in value]
    if isinstance(value, Mapping):
        return {key: _identity_of(args[1] if args else Any, item) for key, item in value.items()}
    return value


def _default(field: "dataclasses.Field[Any]") -> Any:
    return field.default if field.default_factory is dataclasses.MISSING else field.default_factory()


def _classes(hint: Any) -> tuple[type[Config], ...]:
    """Return the configurations that a field of this annotation may hold."""
    return tuple(cls for option in _options(hint) for cls in (_subclasses(option) if _is_open(option) else [option]))


def _is_ambiguous(hint: Any) -> bool:
    """Return whether values under an annotation need their kind beside them."""
    options = _options(hint)
    return len(options) > 1 or any(map(_is_open, options))


def _options(hint: Any) -> list[type[Config]]:
    """Return the configurations that an annotation names."""
    named = typing.get_args(hint) if typing.get_origin(hint) in (types.UnionType, typing.Union) else (hint,)
    return [option for option in named if isinstance(option, type) and issubclass(option, Config)]


def _is_open(cls: type[Config]) -> bool:
    return "is_open" in cls.__dict__ and cls.is_open


def _subclasses(base: type[Config]) -> list[type[Config]]:
    return [cls for sub in base.__subclasses__() for cls in (sub, *_subclasses(sub)) if not _is_open(cls)]


def _raised_versions(outer: Config) -> list[list[Any]]:
    """Return name and version of every configuration inside another whose version is not the first."""
    inner = [found for name, _, value in _items(outer) for found in _configs(name, value)]
    here = [[name, value.version] for name, value in inner if value.version != 1]
    return here + [[name, raised] for name, value in inner for raised in _raised_versions(value)]


def _configs(name: str, value: Any) -> list[tuple[str, Config]]:
    """Return the configurations that a field's value is or holds, each with its name."""
    if isinstance(value, Config):
        return [(name, value)]
    if isinstance(value, tuple):
        return [found for item in value for found in _configs(name, item)]
    if isinstance(value, Mapping):
        return [found for key, item in sorted(value.items()) for found in _configs(f"{name}.{key}", item)]
    return []


@dataclass_transform(
    kw_only_default=True, frozen_default=True, field_specifiers=(later, whereabouts, dataclasses.field)
)
def config(cls: type[C]) -> type[C]:
    """Make `cls` a frozen keyword-only dataclass whose fields have exactly the annotated types.

    So 10 and 10.0 in a float field are one value with one fingerprint, and a wrong type is an `InputError`.
    """
    validate = cls.__dict__.get("__post_init__")

    def __post_init__(self: C) -> None:
        for name, hint, value in _items(self):
            object.__setattr__(self, name, _decode(hint, value, f"{cls.__name__}.{name}"))
        if validate is not None:
            validate(self)

    cls.__post_init__ = __post_init__  # type: ignore[attr-defined]
    ours = cls.__module__.partition(".")[0] == "smwm_lab"
    cls.kind = cls.__name__ if ours else f"{cls.__module__}:{cls.__qualname__}"
    return dataclasses.dataclass(frozen=True, kw_only=True)(cls)


def _decode(hint: Any, value: Any, where: str) -> Any:
    """Turn a JSON value into the annotated type, strictly: no silent conversion but int -> float."""
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    if value is None and type(None) in args:
        return None
    if _options(hint):
        return _decode_config(_classes(hint), value, where)
    if origin in (types.UnionType, typing.Union):
        [only] = [option for option in args if option is not type(None)]
        return _decode(only, value, where)
    if origin is tuple and isinstance(value, list | tuple):
        return tuple(_decode(args[0], item, where) for item in value)
    if origin is dict and isinstance(value, Mapping):
        return {_decode(args[0], k, where): _decode(args[1], v, where) for k, v in value.items()}
    if hint is float and type(value) in (int, float):
        try:
            return float(value)
        except OverflowError as error:
            raise InputError(f"{where} is a whole number that no float holds; allowed: up to 1.8e308") from error
    if type(value) is not hint:
        name = getattr(hint, "__name__", str(hint))
        raise InputError(f"{where} = {shown(value)} has the wrong type; allowed: {name}")
    return value


def _decode_config(classes: tuple[type[Config], ...], value: Any, where: str) -> Config:
    """Decode one of several configurations, told apart by their kind; in old files by their set of fields."""
    names = " or ".join(cls.kind for cls in classes)
    if isinstance(value, classes):
        return value
    if not isinstance(value, Mapping):
        raise InputError(f"{where} = {shown(value)} has the wrong type; allowed: {names}")
    if KIND in value:
        chosen = [cls for cls in classes if cls.kind == value[KIND]]  # several if a notebook's cell ran again
        unknown = f"{where} is of the kind {value[KIND]!r}; allowed: {names} (import or install what defines it first)"
        check(len(chosen) > 0, unknown)
        return chosen[-1].from_dict({key: item for key, item in value.items() if key != KIND})
    if len(classes) == 1:
        return classes[0].from_dict(value)
    fitting = [cls for cls in classes if ":" not in cls.kind and _needed(cls) <= set(value) <= _names(cls)]
    keys = ", ".join(sorted(map(str, value)))
    check(len(fitting) == 1, f"{where} has the keys {keys}; allowed: a {KIND!r}, or exactly the fields of {names}")
    return fitting[0].from_dict(value)
