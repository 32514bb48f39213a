"""Worlds by name: those of this package, those that other packages bring, and any `package.module:World`.

    make_world("distractor")            resolve_world("my_package.rings:RingWorld").config
    register_world(WorldEntry(name="rings", config=RingConfig()))

A package brings worlds through an entry point of the group `smwm_lab.worlds`, whose value is a `WorldEntry` or a
subclass of `World`. An entry says beside the configuration what a training preset needs to know of the world.
"""

import importlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from smwm_lab.errors import InputError, check, check_choice, check_count, check_instance, shown
from smwm_lab.worlds.base import World, WorldConfig
from smwm_lab.worlds.dots import DotWorldConfig
from smwm_lab.worlds.sprite import SpriteWorldConfig
from smwm_lab.worlds.two_room import TwoRoomConfig
from smwm_lab.worlds.validation import ask, validate_world


GROUP = "smwm_lab.worlds"
"""Group of the entry points through which packages bring worlds."""


@dataclass(frozen=True, kw_only=True)
class WorldEntry:
    """A world with its name, and what it takes to learn it."""

    name: str
    config: WorldConfig
    budget: int = 40_000
    """Transitions seen at preset `quick`."""
    planning_budget: int | None = None
    """Transitions of trajectories seen by a run to plan with at `quick`; None for three times `budget`."""
    recipe: Mapping[str, Any] = field(default_factory=dict)
    """What short runs change of the common recipe: fields of `TrainConfig` (a curriculum) or `ModelConfig` (widths)."""
    paper_transitions: int = 250_000
    """Transitions in the data set of preset `paper`."""
    paper_epochs: int = 100
    """Passes over them."""
    trajectories_only: bool = False
    """Whether the world is always learned from trajectories, never from independent pairs."""

    def __post_init__(self):
        named = isinstance(self.name, str) and re.fullmatch(r"[\w.:-]+", self.name) is not None
        check(named, f"name = {shown(self.name)} is no name of a world; allowed: letters, digits and _ . : -")
        check_instance(f"config of {self.name}", self.config, WorldConfig)
        for field_name in ("budget", "num_planning_transitions", "paper_transitions", "paper_epochs"):
            check_count(f"{field_name} of {self.name}", getattr(self, field_name), 1, 10**12)

    @property
    def num_planning_transitions(self) -> int:
        """Transitions seen by a planning run at `quick`."""
        return 3 * self.budget if self.planning_budget is None else self.planning_budget


def _dots(name: str, *groups: str, **learning: Any) -> WorldEntry:
    return WorldEntry(name=name, config=DotWorldConfig(groups=groups), **learning)


def _sprite(control: str, **learning: Any) -> WorldEntry:
    return WorldEntry(name=f"sprite_{control}", config=SpriteWorldConfig(control=control), paper_epochs=200, **learning)


_BUILT_IN = (
    _dots("single_dot", "independent", budget=20_000),
    _dots("independent", "independent", "independent", budget=60_000),
    _dots("coupled", "coupled", budget=40_000),
    _dots("distractor", "independent", "random", budget=30_000),
    _dots("combined", "coupled", "independent", "independent", "random", budget=150_000, planning_budget=300_000),
    _sprite("none", budget=20_000),
    _sprite("x", budget=30_000),
    _sprite("xy", budget=40_000),
    # a curriculum of angles: while no latent holds the angle, no gradient points to it (data/curriculum.py)
    _sprite("xyt", budget=150_000, planning_budget=180_000, recipe={"sector": 0.15, "sector_opens": (0.1, 0.7)}),
    # a narrower encoder at two fifths of the price: what is hard here is the wall, not the image
    WorldEntry(
        name="two_room",
        config=TwoRoomConfig(),
        budget=200_000,
        planning_budget=200_000,
        recipe={"channels": (16, 32, 64)},
        paper_transitions=200_000,
        paper_epochs=10,
        trajectories_only=True,
    ),
)
_ENTRIES: dict[str, WorldEntry] = {entry.name: entry for entry in _BUILT_IN}
_ORIGIN: dict[str, str] = dict.fromkeys(_ENTRIES, "smwm_lab")
BUILT_IN: tuple[str, ...] = tuple(_ENTRIES)
"""Worlds of this package, with the sizes of arXiv 2606.20104; the four sprite worlds share their dynamics."""


