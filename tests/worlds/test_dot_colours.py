"""Colours of dots. Claims proved here: colours name the state, and nothing but them decides what a pair looks like."""

import pytest
import torch

from smwm_lab.errors import InputError
from smwm_lab.worlds import WORLDS, DotWorldConfig, make_world


OTHERS = ("blue", "yellow", "magenta")


def test_the_order_of_drawing_changes_no_pixel():
    """No two dots overlap, so nothing is drawn over: only the order of the state components differs."""
    usual = WORLDS["combined"]
    one, other = (make_world(usual.replace(colours=(*pair, *OTHERS))) for pair in (("red", "green"), ("green", "red")))
    assert one.spec.state_names[:4] == ("red_x", "red_y", "green_x", "green_y")
    assert other.spec.action_names[:2] == ("green_red_dx", "green_red_dy")
    state = one.sample_state(50, torch.Generator().manual_seed(0))
    swapped = state[:, [2, 3, 0, 1, *range(4, 10)]]
    assert torch.equal(one.observe(state), other.observe(swapped))
    assert not torch.equal(one.observe(state), other.observe(state))


def test_colours_at_their_default_leave_a_world_as_it_was():
    assert make_world("combined").colour_names == ("red", "green", *OTHERS)
    before = "b71024f4bf3846fd"  # of the configuration without the field
    assert DotWorldConfig(colours=()).fingerprint() == before != DotWorldConfig(colours=("blue",)).fingerprint()


@pytest.mark.parametrize(
    ("colours", "message"),
    [
        (("pink", "red"), "colours = 'pink' is unknown; allowed: red, green"),
        (("red",), r"colours = \('red',\) do not name 2 dots; allowed: a different one for each"),
        (("red", "red"), r"colours = \('red', 'red'\) do not name 2 dots"),
    ],
)
def test_other_colours_are_one_clear_line(colours, message):
    with pytest.raises(InputError, match=message):
        DotWorldConfig(groups=("coupled",), colours=colours)
