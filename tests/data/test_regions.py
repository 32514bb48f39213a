"""Splits by region: claims proved here.

- Inside a hole, a stripe or a quadrant nothing is trained on: neither end of a transition, nor a frame of a window.
- Held-out states lie in the region, and in a continuous world away from its border.
- Any predicate of states is a split; a region is part of a training configuration, its fingerprint and its run.
- Regions that no world has, or that leave nothing on one side, are refused in one line.
"""

import pytest
import torch

from smwm_lab.data import Region, sample_states, sample_transitions, sample_windows, split_by_region, split_by_state
from smwm_lab.errors import InputError
from smwm_lab.seeding import generator
from smwm_lab.training import TrainConfig, draw_windows, fit, load_run, planning_config, preset_config
from smwm_lab.worlds import make_world


DOT, SPRITE = make_world("single_dot"), make_world("sprite_xy")
REGIONS = {
    "hole": {"red_x": (26.0, 38.0), "red_y": (26.0, 38.0)},
    "stripe": {"red_x": (28.0, 36.0)},
    "quadrant": {"red_x": (0.0, 31.0), "red_y": (0.0, 31.0)},
}


def inside(state, region):
    """By hand, for a single dot."""
    found = torch.ones(len(state), dtype=torch.bool)
    for name, (low, high) in region.items():
        column = state[:, ("red_x", "red_y").index(name)]
        found &= (column >= low) & (column <= high)
    return found


@pytest.mark.parametrize("name", REGIONS)
def test_nothing_inside_a_region_is_trained_on(name):
    split = split_by_region(DOT, REGIONS[name])
    pairs = sample_transitions(split, 3000, held_out=False, generator=generator(0, "pairs"))
    windows = sample_windows(split, 500, length=4, episode_length=20, held_out=False, generator=generator(0, "windows"))
    for state in (pairs.state, pairs.next_state, windows.states.flatten(0, 1)):
        assert not inside(state, REGIONS[name]).any()
    held = sample_transitions(split, 500, held_out=True, generator=generator(0, "held out"))
    assert inside(held.state, REGIONS[name]).all() and inside(held.next_state, REGIONS[name]).all()


def test_a_margin_keeps_held_out_states_of_a_continuous_world_off_the_border():
    region = Region(low={"x": 20.0}, high={"x": 40.0}, margin=2.0)
    split = split_by_region(SPRITE, region)
    state = torch.tensor([[19.9, 30.0, 0.0], [21.0, 30.0, 0.0], [23.0, 30.0, 0.0], [39.0, 30.0, 0.0]])
    assert split.is_training(state).tolist() == [True, False, False, False]
    assert split.is_held_out(state).tolist() == [False, False, True, False]


def test_a_range_of_angles_goes_around():
    split = split_by_region(make_world("sprite_xyt"), Region(low={"theta": -0.5}, high={"theta": 0.5}, margin=0.1))
    state = torch.tensor([[30.0, 30.0, angle] for angle in (0.0, 0.45, 1.0, 6.2, 5.7)])
    assert split.is_training(state).tolist() == [False, False, True, False, True]
    assert split.is_held_out(state).tolist() == [True, False, False, True, False]


def test_two_predicates_are_two_splits():
    one, other = (split_by_region(DOT, lambda state: state[:, 0] > 30) for _ in range(2))
    assert one.key != other.key and one.key == one.key


def test_any_predicate_is_a_split():
    split = split_by_region(DOT, lambda state: state.sum(1) % 2 == 0)
    drawn = sample_states(split, 200, held_out=False, generator=generator(0, "odd"))
    assert (drawn.sum(1) % 2 == 1).all()


def test_a_run_trains_outside_its_region_and_keeps_it(tmp_path):
    plain = preset_config("single_dot", "smoke")
    config = plain.replace(region=Region(low={"red_x": 0.0, "red_y": 0.0}, high={"red_x": 31.0, "red_y": 31.0}))
    assert config.fingerprint() != plain.fingerprint() and TrainConfig.from_dict(config.to_dict()) == config
    states = draw_windows(config).states.flatten(0, 1)
    assert not inside(states, REGIONS["quadrant"]).any()
    run = fit(config, out=tmp_path / "run")
    again = load_run(run.path)
    assert again.split.key == run.split.key != split_by_state(DOT, seed=0).key
    assert inside(sample_states(again.split, 50, held_out=True, generator=generator(0, "s")), REGIONS["quadrant"]).all()


def test_trajectories_keep_out_of_the_region_too():
    config = planning_config("single_dot", "smoke").replace(
        region=Region(low={"red_x": 28.0}, high={"red_x": 36.0}), num_transitions=4000
    )
    assert not inside(draw_windows(config).states.flatten(0, 1), REGIONS["stripe"]).any()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Region(low={}, high={}), "low = {} is empty; allowed: one or more state components"),
        (lambda: Region(low={"x": 1.0}, high={"y": 2.0}), "low bounds x, high others; allowed: the same components"),
        (lambda: Region(low={"x": 2.0}, high={"x": 1.0}), "region of x is empty: 2 to 1; allowed: low < high"),
        (lambda: split_by_region(DOT, {"blue_x": (0, 9)}), "region bounds blue_x, which this world lacks; allowed"),
        (lambda: preset_config("single_dot", "smoke").replace(region=Region(low={"x": 1.0}, high={"x": 2.0})),
         "region bounds x, which this world lacks"),
        (lambda: Region(low={"x": 1.0}, high={"x": 2.0}, margin=0.6), "margin = 0.6 is out of range; allowed: 0 to 0"),
        (lambda: split_by_region(DOT, {"red_x": (-9, -2)}), "red_x = -9 to -2 lies outside the world"),
        (lambda: split_by_region(DOT, {"red_x": (3,)}), "allowed: component -> .low, high."),
        (lambda: sample_states(split_by_region(DOT, {"red_x": (0, 99)}), 1, held_out=False,
                               generator=generator(0, "none")), "leaves no state on one side; allowed: a region that"),
    ],
)  # fmt: skip
def test_what_is_no_region_is_one_line(make, message):
    with pytest.raises(InputError, match=message) as caught:
        make()
    assert "\n" not in str(caught.value)
