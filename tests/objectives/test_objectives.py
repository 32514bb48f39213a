"""Claims, in this order:

1. every term has the value its formula gives where that is known (hand, closed form, scipy);
2. reductions are means: more samples or more dimensions do not change a value;
3. gradients go where the method says: both losses of the method reach the encoder and the target is not detached,
   a stopped or slow target gets none, the inverse probe gives the encoder none;
4. the slow target follows by exponential moving average;
5. the objective is the weighted sum; a weight of 0 is logged, not trained; weights can be changed, bad ones not.
"""

import math

import numpy as np
import pytest
import torch
from scipy.integrate import quad
from small_inputs import SMALL, normal, small_model

from smwm_lab.errors import InputError
from smwm_lab.models import Decoder, WorldModel
from smwm_lab.objectives import (
    TERMS,
    EncodedBatch,
    Objective,
    ObjectiveConfig,
    SIGRegConfig,
    epps_pulley,
    weighted_pixel_loss,
)
from smwm_lab.seeding import generator


def encoded(z: torch.Tensor, z_next: torch.Tensor, action: torch.Tensor, model=None, **known) -> EncodedBatch:
    """A batch with given latents; `predicted` and `inferred` may be given too."""
    pixels = torch.randint(0, 256, (2, len(z), 3, 16, 16), dtype=torch.uint8, generator=generator(0, "pixels"))
    batch = EncodedBatch(model or small_model(), pixels, torch.stack([z, z_next]), action[None])
    vars(batch).update(known)
    return batch


def value(name: str, batch: EncodedBatch) -> float:
    return number(TERMS[name](batch.model)(batch))


def number(loss: torch.Tensor) -> float:
    return loss.detach().item()


def real_batch(n: int = 8) -> EncodedBatch:
    """A batch whose latents come from the encoder and keep their gradients."""
    model = small_model()
    pixels = torch.randint(0, 256, (2 * n, 3, 16, 16), dtype=torch.uint8, generator=generator(1, "pixels"))
    latents, actions = model.encode(pixels).unflatten(0, (2, n)), normal(1, n, 2).clamp(-1, 1)
    batch = EncodedBatch(model, pixels.unflatten(0, (2, n)), latents, actions)
    batch.z.retain_grad(), batch.z_next.retain_grad()
    return batch


# --- 1. known values ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["forward", "forward_stop_gradient"])
def test_forward_terms_are_the_mean_squared_error(name):
    zero, half = torch.zeros(5, 6), torch.full((5, 6), 0.5)
    assert value(name, encoded(zero, zero, torch.zeros(5, 2), predicted=half)) == 0.25
    predicted, target = normal(5, 6), normal(5, 6, seed=1)
    expected = np.mean((predicted.numpy() - target.numpy()) ** 2)
    assert value(name, encoded(zero, target, torch.zeros(5, 2), predicted=predicted)) == pytest.approx(expected)


def test_the_slow_target_starts_as_the_encoder_itself():
    batch = real_batch()
    assert value("forward_ema", batch) == pytest.approx(value("forward", batch), rel=1e-6)


def test_inverse_is_the_mean_squared_error_of_the_action():
    z = torch.zeros(5, 6)
    assert value("inverse", encoded(z, z, torch.ones(5, 2), inferred=torch.zeros(5, 2))) == 1
    action = torch.tensor([[1.0, 0.0], [0.0, 0.0]])
    assert value("inverse", encoded(z[:2], z[:2], action, inferred=torch.zeros(2, 2))) == 0.25


def test_a_constant_encoder_leaves_the_inverse_term_at_the_variance_of_the_action():
    """The collapse alarm: the best constant answer is E[a]."""
    action, z = normal(400, 2), torch.zeros(400, 6)
    batch = encoded(z, z, action, inferred=action.mean(0).expand(400, 2))
    assert value("inverse", batch) == pytest.approx(float(action.var(0, correction=0).mean()), rel=1e-5)


@pytest.mark.parametrize("name", ["inverse", "inverse_probe"])
def test_a_world_without_actions_has_no_inverse_loss(name):
    z = torch.zeros(3, 6)
    batch = encoded(z, z, torch.zeros(3, 0), model=WorldModel(SMALL.replace(action_dim=0)))
    assert value(name, batch) == 0


def test_the_inverse_probe_has_the_value_of_the_inverse_term():
    batch = real_batch()
    assert value("inverse_probe", batch) == pytest.approx(value("inverse", batch))


def test_variance_is_a_hinge_at_a_deviation_of_one():
    z, a = torch.full((4, 6), 0.3), torch.zeros(4, 2)
    assert value("variance", encoded(z, z, a)) == pytest.approx(1 - math.sqrt(1e-4))
    wide = 5 * normal(500, 6)
    assert value("variance", encoded(wide, wide, torch.zeros(500, 2))) == 0
    z, z_next = torch.full((4, 6), 0.5), torch.full((4, 6), -0.5)  # eight samples of variance 8/7 / 4
    assert value("variance", encoded(z, z_next, a)) == pytest.approx(1 - math.sqrt(2 / 7 + 1e-4))


