"""WorldPlayer and what is below it: claims proved here.

- What an action moves is found by trying, and agrees with each world's own units.
- Arrow keys, number keys and clicks act as their help says, in every world, and never raise.
- A click brings what is controlled exactly there if one step reaches it, and says so if nothing can move what it hit.
- The exported recording holds the history, or a demonstration that leaves the player where it was.
"""

import json
import re

import pytest
import torch
from torch import tensor

from smwm_lab.widgets import WorldPlayer
from smwm_lab.widgets.shared.recording import image_recording
from smwm_lab.widgets.world_player.session import WorldPlayerSession, action_effects, describe
from smwm_lab.worlds import WORLDS, make_world


def share(px: float) -> float:
    """Where the centre of a pixel lies in an image of 64 px, 0 to 1."""
    return (px + 0.5) / 64


def put(player: WorldPlayer, *state: float) -> None:
    player.session.state = tensor([state], dtype=torch.float32)


@pytest.mark.parametrize("world", WORLDS)
def test_the_effects_of_actions_are_those_of_the_world(world):
    made = make_world(world)
    effects = action_effects(made)
    moved = effects.abs().sum(0) > 0
    assert moved.tolist() == list(made.spec.controllable)
    units = made.to_units(torch.eye(made.spec.action_dim)) if made.spec.action_dim else torch.zeros(0, 0)
    for k in range(made.spec.action_dim):
        assert effects[k].abs().max().item() == pytest.approx(units[k, k].item(), abs=1e-3)


def test_arrow_keys_act_and_shift_makes_them_small():
    player = WorldPlayer("single_dot")
    put(player, 30, 30)
    for key, shift in (("ArrowLeft", False), ("ArrowUp", False), ("ArrowRight", True), ("ArrowDown", True)):
        player.press(key, shift)
    assert player.session.state.tolist() == [[30 - 8 + 2, 30 - 8 + 2]]
    assert [slider.value for slider in player.sliders] == [0.0, 0.125], "the sliders show the last action"
    player.press("Enter")
    assert player.session.state.tolist() == [[24, 26]]


def test_a_number_key_chooses_what_the_arrows_move():
    player = WorldPlayer("independent")
    put(player, 20, 20, 40, 40)
    player.press("2")
    player.press("ArrowRight")
    assert player.session.state.tolist() == [[20, 20, 48, 40]]
    player.press("3")
    assert player.pair == 1, "there is no third dot"


@pytest.mark.parametrize("world", WORLDS)
def test_no_key_and_no_click_raises_in_any_world(world):
    player = WorldPlayer(world)
    for key in [*player.image.hotkeys, "F1"]:
        player.press(key)
    for x in (0.0, 0.5, 1.0):
        player.click(x, 1 - x)
    assert not player.has_error and player.session.history


def test_a_click_brings_the_dot_there_or_as_far_as_one_step_goes():
    player = WorldPlayer("single_dot")
    put(player, 30, 30)
    player.click(share(37), share(25))
    assert player.session.state.tolist() == [[37, 25]]
    player.click(share(60), share(25))
    assert player.session.state.tolist() == [[53, 25]], "16 px is the longest step"


def test_a_click_moves_the_middle_of_a_pair_and_a_sprite_along_its_axis():
    pair = WorldPlayer("coupled")
    put(pair, 20, 20, 30, 30)
    pair.click(share(33), share(17))
    assert pair.session.state.tolist() == [[28, 12, 38, 22]]
    sprite = WorldPlayer("sprite_x")
    put(sprite, 30.0, 30.0, 0.0)
    sprite.click(share(36), share(12))
    assert sprite.session.state[0, 0].item() == pytest.approx(36, abs=1e-4)


def test_the_primitive_steps_of_one_action_act_together():
    player = WorldPlayer("two_room")
    put(player, 60, 150)
    assert len(player.session.pairs) == 1
    player.press("ArrowRight")
    assert player.session.state.tolist() == [[72.5, 150]], "five steps of half of 5 px"
    player.click(50.5 / 224, 140.5 / 224)
    assert player.session.state.tolist() == [[pytest.approx(50, abs=1e-3), pytest.approx(140, abs=1e-3)]]


def test_a_click_on_a_dot_chooses_it_or_says_that_no_action_moves_it():
    player = WorldPlayer("combined")  # a pair (red, green), blue, yellow, and magenta, which moves by itself
    put(player, 10, 10, 20, 10, 10, 40, 40, 10, 50, 50)
    player.click(share(41), share(10))
    assert player.pair == 2 and "yellow" in player.status.value
    player.click(share(50), share(50))
    assert "magenta moves by itself" in player.status.value
    assert player.pair == 2 and not player.session.history


def test_messages_of_the_browser_arrive():
    player = WorldPlayer("single_dot")
    put(player, 30, 30)
    player.image.receive({"key": "ArrowRight", "shift": False})
    player.image.receive({"x": share(38), "y": share(33)})
    assert player.session.state.tolist() == [[38, 33]]


def test_a_wall_is_named():
    player = WorldPlayer("single_dot")
    put(player, 58, 30)
    player.press("ArrowRight")
    assert player.status.value == "changed: red_x +3.00 px; something was in the way"


def test_a_turn_over_zero_is_short():
    play = WorldPlayerSession(make_world("sprite_xyt"))
    play.state = tensor([[30.0, 30.0, 0.1]])
    play.act([0.0, 0.0, -0.5])
    assert describe(play.world, play.last) == "changed: theta -0.53 rad"


def frames(page: str) -> dict:
    return json.loads(re.search(r'id="recording">(.*?)</script>', page)[1])


def test_the_exported_recording_is_the_history(tmp_path):
    player = WorldPlayer("single_dot")
    put(player, 30, 30)
    for key in ("ArrowLeft", "ArrowRight", "ArrowLeft"):
        player.press(key)
    content = frames(player.to_html(tmp_path / "player.html").read_text())
    assert [frame["images"] for frame in content["frames"]] == [[0, 1], [1, 0], [0, 1]], "two images, stored once"
    assert content["frames"][1]["text"] == "step 2, action: red_dx +0.50, red_dy +0.00; changed: red_x +8.00 px"


def test_of_a_long_history_the_latest_steps_are_kept(monkeypatch):
    monkeypatch.setattr("smwm_lab.widgets.world_player.session.MAX_STEPS", 3)
    player = WorldPlayerSession(make_world("single_dot"))
    player.state = tensor([[30.0, 30.0]])
    for _ in range(5):
        player.act([1 / 16, 0.0])
    assert [moment.after[0, 0].item() for moment in player.history] == [33, 34, 35]


def test_without_a_history_the_recording_is_a_demonstration(tmp_path):
    player = WorldPlayer("distractor")
    before = player.session.state.clone()
    assert len(frames(player.to_html(tmp_path / "player.html").read_text())["frames"]) == 24
    assert torch.equal(player.session.state, before) and not player.session.history


def test_a_recording_of_nothing_is_refused():
    with pytest.raises(ValueError, match="nothing was recorded"):
        image_recording([], captions=("a",), width="10em")
