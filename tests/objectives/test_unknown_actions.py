"""Transitions without a recorded action: claims proved here.

- A mask without a gap changes nothing, bit for bit, for every term.
- Terms of actions are those of the transitions whose action is known; what stands in the gaps is never read, NaN too.
- Statistics of latents and terms of pixels use every frame, known actions or not.
- Without a single known action the terms of actions are 0 without a gradient, and the total can still be trained on.
"""

import pytest
import torch
from small_inputs import SMALL

from smwm_lab.models import WorldModel
from smwm_lab.objectives import TERMS, EncodedBatch, Objective, ObjectiveConfig
from smwm_lab.seeding import generator


OF_ACTIONS = ("forward", "forward_stop_gradient", "forward_ema", "inverse", "inverse_probe", "rollout", "inverse_k")
OF_FRAMES = tuple(name for name in TERMS if name not in OF_ACTIONS)
WINDOWS, STEPS = 7, 3


def batch(model: WorldModel, known: torch.Tensor | None = None, actions: torch.Tensor | None = None) -> EncodedBatch:
    """Windows of random frames, encoded."""
    stream = generator(0, "frames")
    shape = (STEPS + 1, WINDOWS, 3, 16, 16)
    observations = torch.randint(0, 256, shape, dtype=torch.uint8, generator=stream)
    latents = model.encode(observations.flatten(0, 1)).unflatten(0, (STEPS + 1, WINDOWS))
    drawn = torch.rand(STEPS, WINDOWS, 2, generator=generator(1, "actions")) * 2 - 1
    return EncodedBatch(model, observations, latents, drawn if actions is None else actions, known)


def made(name: str) -> tuple[WorldModel, torch.nn.Module]:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        model = WorldModel(SMALL).eval()
        return model, TERMS[name](model).eval()


def value_and_gradients(name: str, **given) -> tuple[torch.Tensor, list[torch.Tensor | None]]:
    """The term on a batch, and its gradients with respect to all networks."""
    model, term = made(name)
    value = term(batch(model, **given))
    if value.requires_grad:
        value.backward()
    return value.detach(), [p.grad for p in (*model.parameters(), *term.parameters())]


def same(first: list, second: list) -> bool:
    return all(
        (a is None) == (b is None) and (a is None or torch.equal(a, b)) for a, b in zip(first, second, strict=True)
    )


def some_known() -> torch.Tensor:
    """Two windows of known actions, one without its first, one without its last, three of none."""
    known = torch.zeros(STEPS, WINDOWS, dtype=torch.bool)
    known[:, :4] = True
    known[0, 2] = known[2, 3] = False
    return known


def with_gaps(known: torch.Tensor) -> torch.Tensor:
    """The actions of `batch`, NaN where they are unknown."""
    actions = torch.rand(STEPS, WINDOWS, 2, generator=generator(1, "actions")) * 2 - 1
    return actions.masked_fill(~known[..., None], torch.nan)


def test_the_terms_are_divided_into_two_kinds():
    assert set(OF_FRAMES) == {"sigreg", "variance", "covariance", "reconstruction"}


@pytest.mark.parametrize("name", TERMS)
def test_a_mask_without_a_gap_changes_no_bit(name):
    value, gradients = value_and_gradients(name)
    masked, masked_gradients = value_and_gradients(name, known=torch.ones(STEPS, WINDOWS, dtype=torch.bool))
    assert torch.equal(value, masked) and same(gradients, masked_gradients)


def test_a_mask_without_a_gap_changes_no_bit_of_a_sum_of_terms():
    """Gradients of several terms meet in the latents; they must meet in the same order."""
    results = []
    for known in (None, torch.ones(STEPS, WINDOWS, dtype=torch.bool)):
        model = made("forward")[0]
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(1)
            objective = Objective(ObjectiveConfig(weights=dict.fromkeys(TERMS, 0.3)), model).eval()
        loss = objective(batch(model, known))
        loss.total.backward()
        results.append((loss.total.detach(), [p.grad for p in model.parameters()]))
    assert torch.equal(results[0][0], results[1][0]) and same(results[0][1], results[1][1])


@pytest.mark.parametrize("name", TERMS)
def test_what_stands_in_the_gaps_is_never_read(name):
    known = some_known()
    value, gradients = value_and_gradients(name, known=known)
    unread, unread_gradients = value_and_gradients(name, known=known, actions=with_gaps(known))
    assert torch.isfinite(value) and torch.equal(value, unread) and same(gradients, unread_gradients)
    assert all(torch.isfinite(gradient).all() for gradient in gradients if gradient is not None)


@pytest.mark.parametrize("name", OF_FRAMES)
def test_terms_of_frames_use_all_of_them(name):
    value, gradients = value_and_gradients(name)
    masked, masked_gradients = value_and_gradients(name, known=torch.zeros(STEPS, WINDOWS, dtype=torch.bool))
    assert torch.equal(value, masked) and same(gradients, masked_gradients) and value > 0


@pytest.mark.parametrize("name", [name for name in OF_ACTIONS if name not in ("rollout", "inverse_k")])
def test_terms_of_one_step_are_means_over_the_known_transitions(name):
    """Against the same transitions as windows of one step, and no others."""
    known = some_known()
    model, term = made(name)
    whole = batch(model, known, with_gaps(known))
    frames = torch.stack([whole.observations[:-1][known], whole.observations[1:][known]])
    latents = torch.stack([whole.latents[:-1][known], whole.latents[1:][known]])
    alone = EncodedBatch(model, frames, latents, whole.actions[known][None])
    assert len(whole.z) == 10 and torch.equal(whole.z_next, latents[1])
    assert term(whole).item() == pytest.approx(term(alone).item(), rel=1e-6) and term(whole) > 0


@pytest.mark.parametrize(("name", "kept"), [("rollout", [0, 1]), ("inverse_k", [0, 1, 3])])
def test_terms_of_windows_use_those_whose_actions_they_need(name, kept):
    known = some_known()
    model, term = made(name)
    whole = batch(model, known, with_gaps(known))
    alone = EncodedBatch(
        model, whole.observations[:, kept], whole.latents[:, kept], torch.nan_to_num(whole.actions[:, kept])
    )
    assert term(whole).item() == pytest.approx(term(alone).item(), rel=1e-6) and term(whole) > 0


@pytest.mark.parametrize("name", OF_ACTIONS)
def test_without_a_known_action_a_term_is_zero_and_has_no_gradient(name):
    known = torch.zeros(STEPS, WINDOWS, dtype=torch.bool)
    value, gradients = value_and_gradients(name, known=known, actions=with_gaps(known))
    assert value == 0 and all(gradient is None for gradient in gradients)


@pytest.mark.parametrize("others", [{}, {"sigreg": 0.1}])
def test_a_batch_without_a_known_action_can_be_trained_on(others):
    model = made("forward")[0]
    known = torch.zeros(STEPS, WINDOWS, dtype=torch.bool)
    objective = Objective(ObjectiveConfig(weights={"forward": 1.0, "inverse": 10.0, **others}), model)
    loss = objective(batch(model, known, with_gaps(known)))
    loss.total.backward()
    moved = any(p.grad is not None and p.grad.abs().max() > 0 for p in model.parameters())
    assert loss.terms["inverse"] == 0 and torch.isfinite(loss.total) and moved == bool(others)
    assert all(torch.isfinite(p.grad).all() for p in model.parameters() if p.grad is not None)