def test_covariance_of_repeated_dimensions_and_of_independent_ones():
    one = normal(100, 1)
    v = float(torch.cat([one, one]).var())
    batch = encoded(one.expand(100, 2), one.expand(100, 2), torch.zeros(100, 2))
    assert value("covariance", batch) == pytest.approx(v**2, rel=1e-4)
    signs = torch.tensor([[1.0, 1.0], [1.0, -1.0], [-1.0, 1.0], [-1.0, -1.0]])
    assert value("covariance", encoded(signs, signs, torch.zeros(4, 2))) == pytest.approx(0, abs=1e-12)
    z, z_next = normal(50, 6), normal(50, 6, seed=1)
    c = np.cov(torch.cat([z, z_next]).double().numpy().T)
    expected = (np.sum(c**2) - np.sum(np.diag(c) ** 2)) / 6
    assert value("covariance", encoded(z, z_next, torch.zeros(50, 2))) == pytest.approx(expected, rel=1e-4)


def test_pixel_loss_weighs_ink_eleven_times():
    half = torch.full((2, 3, 4, 4), 0.5)
    assert number(weighted_pixel_loss(half, torch.ones_like(half))) == 0.25
    assert number(weighted_pixel_loss(half, torch.zeros_like(half))) == 2.75
    mixed = torch.cat([torch.ones(1, 3, 4, 4), torch.zeros(1, 3, 4, 4)])
    assert number(weighted_pixel_loss(half, mixed)) == 1.5


def test_reconstruction_compares_the_decoded_latent_with_its_own_frame():
    batch = real_batch()
    term = TERMS["reconstruction"](batch.model).eval()
    assert isinstance(term.decoder, Decoder)
    with torch.no_grad():
        expected = weighted_pixel_loss(term.decoder(batch.z), batch.observation.float() / 255)
        assert number(term(batch)) == pytest.approx(number(expected), rel=1e-6)
        other = weighted_pixel_loss(term.decoder(batch.z), batch.next_observation.float() / 255)
    assert number(expected) != pytest.approx(number(other), rel=1e-6)


def closed_form(n: int, sigma: float) -> float:
    """E[T] of n samples of N(0, sigma^2): squared bias times n, plus the sampling variance 1 - phi^2."""

    def integrand(t: float) -> float:
        phi, normal = math.exp(-((sigma * t) ** 2) / 2), math.exp(-(t**2) / 2)
        return (n * (phi - normal) ** 2 + 1 - phi**2) * normal

    return 2 * quad(integrand, 0, 3)[0]


@pytest.mark.parametrize(("n", "sigma"), [(64, 1.0), (256, 1.0), (256, 0.5), (256, 1.5), (256, 0.0)])
def test_epps_pulley_has_its_closed_form_on_normal_samples(n, sigma):
    mean = number(epps_pulley(sigma * normal(n, 3000)).mean())
    assert mean == pytest.approx(closed_form(n, sigma), rel=0.03)


def test_the_expectation_on_the_standard_normal_does_not_depend_on_the_number_of_samples():
    by_hand = 2 * quad(lambda t: (1 - math.exp(-(t**2))) * math.exp(-(t**2) / 2), 0, 3)[0]
    assert closed_form(64, 1.0) == pytest.approx(by_hand) == closed_form(4096, 1.0)
    assert by_hand == pytest.approx(1.05, abs=0.01)


def test_epps_pulley_is_the_integral_it_says():
    """Against scipy on seven samples: 17 knots to 1 %, many knots exactly."""
    x = [-2.0, -0.3, 0.0, 0.1, 0.7, 1.4, 3.0]

    def integrand(t: float) -> float:
        phi = np.mean(np.exp(1j * t * np.array(x)))
        return 7 * abs(phi - math.exp(-(t**2) / 2)) ** 2 * math.exp(-(t**2) / 2)

    expected = quad(integrand, -3, 3)[0]
    samples = torch.tensor(x, dtype=torch.float64)[:, None]
    assert number(epps_pulley(samples)) == pytest.approx(expected, rel=0.01)
    assert number(epps_pulley(samples, num_knots=4001)) == pytest.approx(expected, rel=1e-6)


def test_a_collapsed_batch_is_the_worst_and_grows_with_its_size():
    z, a = torch.zeros(128, 6), torch.zeros(128, 2)
    collapsed = value("sigreg", encoded(z, z, a))
    healthy = [value("sigreg", encoded(*normal(2, 128, 6, seed=seed), a)) for seed in range(60)]
    assert collapsed == pytest.approx(closed_form(256, 0.0), rel=1e-3)
    assert np.mean(healthy) == pytest.approx(1.05, rel=0.1) and collapsed > 20 * max(healthy)
    assert value("sigreg", encoded(z[:64], z[:64], a[:64])) == pytest.approx(collapsed / 2, rel=1e-3)


