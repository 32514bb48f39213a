"""Readout probes: claims proved here.

- The three probes are scikit-learn estimators; the linear one is ridge regression on standardised latents.
- Capacity shows: a line reads a linear code, only MLP and neighbours read a bent one; only neighbours see scale.
- Every score stands beside its controls, and shuffled targets score about nothing.
- Pixels in principal components are scikit-learn's; the untrained control has weights of its own.
- Held-out states are disjoint from those the probes were fitted on.
- An angle over more than one turn, or in degrees, is not read without a warning.
- Bad input is one clear line.
"""

import numpy as np
import pandas as pd
import pytest
import torch
from sklearn.base import clone
from sklearn.decomposition import PCA
from sklearn.linear_model import Ridge
from sklearn.preprocessing import StandardScaler

from smwm_lab import viz
from smwm_lab.data import split_by_state
from smwm_lab.errors import InputError
from smwm_lab.models import ModelConfig, WorldModel
from smwm_lab.probes import (
    READOUTS,
    LatentTable,
    compare_readouts,
    encode_states,
    held_out_latents,
    pixel_pca,
    readout_r2,
    readout_report,
    table_targets,
    to_numpy,
    untrained_model,
)
from smwm_lab.probes.inputs.checks import draw_probe_states
from smwm_lab.probes.readout.bootstrap import interval
from smwm_lab.worlds import make_world


RANDOM = np.random.default_rng(0)
Z, HELD = RANDOM.normal(size=(800, 6)), RANDOM.normal(size=(400, 6))


def targets(z: np.ndarray) -> dict[str, np.ndarray]:
    return {"linear": z[:, :1] + z[:, 1:2], "bent": np.abs(z[:, :1])}


@pytest.fixture(scope="module")
def report():
    noise = RANDOM.normal(size=(800, 6)), RANDOM.normal(size=(400, 6))
    return compare_readouts((Z, HELD), targets(Z), targets(HELD), controls={"noise": noise})


@pytest.mark.parametrize("name", READOUTS)
def test_a_probe_follows_the_estimator_contract(name):
    probe = READOUTS[name](3)
    assert clone(probe).get_params(deep=False).keys() == probe.get_params(deep=False).keys()
    assert not [attribute for attribute in vars(probe) if attribute.endswith("_")], "nothing is learned before fit"
    assert probe.fit(Z, Z[:, :2]) is probe and probe.predict(HELD).shape == (400, 2)


def test_the_linear_score_is_that_of_ridge_on_standardised_latents(report):
    scaler = StandardScaler().fit(Z)
    ridge = Ridge(1e-3).fit(scaler.transform(Z), targets(Z)["bent"])
    assert report.r2("bent") == pytest.approx(ridge.score(scaler.transform(HELD), targets(HELD)["bent"]), abs=1e-9)


def test_a_single_target_of_one_column_can_be_read():
    assert readout_r2(Z, {"y": Z[:, :1]}, HELD, {"y": HELD[:, :1]})["y"] > 0.999


def test_capacity_shows(report):
    assert report.r2("linear") > 0.999 and report.r2("linear", "mlp") > 0.9
    assert report.r2("bent") < 0.1 < 0.6 < report.r2("bent", "mlp")
    assert 0.3 < report.r2("bent", "knn") < report.r2("bent", "mlp")


def test_only_neighbours_see_scale():
    squeezed = np.array([1e-3, 1, 1, 1, 1, 1])
    first = ({"first": Z[:, :1]}, {"first": HELD[:, :1]})
    before = compare_readouts((Z, HELD), *first, probes=("linear", "knn"))
    after = compare_readouts((Z * squeezed, HELD * squeezed), *first, probes=("linear", "knn"))
    assert after.r2("first") == pytest.approx(before.r2("first"), abs=1e-6) and before.r2("first") > 0.999
    assert before.r2("first", "knn") > 0.5 and after.r2("first", "knn") < 0.05


def test_every_score_stands_beside_its_controls_which_know_nothing_here(report):
    table = report.table()
    assert list(table.columns) == ["r2", "low", "high", "noise", "shuffled"]
    assert list(table.index) == [(t, p) for t in ("linear", "bent") for p in ("linear", "mlp", "knn")]
    assert table[["noise", "shuffled"]].max().max() < 0.1
    assert table.loc[("linear", "linear"), "shuffled"] > -0.1
    assert ((table["low"] <= table["r2"]) & (table["r2"] <= table["high"])).all()
    assert "\n" not in repr(report) and "bent mlp" in repr(report)


