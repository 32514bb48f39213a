"""Terms of a forward model with memory. Claims:

- The forward term takes the true latents and actions before, and only transitions whose whole past lies in the window.
- The rollout term starts where the past is whole, with the true past.
- An unknown action leaves out the transitions that look back on it; windows too short are one line.
"""

import math

import pytest
import torch
from small_inputs import SMALL, normal

from smwm_lab.errors import InputError
from smwm_lab.models import Past, WorldModel
from smwm_lab.objectives import EncodedBatch
from smwm_lab.objectives.multistep import RolloutError
from smwm_lab.objectives.prediction import Forward
from smwm_lab.objectives.target_network import EMAForward, StopGradientForward


def batch_of(past_frames: int, past_actions: int, *, steps: int = 4, known: torch.Tensor | None = None) -> EncodedBatch:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        model = WorldModel(SMALL.replace(past_frames=past_frames, past_actions=past_actions))
    images = torch.randint(0, 256, (steps + 1, 3, 3, 16, 16), dtype=torch.uint8)
    actions = normal(steps, 3, 2, seed=1)
    if known is not None:
        actions[~known] = math.nan
    return EncodedBatch(model, images, normal(steps + 1, 3, 6), actions, known)


def errors_by_hand(batch: EncodedBatch) -> list[torch.Tensor]:
    """The squared errors of all predictions with a whole past, one window and one step at a time."""
    model, found = batch.model, []
    for t in range(model.config.memory, len(batch.actions)):
        for w in range(batch.num_windows):
            first = t - model.past_actions
            if batch.known is not None and not bool(batch.known[first : t + 1, w].all()):
                continue
            past = Past(batch.latents[t - model.past_frames : t, w][None], batch.actions[first:t, w][None])
            predicted = model.predict(batch.latents[t, w][None], batch.actions[t, w][None], past)
            found.append((predicted[0] - batch.latents[t + 1, w]).square())
    return found


@pytest.mark.parametrize(("past_frames", "past_actions"), [(1, 0), (0, 2), (2, 2), (3, 1)])
@pytest.mark.parametrize("term", [Forward, StopGradientForward])
def test_the_forward_term_counts_what_has_its_whole_past(term, past_frames, past_actions):
    batch = batch_of(past_frames, past_actions)
    by_hand = errors_by_hand(batch)
    assert len(by_hand) == 3 * (4 - max(past_frames, past_actions))
    assert torch.allclose(term(batch.model)(batch), torch.stack(by_hand).mean(), atol=1e-6)


def test_an_unknown_action_leaves_out_what_looks_back_on_it():
    known = torch.ones(4, 3, dtype=torch.bool)
    known[1, 0] = known[3, 2] = False
    batch = batch_of(1, 2, known=known)
    by_hand = errors_by_hand(batch)
    assert len(by_hand) == 2 + 1, "window 0 loses both predictions, window 2 the last"
    assert torch.allclose(Forward(batch.model)(batch), torch.stack(by_hand).mean(), atol=1e-6)


def test_the_slow_target_is_that_of_the_predicted_frames():
    batch = batch_of(1, 1)
    term = EMAForward(batch.model)
    images = batch.observations[2:].flatten(0, 1)
    assert torch.equal(batch.next_observation, images)
    assert torch.allclose(term(batch), (batch.predicted - term.slow_encoder(images)).square().mean(), atol=1e-6)


def test_the_rollout_term_starts_with_a_whole_past():
    batch = batch_of(2, 1)
    z, a = batch.latent_windows, batch.action_windows
    rolled = batch.model.rollout(z[:, 2], a[:, 2:], Past(z[:, :2], a[:, 1:2]))
    assert torch.allclose(RolloutError(batch.model)(batch), (rolled[:, 1:] - z[:, 3:]).square().mean(), atol=1e-6)


@pytest.mark.parametrize("term", [Forward, RolloutError])
def test_windows_shorter_than_the_past_are_one_line(term):
    batch = batch_of(4, 0)
    with pytest.raises(InputError, match="windows of 4 steps.*allowed: (5 steps or more|length from 5 on)"):
        term(batch.model)(batch)
