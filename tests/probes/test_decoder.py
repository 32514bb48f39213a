"""Decoder probe and traversals: claims proved here.

- From the true state of a trivial world the decoder paints far better than the mean image; from a constant latent no
  better; its report counts errors as written, on states it never saw.
- It repeats itself for one seed, leaves the encoder alone, keeps scikit-learn's contract and its budget.
- A walk along a component or an action is a straight line with known ends; decoded, the dot moves along it.
- Unusable latents are one clear error each.
"""

import numpy as np
import pytest
import torch
from matplotlib.figure import Figure

from smwm_lab import viz
from smwm_lab.data import sample_states, split_by_state
from smwm_lab.errors import InputError
from smwm_lab.models import ModelConfig, WorldModel
from smwm_lab.objectives import weighted_pixel_loss
from smwm_lab.probes import DecoderConfig, DecoderProbe, along_actions, along_components, encode_states, fit_decoder
from smwm_lab.seeding import generator
from smwm_lab.worlds import DotWorldConfig, make_world


WORLD = make_world(DotWorldConfig(side=16, radius=1, max_step=2, margin=3, min_distance=3))
SPLIT = split_by_state(WORLD, seed=0, fraction=0.2)
QUICK = DecoderConfig(budget=9600, batch_size=64, learning_rate=3e-3)
TINY = DecoderConfig(budget=320, batch_size=32)


def states(n: int, *, held_out: bool) -> torch.Tensor:
    return sample_states(SPLIT, n, held_out=held_out, generator=generator(0, f"states {held_out}"))


def ideal(state: torch.Tensor) -> torch.Tensor:
    """Latents that hold the state: a bump at each place of a line, for x and for y."""
    places = torch.arange(16.0)
    return torch.cat([torch.exp(-0.5 * (state[:, i : i + 1] - places) ** 2) for i in (0, 1)], 1)


@pytest.fixture(scope="module")
def probe():
    seen = states(500, held_out=False)
    return DecoderProbe(QUICK).fit(ideal(seen), seen, WORLD)


def test_a_decoder_of_the_true_state_paints_far_better_than_the_mean_image(probe):
    unseen = states(100, held_out=True)
    report = probe.report(ideal(unseen), unseen, WORLD)
    assert report.multiple < 0.3 and "\n" not in repr(report)
    assert len(probe.losses_) == QUICK.num_steps == 150 and probe.losses_[-5:].mean() < 0.2 * probe.losses_[:5].mean()


def test_a_decoder_of_a_constant_latent_is_no_better_than_the_mean_image():
    seen, unseen = states(500, held_out=False), states(100, held_out=True)
    dead = DecoderProbe(QUICK).fit(torch.zeros(500, 4), seen, WORLD)
    assert dead.report(torch.zeros(100, 4), unseen, WORLD).multiple > 0.98


def test_errors_are_what_they_are_called(probe):
    unseen = states(40, held_out=True)
    report = probe.report(ideal(unseen), unseen, WORLD)
    target, image = WORLD.observe(unseen).float() / 255, probe.decode(ideal(unseen))
    assert report.error == pytest.approx(float((image - target).square().mean()), 1e-5)
    assert report.weighted_loss == pytest.approx(float(weighted_pixel_loss(image, target)), 1e-5)
    mean = (WORLD.observe(states(500, held_out=False)).float() / 255).mean(0)
    assert torch.allclose(probe.mean_image_, mean, atol=1e-6)
    assert report.mean_image_error == pytest.approx(float((mean - target).square().mean()), 1e-5)
    assert report.to_dict()["multiple"] == report.error / report.mean_image_error


def test_decoding_is_in_the_unit_range_and_in_evaluation_mode(probe):
    image = probe.decode(ideal(states(3, held_out=True)))
    assert image.shape == (3, 3, 16, 16) and 0 <= image.min() and image.max() <= 1
    assert not probe.decoder_.training and image.device.type == "cpu"


def test_one_seed_repeats_itself_and_the_encoder_is_left_alone():
    model = WorldModel(ModelConfig(side=16, channels=(4, 4), latent_dim=6)).train()
    before = {key: value.clone() for key, value in model.state_dict().items()}
    fitted = [fit_decoder(model, SPLIT, config=TINY, num_states=50, num_held_out=20) for _ in range(2)]
    assert fitted[0][1] == fitted[1][1] and np.array_equal(fitted[0][0].losses_, fitted[1][0].losses_)
    assert model.training and all(torch.equal(value, before[key]) for key, value in model.state_dict().items())
    other, _ = fit_decoder(model, SPLIT, config=TINY.replace(seed=1), num_states=50, num_held_out=20)
    assert not np.array_equal(other.losses_, fitted[0][0].losses_)
    twins = torch.zeros(2, 4), states(1, held_out=False).repeat(2, 1), WORLD  # their order cannot matter
    assert DecoderProbe(TINY).fit(*twins).losses_[0] != DecoderProbe(TINY.replace(seed=1)).fit(*twins).losses_[0]