def test_the_figure_draws_every_score_beside_its_controls(report):
    figure = viz.plot_readouts(report)
    figure.canvas.draw()
    drawn = {line.get_label(): line.get_xdata().tolist() for line in figure.axes[0].lines}
    assert drawn["latents"] == report.table()["r2"].tolist() and set(drawn) == {"latents", "noise", "shuffled"}
    assert drawn["shuffled"] == report.table()["shuffled"].clip(lower=-0.1).tolist()


def test_the_interval_covers_the_score_of_other_held_out_rows():
    noisy = {"y": Z[:, :1] + RANDOM.normal(size=(800, 1))}
    covered = 0
    for _ in range(40):
        held = RANDOM.normal(size=(400, 6))
        answer = {"y": held[:, :1] + RANDOM.normal(size=(400, 1))}
        score = compare_readouts((Z, held), noisy, answer, probes=("linear",)).scores[0]
        covered += score.low <= 0.5 <= score.high
    assert covered >= 34


def test_a_report_is_repeatable_and_depends_on_its_seed():
    once, again, other = (
        compare_readouts((Z, HELD), {"bent": np.abs(Z[:, :1])}, {"bent": np.abs(HELD[:, :1])}, probes=("mlp",), seed=s)
        for s in (0, 0, 1)
    )
    assert once == again and once != other


def test_pixels_in_principal_components_are_those_of_scikit_learn():
    world = make_world("single_dot")
    draw = torch.Generator().manual_seed(0)
    state, held = world.sample_state(150, draw), world.sample_state(20, draw)
    ours, ours_held = pixel_pca(world, state, held, num_components=4)
    flat, flat_held = (world.observe(s).flatten(1).numpy() / 255 for s in (state, held))
    exact = PCA(4, svd_solver="full").fit(flat)
    assert ours_held.shape == (20, 4)
    assert np.allclose(ours.var(0), exact.transform(flat).var(0), rtol=0.02)
    with pytest.raises(
        InputError, match="num_components = 151 is out of range; allowed: 1 to 150; they come from 150 frames"
    ):
        pixel_pca(world, state, held, num_components=151)


def test_the_untrained_control_has_weights_of_its_own_and_leaves_the_random_state_alone():
    state = torch.get_rng_state()
    config = ModelConfig(latent_dim=4)
    first, again, other = (untrained_model(config, seed=s).encoder.head.weight for s in (0, 0, 1))
    assert torch.equal(first, again) and not torch.equal(first, other)
    assert torch.equal(torch.get_rng_state(), state)


def test_probe_states_are_held_out_by_state():
    split = split_by_state(make_world("sprite_xy"), seed=1)
    states = draw_probe_states(split, num_train=300, num_test=100, seed=0)
    assert split.is_training(states.training).all() and split.is_held_out(states.held_out).all()
    assert states.targets["theta"].shape == (300, 2), "an angle is read as cosine and sine"
    assert np.allclose((states.held_out_targets["theta"] ** 2).sum(1), 1)


def test_held_out_latents_are_those_of_held_out_states():
    split, model = split_by_state(make_world("sprite_xy"), seed=1), untrained_model(ModelConfig(latent_dim=4))
    state = draw_probe_states(split, num_train=2, num_test=50, seed=3).held_out
    expected = to_numpy(encode_states(model, split.world, state))
    assert np.array_equal(held_out_latents(model, split, num_states=50, seed=3), expected)


class Position(WorldModel):
    """A model whose latent is the position of the red dot, from its centroid."""

    def encode(self, observation):
        dark, axis = 255 - observation[:, 1].float(), torch.arange(64.0)
        mass = dark.sum((1, 2))
        x, y = (dark * axis).sum((1, 2)) / mass, (dark * axis[:, None]).sum((1, 2)) / mass
        return torch.stack([x, y, x, y], 1) / 64


def test_a_model_is_scored_beside_untrained_encoder_and_pixels():
    split = split_by_state(make_world("single_dot"), seed=0)
    config = ModelConfig(latent_dim=4)
    report = readout_report(
        Position(config), split, untrained=untrained_model(config), num_train=200, num_test=100, probes=("linear",)
    )
    assert list(report.table().columns) == ["r2", "low", "high", "untrained", "pixel_pca", "shuffled"]
    assert report.r2("red_x") > 0.999 and report.to_dict()["latent_dim"] == 4
    assert max(max(score.controls.values()) for score in report.scores) < 0.99


