"""Claims: the networks have the paper's exact sizes, fit any image side divisible by 16, scale images once,
roll out as they predict, and are float32 outside training. Shapes are checked while these tests run."""

import jaxtyping
import pytest
import torch
from torch.nn import functional

from smwm_lab.errors import InputError
from smwm_lab.models import (
    LATENT_ACTIVATIONS,
    ConvEncoder,
    Decoder,
    ForwardModel,
    InverseModel,
    ModelConfig,
    WorldModel,
)
from smwm_lab.models.precision import convolution_precision, has_native_bfloat16
from smwm_lab.seeding import generator
from smwm_lab.worlds import make_world


def seeded(make, seed: int = 0):
    """A network with reproducible weights."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return make()


def images(n: int = 4, side: int = 64) -> torch.Tensor:
    return torch.randint(0, 256, (n, 3, side, side), dtype=torch.uint8, generator=generator(0, "images"))


def num_parameters(module: torch.nn.Module) -> int:
    return sum(parameter.numel() for parameter in module.parameters())


def test_shapes_are_checked_while_tests_run():
    """The import hook of conftest is active: a latent without its batch axis, and batches that disagree."""
    model = WorldModel(ModelConfig())
    with pytest.raises(jaxtyping.TypeCheckError, match="Float\\[Tensor, 'batch latent'\\]"):
        model.predict(torch.zeros(64), torch.zeros(1, 2))
    with pytest.raises(jaxtyping.TypeCheckError, match="batch"):
        model.predict(torch.zeros(3, 64), torch.zeros(4, 2))
    with pytest.raises(jaxtyping.TypeCheckError, match="UInt8"):
        model.encode(torch.zeros(1, 3, 64, 64))


def test_the_four_networks_have_the_papers_parameter_counts():
    assert num_parameters(ConvEncoder()) == 224_384
    assert num_parameters(ForwardModel(action_dim=2)) == 99_392
    assert num_parameters(InverseModel(action_dim=2)) == 99_330
    assert num_parameters(Decoder()) == 560_867
    assert num_parameters(WorldModel(ModelConfig())) == 224_384 + 99_392 + 99_330


@pytest.mark.parametrize("side", [16, 48, 80])
def test_encoder_and_decoder_take_any_side_divisible_by_16(side):
    z = ConvEncoder(side)(images(2, side))
    assert z.shape == (2, 64) and z.dtype == torch.float32 and z.abs().max() < 1
    image = Decoder(side)(z)
    assert image.shape == (2, 3, side, side) and 0 < image.min() and image.max() < 1


@pytest.mark.parametrize("side", [8, 63, 72])
def test_another_side_is_refused_with_the_allowed_ones(side):
    with pytest.raises(InputError, match=f"side = {side} px does not fit the encoder; allowed: multiples of 16 px"):
        ConvEncoder(side)
    with pytest.raises(InputError, match="side = 72 px does not fit the decoder; allowed: multiples of 16 px"):
        Decoder(72)
    with pytest.raises(InputError, match="side = 0 is out of range"):
        ConvEncoder(0)


def test_sizes_and_depths_are_configurable():
    config = ModelConfig(side=32, channels=(4, 8), latent_dim=5, hidden_dim=7, depth=1, action_dim=3)
    model = WorldModel(config)
    z, z_next = model.encode(images(6, 32)).chunk(2)
    assert z.shape == (3, 5)
    assert model.predict(z, torch.zeros(3, 3)).shape == (3, 5) and model.infer_action(z, z_next).shape == (3, 3)
    assert num_parameters(model.forward_model) == (5 + 3 + 1) * 7 + (7 + 1) * 5
    assert num_parameters(model.inverse_model) == (5 + 5 + 1) * 7 + (7 + 1) * 3
    assert num_parameters(ForwardModel(2, depth=3)) - num_parameters(ForwardModel(2)) == 257 * 256


def test_a_world_without_actions_has_a_model():
    model = WorldModel(ModelConfig(action_dim=0))
    z = model.encode(images(2))
    assert model.predict(z, torch.zeros(2, 0)).shape == (2, 64)
    assert model.infer_action(z, z).shape == (2, 0)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"channels": ()}, "channels = \\(\\) is empty"),
        ({"latent_dim": 0}, "latent_dim = 0 is out of range; allowed: 1 to 4096"),
        ({"depth": 17}, "depth = 17 is out of range; allowed: 1 to 16"),
        ({"action_dim": -1}, "action_dim = -1 is out of range; allowed: 0 to 256"),
        ({"hidden_dim": 2.5}, "hidden_dim = 2.5 has the wrong type; allowed: int"),
    ],
)
def test_impossible_sizes_are_refused(changes, message):
    with pytest.raises(InputError, match=message):
        ModelConfig().replace(**changes)


def test_the_encoder_scales_to_0_1_once_and_is_the_papers_network():
    """Against the same layers written out by hand in float64."""
    encoder = seeded(ConvEncoder).eval()
    weights = {name: value.double() for name, value in encoder.state_dict().items()}
    x = images().double() / 255
    for layer in (0, 2, 4):
        x = functional.conv2d(x, weights[f"features.{layer}.weight"], weights[f"features.{layer}.bias"], 2, 1).relu()
    x = functional.max_pool2d(x, 2).flatten(1)
    expected = (x @ weights["head.weight"].T + weights["head.bias"]).tanh()
    assert x.shape == (4, 2048) and expected.std() > 0.01
    with torch.no_grad():
        assert torch.allclose(encoder(images()).double(), expected, atol=1e-6)


def test_a_blank_start_sees_no_white_canvas_and_the_usual_start_does():
    """But for the first row and column, whose zero padding is not white."""
    white = torch.ones(1, 3, 64, 64)
    blank, usual = (seeded(lambda start=start: ConvEncoder(blank_start=start)) for start in (True, False))
    with torch.no_grad():
        seen, as_usual = (encoder.features[:2](white)[..., 1:, 1:] for encoder in (blank, usual))
    assert seen.max() < 1e-6 and as_usual.max() > 0.1
    assert all((blank.features[layer].bias == 0).all() for layer in (2, 4)) and (blank.head.bias == 0).all()
    assert all(torch.equal(b, u) for b, u in zip(blank.parameters(), usual.parameters(), strict=True) if b.ndim > 1)


def test_encoding_leaves_the_images_alone():
    before = images()
    observation = before.clone()
    WorldModel(ModelConfig()).encode(observation)
    assert torch.equal(observation, before)


def test_forward_and_inverse_are_the_papers_mlps():
    """Concatenated input, two ReLU layers, tanh out for the forward model, nothing after the inverse one."""
    model = seeded(lambda: WorldModel(ModelConfig()))
    z, z_next, action = torch.randn(3, 64), torch.randn(3, 64), torch.randn(3, 2)

    def by_hand(layers: torch.nn.Sequential, x: torch.Tensor) -> torch.Tensor:
        first, second, last = (layers[i] for i in (0, 2, 4))
        return last(second(first(x).relu()).relu())

    with torch.no_grad():
        expected = by_hand(model.forward_model.layers, torch.cat([z, action], 1)).tanh()
        assert torch.allclose(model.predict(z, action), expected, atol=1e-6)
        expected = by_hand(model.inverse_model.layers, torch.cat([z, z_next], 1))
        assert torch.allclose(model.infer_action(z, z_next), expected, atol=1e-6)


def test_a_rollout_starts_with_z_and_repeats_predict():
    model = seeded(lambda: WorldModel(ModelConfig()))
    z, actions = model.encode(images(3)), torch.rand(3, 5, 2) * 2 - 1
    rolled = model.rollout(z, actions)
    assert rolled.shape == (3, 6, 64) and torch.equal(rolled[:, 0], z)
    for t in range(5):
        assert torch.equal(rolled[:, t + 1], model.predict(rolled[:, t], actions[:, t]))
    assert torch.equal(model.rollout(z, actions[:, :0]), z[:, None])


def test_training_mode_is_close_to_float32_and_evaluation_is_float32():
    """bfloat16 convolutions change latents of real frames by little; elsewhere the two modes are equal."""
    model = seeded(lambda: WorldModel(ModelConfig()))
    world = make_world("combined")
    observation = world.observe(world.sample_state(64, generator(0, "x")))
    with torch.no_grad():
        fast, exact = model.train().encode(observation), model.eval().encode(observation)
    assert fast.dtype == exact.dtype == torch.float32
    assert (fast - exact).abs().max() < 0.01
    assert torch.equal(fast, exact) != has_native_bfloat16(torch.device("cpu"))


def test_only_training_ever_leaves_float32():
    cpu, encoder = torch.device("cpu"), ConvEncoder()
    with convolution_precision(encoder.eval(), cpu):
        assert not torch.is_autocast_enabled("cpu")
    with convolution_precision(encoder.train(), cpu):
        assert torch.is_autocast_enabled("cpu") == has_native_bfloat16(cpu)
    assert not has_native_bfloat16(torch.device("meta"))


def test_weights_hold_in_either_memory_format():
    model = seeded(lambda: WorldModel(ModelConfig())).eval()
    with torch.no_grad():
        plain = model.encode(images())
        fast = model.to(memory_format=torch.channels_last).encode(images().to(memory_format=torch.channels_last))
    assert torch.allclose(plain, fast, atol=1e-6)


@pytest.mark.parametrize("name", LATENT_ACTIVATIONS)
def test_encoder_and_forward_model_end_in_the_same_activation(name):
    """Same weights, other range: all that differs is what follows the last linear layer, in both networks."""
    model = seeded(lambda: WorldModel(ModelConfig(latent_activation=name))).eval()
    usual = seeded(lambda: WorldModel(ModelConfig())).eval()
    assert all(torch.equal(a, b) for a, b in zip(model.parameters(), usual.parameters(), strict=True))
    after = {"tanh": torch.tanh, "identity": lambda x: x, "layer_norm": lambda x: functional.layer_norm(x, (64,))}[name]
    z, action = 3 * torch.randn(5, 64, generator=generator(0, "z")), torch.zeros(5, 2)
    with torch.no_grad():
        features = model.encoder.features(images().float().mul_(1 / 255))
        assert torch.equal(model.encode(images()), after(model.encoder.head(features)))
        last = model.forward_model.layers(torch.cat([z, action], 1))
        assert torch.equal(model.predict(z, action), after(last))


def test_tanh_is_the_default_and_an_unknown_activation_is_refused():
    assert ModelConfig().latent_activation == "tanh"
    assert ModelConfig(latent_activation="identity").fingerprint() != ModelConfig().fingerprint()
    values = ModelConfig().to_dict()
    del values["latent_activation"]
    assert ModelConfig.from_dict(values) == ModelConfig(), "a file of an older version"
    allowed = "latent_activation = 'relu' is unknown; allowed: tanh, identity, layer_norm"
    for make in (lambda: ModelConfig(latent_activation="relu"), lambda: ConvEncoder(activation="relu")):
        with pytest.raises(InputError, match=allowed):
            make()