@pytest.mark.parametrize(
    ("latents", "count", "message"),
    [
        (torch.zeros(5, 4), 6, "5 latents and 6 states"),
        (torch.full((5, 4), torch.nan), 5, "latents hold nan at row 0, column 0"),
        (torch.zeros(5), 5, r"shape \(5,\)"),
        (torch.zeros(1, 4), 1, "1 latents are too few"),
    ],
)
def test_unusable_latents_are_one_clear_error(latents, count, message):
    with pytest.raises(InputError, match=message):
        DecoderProbe(TINY).fit(latents, states(count, held_out=False), WORLD)


def test_misuse_is_one_clear_error(probe):
    with pytest.raises(InputError, match="not fitted"):
        DecoderProbe().decode(torch.zeros(2, 4))
    with pytest.raises(InputError, match=r"latents have shape \(2, 3\); allowed: \(n, 32\)"):
        probe.decode(torch.zeros(2, 3))
    with pytest.raises(InputError, match="budget = 3 .*at least one batch"):
        DecoderConfig(budget=3)


def test_a_walk_along_components_is_straight_and_in_standard_deviations():
    cloud = torch.tensor([[3.0, 0.0, 1.0], [-3.0, 0.0, 1.0], [0.0, 1.0, 1.0], [0.0, -1.0, 1.0]])
    walk = along_components(cloud, num_components=2, num_steps=5, reach=2.0)
    sd = cloud.std(0)
    assert torch.allclose(walk.latents[0, -1] - walk.latents[0, 0], 4 * torch.tensor([sd[0], 0, 0]), atol=1e-5)
    assert torch.allclose(walk.latents[1, -1] - walk.latents[1, 2], 2 * torch.tensor([0, sd[1], 0]), atol=1e-5)
    assert torch.allclose(walk.latents[:, 2], cloud.mean(0).expand(2, 3), atol=1e-6)
    assert walk.offsets == (-2, -1, 0, 1, 2) and walk.names == ("PC 1", "PC 2") and "\n" not in repr(walk)
    elsewhere = along_components(cloud, start=cloud[0], num_components=1, num_steps=3)
    assert torch.equal(elsewhere.latents[0, 1], cloud[0])
    for bad, message in ((cloud[0], "shape"), (cloud * torch.nan, "NaN")):
        with pytest.raises(InputError, match=message):
            along_components(bad)
    with pytest.raises(InputError, match="num_components = 4"):
        along_components(cloud, num_components=4)
    with pytest.raises(InputError, match="start has shape"):
        along_components(cloud, start=cloud)


def test_a_walk_along_an_action_moves_the_dot_the_way_of_the_action():
    class Reader(WorldModel):
        """Latents that are the dot's position, px over 2 (the reach of an action), read from the pixels."""

        def encode(self, observation):
            dark, axis = 255 - observation[:, 1].float(), torch.arange(16.0)
            mass = dark.sum((1, 2))
            return torch.stack([(dark * axis).sum((1, 2)), (dark * axis[:, None]).sum((1, 2))], 1) / mass[:, None] / 2

    model = Reader(ModelConfig(side=16, channels=(4, 4), latent_dim=2))
    start = encode_states(model, WORLD, torch.tensor([[8.0, 7.0]]))[0]
    walk = along_actions(model, SPLIT, start=start, num_steps=3, reach=2.0)
    expected = torch.tensor([[[2.0, 3.5], [4, 3.5], [6, 3.5]], [[4.0, 1.5], [4, 3.5], [4, 5.5]]])
    assert torch.allclose(walk.latents, expected, atol=1e-4) and walk.names == ("red_dx", "red_dy")
    still = split_by_state(make_world("sprite_none"), seed=0)
    with pytest.raises(InputError, match="no actions to follow"):
        along_actions(WorldModel(ModelConfig(channels=(4, 4), latent_dim=2, action_dim=0)), still, start=start)


def test_decoded_walks_and_reconstructions_are_drawn(probe):
    shown = states(4, held_out=True)
    walk = along_components(ideal(shown), num_components=2, num_steps=5)
    images = probe.decode(walk.latents.flatten(0, 1))
    figure = viz.plot_traversal(images, walk)
    figure.canvas.draw()
    assert isinstance(figure, Figure) and len(figure.axes) == 10
    assert np.allclose(figure.axes[7].images[0].get_array(), np.moveaxis(images[7].numpy(), 0, -1))
    with pytest.raises(InputError, match="9 images for 2 traversals of 5 steps"):
        viz.plot_traversal(images[:9], walk)
    figure = viz.plot_reconstructions(WORLD.observe(shown), {"true state": probe.decode(ideal(shown))}, columns=3)
    figure.canvas.draw()
    assert len(figure.axes) == 6
