"""The verdict: claims proved here.

- One lost action of six makes a run `partly`, whatever the mean says; all lost make it `collapsed`.
- The floor is subtracted: in two rooms a ratio of .83 is as good as it gets, elsewhere the floor is 0.
- A component that one image cannot show, a velocity, is no part of the floor of images.
- A report carries the verdict, the ratio of each action and the floor, also as JSON; its line and table are numbers.
"""

import json

import numpy as np
import pytest
import torch

from smwm_lab.data import sample_transitions, split_by_state
from smwm_lab.data.recordings import Recording, recording_entry, write_recording
from smwm_lab.models import ModelConfig, WorldModel
from smwm_lab.probes import collapse_report, describe_latents
from smwm_lab.probes.collapse.verdict import inverse_floor, verdict
from smwm_lab.seeding import generator
from smwm_lab.training import preset_config
from smwm_lab.worlds import TransitionBatch, make_world


SIX = dict.fromkeys(("ax", "ay", "bx", "by", "cx"), 0.004)


@pytest.mark.parametrize(
    ("ratios", "floors", "expected"),
    [
        (SIX | {"cy": 0.004}, {}, "healthy"),
        (SIX | {"cy": 1.0}, {}, "partly"),  # .17 on average
        ({"dx": 0.286, "dy": 0.286}, {}, "partly"),
        ({"dx": 1.0, "dy": 0.92}, {}, "collapsed"),
        ({"dx": 0.85, "dy": 0.84}, {}, "partly"),
        ({"dx": 0.85, "dy": 0.84}, {"dx": 0.81, "dy": 0.83}, "healthy"),
        ({"dx": 0.99, "dy": 1.0}, {"dx": 0.81, "dy": 0.83}, "collapsed"),
        ({"dx": 0.01, "dy": 1.0}, {"dx": 0.0, "dy": 0.99}, "healthy"),  # nobody can read dy
        ({"dx": float("nan")}, {}, "collapsed"),
        ({}, {}, None),
    ],
)
def test_the_verdict_is_by_component_and_above_the_floor(ratios, floors, expected):
    assert verdict(ratios, floors) == expected


def held_out(world: str) -> tuple:
    split = split_by_state(make_world(world), seed=0)
    return split, sample_transitions(split, 1000, held_out=True, generator=generator(0, "test"))


@pytest.mark.parametrize("world", ["single_dot", "sprite_xyt"])
def test_the_floor_is_nothing_where_actions_add_to_the_state(world):
    assert max(inverse_floor(*held_out(world)).values()) < 0.05


def test_the_floor_in_two_rooms_is_what_five_pushes_hide():
    floors = inverse_floor(*held_out("two_room"))
    assert len(floors) == 10 and all(0.7 < floor < 0.9 for floor in floors.values())


@pytest.mark.parametrize("unit", ["px/s", "px"])
def test_an_image_shows_no_velocity_so_the_floor_does_not_know_it(unit, tmp_path):
    """Position changes by the velocity, which changes by the action: without the velocity little can be told."""
    source, lengths = np.random.default_rng(0), [40] * 30
    action = source.uniform(-1, 1, (1200, 1)).astype(np.float32)
    begins = range(0, 1200, 40)
    velocity = np.concatenate([np.r_[0, action[i : i + 39, 0].cumsum()] for i in begins])
    place = np.concatenate([np.r_[0, velocity[i + 1 : i + 40].cumsum()] for i in begins])
    recording = Recording.from_arrays(
        source.integers(0, 256, (1200, 16, 16, 3), dtype=np.uint8),
        action,
        lengths=lengths,
        states={"place": place, "velocity": velocity},
        units={"place": "px", "velocity": unit},
    )
    split = preset_config(recording_entry(write_recording(recording, tmp_path / "a.h5"), side=16), "smoke").make_split()
    test = sample_transitions(split, 500, held_out=True, generator=generator(0, "test"))
    floor = max(inverse_floor(split, test).values())
    assert floor > 0.7 if unit == "px/s" else floor < 0.05


def test_the_floor_learns_from_training_transitions_alone():
    split, test = held_out("single_dot")
    stray = TransitionBatch(test.state, test.action.flip(0), test.next_state)
    assert min(inverse_floor(split, stray).values()) > 0.9, "actions of other transitions cannot be read"


class HalfBlind(WorldModel):
    """Latents are (x, y) of the dot; h reads dx and answers 0 for dy."""

    def encode(self, observation):
        red = (255.0 - observation[:, 1].float()).flatten(1)
        y, x = torch.meshgrid(torch.arange(64.0), torch.arange(64.0), indexing="ij")
        return torch.stack([(red * axis.flatten()).sum(1) / red.sum(1) for axis in (x, y)], 1)

    def predict(self, z, action):
        return z + 16 * action

    def infer_action(self, z, z_next):
        return (z_next - z) / 16 * torch.tensor([1.0, 0.0])


def test_a_report_says_which_action_is_lost_and_prints_as_before():
    split = split_by_state(make_world("single_dot"), seed=0)
    report = collapse_report(HalfBlind(ModelConfig(latent_dim=2)), split, num_transitions=500)
    ratios = report.inverse_over_variance_by_action
    assert list(ratios) == ["red_dx", "red_dy"] and ratios["red_dx"] < 0.01 and ratios["red_dy"] > 0.9
    assert report.verdict == "partly" and report.lost_by_action["red_dy"] > 0.9
    assert repr(report).startswith("L_inv/Var(a) 0.") and "verdict" not in repr(report)
    facts = json.loads(json.dumps(report.judgement(), allow_nan=False))
    assert facts["verdict"] == "partly" and facts["inverse_over_variance_by_action"] == ratios
    assert facts["inverse_floor"] == pytest.approx(0, abs=1e-3)


def test_nothing_is_said_where_nothing_acts():
    split = split_by_state(make_world("sprite_none"), seed=0)
    report = collapse_report(WorldModel(ModelConfig(action_dim=0)), split, num_transitions=100)
    assert report.verdict is None and report.inverse_floor is None and report.inverse_over_variance_by_action == {}
    alone = describe_latents(torch.randn(50, 3, generator=torch.Generator()).numpy(), true_dim=2)
    assert alone.verdict is None and alone.judgement()["inverse_floor"] is None
