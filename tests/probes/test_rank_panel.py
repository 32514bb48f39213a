"""The rank panel: claims proved here.

- Stable rank and knee have their closed forms; no measure sees scale or rotation; all are 0 without variance.
- Two-NN finds the dimension of flat and bent sheets, and is the published fit.
- On clouds of known dimension every measure is wrong where its formula says so.
- Bias, spread and drift with sample size are what they are called; flat spectra are underestimated less with more rows.
- The figure shows the panel's numbers. Bad input is one clear line.
"""

import numpy as np
import pytest
from matplotlib.figure import Figure

from smwm_lab import viz
from smwm_lab.errors import InputError
from smwm_lab.probes import MEASURES, SYNTHETIC_CLOUDS, rank_panel, synthetic_panel, two_nn
from smwm_lab.probes.collapse import spectra


RANDOM = np.random.default_rng(0)


def cloud(*eigenvalues: float, n: int = 500) -> np.ndarray:
    """Points whose sample covariance has exactly these eigenvalues."""
    white = RANDOM.normal(size=(n, len(eigenvalues)))
    white, _ = np.linalg.qr(white - white.mean(0))
    basis, _ = np.linalg.qr(RANDOM.normal(size=(len(eigenvalues), len(eigenvalues))))
    return (white * np.sqrt((n - 1) * np.array(eigenvalues))) @ basis


@pytest.fixture(scope="module")
def panel():
    return synthetic_panel(num_seeds=2)


@pytest.mark.parametrize("eigenvalues, expected", [((4, 1, 1), 1.5), ((2, 2, 2), 3.0), ((1, 0, 0), 1.0)])
def test_the_stable_rank_has_its_closed_form(eigenvalues, expected):
    assert spectra.stable_rank(cloud(*map(float, eigenvalues))) == pytest.approx(expected)


@pytest.mark.parametrize(
    "eigenvalues, knee",
    [((4.0, 3.0, 0.01, 0.005), 2), ((1.0, 0.01, 0.009), 1), ((1.0, 1.0, 0.0), 2), ((1.0, 0.9, 1e-6, 1e-12), 2)],
)
def test_the_knee_is_where_the_spectrum_falls_most(eigenvalues, knee):
    assert spectra.log_gap_knee(cloud(*eigenvalues)) == knee
    assert spectra.log_gap_knee(cloud(1.0)) == 1


@pytest.mark.parametrize("name", MEASURES)
def test_no_measure_sees_scale_or_rotation_and_constant_latents_have_no_dimension(name):
    measure = MEASURES[name]
    points = cloud(2.0, 1.0, 0.1)
    turn, _ = np.linalg.qr(RANDOM.normal(size=(3, 3)))
    assert measure(points * 1e-5) == pytest.approx(measure(points), rel=1e-4)
    assert measure(points @ turn) == pytest.approx(measure(points), rel=1e-6)
    if name != "rankme":  # it is not centred, and has its own epsilon
        assert measure(np.zeros((100, 3))) == 0


@pytest.mark.parametrize("dim", [1, 2, 3, 5])
def test_two_nn_finds_the_dimension_of_a_cube_in_many_dimensions(dim):
    estimates = [two_nn(np.random.default_rng(s).uniform(size=(2000, dim)) @ np.eye(dim, 20)) for s in range(3)]
    assert np.mean(estimates) == pytest.approx(dim, rel=0.1)


def test_two_nn_finds_the_dimension_of_bent_sheets(panel):
    means = panel.means()["two_nn"]
    assert means[["circle", "sphere", "sheet"]].to_numpy() == pytest.approx([1, 2, 2], rel=0.12)


def test_two_nn_is_the_published_fit():
    points = RANDOM.normal(size=(300, 3))
    distance = np.sort(np.linalg.norm(points[:, None] - points, axis=2), 1)
    mu = np.sort(distance[:, 2] / distance[:, 1])[:270]
    x, y = np.log(mu), -np.log(1 - np.arange(1, 271) / 300)
    slope = np.linalg.lstsq(x[:, None], y, rcond=None)[0][0]
    assert two_nn(points) == pytest.approx(slope)
    assert two_nn(np.vstack([points, points])) == pytest.approx(slope), "repeated points count once"


def test_a_lattice_is_nothing_but_ties():
    grid = np.stack(np.meshgrid(np.arange(12.0), np.arange(12.0)), -1).reshape(-1, 2)
    assert np.isnan(two_nn(grid * 64))


def test_every_measure_is_wrong_where_its_formula_says_so(panel):
    means = panel.means()
    assert means.loc["flat 4"].to_numpy() == pytest.approx(4, abs=0.6)
    assert means.loc["gap 4", "effective_rank"] > 15 and means.loc["gap 4", "eigen_entropy_rank"] < 5
    assert means.loc["uneven 4", "participation_ratio"] < 2.6 and means.loc["uneven 4", "log_gap_knee"] == 4
    assert means.loc["far away", "rankme"] < 2 < 15 < means.loc["gap 4", "rankme"]
    assert (means.loc["circle"].drop("two_nn") > 1.9).all() and (means.loc["sphere"].drop("two_nn") > 2.7).all()
    assert means.loc["power law"].max() / means.loc["power law"].min() > 20