def test_sigreg_is_blind_to_rotations():
    """Coin flips per axis look far from normal along the axes; turned or not, SIGReg sees the same thing."""
    flips, a = normal(256, 2).sign(), torch.zeros(256, 2)
    turn = torch.tensor([[1.0, 1.0], [-1.0, 1.0]]) / math.sqrt(2)
    term = TERMS["sigreg"](small_model(), SIGRegConfig(num_directions=4096))
    straight, turned = (number(term(encoded(z, z, a))) for z in (flips, flips @ turn))
    assert turned == pytest.approx(straight, rel=0.05)
    assert number(epps_pulley(flips).mean()) > 2 * number(epps_pulley(flips @ turn).mean())


def test_sigreg_draws_new_directions_every_time_and_remembers_where_it_is():
    z, a = normal(64, 6).sign(), torch.zeros(64, 2)
    batch = encoded(z, z, a)
    term, other = TERMS["sigreg"](batch.model), TERMS["sigreg"](batch.model)
    first, second = (number(term(batch)) for _ in range(2))
    assert first != second
    other.load_state_dict(term.state_dict())
    assert number(other(batch)) == number(term(batch)) not in (first, second)


# --- 2. means, not sums -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["forward", "forward_stop_gradient", "inverse", "variance"])
def test_repeating_every_dimension_leaves_the_value(name):
    z, z_next, a = 0.3 * normal(40, 3), 0.3 * normal(40, 3, seed=1), normal(40, 2)
    guess, inferred = normal(40, 3, seed=2), normal(40, 2, seed=3)
    once, twice = (
        value(
            name,
            encoded(
                *(torch.cat([x] * k, 1) for x in (z, z_next, a)),
                predicted=torch.cat([guess] * k, 1),
                inferred=torch.cat([inferred] * k, 1),
            ),
        )
        for k in (1, 2)
    )
    assert once == pytest.approx(twice, rel=1e-5)


@pytest.mark.parametrize("name", [name for name in TERMS if name != "sigreg"])
def test_repeating_every_sample_leaves_the_value(name):
    """But for n - 1 in the unbiased (co)variances. SIGReg is a test statistic and grows with its evidence."""
    batch = real_batch(40)
    term = TERMS[name](batch.model)
    tensors = (batch.observations, batch.latents, batch.actions)
    twice = EncodedBatch(batch.model, *(torch.cat([tensor, tensor], 1) for tensor in tensors))
    assert number(term(twice)) == pytest.approx(number(term(batch)), rel=0.03)


# --- 3. gradients -------------------------------------------------------------------------------------------


GRADIENTS = {
    "forward": (True, True),
    "inverse": (True, True),
    "inverse_probe": (False, False),
    "forward_stop_gradient": (True, False),
    "forward_ema": (True, False),
    "sigreg": (True, True),
    "variance": (True, True),
    "covariance": (True, True),
    "reconstruction": (True, False),
    "rollout": (True, True),
    "inverse_k": (True, True),
}
"""Whether the term sends a gradient to z and to z_next."""


def size(gradient: torch.Tensor | None) -> float:
    return 0.0 if gradient is None else float(gradient.abs().max())


def test_every_term_has_its_row_here():
    assert GRADIENTS.keys() == TERMS.keys()


@pytest.mark.parametrize("name", list(TERMS))
def test_gradients_reach_the_latents_they_should_and_no_others(name):
    batch = real_batch()
    loss = TERMS[name](batch.model)(batch)
    loss.backward()
    assert (size(batch.z.grad) > 0, size(batch.z_next.grad) > 0) == GRADIENTS[name]
    reaches_encoder = any(size(p.grad) > 0 for p in batch.model.encoder.parameters())
    assert reaches_encoder == any(GRADIENTS[name])


@pytest.mark.parametrize(
    ("name", "network"),
    [("inverse", "inverse_model"), ("inverse_probe", "inverse_model"), ("forward", "forward_model")],
)
def test_each_loss_trains_its_own_network(name, network):
    batch = real_batch()
    TERMS[name](batch.model)(batch).backward()
    for part in ("forward_model", "inverse_model"):
        trained = any(size(p.grad) for p in getattr(batch.model, part).parameters())
        assert trained == (part == network)


