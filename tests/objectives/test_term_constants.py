"""The constants of terms are configuration: claims proved here.

- At their defaults nothing changes: no fingerprint, no stored file, no value.
- Each constant moves what its formula says, checked by hand or against another way to the same number.
- A recipe has one fingerprint: constants equal to the usual ones are not kept.
- Constants of a term without a weight, of another term, or out of range are refused in one line; JSON keeps them.
"""

import json
import math

import pytest
import torch
from small_inputs import SMALL, normal, small_model

from smwm_lab.errors import InputError
from smwm_lab.objectives import (
    TERMS,
    CovarianceConfig,
    EMAConfig,
    EncodedBatch,
    MultiStepInverseConfig,
    Objective,
    ObjectiveConfig,
    ReconstructionConfig,
    SIGRegConfig,
    TermConfig,
    VarianceConfig,
    epps_pulley,
    weighted_pixel_loss,
)
from smwm_lab.seeding import generator


EXAMPLES: dict[str, TermConfig] = {
    "sigreg": SIGRegConfig(num_knots=33, reach=4.0, num_directions=64, scale_rows=256),
    "variance": VarianceConfig(target_std=0.5, epsilon=1e-3, pooled=False),
    "covariance": CovarianceConfig(pooled=False),
    "forward_ema": EMAConfig(decay=0.9, normalise_target=True, normalise_prediction=True),
    "reconstruction": ReconstructionConfig(dark_weight=3.0, channels=(16, 8)),
    "inverse_k": MultiStepInverseConfig(hidden_dim=5, depth=1),
}
"""Term -> constants that all differ from the usual ones."""


def batch(z: torch.Tensor, z_next: torch.Tensor) -> EncodedBatch:
    pixels = torch.randint(0, 256, (2, len(z), 3, 16, 16), dtype=torch.uint8, generator=generator(0, "pixels"))
    return EncodedBatch(small_model(), pixels, torch.stack([z, z_next]), torch.zeros(1, len(z), 2))


def value(name: str, given: EncodedBatch, config: TermConfig | None = None) -> float:
    return TERMS[name](given.model, config)(given).detach().item()


def objective(name: str, **terms: TermConfig) -> ObjectiveConfig:
    return ObjectiveConfig(weights={"forward": 1.0, name: 1.0}, terms=terms)


def test_every_term_with_constants_has_an_example_here():
    assert EXAMPLES.keys() == {name for name, term in TERMS.items() if term.config_class is not TermConfig}
    assert all(type(config) is TERMS[name].config_class for name, config in EXAMPLES.items())


# --- the recipe ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", EXAMPLES)
def test_usual_constants_leave_the_fingerprint_and_are_not_kept(name):
    plain, usual = objective(name), objective(name, **{name: TERMS[name].config_class()})
    assert usual == plain and usual.terms == {} and usual.fingerprint() == plain.fingerprint()
    assert ObjectiveConfig.from_dict({"weights": plain.weights}) == plain, "a file of an older version"


@pytest.mark.parametrize("name", EXAMPLES)
def test_changed_constants_change_the_fingerprint_and_survive_json(name):
    changed = objective(name, **{name: EXAMPLES[name]})
    assert changed.fingerprint() != objective(name).fingerprint()
    again = ObjectiveConfig.from_dict(json.loads(json.dumps(changed.to_dict())))
    assert again == changed and again.terms[name] == EXAMPLES[name] and again.fingerprint() == changed.fingerprint()


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_objective_gives_its_terms_their_constants(name):
    changed = Objective(objective(name, **{name: EXAMPLES[name]}), small_model())
    usual = Objective(objective(name), small_model())
    assert changed.terms[1].config == EXAMPLES[name] and usual.terms[1].config == TERMS[name].config_class()


@pytest.mark.parametrize(
    ("terms", "message"),
    [
        ({"variance": VarianceConfig()}, "terms = 'variance' has constants and no weight; allowed: forward, sigreg"),
        ({"reverse": VarianceConfig()}, "terms = 'reverse' has constants and no weight; allowed: forward, sigreg"),
        ({"sigreg": VarianceConfig()}, r"terms\['sigreg'\] is a VarianceConfig; allowed: SIGRegConfig"),
        ({"forward": VarianceConfig()}, r"terms\['forward'\] is a VarianceConfig; allowed: none, the term has no con"),
        ({"forward": TermConfig()}, "ObjectiveConfig.terms = .* has the wrong type; allowed: .*SIGRegConfig"),
    ],
)
def test_constants_that_no_term_uses_are_refused(terms, message):
    with pytest.raises(InputError, match=message) as caught:
        objective("sigreg", **terms)
    assert "\n" not in str(caught.value)