SIMULATORS: dict[str, str] = {
    "reacher": "smwm_lab.environments.reacher:Reacher",
    "push_t": "smwm_lab.environments.push_t:PushT",
    "cube": "smwm_lab.environments.cube:Cube",
}
"""Simulators that are worlds once they are asked for: name -> module and class."""


class _Worlds(Mapping[str, WorldConfig]):
    """Name -> configuration of every registered world; entry points are read when all names are asked for."""

    def __getitem__(self, name: str) -> WorldConfig:
        if name not in _ENTRIES:
            load_entry_points()
        return _ENTRIES[name].config

    def __iter__(self) -> Iterator[str]:
        load_entry_points()
        return iter(tuple(_ENTRIES))

    def __len__(self) -> int:
        load_entry_points()
        return len(_ENTRIES)

    def __repr__(self) -> str:
        return f"WORLDS({', '.join(self)})"


WORLDS: Mapping[str, WorldConfig] = _Worlds()
"""Name -> configuration of every registered world."""


def register_world(entry: WorldEntry, *, origin: str = "register_world") -> WorldEntry:
    """Add a world under its name, after it has shown that it keeps its promises; return its entry.

    origin: who brings it, for the message about two worlds of one name. Raises `InputError` for a name that is taken by
    another world, and for a world whose shapes, dtypes or ranges are not as its spec says.
    """
    check_instance("entry", entry, WorldEntry)
    known = _ENTRIES.get(entry.name)
    if known == entry:
        return known
    check(
        known is None or _is_defined_again(known, entry),
        f"two worlds are called {entry.name!r}: one of {_ORIGIN.get(entry.name)}, one of {origin}; rename one of them",
    )
    kind = type(entry.config).__name__
    decorated = "kind" in type(entry.config).__dict__
    check(decorated, f"world {entry.name}: its configuration {kind} is no @config class; decorate it with @config")
    validate_world(ask(entry.name, "__init__", lambda: make_world(entry.config)), entry.name)
    _ENTRIES[entry.name], _ORIGIN[entry.name] = entry, origin
    return entry


def _is_defined_again(known: WorldEntry, entry: WorldEntry) -> bool:
    """Return whether the class of an entry's configuration was defined anew, as by a notebook's cell that ran again."""
    before, now = type(known.config), type(entry.config)
    return before is not now and ":" in now.kind and before.kind == now.kind


def resolve_world(world: str) -> WorldEntry:
    """Return the entry of a registered name or of `package.module:World`; raise `InputError` for anything else.

    >>> resolve_world("sprite_x").budget
    30000
    """
    check_instance("world", world, str, ", ".join(BUILT_IN))
    if world in _ENTRIES:
        return _ENTRIES[world]
    if world in SIMULATORS or ":" in world:
        return _from_module(world)
    check_choice("world", world, (*WORLDS, *SIMULATORS, "package.module:World"))
    return _ENTRIES[world]


def make_world(world: str | WorldConfig) -> World:
    """Return the world of a name or of a configuration; raise `InputError` for an unknown name.

    >>> make_world("distractor").spec.state_names
    ('red_x', 'red_y', 'green_x', 'green_y')
    """
    config = resolve_world(world).config if isinstance(world, str) else world
    check_instance("world", config, WorldConfig, f"or a name: {', '.join(BUILT_IN)}")
    classes = _world_classes(World)  # type: ignore[type-abstract]
    made_from = [cls for cls in classes if _has_own_config(cls) and cls.config_class is type(config)]
    check(
        len(made_from) == 1,
        f"{len(made_from)} worlds are made from a {type(config).__name__}; allowed: one World with that config_class",
    )
    return made_from[0](config)  # type: ignore[call-arg]