def test_a_collapsed_cloud_reads_like_a_healthy_one_but_for_its_variance(panel):
    table = panel.table()["total_variance"].unstack().iloc[:, 0]
    assert table["tiny"] < 1e-11 < 1 < table["gap 4"]
    spectral = [name for name in MEASURES if name != "two_nn"]
    assert panel.means().loc["tiny", spectral].to_numpy() == pytest.approx(
        panel.means().loc["gap 4", spectral].to_numpy(), rel=0.1
    )


def test_bias_spread_and_drift_are_what_they_are_called(panel):
    given = panel.estimates
    chosen = given[(given["cloud"] == "flat 64") & (given["measure"] == "participation_ratio")]
    large, small = (chosen.loc[chosen["rows"] == n, "value"] for n in (1000, 250))
    row = panel.table().loc[("flat 64", "participation_ratio")]
    assert len(large) == 2 and row["mean"] == pytest.approx(large.mean())
    assert row["bias"] == pytest.approx(large.mean() - 64)
    assert row["spread"] == pytest.approx(large.std())
    assert row["drift"] == pytest.approx(large.mean() - small.mean())
    assert row["drift"] > 5, "few rows make a flat spectrum look narrow: 64 / (1 + 64 / rows)"
    assert large.mean() == pytest.approx(64 / (1 + 64 / 1000), rel=0.01)


def test_scores_count_and_average_over_clouds(panel):
    scores = panel.scores()
    assert list(scores.index) == list(MEASURES) and (scores["clouds"] == len(SYNTHETIC_CLOUDS)).all()
    rounded = panel.means().round().eq([c.true_dim for c in SYNTHETIC_CLOUDS], axis=0)
    assert scores["right"].to_dict() == rounded.sum().to_dict()
    times = np.log(panel.means()["two_nn"] / [c.true_dim for c in SYNTHETIC_CLOUDS]).abs().mean()
    assert scores.loc["two_nn", "factor_off"] == pytest.approx(np.exp(times))
    assert "\n" not in repr(panel) and "two_nn" in repr(panel)


def test_a_panel_is_repeatable_and_known_clouds_differ_by_seed():
    one = SYNTHETIC_CLOUDS[0]
    assert np.array_equal(one.sample(50, seed=1), one.sample(50, seed=1))
    assert not np.allclose(one.sample(50, seed=1), one.sample(50, seed=2))
    twice = [synthetic_panel((one,), num_seeds=1, sample_sizes=(60,)).estimates for _ in range(2)]
    assert twice[0].equals(twice[1])


def test_a_world_without_control_and_a_dead_latent_can_be_shown():
    dead = {"dead": [np.zeros((100, 3))] * 2, "live": [RANDOM.normal(size=(100, 3))] * 2}
    panel = rank_panel(dead, true_dims={"dead": 0, "live": 3}, sample_sizes=(50, 100))
    assert panel.means().loc["dead", "effective_rank"] == 0
    assert panel.scores()["factor_off"].between(1, 3.01).all(), "dimension 0 has no factor"
    viz.plot_rank_panel(panel).canvas.draw()


def test_the_figure_shows_the_numbers_of_the_panel(panel):
    figure = viz.plot_rank_panel(panel)
    figure.canvas.draw()
    texts = [text.get_text().split(" ")[0] for text in figure.axes[0].texts]
    assert isinstance(figure, Figure)
    assert texts == [f"{value:.3g}" for value in panel.means().to_numpy().ravel()]
    assert figure.axes[0].get_yticklabels()[0].get_text().startswith("flat 4: 4 (var. ")


LATENTS = RANDOM.normal(size=(100, 3))
TRUE = {"a": 3}
BAD = {
    "clouds are empty": lambda: rank_panel({}, true_dims=TRUE),
    "true_dims has no entry for 'b'": lambda: rank_panel({"b": [LATENTS]}, true_dims=TRUE, sample_sizes=(50,)),
    "cloud 'a' has no arrays": lambda: rank_panel({"a": []}, true_dims=TRUE, sample_sizes=(50,)),
    "latents of 'a' have 100 rows, too few; allowed: 200": lambda: rank_panel(
        {"a": [LATENTS]}, true_dims=TRUE, sample_sizes=(50, 200)
    ),
    "latents of 'a' hold nan": lambda: rank_panel({"a": [LATENTS * np.nan]}, true_dims=TRUE, sample_sizes=(50,)),
    "sample_sizes = 5 is out of range; allowed: 20": lambda: rank_panel(
        {"a": [LATENTS]}, true_dims=TRUE, sample_sizes=(5,)
    ),
    "num_seeds = 0": lambda: synthetic_panel(num_seeds=0),
    r"sample_sizes = \(\) is empty": lambda: synthetic_panel(sample_sizes=()),
    "n = 1 is out of range; allowed: 2": lambda: SYNTHETIC_CLOUDS[0].sample(1),
    "5 distinct rows are too few; allowed: 20": lambda: two_nn(np.repeat(LATENTS[:5], 20, 0)),
    r"shape \(100,\)": lambda: two_nn(LATENTS[:, 0]),
}


@pytest.mark.parametrize("message", BAD)
def test_bad_input_is_one_clear_line(message):
    with pytest.raises(InputError, match=message) as caught:
        BAD[message]()
    assert "\n" not in str(caught.value)