def test_stored_constants_say_their_kind():
    stored = objective("sigreg", sigreg=SIGRegConfig(num_knots=9)).to_dict()
    assert stored["terms"]["sigreg"]["kind"] == "SIGRegConfig"
    for constants, message in (
        ({"num_knots": 9}, "terms has the keys num_knots; allowed: a 'kind', or exactly the fields of"),
        ({"kind": "SIGReg2"}, "terms is of the kind 'SIGReg2'; allowed: .*SIGRegConfig"),
    ):
        with pytest.raises(InputError, match=message):
            ObjectiveConfig.from_dict(stored | {"terms": {"sigreg": constants}})


@pytest.mark.parametrize(
    ("config", "change", "message"),
    [
        (SIGRegConfig, {"num_knots": 1}, "num_knots = 1 is out of range; allowed: 2 to"),
        (SIGRegConfig, {"reach": 0.0}, "reach = 0.0 is out of range"),
        (SIGRegConfig, {"num_directions": 0}, "num_directions = 0 is out of range"),
        (SIGRegConfig, {"scale_rows": 0}, "scale_rows = 0 is out of range"),
        (VarianceConfig, {"target_std": 0.0}, "target_std = 0.0 is out of range"),
        (VarianceConfig, {"epsilon": 0.0}, "epsilon = 0.0 is out of range"),
        (EMAConfig, {"decay": 1.5}, "decay = 1.5 is out of range; allowed: 0 to 1"),
        (EMAConfig, {"epsilon": math.nan}, "epsilon = nan is out of range"),
        (ReconstructionConfig, {"dark_weight": -1.0}, "dark_weight = -1.0 is out of range"),
        (ReconstructionConfig, {"channels": ()}, r"channels = \(\) is empty"),
        (ReconstructionConfig, {"channels": (8, 0)}, "channels = 0 is out of range"),
        (MultiStepInverseConfig, {"depth": 0}, "depth = 0 is out of range; allowed: 1 to 16"),
        (MultiStepInverseConfig, {"hidden_dim": 0}, "hidden_dim = 0 is out of range"),
    ],
)
def test_constants_out_of_range_are_refused(config, change, message):
    with pytest.raises(InputError, match=message):
        config(**change)


# --- what the constants do ----------------------------------------------------------------------------------


def test_sigreg_scales_with_the_number_of_rows_it_is_given():
    """64 rows scaled to 256 are four times the statistic; and then the size of a collapsed batch does not matter."""
    given = batch(*normal(2, 32, 6))
    assert value("sigreg", given, SIGRegConfig(scale_rows=256)) == pytest.approx(4 * value("sigreg", given), rel=1e-6)
    assert value("sigreg", given, SIGRegConfig(scale_rows=64)) == value("sigreg", given)
    sizes = [value("sigreg", batch(*torch.zeros(2, n, 6)), SIGRegConfig(scale_rows=256)) for n in (8, 128)]
    assert sizes[0] == pytest.approx(sizes[1], rel=1e-5) and sizes[1] == value("sigreg", batch(*torch.zeros(2, 128, 6)))


def test_the_quadrature_of_sigreg_is_that_of_its_constants():
    given, config = batch(*normal(2, 32, 6)), SIGRegConfig(num_knots=9, reach=2.0, num_directions=5)
    direction = torch.randn(6, 5, generator=generator(0, "sigreg directions", 0))
    along = given.every_z @ torch.nn.functional.normalize(direction, dim=0)
    assert value("sigreg", given, config) == epps_pulley(along, num_knots=9, reach=2.0).mean().item()


def test_the_variance_hinge_stands_at_its_target():
    given = batch(torch.full((4, 6), 0.3), torch.full((4, 6), 0.3))
    config = VarianceConfig(target_std=0.5, epsilon=0.01)
    assert value("variance", given, config) == pytest.approx(0.4)
    spread = batch(*(0.6 * normal(2, 500, 6)))
    assert value("variance", spread, config) == 0 < value("variance", spread)