def world_name(config: WorldConfig) -> str:
    """Return the name under which a configuration is registered, else its label, its kind if foreign, or 'custom'."""
    check_instance("config", config, WorldConfig)
    named = next((name for name, entry in _ENTRIES.items() if entry.config == config), None)
    return named or config.label or (config.kind if ":" in config.kind else "custom")


def is_known_kind(kind: str) -> bool:
    """Return whether some world is made from configurations of this kind."""
    classes = _world_classes(World)  # type: ignore[type-abstract]
    return any(cls.__dict__["config_class"].kind == kind for cls in classes if _has_own_config(cls))


def load_entry_points() -> None:
    """Register the worlds that installed packages bring; raise `InputError` for one that fails."""
    for point in entry_points(group=GROUP):
        if point.name not in _ENTRIES or _ORIGIN[point.name] != point.value:
            register_world(_from_entry_point(point), origin=point.value)


def _from_entry_point(point: EntryPoint) -> WorldEntry:
    where = f"entry point {point.name} = {point.value} of the group {GROUP}"
    try:
        found = point.load()
    except Exception as error:
        reason = f"{type(error).__name__}: {error}".splitlines()[0]
        raise InputError(f"{where} fails ({reason}); mend or uninstall its package") from error
    return _as_entry(found, point.name, where)


def _from_module(text: str) -> WorldEntry:
    """Import `package.module:World` and return its entry; a class is registered under this text.

    A class that is no world may have an entry of its own, `world_entry(name)`, which is not registered.
    """
    module_name, _, attribute = SIMULATORS.get(text, text).partition(":")
    try:
        module = importlib.import_module(module_name)
    except Exception as error:
        reason = f"{type(error).__name__}: {error}".splitlines()[0]
        raise InputError(
            f"world {text!r}: module {module_name!r} cannot be imported ({reason}); run from its folder, or install it"
        ) from error
    found = getattr(module, attribute, None)
    worlds = [key for key, value in vars(module).items() if isinstance(value, type) and issubclass(value, World)]
    names = ", ".join(key for key in worlds if key != "World") or "none there is a World"
    check(found is not None, f"world {text!r}: module {module_name!r} has no {attribute!r}; allowed: {names}")
    own = getattr(found, "world_entry", None)
    if callable(own):
        return own(text)
    return register_world(_as_entry(found, text, f"world {text!r}"), origin=text)


def _as_entry(found: object, name: str, where: str) -> WorldEntry:
    """Return an entry as it is, or that of a subclass of `World` at the defaults of its configuration."""
    if isinstance(found, WorldEntry):
        return found
    check(
        isinstance(found, type) and issubclass(found, World),
        f"{where} is a {type(found).__name__}; allowed: a subclass of smwm_lab.World, or a WorldEntry",
    )
    config_class = getattr(found, "config_class", None)
    check(
        isinstance(config_class, type) and issubclass(config_class, WorldConfig),
        f"{where} has config_class = {config_class!r}; allowed: a subclass of WorldConfig, decorated with @config",
    )
    assert config_class is not None
    try:
        return WorldEntry(name=name, config=config_class())
    except TypeError as error:
        raise InputError(f"{where}: {error}; give every field of {config_class.__name__} a default") from error


def _world_classes(base: type[World]) -> list[type[World]]:
    return [cls for sub in base.__subclasses__() for cls in (sub, *_world_classes(sub))]


def _has_own_config(cls: type[World]) -> bool:
    """Return whether a class names its configuration itself; one that only inherits it is a variant of another."""
    own = cls.__dict__.get("config_class")
    return isinstance(own, type) and issubclass(own, WorldConfig)
