"""One table of what is done against collapse: claims proved here.

- At its usual strength every regulariser is the objective it always was, to the fingerprint; so shipped runs and
  studies are still found.
- h always learns, by one of its two terms; a strength that may change keeps both.
- SIGReg has one weight; the widget, the study and the shipped run take it from here.
"""

import math

import pytest

from smwm_lab.errors import InputError
from smwm_lab.objectives import ObjectiveConfig
from smwm_lab.studies.two_room import COMPARED, WEIGHTS
from smwm_lab.training import REGULARISERS, make_objective, regulariser_objective, shipped_configs
from smwm_lab.widgets.collapse_lab.session import CollapseLabConfig
from smwm_lab.widgets.collapse_lab.widget import STRENGTHS


USUAL = {
    "inverse": make_objective(10),
    "sigreg": make_objective(0, sigreg=0.09),
    "vicreg": make_objective(0, variance=1, covariance=0.04),
    "reconstruction": make_objective(0, reconstruction=10),
    "none": make_objective(0),
    "ema_target": ObjectiveConfig(weights={"forward_ema": 1.0, "inverse_probe": 1.0}),
    "stop_gradient": ObjectiveConfig(weights={"forward_stop_gradient": 1.0, "inverse_probe": 1.0}),
}


def test_every_regulariser_has_its_row_here():
    assert USUAL.keys() == REGULARISERS.keys()
    assert len({each.label for each in REGULARISERS.values()}) == len(REGULARISERS)


@pytest.mark.parametrize("name", REGULARISERS)
def test_the_usual_objective_is_the_one_it_always_was(name):
    objective = regulariser_objective(name)
    assert objective == USUAL[name] and objective.fingerprint() == USUAL[name].fingerprint()
    assert list(objective.weights) == list(USUAL[name].weights), "terms are made, and summed, in this order"


@pytest.mark.parametrize("name", REGULARISERS)
@pytest.mark.parametrize("strength", [0.0, 0.5])
def test_h_learns_by_exactly_one_of_its_terms(name, strength):
    weights = regulariser_objective(name, strength).weights
    assert ("inverse" in weights) + ("inverse_probe" in weights) == 1
    assert ("inverse" in weights) == (name == "inverse" and strength > 0)
    steerable = REGULARISERS[name].weights(strength)
    assert set(weights) <= set(steerable) and all(steerable[term] == weight for term, weight in weights.items())


def test_a_strength_multiplies_every_share():
    assert regulariser_objective("vicreg", 2.0).weights == make_objective(0, variance=2, covariance=0.08).weights
    assert {label: each.weights["inverse"] for label, each in WEIGHTS.items()}["lambda = 0.1"] == 0.1


def test_sigreg_has_one_weight_everywhere():
    usual = regulariser_objective("sigreg").weights["sigreg"]
    assert usual == REGULARISERS["sigreg"].usual == shipped_configs()["single_dot_sigreg"].objective.weights["sigreg"]
    lab = CollapseLabConfig(regulariser="sigreg", strength=REGULARISERS["sigreg"].usual).train_config()
    assert lab.objective.weights["sigreg"] == usual and set(COMPARED.values()) <= set(REGULARISERS)


def test_every_usual_strength_is_on_the_slider():
    assert {each.usual for each in REGULARISERS.values()} <= set(STRENGTHS) and list(STRENGTHS) == sorted(STRENGTHS)


@pytest.mark.parametrize(
    ("name", "strength", "message"),
    [
        ("hope", None, "regulariser = 'hope' is unknown; allowed: inverse, sigreg, vicreg, reconstruction, none"),
        ("sigreg", -1.0, "weight of sigreg = -1.0 is out of range"),
        ("sigreg", math.nan, "weight of sigreg = nan is out of range"),
    ],
)
def test_what_is_not_in_the_table_is_refused(name, strength, message):
    with pytest.raises(InputError, match=message):
        regulariser_objective(name, strength)
