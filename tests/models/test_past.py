"""A forward model with memory. Claims:

- It reads latents and actions before now, each by its own switch; without either nothing is another.
- Where nothing was yet, the first latent is repeated and actions are 0.
- A rollout moves the past along: what was predicted joins it.
- A past of other sizes, or for a model without memory, is one line.
"""

import pytest
import torch

from smwm_lab.errors import InputError
from smwm_lab.models import ForwardModel, ModelConfig, Past, WorldModel
from smwm_lab.seeding import generator


SIZES = {"side": 16, "channels": (4,), "latent_dim": 5, "hidden_dim": 8}


def model_of(past_frames: int, past_actions: int) -> WorldModel:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        return WorldModel(ModelConfig(**SIZES, past_frames=past_frames, past_actions=past_actions))


def normal(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(*shape, generator=generator(seed, "past"))


@pytest.mark.parametrize(("past_frames", "past_actions"), [(1, 0), (0, 2), (2, 1), (3, 3)])
def test_each_part_of_the_past_is_read_and_gets_a_gradient(past_frames, past_actions):
    model = model_of(past_frames, past_actions)
    past = Past(normal(4, past_frames, 5).requires_grad_(), normal(4, past_actions, 2).requires_grad_())
    after = model.predict(normal(4, 5, seed=1), normal(4, 2, seed=2), past)
    assert after.shape == (4, 5)
    after.sum().backward()
    for part in (past.latents, past.actions):
        assert part.grad.flatten(1).abs().gt(0).all(), "every number before now is an input"


def test_without_memory_configurations_and_weights_are_the_ones_they_were():
    values = ModelConfig().to_dict()
    for name in ("past_frames", "past_actions"):
        del values[name]
    assert ModelConfig.from_dict(values).fingerprint() == ModelConfig().fingerprint() == "da448389deae59b0"
    assert ModelConfig(past_frames=1).fingerprint() != ModelConfig(past_actions=1).fingerprint()
    assert sum(p.numel() for p in ForwardModel(2).parameters()) == 99_392
    extra = sum(p.numel() for p in ForwardModel(2, past_frames=2, past_actions=1).parameters()) - 99_392
    assert extra == 256 * (2 * 64 + 2)


def test_at_the_start_the_first_latent_is_repeated_and_actions_are_zero():
    model, z, action = model_of(2, 1), normal(3, 5), normal(3, 2, seed=1)
    spelled_out = Past(torch.stack([z, z], 1), torch.zeros(3, 1, 2))
    assert torch.equal(model.predict(z, action), model.predict(z, action, spelled_out))
    another = Past(normal(3, 2, 5, seed=2), spelled_out.actions)
    assert not torch.equal(model.predict(z, action), model.predict(z, action, another))


def test_a_rollout_takes_its_own_predictions_along():
    model, z, actions = model_of(2, 1), normal(3, 5), normal(3, 4, 2, seed=1)
    before, acted = normal(3, 2, 5, seed=2), normal(3, 1, 2, seed=3)
    rolled = model.rollout(z, actions, Past(before, acted))
    latents, taken = [*before.unbind(1), z], [*acted.unbind(1)]
    for action in actions.unbind(1):
        inputs = torch.cat([latents[-1], action, latents[-3], latents[-2], taken[-1]], 1)
        latents.append(torch.tanh(model.forward_model.layers(inputs)))
        taken.append(action)
    assert torch.allclose(rolled, torch.stack(latents[2:], 1), atol=1e-6)


@pytest.mark.parametrize(
    ("sizes", "past", "words"),
    [
        ((0, 0), (3, 1, 5, 0), "this forward model has no memory; leave past out"),
        ((2, 0), (3, 1, 5, 0), r"latents of the past are torch.float32 \(3, 1, 5\).*allowed: .*\(n, 2, 5\)"),
        ((1, 2), (3, 1, 5, 1), r"actions of the past are torch.float32 \(3, 1, 2\).*allowed: .*\(n, 2, 2\)"),
        ((1, 0), (4, 1, 5, 0), "3 latents and 4 rows of the past"),
    ],
)
def test_a_past_that_does_not_fit_is_one_line(sizes, past, words):
    rows, frames, width, acts = past
    with pytest.raises(InputError, match=words):
        model_of(*sizes).predict(normal(3, 5), normal(3, 2), Past(normal(rows, frames, width), normal(rows, acts, 2)))


@pytest.mark.parametrize("change", [{"past_frames": -1}, {"past_actions": 65}])
def test_lengths_out_of_range_are_one_line(change):
    with pytest.raises(InputError, match="allowed: .*0 to 64"):
        ModelConfig(**change)
