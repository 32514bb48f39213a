"""Claims: configurations survive JSON exactly, refuse what they do not know, and no two share a cache key;
random streams have names, and different names never share numbers."""

import dataclasses
import json

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from smwm_lab import paths
from smwm_lab.config import Config, config, later
from smwm_lab.data import Region
from smwm_lab.errors import InputError
from smwm_lab.models import ModelConfig
from smwm_lab.objectives import ObjectiveConfig, SIGRegConfig
from smwm_lab.seeding import generator, stream_seed
from smwm_lab.training import RefitConfig, TrainConfig, preset_config, shipped_configs
from smwm_lab.worlds import DotWorldConfig, SpriteWorldConfig, TwoRoomConfig


@config
class Inner(Config):
    """A small configuration."""

    size: int = 1


@config
class Other(Config):
    """Another one."""

    reach: float = 1.0


@config
class Outer(Config):
    """One field of every kind the decoder knows."""

    one: Inner
    either: Inner | Other
    maybe: float | None
    names: tuple[str, ...]
    weights: dict[str, float]
    flag: bool
    rate: float = 0.5


def outer(**changes) -> Outer:
    values = {
        "one": Inner(),
        "either": Other(),
        "maybe": None,
        "names": ("a", "b"),
        "weights": {"x": 1.0},
        "flag": True,
    }
    return Outer(**(values | changes))


CHANGED = {
    "one": Inner(size=2),
    "either": Inner(size=1),
    "maybe": 0.0,
    "names": ("a",),
    "weights": {"x": 2.0},
    "flag": False,
    "rate": 0.25,
}
VALID = [
    outer(),
    outer(**CHANGED),
    DotWorldConfig(groups=("coupled", "random")),
    SpriteWorldConfig(shape="heart", control="x"),
    TwoRoomConfig(frameskip=1),
    ModelConfig(channels=(8, 16)),
    ObjectiveConfig(weights={"forward": 1.0, "sigreg": 0.1}),
    ObjectiveConfig(weights={"forward": 1.0, "sigreg": 0.1}, terms={"sigreg": SIGRegConfig(num_directions=8)}),
    ModelConfig(latent_activation="identity"),
    preset_config("single_dot"),
    preset_config("sprite_x", "paper"),
    preset_config("two_room", "smoke"),
]


@pytest.mark.parametrize("value", VALID, ids=lambda value: type(value).__name__)
def test_json_round_trip_is_exact(value):
    again = type(value).from_dict(json.loads(json.dumps(value.to_dict())))
    assert again == value
    assert again.fingerprint() == value.fingerprint()


@given(
    side=st.integers(41, 200),
    shape=st.sampled_from([("independent",), ("coupled",), ("random", "static")]),
    step=st.integers(1, 16),
)
def test_json_round_trip_of_any_dot_world(side, shape, step):
    value = DotWorldConfig(side=side + 40, groups=shape, max_step=step)
    assert DotWorldConfig.from_dict(json.loads(json.dumps(value.to_dict()))) == value


def test_an_integer_in_a_float_field_is_the_same_value_with_the_same_key():
    whole, decimal = ObjectiveConfig(weights={"forward": 1}), ObjectiveConfig(weights={"forward": 1.0})
    assert whole == decimal and whole.fingerprint() == decimal.fingerprint()
    assert SpriteWorldConfig(margin=21).fingerprint() == SpriteWorldConfig().fingerprint()


def test_an_unknown_key_is_named_together_with_the_allowed_ones():
    with pytest.raises(InputError, match="DotWorldConfig has no field colour; allowed: groups, side"):
        DotWorldConfig.from_dict(DotWorldConfig().to_dict() | {"colour": "red"})
    with pytest.raises(InputError, match="no field colour"):
        DotWorldConfig().replace(colour="red")


def test_whatever_a_file_holds_is_told_in_one_line():
    known = preset_config("single_dot").to_dict()
    for change in ({"a\nb": 1}, {"learning_rate": 10**400}, {"world": {"kind": "a\nb"}}, {"world": {"a\nb": 1}}):
        with pytest.raises(InputError) as caught:
            TrainConfig.from_dict(known | change)
        assert str(caught.value).isprintable()