def test_the_target_of_the_forward_term_has_the_full_gradient():
    """d/dz' mean (g - z')^2 = 2 (z' - g) / (number of entries): nothing is detached."""
    batch = real_batch()
    value_of = TERMS["forward"](batch.model)(batch)
    (gradient,) = torch.autograd.grad(value_of, batch.z_next)
    expected = 2 * (batch.z_next - batch.predicted) / batch.z_next.numel()
    assert torch.allclose(gradient, expected.detach(), atol=1e-7)


# --- 4. the slow target -------------------------------------------------------------------------------------


def test_the_slow_encoder_moves_by_one_percent_per_step():
    model = small_model()
    objective = Objective(ObjectiveConfig(weights={"forward_ema": 1.0}), model)
    (term,) = objective.terms
    with torch.no_grad():
        for parameter in term.slow_encoder.parameters():
            parameter.zero_()
        for parameter in model.encoder.parameters():
            parameter.fill_(1.0)
    for step in (1, 2, 3):
        objective.after_step(model)
        for slow in term.slow_encoder.parameters():
            assert torch.allclose(slow, torch.full_like(slow, 1 - 0.99**step), atol=1e-6)
    assert all((p == 1).all() for p in model.encoder.parameters())


def test_the_slow_encoder_is_stored_and_never_trained():
    model = small_model()
    term = TERMS["forward_ema"](model)
    assert not any(p.requires_grad for p in term.parameters())
    assert all(p.requires_grad for p in model.encoder.parameters())
    assert {key.split(".")[0] for key in term.state_dict()} == {"slow_encoder"}


# --- 5. the weighted sum ------------------------------------------------------------------------------------


def test_the_total_is_the_weighted_sum_of_the_terms():
    batch = real_batch()
    objective = Objective(ObjectiveConfig(weights={"forward": 1.0, "inverse": 10.0, "variance": 0.5}), batch.model)
    loss = objective(batch)
    by_hand = loss.terms["forward"] + 10 * loss.terms["inverse"] + 0.5 * loss.terms["variance"]
    assert number(loss.total) == pytest.approx(number(by_hand), rel=1e-6)
    for name, term in loss.terms.items():
        assert number(term) == pytest.approx(value(name, batch), rel=1e-6)


def test_a_weight_of_zero_is_logged_and_not_trained():
    batch = real_batch()
    loss = Objective(ObjectiveConfig(weights={"forward": 1.0, "inverse": 0.0}), batch.model)(batch)
    assert set(loss.terms) == {"forward", "inverse"} and number(loss.terms["inverse"]) > 0
    assert number(loss.total) == number(loss.terms["forward"])
    loss.total.backward()
    assert all(p.grad is None for p in batch.model.inverse_model.parameters())


def test_no_weight_at_all_is_a_loss_of_zero_without_a_gradient():
    batch = real_batch()
    loss = Objective(ObjectiveConfig(weights={"forward": 0.0}), batch.model)(batch)
    loss.total.backward()
    assert number(loss.total) == 0 and all(size(p.grad) == 0 for p in batch.model.parameters())


def test_weights_can_be_changed_between_steps():
    batch = real_batch()
    config = ObjectiveConfig(weights={"forward": 1.0, "inverse": 10.0})
    objective = Objective(config, batch.model)
    objective.set_weight("inverse", 0)
    assert number(objective(batch).total) == number(objective(batch).terms["forward"])
    assert config.weights["inverse"] == 10 and config == ObjectiveConfig(weights=config.weights)


@pytest.mark.parametrize(
    ("name", "weight", "message"),
    [
        ("sigreg", 1.0, "term = 'sigreg' is unknown; allowed: forward, inverse"),
        ("inverse", -1.0, "weight of inverse = -1.0 is out of range; allowed: 0 to 1e\\+06"),
        ("inverse", math.nan, "weight of inverse = nan is out of range"),
        ("inverse", math.inf, "weight of inverse = inf is out of range"),
    ],
)
def test_a_bad_weight_is_refused_and_changes_nothing(name, weight, message):
    objective = Objective(ObjectiveConfig(weights={"forward": 1.0, "inverse": 10.0}), small_model())
    with pytest.raises(InputError, match=message):
        objective.set_weight(name, weight)
    assert objective.weights == {"forward": 1.0, "inverse": 10.0}


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ({}, "weights = {} is empty"),
        ({"reverse": 1.0}, "weights = 'reverse' is unknown; allowed: forward, inverse"),
        ({"forward": -0.1}, "weight of forward = -0.1 is out of range"),
    ],
)
def test_a_bad_objective_is_refused(weights, message):
    with pytest.raises(InputError, match=message):
        ObjectiveConfig(weights=weights)


def test_every_term_says_its_formula_its_shapes_and_its_source():
    for name, term in TERMS.items():
        text = term.__doc__
        assert "arXiv" in text or "Source" in text or name in ("variance", "covariance"), name
        assert "(batch" in text or "(2 batch" in text, name
        assert "xample" in text or name in ("sigreg", "reconstruction"), name
