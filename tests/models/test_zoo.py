"""Networks by name beside the paper's. Claims:

- The AdaLN predictor lets latents pass at first, sees its whole past and no more, and is steered by the actions; it
  learns a motion that one latent does not tell.
- The ViT encoder has the sizes of ViT-Tiny, and sees every patch; the inverse head `difference` sees z' - z alone.
- Sizes that do not fit are one line; at their defaults no fingerprint is another.
"""

import pytest
import torch
from torch.nn import functional

from smwm_lab.errors import InputError
from smwm_lab.models import AdaLNConfig, AdaLNPredictor, ModelConfig, Past, ViTConfig, ViTEncoder, WorldModel
from smwm_lab.seeding import generator


TINY_VIT = ViTConfig(patch=4, width=12, depth=2, heads=3, mlp_dim=16, projector_dim=20)
TINY_ADALN = AdaLNConfig(depth=2, heads=2, head_dim=4, mlp_dim=16)
SIZES = {"side": 16, "channels": (4,), "latent_dim": 6, "hidden_dim": 8}


def seeded(make):
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        return make()


def normal(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(*shape, generator=generator(seed, "zoo"))


def count(module: torch.nn.Module) -> int:
    return sum(parameter.numel() for parameter in module.parameters())


def adaln(past_frames: int = 2) -> WorldModel:
    config = ModelConfig(
        **SIZES, predictor="adaln", adaln=TINY_ADALN, past_frames=past_frames, past_actions=past_frames
    )
    return seeded(lambda: WorldModel(config)).eval()


def opened(model: WorldModel) -> WorldModel:
    """The same model with its gates off 0, as after some training."""
    with torch.no_grad():
        for block in model.forward_model.blocks:
            block.steer[1].weight.copy_(0.5 * normal(*block.steer[1].weight.shape, seed=3))
    return model


def test_a_new_adaln_predictor_lets_the_latent_pass_whatever_the_action():
    model, z, past = adaln(), normal(3, 6), Past(normal(3, 2, 6, seed=1), normal(3, 2, 2, seed=2))
    network = model.forward_model
    norm, linear = network.last
    passed = torch.tanh(linear(norm(z + network.position[0, -1])))
    for action in (torch.zeros(3, 2), torch.ones(3, 2)):
        assert torch.allclose(model.predict(z, action, past), passed, atol=1e-6)


def test_an_adaln_predictor_sees_its_whole_past_and_every_action():
    model = opened(adaln())
    parts = [normal(3, 6), normal(3, 2, seed=1), normal(3, 2, 6, seed=2), normal(3, 2, 2, seed=4)]
    z, action, latents, actions = (part.requires_grad_() for part in parts)
    model.predict(z, action, Past(latents, actions)).square().sum().backward()
    for part in parts:
        assert part.grad.flatten(1).abs().gt(0).all()
    trained = [name for name, p in model.forward_model.named_parameters() if p.grad is None or not p.grad.any()]
    assert trained == [], "every weight gets a gradient"


def test_a_token_does_not_see_what_comes_after_it():
    block, seen = opened(adaln()).forward_model.blocks[0], []
    for last in (0.0, 1.0):
        tokens = normal(2, 3, 6)
        tokens[:, -1] = last
        seen.append(block(tokens, normal(2, 3, 6, seed=1)))
    assert torch.equal(seen[0][:, :2], seen[1][:, :2]) and not torch.equal(seen[0][:, 2], seen[1][:, 2])


def test_its_attention_is_that_of_torch():
    block = opened(adaln()).forward_model.blocks[0]
    tokens = normal(2, 3, 6)
    query, key, value = block.to_heads(tokens).chunk(3, -1)
    expected = torch.zeros(2, 3, 8)
    mask = torch.full((3, 3), float("-inf")).triu(1)
    for head in range(2):
        part = slice(4 * head, 4 * head + 4)
        weights = functional.softmax(query[..., part] @ key[..., part].transpose(1, 2) / 2 + mask, -1)
        expected[..., part] = weights @ value[..., part]
    assert torch.allclose(block._attend(tokens), block.from_heads(expected), atol=1e-5)


def test_a_rollout_of_an_adaln_predictor_takes_its_predictions_along():
    model, z, actions = opened(adaln()), normal(3, 6), normal(3, 3, 2, seed=1)
    past = Past(normal(3, 2, 6, seed=2), normal(3, 2, 2, seed=4))
    rolled = model.rollout(z, actions, past)
    assert rolled.shape == (3, 4, 6)
    once = model.predict(z, actions[:, 0], past)
    later = Past(torch.stack([past.latents[:, 1], z], 1), torch.stack([past.actions[:, 1], actions[:, 0]], 1))
    assert torch.allclose(rolled[:, 2], model.predict(once, actions[:, 1], later), atol=1e-6)


def test_an_adaln_predictor_learns_a_motion_with_velocity():
    """z' = z + (z - z of before) / 2 + a, of a past of one latent."""
    model, stream = adaln(1).train(), generator(0, "motion")
    optimizer, losses = torch.optim.Adam(model.forward_model.parameters(), lr=3e-3), []
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        for _ in range(300):
            before, move, action = (0.3 * torch.randn(64, width, generator=stream) for width in (6, 6, 2))
            past = Past(before[:, None], torch.zeros(64, 1, 2))
            wanted = torch.tanh(before + 1.5 * move + torch.cat([action, action, action], 1))
            loss = (model.predict(before + move, action, past) - wanted).square().mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
    assert sum(losses[-20:]) < 0.3 * sum(losses[:20])


def test_the_vit_at_its_defaults_is_vit_tiny():
    with torch.device("meta"):
        network = ViTEncoder(ViTConfig(), 224, 192)
    projector = 192 * 2048 + 2048 + 2 * 2048 + 2048 * 192 + 192
    layer = 4 * (192 * 192 + 192) + (192 * 768 + 768) + (768 * 192 + 192) + 4 * 192
    patches = 3 * 14 * 14 * 192 + 192
    assert count(network) == patches + 192 + 257 * 192 + 12 * layer + 2 * 192 + projector
    with torch.device("meta"):
        predictor = AdaLNPredictor(AdaLNConfig(), 2, 192, past_frames=2)
    inner = 16 * 64
    block = 192 * 6 * 192 + 6 * 192 + 192 * 3 * inner + 3 * inner + inner * 192 + 192 + 2 * 192 * 2048 + 2048 + 192
    rest = (2 * 192 + 192) + (192 * 192 + 192) + 3 * 192 + 2 * 192 + (192 * 192 + 192)
    assert count(predictor) == 6 * block + rest


def test_a_vit_sees_every_patch_and_each_of_its_weights_gets_a_gradient():
    model = seeded(lambda: WorldModel(ModelConfig(**SIZES, encoder="vit", vit=TINY_VIT))).train()
    images = torch.randint(0, 256, (5, 3, 16, 16), dtype=torch.uint8, generator=generator(0, "images"))
    z = model.encode(images)
    assert z.shape == (5, 6) and z.dtype == torch.float32 and z.abs().max() < 1
    (z * normal(5, 6)).sum().backward()
    assert [name for name, p in model.encoder.named_parameters() if p.grad is None or not p.grad.any()] == []
    model.eval()
    for row in range(0, 16, 4):
        other = images.clone()
        other[:, :, row : row + 4, row : row + 4] = 255 - other[:, :, row : row + 4, row : row + 4]
        assert not torch.allclose(model.encode(other), model.encode(images), atol=1e-7)
    with torch.no_grad():
        assert torch.allclose(model.encode(images[:2]), model.encode(images)[:2], atol=1e-5), "no image sees another"


def test_the_head_of_differences_sees_the_displacement_alone():
    model = seeded(lambda: WorldModel(ModelConfig(**SIZES, inverse_head="difference")))
    z, z_next, shift = normal(4, 6), normal(4, 6, seed=1), normal(1, 6, seed=2)
    assert torch.allclose(model.infer_action(z, z_next), model.infer_action(z + shift, z_next + shift), atol=1e-5)
    assert not torch.allclose(model.infer_action(z, z_next), model.infer_action(z_next, z), atol=1e-3)
    usual = seeded(lambda: WorldModel(ModelConfig(**SIZES)))
    assert count(usual.inverse_model) - count(model.inverse_model) == 6 * 8


def test_at_their_defaults_fingerprints_are_the_ones_they_were():
    assert ModelConfig().fingerprint() == "da448389deae59b0"
    changes = [{"predictor": "adaln"}, {"inverse_head": "difference"}, {"vit": ViTConfig(depth=1)}, {"encoder": "vit"}]
    found = {ModelConfig(**change).fingerprint() for change in changes}
    assert len(found | {ModelConfig().fingerprint()}) == 5


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: ModelConfig(predictor="rnn"), "predictor = 'rnn' is unknown; allowed: mlp, adaln"),
        (lambda: ModelConfig(inverse_head="sum"), "inverse_head = 'sum' is unknown; allowed: concat, difference"),
        (lambda: ViTConfig(heads=5), "width = 192 is no multiple of heads = 5"),
        (lambda: ViTConfig(depth=0), "depth"),
        (lambda: AdaLNConfig(dropout=1.0), "dropout = 1.0.*allowed: .*0.9"),
        (lambda: WorldModel(ModelConfig(encoder="vit")), "side = 64 px does not fit patches of 14 px"),
        (lambda: WorldModel(ModelConfig(encoder="vit", input_shape=(4,))), "encoder 'vit' is for images"),
        (lambda: WorldModel(ModelConfig(side=4096, vit=TINY_VIT, encoder="vit", channels=(4,))), "patches of an image"),
        (
            lambda: WorldModel(ModelConfig(predictor="adaln", past_frames=2)),
            "takes an action with each latent: past_frames = 2, past_actions = 0",
        ),
        (lambda: WorldModel(ModelConfig(predictor="adaln", action_dim=0)), "steered by actions, this world has none"),
    ],
)
def test_what_does_not_fit_is_one_line(make, words):
    with pytest.raises(InputError, match=words) as caught:
        make()
    assert "\n" not in str(caught.value)