def test_a_missing_key_is_an_error_even_where_there_is_a_default():
    values = SpriteWorldConfig().to_dict()
    del values["scale"]
    with pytest.raises(InputError, match="SpriteWorldConfig lacks the field scale"):
        SpriteWorldConfig.from_dict(values)
    with pytest.raises(InputError, match="SpriteWorldConfig is a list; allowed: a JSON object"):
        SpriteWorldConfig.from_dict([1])


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("one", 3),
        ("one", {"size": 1, "more": 2}),
        ("either", {"size": 1, "reach": 2.0}),
        ("either", 3),
        ("maybe", "0"),
        ("names", "ab"),
        ("names", (1,)),
        ("weights", {"x": "1"}),
        ("weights", [1.0]),
        ("flag", 1),
        ("rate", True),
        ("rate", None),
    ],
)
def test_a_wrong_type_is_refused_when_constructed_and_when_read(field, value):
    with pytest.raises(InputError, match=field if field not in ("one",) else "Inner"):
        outer(**{field: value})
    with pytest.raises(InputError):
        Outer.from_dict(outer().to_dict() | {field: value})


def test_no_silent_conversion_of_numbers():
    for wrong in (64.0, "64", True):
        with pytest.raises(InputError, match="DotWorldConfig.side = .* has the wrong type; allowed: int"):
            DotWorldConfig().replace(side=wrong)


@pytest.mark.parametrize("field", [f.name for f in dataclasses.fields(Outer)])
def test_the_fingerprint_changes_with_every_field(field):
    base, changed = outer(), outer(**{field: CHANGED[field]})
    assert base.fingerprint() != changed.fingerprint()
    assert base.diff(changed).keys() == {field}


def test_every_field_of_a_training_run_is_in_its_cache_key():
    base = preset_config("single_dot", "smoke").replace(source="walks", episode_length=4, length=2)
    other = preset_config("coupled", "smoke")
    changed = {
        "world": other.world,
        "model": base.model.replace(hidden_dim=32),
        "objective": ObjectiveConfig(weights={"forward": 1.0}),
        "budget": base.budget + 1,
        "num_transitions": base.num_transitions + 1,
        "batch_size": base.batch_size + 2,
        "source": "pairs",
        "episode_length": 5,
        "length": 1,
        "action_label": "commanded",
        "learning_rate": 2e-3,
        "adam_beta2": 0.9,
        "warmup_fraction": 0.2,
        "decay": not base.decay,
        "held_out_fraction": 0.2,
        "seed": 1,
        "sector": 0.5,
        "sector_opens": (0.1, 0.5),
        "widening": 0.5,
        "widening_opens": (0.1, 0.5),
        "region": Region(low={"red_x": 0.0}, high={"red_x": 20.0}),
        "refit": RefitConfig(steps=2),
    }
    assert changed.keys() == {field.name for field in dataclasses.fields(base)}, "a new field needs its place here"
    pairs = {"source": "pairs", "episode_length": 1, "length": 1}
    together = {"source": pairs, "sector": pairs}
    keys = {base.fingerprint()} | {
        base.replace(**together.get(name, {}) | {name: value}).fingerprint() for name, value in changed.items()
    }
    assert len(keys) == 1 + len(dataclasses.fields(base))


def test_two_kinds_of_configuration_never_share_a_key():
    assert Inner(size=1).to_dict() != Other().to_dict()
    twin = config(type("Twin", (Config,), {"__annotations__": {"size": int}, "size": 1, "__module__": __name__}))
    assert twin().to_dict() == Inner().to_dict() and twin().fingerprint() != Inner().fingerprint()


def test_raising_the_version_of_an_inner_configuration_changes_the_key_of_the_outer(monkeypatch):
    config = preset_config("single_dot", "smoke")
    before = config.fingerprint()
    monkeypatch.setattr(type(config.world), "version", 2)
    assert config.fingerprint() != before


@config
class Grown(Config):
    """`Inner` of a later version."""

    size: int = 1
    colour: str = later("red")


def holder(inner: type[Config]) -> type[Config]:
    """A class that holds configurations in a tuple and a mapping; equal names, so that only the contents tell."""
    annotations = {"several": tuple[inner, ...], "named": dict[str, inner]}
    return config(type("Holder", (Config,), {"__annotations__": annotations, "__module__": __name__}))


def test_a_mapping_that_was_added_later_leaves_old_files_and_keys_alone():
    def version(**fields) -> type[Config]:
        hints = {"size": int, "named": dict[str, Inner]} if fields else {"size": int}
        return config(type("Version", (Config,), {"__annotations__": hints, "__module__": __name__, **fields}))

    old, new = version(), version(named=later({}))
    assert new(size=2).fingerprint() == old(size=2).fingerprint() != new(size=2, named={"a": Inner()}).fingerprint()
    assert new.from_dict({"size": 2}) == new(size=2) and new(size=2).named is not new(size=2).named


