"""Terms over windows: claims proved here.

- A window batch is the same transitions, and every frame once: z, z_next and every_z agree with the windows.
- rollout has its value by hand; at T = 1 it is the forward term; it feeds on its own predictions, never on z_1.
- inverse_k sees the two ends and the first action only; a constant encoder leaves it at the variance of that action.
- Both train the encoder through all the frames they use; inverse_k leaves h of the model alone and is stored.
- Means: repeating windows leaves the value.
"""

import numpy as np
import pytest
import torch
from small_inputs import SMALL, normal, small_model
from torch import nn

from smwm_lab.models import WorldModel
from smwm_lab.objectives import TERMS, EncodedBatch, Objective, ObjectiveConfig


def windows(latents: torch.Tensor, actions: torch.Tensor, model: WorldModel | None = None) -> EncodedBatch:
    """A batch of given latents (batch, T+1, d) and actions (batch, T, a), by time first as the loop lays them."""
    pixels = torch.zeros(latents.shape[1], len(latents), 3, 16, 16, dtype=torch.uint8)
    return EncodedBatch(model or small_model(), pixels, latents.transpose(0, 1), actions.transpose(0, 1))


def value(name: str, batch: EncodedBatch) -> float:
    term = TERMS[name](batch.model)
    return term(batch).detach().item()


class Standstill(nn.Module):
    """A forward model that returns its input."""

    def forward(self, z, action):
        return z


def test_a_window_batch_is_its_transitions_and_every_frame_once():
    latents, actions = normal(5, 4, 6), normal(5, 3, 2)
    batch = windows(latents, actions)
    assert batch.num_windows == 5 and len(batch.z) == 15 and batch.every_z.shape == (20, 6)
    assert torch.equal(batch.latent_windows, latents) and torch.equal(batch.action_windows, actions)
    for row in range(15):
        time, window = divmod(row, 5)
        assert torch.equal(batch.z[row], latents[window, time])
        assert torch.equal(batch.z_next[row], latents[window, time + 1])
        assert torch.equal(batch.action[row], actions[window, time])


def test_one_step_is_a_window_of_two_frames():
    batch = windows(normal(5, 2, 6), normal(5, 1, 2))
    assert torch.equal(batch.every_z, torch.cat([batch.z, batch.z_next]))
    assert value("rollout", batch) == pytest.approx(value("forward", batch), rel=1e-6)


def test_the_value_of_a_rollout_by_hand():
    model = small_model()
    model.forward_model = Standstill()
    latents = torch.arange(3.0)[None, :, None].expand(4, 3, 6).contiguous()
    assert value("rollout", windows(latents, torch.zeros(4, 2, 2), model)) == 2.5
    assert value("forward", windows(latents, torch.zeros(4, 2, 2), model)) == 1


def test_a_rollout_is_open_loop():
    """Recomputed step by step; and z_1 enters as a target only: it moves the value, not the later predictions."""
    model, latents, actions = small_model(), normal(7, 4, 6).tanh(), normal(7, 3, 2)
    z, errors = latents[:, 0], []
    with torch.no_grad():
        for t in range(3):
            z = model.predict(z, actions[:, t])
            errors.append((z - latents[:, t + 1]).square().mean().item())
    assert value("rollout", windows(latents, actions, model)) == pytest.approx(np.mean(errors), rel=1e-5)
    moved = latents.clone()
    moved[:, 1] += 1.0
    with torch.no_grad():
        change = (model.predict(latents[:, 0], actions[:, 0]) - moved[:, 1]).square().mean().item() - errors[0]
    difference = value("rollout", windows(moved, actions, model)) - np.mean(errors)
    assert difference == pytest.approx(change / 3, rel=1e-4)


def test_the_multi_step_inverse_sees_the_two_ends_and_the_first_action():
    batch = windows(normal(9, 4, 6), normal(9, 3, 2))
    term = TERMS["inverse_k"](batch.model)
    with torch.no_grad():
        answer = term.head(batch.latent_windows[:, 0], batch.latent_windows[:, 3])
        expected = (answer - batch.action_windows[:, 0]).square().mean().item()
        assert term(batch).item() == pytest.approx(expected, rel=1e-6)
        middle, later = batch.latent_windows.clone(), batch.action_windows.clone()
        middle[:, 1:3], later[:, 1:] = 5.0, 5.0
        assert term(windows(middle, later, batch.model)).item() == pytest.approx(expected, rel=1e-6)


def test_a_constant_encoder_leaves_the_multi_step_inverse_at_the_variance_of_the_action():
    actions = normal(400, 3, 2)
    batch = windows(torch.zeros(400, 4, 6), actions)
    term = TERMS["inverse_k"](batch.model)
    with torch.no_grad():
        for parameter in term.head.parameters():
            parameter.zero_()
        term.head.layers[-1].bias.copy_(actions[:, 0].mean(0))
        assert term(batch).item() == pytest.approx(float(actions[:, 0].var(0, correction=0).mean()), rel=1e-5)


@pytest.mark.parametrize(("name", "reached"), [("rollout", [0, 1, 2, 3]), ("inverse_k", [0, 3])])
def test_gradients_reach_the_frames_that_a_term_uses(name, reached):
    latents = normal(6, 4, 6).requires_grad_()
    batch = windows(latents, normal(6, 3, 2))
    TERMS[name](batch.model)(batch).backward()
    assert [t for t in range(4) if latents.grad[:, t].abs().max() > 0] == reached
    trains_g = any(p.grad is not None for p in batch.model.forward_model.parameters())
    assert trains_g == (name == "rollout")
    assert not any(p.grad is not None for p in batch.model.inverse_model.parameters())


def test_the_head_of_the_multi_step_inverse_is_trained_and_stored():
    objective = Objective(ObjectiveConfig(weights={"forward": 1.0, "inverse_k": 1.0}), small_model())
    assert any(key.startswith("terms.1.head") for key in objective.state_dict())
    assert all(parameter.requires_grad for parameter in objective.parameters())


def test_a_world_without_actions_has_no_multi_step_inverse():
    model = WorldModel(SMALL.replace(action_dim=0))
    assert value("inverse_k", windows(normal(3, 3, 6), torch.zeros(3, 2, 0), model)) == 0


@pytest.mark.parametrize("name", ["rollout", "inverse_k", "sigreg", "variance", "covariance"])
def test_repeating_every_window_changes_only_what_counts_evidence(name):
    latents, actions, model = normal(40, 3, 6).tanh(), normal(40, 2, 2), small_model()
    term = TERMS[name](model)
    once, twice = (
        term(windows(latents.repeat(k, 1, 1), actions.repeat(k, 1, 1), model)).detach().item() for k in (1, 2)
    )
    assert twice == pytest.approx(2 * once if name == "sigreg" else once, rel=0.03)


def test_statistics_of_latents_count_every_frame_once():
    """Inner frames are ends of two transitions; the variance is that of the frames."""
    latents = normal(30, 4, 6)
    frames = latents.flatten(0, 1)
    expected = torch.relu(1 - (frames.var(0) + 1e-4).sqrt()).mean().item()
    assert value("variance", windows(latents, normal(30, 3, 2))) == pytest.approx(expected, rel=1e-5)
