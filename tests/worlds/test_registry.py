"""Worlds from outside: claims proved here.

- A module that does not import, an attribute that is missing or no world, a configuration without defaults, and every
  promise of the interface that a world breaks are told in one line that names module, attribute, value and remedy.
- Entry points bring worlds; one that fails, or brings a name that is taken, is one line too.
- The names of this package need no entry point: a broken package does not stop them.
"""

import dataclasses
import sys
from importlib.metadata import EntryPoint

import pytest
import torch
from toy_world import BeadConfig, BeadWorld

from smwm_lab.config import config
from smwm_lab.errors import InputError
from smwm_lab.training import planning_config, preset_config
from smwm_lab.worlds import WORLDS, Step, WorldConfig, WorldEntry, make_world, register_world, registry, resolve_world
from smwm_lab.worlds.validation import validate_world


def one_line(message: str):
    return pytest.raises(InputError, match=message)


@pytest.fixture
def module(tmp_path, monkeypatch):
    """Write a module and make it importable."""
    monkeypatch.syspath_prepend(tmp_path)
    names = []

    def write(name: str, text: str) -> None:
        (tmp_path / f"{name}.py").write_text(text)
        names.append(name)

    yield write
    for name in names:
        sys.modules.pop(name, None)


def test_a_name_that_nobody_knows_lists_those_that_are_known():
    with one_line("world = 'dot' is unknown; allowed: single_dot, .*, package.module:World"):
        resolve_world("dot")


@pytest.mark.parametrize(
    ("world", "message"),
    [
        (
            "no_such_module:World",
            "module 'no_such_module' cannot be imported .ModuleNotFoundError.*run from its",
        ),
        ("broken_world:World", "module 'broken_world' cannot be imported .ZeroDivisionError: division by zero"),
        ("half_world:Other", "module 'half_world' has no 'Other'; allowed: Half"),
        ("half_world:number", "'half_world:number' is a int; allowed: a subclass of smwm_lab.World, or a WorldEntry"),
        ("half_world:Half", "'half_world:Half' has config_class = None; allowed: a subclass of WorldConfig"),
        ("half_world:Needy", "missing 1 required keyword-only argument: 'size'; give every field of NeedyConfig"),
    ],
)
def test_what_cannot_be_a_world_is_one_line(module, world, message):
    module("broken_world", "1 / 0\n")
    module(
        "half_world",
        "from smwm_lab.config import config\nfrom smwm_lab.worlds import World, WorldConfig\nnumber = 3\n"
        "class Half(World):\n    config_class = None\n"
        "@config\nclass NeedyConfig(WorldConfig):\n    size: int\n"
        "class Needy(World):\n    config_class = NeedyConfig\n",
    )
    with one_line(message) as caught:
        resolve_world(world)
    assert "\n" not in str(caught.value)


class Lying(BeadWorld):
    """A bead whose promises a test breaks, one at a time."""

    def __init__(self, **lies):
        super().__init__(BeadConfig())
        for name, lie in lies.items():
            setattr(self, name, lie)


def spec(**changes):
    return dataclasses.replace(make_world(BeadConfig()).spec, **changes)


LIES = [
    ({"spec": None}, "spec is no WorldSpec"),
    ({"spec": spec(state_units=("px",))}, "spec.state_units has 1 entries; allowed: 2"),
    ({"spec": spec(observation_shape=(3, 32, 30))}, "spec.observation_shape = .*allowed: .3, side, side."),
    ({"spec": spec(observation_shape=(3, 64, 64))}, r"render returned uint8 .8, 3, 32, 32.; allowed: uint8 .8, 3, 64"),
    ({"spec": spec(state_names=("x",), state_units=("px",), state_low=(2.0,), state_high=(9.0,), controllable=(True,))},
     r"sample_state returned float32 \(8, 2\); allowed: float32 \(8, 1\)"),
    ({"spec": spec(state_high=(5.0, 5.0))}, "sample_state returned a state x = .* lies outside the world.*widen"),
    ({"sample_state": lambda n, generator, anywhere=False: torch.full((n, 2), torch.nan)}, "sample_state returned NaN"),
    ({"sample_state": lambda n, generator, anywhere=False: torch.zeros(n, 2, dtype=torch.float64)},
     "sample_state returned float64"),
    ({"behaviour_action": lambda state, generator: torch.full((len(state), 1), 1.5)},
     "behaviour_action returned an action of size 1.5; allowed: -1 to 1"),
    ({"step": lambda state, action, generator: Step(state, torch.zeros(len(state), 3))},
     r"step\(...\).action returned float32 \(8, 3\)"),
    ({"step": lambda state, action, generator: (state, action)}, "step returned a tuple; allowed: a Step"),
    ({"spec": spec(state_units=("deg", "px"))}, "spec.state_units has 'deg'"),
    ({"spec": spec(state_names=("x", "x"))}, "spec.state_names = .*one name each, none twice"),
    ({"spec": spec(state_high=(1.0, 29.0))}, "spec ranges from 2 to 1; allowed: state_low < state_high"),
    ({"cells": lambda state: None}, "cells returned a NoneType"),
    ({"step": lambda state, action, generator: 1 / 0}, "step fails .ZeroDivisionError: division by zero.; mend it"),
    ({"render": lambda state: torch.zeros(len(state), 3, 32, 32)}, "render returned float32"),
    ({"render": lambda state: None}, "render returned a NoneType"),
    ({"cells": lambda state: state}, "cells returned float32 .8, 2.; allowed: int64"),
    ({"near_cell_border": lambda state: torch.zeros(len(state))}, "near_cell_border returned float32"),
]  # fmt: skip