def test_configurations_inside_tuples_and_mappings_may_grow_too():
    before = holder(Inner)(several=(Inner(),), named={"a": Inner()})
    after = holder(Grown)(several=(Grown(),), named={"a": Grown()})
    assert before.fingerprint() == after.fingerprint()
    for changes in ({"several": (Grown(colour="blue"),)}, {"named": {"a": Grown(colour="blue")}}):
        assert after.replace(**changes).fingerprint() != before.fingerprint()
    assert type(after).from_dict(json.loads(json.dumps(after.to_dict()))) == after


@pytest.mark.parametrize("place", ["several", "named"])
def test_raising_the_version_of_a_configuration_inside_a_tuple_or_mapping_changes_the_key(monkeypatch, place):
    values = {"several": (), "named": {}} | {place: (Inner(),) if place == "several" else {"a": Inner()}}
    value = holder(Inner)(**values)
    before = value.fingerprint()
    monkeypatch.setattr(Inner, "version", 2)
    assert value.fingerprint() != before


def test_a_configuration_cannot_be_changed_in_place():
    weights = {"forward": 1.0}
    value = ObjectiveConfig(weights=weights)
    weights["forward"] = 5.0
    assert value.weights == {"forward": 1.0}
    with pytest.raises(dataclasses.FrozenInstanceError):
        value.weights = {}


@given(seed=st.integers(0, 2**63 - 1), index=st.integers(0, 10_000))
def test_streams_differ_by_name_index_and_seed(seed, index):
    base = stream_seed(seed, "training", index)
    assert base == stream_seed(seed, "training", index)
    assert 0 <= base < 2**63
    others = {
        stream_seed(seed, "evaluation", index),
        stream_seed(seed, "training", index + 1),
        stream_seed((seed + 1) % 2**63, "training", index),
    }
    assert base not in others and len(others) == 3


def test_seed_plus_one_is_not_the_next_index():
    assert stream_seed(0, "a", 1) != stream_seed(1, "a", 0)
    assert len({stream_seed(seed, "a", index) for seed in range(30) for index in range(30)}) == 900


@pytest.mark.parametrize("seed", [-1, 2**63])
def test_a_seed_out_of_range_is_named(seed):
    with pytest.raises(InputError, match=f"seed = {seed} is out of range; allowed: whole numbers from 0"):
        stream_seed(seed, "a")


def test_generators_are_reproducible_and_leave_the_global_state_alone():
    before = torch.get_rng_state()
    first, second = (torch.rand(5, generator=generator(3, "walk")) for _ in range(2))
    assert torch.equal(first, second)
    assert torch.equal(before, torch.get_rng_state())


@config
class First(Config):
    size: int = 1


@config
class Second(Config):
    """The same fields as `First`."""

    size: int = 1


@config
class Either(Config):
    one: First | Second


def test_two_classes_with_equal_fields_stay_two_things():
    """They read back as what they were, and share no fingerprint."""
    made = Either(one=First()), Either(one=Second())
    assert [type(Either.from_dict(json.loads(json.dumps(each.to_dict()))).one) for each in made] == [First, Second]
    assert made[0].fingerprint() != made[1].fingerprint()
    with pytest.raises(InputError, match="Either.one has the keys size; allowed: a 'kind', or exactly the fields of"):
        Either.from_dict({"one": {"size": 1}})
    with pytest.raises(InputError, match="Either.one is of the kind 'Third'; allowed: .*First or .*Second"):
        Either.from_dict({"one": {"kind": "Third", "size": 1}})


def test_a_field_that_came_later_changes_nothing_until_it_is_used():
    @config
    class Grown(Config):
        size: int = 1
        colour: str = later("red")

    @config
    class Small(Config):
        size: int = 1

    Small.kind = Grown.kind  # the same class, before the field came
    assert Grown().fingerprint() == Small().fingerprint() != Grown(colour="blue").fingerprint()
    assert Grown.from_dict({"size": 2}) == Grown(size=2)
    assert Grown.from_dict(Grown(colour="blue").to_dict()).colour == "blue"


def test_the_first_stored_runs_are_still_read_and_found():
    """Their files say no kind and lack every later field; their folders are named by the fingerprint."""
    first = []
    for name, made in shipped_configs().items():
        folder = paths.shipped_runs_dir() / made.fingerprint()
        stored = json.loads((folder / "config.json").read_text())
        assert TrainConfig.from_dict(stored) == made
        if "kind" not in stored["world"]:
            assert "region" not in stored, name
            first.append(name)
    assert len(first) >= 12, "the others were made later"