def with_value(array: np.ndarray, value: float) -> np.ndarray:
    changed = array.copy()
    changed[5, 2] = value
    return changed


Y, Y_HELD = {"y": Z[:, :1]}, {"y": HELD[:, :1]}
BAD = {
    "latents hold nan at row 5, column 2": lambda: compare_readouts((with_value(Z, np.nan), HELD), Y, Y_HELD),
    "held-out latents hold inf at row 5": lambda: compare_readouts((Z, with_value(HELD, np.inf)), Y, Y_HELD),
    "6 rows are too few for 6 latent columns": lambda: compare_readouts((Z[:6], HELD), {"y": Z[:6, :1]}, Y_HELD),
    "10 training rows are too few": lambda: compare_readouts((Z[:10], HELD), {"y": Z[:10, :1]}, Y_HELD),
    "has 799 rows for 800": lambda: compare_readouts((Z, HELD), {"y": Z[1:, :1]}, Y_HELD),
    "latents have 6 columns, held-out latents 5": lambda: compare_readouts((Z, HELD[:, :5]), Y, Y_HELD),
    "training target 'y' is constant": lambda: compare_readouts((Z, HELD), {"y": np.ones(800)}, Y_HELD),
    "hold object; allowed: real numbers": lambda: compare_readouts((Z.astype(object), HELD), Y, Y_HELD),
    "hold complex128": lambda: compare_readouts((Z, HELD), {"y": Z[:, 0] * 1j}, Y_HELD),
    r"shape \(800,\); allowed: \(rows, columns\)": lambda: compare_readouts((Z[:, 0], HELD), Y, Y_HELD),
    "held-out targets .* differ": lambda: compare_readouts((Z, HELD), Y, {"x": HELD[:, 0]}),
    "targets are empty": lambda: compare_readouts((Z, HELD), {}, {}),
    "probes = 'tree' is unknown": lambda: compare_readouts((Z, HELD), Y, Y_HELD, probes=("tree",)),
    r"probes = \(\) is empty": lambda: compare_readouts((Z, HELD), Y, Y_HELD, probes=()),
    "a control named 'shuffled'": lambda: compare_readouts((Z, HELD), Y, Y_HELD, controls={"shuffled": (Z, HELD)}),
    "column 'name' holds": lambda: table_targets(pd.DataFrame({"name": ["a", "b"]})),
    "angles names 'turn', which is no column; allowed: x": lambda: table_targets(
        pd.DataFrame({"x": [1.0]}), angles=("turn",)
    ),
}


@pytest.mark.parametrize("message", BAD)
def test_bad_input_is_one_clear_line(message):
    with pytest.raises(InputError, match=message) as caught:
        BAD[message]()
    assert "\n" not in str(caught.value)


def test_a_table_of_states_becomes_targets():
    made = table_targets(pd.DataFrame({"x": [1, 2], "turn": [0.0, np.pi / 2]}), angles=("turn",))
    assert made["x"].tolist() == [[1.0], [2.0]] and np.allclose(made["turn"], [[1, 0], [0, 1]])


def test_an_angle_beyond_one_turn_is_not_read_in_silence(recwarn):
    turns = pd.DataFrame({"theta": np.linspace(0, 20, 50)})
    with pytest.warns(UserWarning, match=r"'theta' runs from 0 to 20, 3.18 turns .* give angles=\('theta',\)"):
        table_targets(turns)
    with pytest.warns(UserWarning, match=r"'heading' runs from 0 to 350, 55.7 turns .* np.deg2rad"):
        table_targets(pd.DataFrame({"heading": np.arange(0.0, 360, 50)}), angles=("heading",))
    recwarn.clear()
    table_targets(pd.DataFrame({"theta": [0.0, 2 * np.pi], "x": [0.0, 64.0]}), angles=("theta",))
    LatentTable.of(np.eye(50)[:, :2], turns)  # shown, not probed
    assert not recwarn


def test_dead_directions_are_allowed_and_read_as_nothing():
    dead = compare_readouts((np.zeros((100, 3)), np.zeros((50, 3))), {"y": Z[:100, 0]}, {"y": HELD[:50, 0]})
    assert all(score.r2 < 0.05 for score in dead.scores)


def test_an_interval_is_the_middle_of_its_values():
    """Of 0 to 200 the middle 95 % leave out five at either end."""
    assert interval(np.arange(201.0)) == pytest.approx((5.0, 195.0))