@pytest.mark.parametrize(("size", "fits"), [(1.0000001, True), (-1.0000001, True), (1.001, False)])
def test_actions_may_exceed_their_box_by_rounding_and_no_more(size, fits):
    world = Lying(step=lambda state, action, generator: Step(state, torch.full((len(state), 1), size)))
    if fits:
        validate_world(world, "lying")
    else:
        with one_line(r"^world lying: step\(...\).action returned an action of size 1.001; allowed: -1 to 1"):
            validate_world(world, "lying")


@pytest.mark.parametrize(("lies", "message"), LIES)
def test_a_world_that_lies_about_itself_is_told_in_one_line(lies, message):
    with one_line(f"^world lying: {message}") as caught:
        validate_world(Lying(**lies), "lying")
    assert "\n" not in str(caught.value)


def test_a_world_that_keeps_its_promises_passes():
    validate_world(Lying(), "honest")
    for name in registry.BUILT_IN:
        validate_world(make_world(name), name)


def test_a_configuration_of_no_world_is_refused():
    @config
    class Nothing(BeadConfig):
        pass

    with one_line("0 worlds are made from a Nothing"):
        make_world(Nothing())


@pytest.fixture
def brings(monkeypatch):
    """Let a package bring worlds, NAME="module:attribute"; what it brought is forgotten after the test."""
    known, origins = dict(registry._ENTRIES), dict(registry._ORIGIN)

    def bring(**points: str) -> None:
        made = [EntryPoint(name, value, registry.GROUP) for name, value in points.items()]
        monkeypatch.setattr(registry, "entry_points", lambda group: made if group == registry.GROUP else [])

    yield bring
    for table, before in ((registry._ENTRIES, known), (registry._ORIGIN, origins)):
        table.clear()
        table.update(before)


BEADS = """
from toy_world import BeadConfig, BeadWorld
from smwm_lab.worlds import WorldEntry
ENTRY = WorldEntry(name="bead", config=BeadConfig(), budget=500)
OTHER = WorldEntry(name="single_dot", config=BeadConfig())
"""


def test_an_entry_point_brings_a_world(module, brings):
    module("beads", BEADS)
    brings(bead="beads:ENTRY", bar="beads:BeadWorld")
    assert WORLDS["bead"] == BeadConfig() and {"bead", "bar"} <= set(WORLDS)
    assert resolve_world("bead").budget == 500 and make_world("bar").spec.action_names == ("dx",)


def test_an_entry_point_that_fails_is_one_line_and_stops_no_other_world(brings):
    brings(bead="no_such_beads:ENTRY")
    with one_line("entry point bead = no_such_beads:ENTRY of the group smwm_lab.worlds fails .ModuleNot") as caught:
        resolve_world("bead")
    assert "\n" not in str(caught.value) and str(caught.value).endswith("mend or uninstall its package")
    assert make_world("single_dot").spec.action_dim == 2


def test_two_worlds_of_one_name_are_refused(module, brings):
    module("beads", BEADS)
    brings(single_dot="beads:OTHER")
    with one_line("two worlds are called 'single_dot': one of smwm_lab, one of beads:OTHER; rename"):
        list(WORLDS)
    with one_line("two worlds are called 'coupled': one of smwm_lab, one of register_world"):
        register_world(WorldEntry(name="coupled", config=BeadConfig()))


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        (lambda: WorldEntry(name="../a b", config=BeadConfig()), "name = '../a b' is no name of a world"),
        (
            lambda: WorldEntry(name="bead", config=BeadConfig(), planning_budget=-5),
            "num_planning_transitions of bead = -",
        ),
        (
            lambda: WorldEntry(name="bead", config=BeadConfig(), paper_epochs=0),
            "paper_epochs of bead = 0 is out of",
        ),
    ],
)
def test_an_entry_that_says_nonsense_is_refused(entry, message):
    with one_line(message):
        entry()


def test_a_recipe_may_change_any_field_and_no_other(brings):
    register_world(WorldEntry(name="bead_64", config=BeadConfig(side=48), recipe={"batch_size": 64, "latent_dim": 8}))
    for preset in ("smoke", "quick"):
        made = preset_config("bead_64", preset, budget=256)
        assert (made.batch_size, made.model.latent_dim) == (64, 8)
    register_world(WorldEntry(name="bead_x", config=BeadConfig(side=56), recipe={"nope": 1}))
    with one_line("recipe of world bead_x has nope; allowed: fields of TrainConfig, ModelConfig"):
        preset_config("bead_x")


AGAIN = """
from smwm_lab.config import config
from toy_world import BeadConfig, BeadWorld

@config
class MineConfig(BeadConfig):
    side: int = {side}

class Mine(BeadWorld):
    config_class = MineConfig
"""


def test_a_cell_that_runs_again_replaces_its_world(brings):
    """The classes have one kind; the newest is meant, in the registry and where a configuration is read."""
    for side in (24, 40):
        cell: dict[str, object] = {"__name__": "notebook"}
        exec(AGAIN.format(side=side), cell)
        entry = register_world(WorldEntry(name="mine", config=cell["MineConfig"](), budget=512))
        assert make_world("mine").spec.observation_shape == (3, side, side)
        assert type(planning_config("mine", "smoke").replace(seed=1).world) is type(entry.config)


def test_a_configuration_without_its_decorator_is_refused():
    """Without it all values would share one fingerprint."""

    class Bare(WorldConfig):
        pass

    with one_line("world bare: its configuration Bare is no @config class; decorate it"):
        register_world(WorldEntry(name="bare", config=Bare()))
