"""Pictures without a decoder: claims proved here.

- A collapsed latent gives the mean image and the multiple 1; a latent that is the state itself gives the frame.
- The pictures are those of the formula, computed frame by frame.
- What differs by less than the width blurs, what differs by more stays sharp: scale counts.
"""

import pytest
import torch

from smwm_lab.data import split_by_state
from smwm_lab.errors import InputError
from smwm_lab.models import ModelConfig, WorldModel
from smwm_lab.probes import encode_states, kernel_reconstruction, untrained_model
from smwm_lab.probes.inputs.checks import draw_probe_states
from smwm_lab.worlds import make_world


WORLD = make_world("single_dot")
SPLIT = split_by_state(WORLD, seed=0)
MODEL = untrained_model(ModelConfig(channels=(4, 4, 4), latent_dim=4))
SMALL = {"num_train": 300, "num_test": 20}


class StateAsLatent(WorldModel):
    """A model whose latent is the dot's position, read off the frame, times `scale` (x, y)."""

    def __init__(self, *scale: float):
        super().__init__(ModelConfig(channels=(4, 4, 4), latent_dim=2))
        self.scale = torch.nn.Parameter(torch.tensor(scale))

    def encode(self, observation):
        ink = (255 - observation[:, 1].float()).clamp(min=0)  # green is 0 where the red dot is
        place = torch.arange(64.0)
        total = ink.sum((1, 2))
        x, y = (ink.sum(1) @ place / total, ink.sum(2) @ place / total)
        return torch.stack([x, y], 1) * self.scale


def test_a_collapsed_latent_gives_the_mean_image():
    shown = kernel_reconstruction(StateAsLatent(0.0, 0.0), SPLIT, **SMALL)
    assert torch.allclose(shown.images, shown.images[:1], atol=1e-5)
    assert shown.report.multiple == pytest.approx(1, abs=1e-4)


def test_a_latent_that_is_the_state_gives_the_frame():
    shown = kernel_reconstruction(StateAsLatent(1.0, 1.0), SPLIT, width=0.1, num_train=6000, num_test=50)
    assert shown.report.multiple < 1.2, "a training dot one pixel beside overlaps, not more"
    moved = (
        torch.stack(
            [
                (1 - shown.images[:, 1]).sum(1) @ torch.arange(64.0),
                (1 - shown.images[:, 1]).sum(2) @ torch.arange(64.0),
            ],
            1,
        )
        / (1 - shown.images[:, 1]).sum((1, 2))[:, None]
    )
    assert (moved - shown.states).abs().mean() < 0.7


def test_what_is_squeezed_blurs_and_what_is_carried_stays():
    shown = kernel_reconstruction(StateAsLatent(1.0, 0.001), SPLIT, width=0.3, num_train=3000, num_test=50)
    ink = 1 - shown.images[:, 1]
    assert ((ink.sum(1) > 0.05 * ink.sum(1).amax(1, keepdim=True)).sum(1) < 12).all(), "narrow in x"
    assert ((ink.sum(2) > 0.05 * ink.sum(2).amax(1, keepdim=True)).sum(1) > 24).all(), "smeared over y"


def test_the_pictures_are_those_of_the_formula():
    shown = kernel_reconstruction(MODEL, SPLIT, width=0.05, **SMALL)
    states = draw_probe_states(SPLIT, seed=0, **SMALL)
    z, held = (encode_states(MODEL, WORLD, side) for side in (states.training, states.held_out))
    frames = WORLD.observe(states.training).float() / 255
    for row in (0, 7):
        weights = torch.exp(-((held[row] - z) ** 2).sum(1).double() / (2 * 0.05**2))
        expected = (weights[:, None, None, None] * frames).sum(0) / weights.sum()
        assert torch.allclose(shown.images[row], expected.float(), atol=1e-4)
    assert torch.equal(shown.states, states.held_out) and "x that of the mean image" in repr(shown)


def test_a_width_without_sense_is_one_clear_line():
    with pytest.raises(InputError, match="width = 0.0 is out of range") as caught:
        kernel_reconstruction(MODEL, SPLIT, width=0.0, **SMALL)
    assert "\n" not in str(caught.value)