def test_views_by_themselves_do_not_count_the_distance_between_them():
    """Two constant views, apart: pooled they have a variance, by themselves none."""
    given = batch(torch.full((4, 6), 0.5), torch.full((4, 6), -0.5))
    assert value("variance", given, VarianceConfig(pooled=False)) == pytest.approx(0.99)
    assert value("variance", given) == pytest.approx(1 - math.sqrt(2 / 7 + 1e-4))
    assert value("covariance", given, CovarianceConfig(pooled=False)) == 0 < value("covariance", given)


def test_the_covariance_of_the_views_is_the_sum_of_both():
    z, z_next = normal(50, 6), normal(50, 6, seed=1)
    alone = sum(value("covariance", batch(view, view), CovarianceConfig(pooled=False)) / 2 for view in (z, z_next))
    assert value("covariance", batch(z, z_next), CovarianceConfig(pooled=False)) == pytest.approx(alone, rel=1e-5)
    same = batch(z, z)
    ratio = value("covariance", same, CovarianceConfig(pooled=False)) / value("covariance", same)
    assert ratio == pytest.approx(2 * (99 / 98) ** 2, rel=1e-4), "twice the pooled push, but for n - 1"


def test_the_slow_encoder_keeps_the_share_it_is_told():
    model = small_model()
    term = TERMS["forward_ema"](model, EMAConfig(decay=0.75))
    with torch.no_grad():
        for slow, fast in zip(term.slow_encoder.parameters(), model.encoder.parameters(), strict=True):
            slow.zero_(), fast.fill_(1.0)
    term.after_step(model)
    assert all(torch.allclose(slow, torch.full_like(slow, 0.25)) for slow in term.slow_encoder.parameters())


def test_normalised_sides_are_compared_in_their_shape_alone():
    """Scale and offset of a dimension of the prediction do not matter any more; a constant one leaves Var = 1."""
    given, both = batch(*normal(2, 40, 6)), EMAConfig(normalise_target=True, normalise_prediction=True)
    term = TERMS["forward_ema"](given.model.eval(), both)
    with torch.no_grad():
        target = term.slow_encoder(given.next_observation)
        for prediction, expected in ((3 * target - 7, 0.0), (0 * target, 1.0), (-target, 4.0)):
            vars(given)["predicted"] = prediction
            spread = target.var(0, correction=0)
            share = (spread / (spread + both.epsilon)).mean().item()
            assert term(given).item() == pytest.approx(expected * share, abs=5e-3)


@pytest.mark.parametrize("side", ["normalise_target", "normalise_prediction"])
def test_one_side_can_be_normalised_alone(side):
    given = batch(*normal(2, 40, 6))
    term = TERMS["forward_ema"](given.model.eval(), EMAConfig(**{side: True}))
    with torch.no_grad():
        sides = {"normalise_target": term.slow_encoder(given.next_observation), "normalise_prediction": given.predicted}
        changed, other = sides.pop(side), next(iter(sides.values()))
        scaled = (changed - changed.mean(0)) / (changed.var(0, correction=0) + 1e-5).sqrt()
        assert term(given).item() == pytest.approx((scaled - other).square().mean().item(), rel=1e-4)


def test_dark_pixels_weigh_what_they_are_given():
    half, black = torch.full((2, 3, 4, 4), 0.5), torch.zeros(2, 3, 4, 4)
    assert weighted_pixel_loss(half, black, dark_weight=3.0).item() == 1.0
    assert weighted_pixel_loss(half, 1 - black, dark_weight=3.0).item() == 0.25
    given = batch(*normal(2, 8, 6))
    term = TERMS["reconstruction"](given.model, ReconstructionConfig(dark_weight=3.0))
    with torch.no_grad():
        image = term.decoder(given.starts)
        by_hand = weighted_pixel_loss(image, given.observation.float() / 255, dark_weight=3.0)
        assert term(given).item() == pytest.approx(by_hand.item(), rel=1e-5)


def test_heads_and_decoders_have_their_sizes():
    model = small_model()
    head = TERMS["inverse_k"](model, MultiStepInverseConfig(hidden_dim=5, depth=1)).head
    assert sum(p.numel() for p in head.parameters()) == (12 + 1) * 5 + (5 + 1) * 2
    assert TERMS["inverse_k"](model).head.layers[0].out_features == SMALL.hidden_dim
    decoder = TERMS["reconstruction"](model, ReconstructionConfig(channels=(16, 8))).decoder
    assert decoder(torch.zeros(2, 6)).shape == (2, 3, 16, 16) and decoder.start == (16, 4, 4)
