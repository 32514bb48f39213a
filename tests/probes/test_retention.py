"""Retention: claims proved here.

- On Gaussian latents the whole curve has a closed form, p / (p + nu^2), and the noise survived is sqrt(p).
- The closed form is ridge regression with penalty n nu^2 s^2, and what drawn noise gives on average.
- The number sees neither scale, rotation, shift nor dead directions; R^2 without noise sees none of the squeezing.
- Noise and constant latents survive nothing; the interval covers the truth.
- The share of variance a component accounts for is known for independent components, bent or not; shuffled it is 0.
- Alpha and the area under the curve move smoothly through one half, where survived noise jumps.
- Bad input is one clear line.
"""

from dataclasses import replace

import numpy as np
import pytest
from matplotlib.figure import Figure
from sklearn.linear_model import Ridge
from sklearn.metrics import r2_score

from smwm_lab import viz
from smwm_lab.data import split_by_state
from smwm_lab.errors import InputError
from smwm_lab.models import ModelConfig
from smwm_lab.probes import (
    NOISE,
    RetentionReport,
    describe_retention,
    retention_report,
    survived_noise,
    untrained_model,
)
from smwm_lab.viz.theme import DOTS
from smwm_lab.worlds import make_world


RANDOM = np.random.default_rng(0)
N, M = 6000, 4000
TRUTH, HELD_TRUTH = RANDOM.normal(size=(N, 3)), RANDOM.normal(size=(M, 3))
FEW = TRUTH[:1000]
BASIS, _ = np.linalg.qr(RANDOM.normal(size=(5, 3)))
STD = np.array([3.0, 1.0, 0.01])
SHARE = STD**2 / (STD**2).sum()


def code(truth: np.ndarray) -> np.ndarray:
    """Three factors of very different variance in a plane of five dimensions, shifted."""
    return (truth * STD) @ BASIS.T + 7


def columns(truth: np.ndarray) -> dict[str, np.ndarray]:
    return {name: truth[:, i : i + 1] for i, name in enumerate("abc")}


@pytest.fixture(scope="module")
def report():
    return describe_retention(code(TRUTH), columns(TRUTH), code(HELD_TRUTH), columns(HELD_TRUTH))


def test_the_curve_of_a_gaussian_factor_has_its_closed_form(report):
    noise = np.array(NOISE)
    for i, name in enumerate("abc"):
        assert report.components[name].r2 == pytest.approx(SHARE[i] / (SHARE[i] + noise**2), abs=0.02)
        assert report.survives[name] == pytest.approx(np.sqrt(SHARE[i]), rel=0.03)


def test_a_factor_spread_over_two_directions_has_its_closed_form():
    weight, noise = np.array([0.6, 0.8, 0.0]), np.array(NOISE)
    made = describe_retention(code(TRUTH), {"y": TRUTH @ weight}, code(HELD_TRUTH), {"y": HELD_TRUTH @ weight})
    expected = (weight**2 * SHARE / (SHARE + noise[:, None] ** 2)).sum(1)
    assert made.components["y"].r2 == pytest.approx(expected, abs=0.02)


def test_what_is_decodable_is_not_what_is_carried(report):
    c = report.components["c"]
    assert c.decodable > 0.999 and c.survives < 0.005 and report.survives["a"] > 100 * c.survives


@pytest.mark.parametrize("level", [10, 30, 45])
def test_the_closed_form_is_ridge_and_the_mean_over_drawn_noise(report, level):
    z, held, y, y_held = code(TRUTH), code(HELD_TRUTH), TRUTH[:, 1], HELD_TRUTH[:, 1]
    absolute = NOISE[level] * report.total_std
    ridge = Ridge(alpha=N * absolute**2).fit(z, y)
    clean = ((ridge.predict(held) - y_held) ** 2).sum() + M * absolute**2 * (ridge.coef_**2).sum()
    ours = report.components["b"].r2[level]
    assert ours == pytest.approx(1 - clean / ((y_held - y_held.mean()) ** 2).sum(), abs=1e-9)
    noisy, noisy_held = (x + absolute * RANDOM.normal(size=x.shape) for x in (z, held))
    drawn = r2_score(y_held, Ridge(alpha=1e-9).fit(noisy, y).predict(noisy_held))
    assert ours == pytest.approx(drawn, abs=0.03)


@pytest.mark.parametrize("change", ["scale", "rotation", "shift", "dead directions"])
def test_the_number_does_not_see(change, report):
    turn, _ = np.linalg.qr(RANDOM.normal(size=(5, 5)))
    changed = {
        "scale": lambda z: (z - 7) * 1e-4,
        "rotation": lambda z: z @ turn,
        "shift": lambda z: z + 100,
        "dead directions": lambda z: np.hstack([z, np.zeros((len(z), 20))]),
    }[change]
    after = describe_retention(
        changed(code(TRUTH)), columns(TRUTH), changed(code(HELD_TRUTH)), columns(HELD_TRUTH)
    ).survives
    assert after == pytest.approx(report.survives, rel=1e-4)


def test_a_component_that_is_not_there_survives_nothing_and_constant_latents_carry_nothing(report):
    noise = {"noise": RANDOM.normal(size=(N, 1))}
    held = {"noise": RANDOM.normal(size=(M, 1))}
    nothing = describe_retention(code(TRUTH), noise, code(HELD_TRUTH), held).components["noise"]
    assert nothing.survives == 0 and abs(nothing.decodable) < 0.02 and abs(nothing.variance_share) < 0.02
    rounding = np.full((N, 5), 0.3) + 1e-8 * TRUTH[:, :1], np.full((M, 5), 0.3) + 1e-8 * HELD_TRUTH[:, :1]
    dead = describe_retention(rounding[0], columns(TRUTH), rounding[1], columns(HELD_TRUTH))
    assert set(dead.survives.values()) == {0.0} and dead.total_std == 0
    assert dead.components["a"].variance_share == 0 and max(dead.components["a"].r2) <= 0


def test_the_interval_covers_the_truth():
    covered = 0
    for _ in range(40):
        held = RANDOM.normal(size=(300, 3))
        made = describe_retention(code(FEW), columns(FEW), code(held), columns(held)).components["b"]
        covered += made.low <= np.sqrt(SHARE[1]) <= made.high
    assert covered >= 34


def test_frames_of_one_state_are_resampled_together():
    """Twenty copies of forty states say no more than the forty states."""
    held = RANDOM.normal(size=(40, 3))
    once, often = (
        describe_retention(code(TRUTH), columns(TRUTH), code(rows), columns(rows)).components["b"]
        for rows in (held, np.repeat(held, 20, 0))
    )
    assert often.survives == pytest.approx(once.survives)
    assert often.high - often.low == pytest.approx(once.high - once.low, rel=0.3)


@pytest.mark.parametrize(
    "curve, expected",
    [([0.4, 0.3, 0.1], 0.0), ([1.0, 0.0, 0.0], 0.1**0.5), ([1.0, 0.9, 0.6], 10.0), ([0.4, 0.75, 0.25], 10**0.5)],
)
def test_the_noise_survived_is_interpolated_over_its_logarithm(curve, expected):
    assert survived_noise((0.1, 1.0, 10.0), np.array(curve)) == pytest.approx(expected)


def test_the_share_of_variance_of_independent_components_is_known_and_shuffled_it_is_nothing(report):
    for i, name in enumerate("abc"):
        component = report.components[name]
        assert component.variance_share == pytest.approx(SHARE[i], abs=0.02)
        assert abs(component.shuffled_share) < 0.01


def test_the_share_of_a_bent_component_and_of_an_angle_is_found():
    def bent(u: np.ndarray, angle: np.ndarray) -> np.ndarray:
        return np.stack([np.sin(2 * u), u**2, np.cos(2 * angle), np.sin(2 * angle)], 1)

    def drawn(n: int) -> tuple[np.ndarray, dict[str, np.ndarray]]:
        u, angle = RANDOM.uniform(-1, 1, n), RANDOM.uniform(0, 2 * np.pi, n)
        return bent(u, angle), {"u": u[:, None], "angle": np.stack([np.cos(angle), np.sin(angle)], 1)}

    (z, named), (held, held_named) = drawn(N), drawn(M)
    parts = describe_retention(z, named, held, held_named).components
    variance = held.var(0) / held.var(0).sum()
    assert parts["u"].variance_share == pytest.approx(variance[:2].sum(), abs=0.02)
    assert parts["angle"].variance_share == pytest.approx(variance[2:].sum(), abs=0.02)
    assert parts["angle"].decodable < 0.02, "a line cannot read an angle from twice that angle"


def test_a_model_is_measured_beside_an_untrained_one():
    split, config = split_by_state(make_world("sprite_xy"), seed=0), ModelConfig(latent_dim=8)
    made = retention_report(
        untrained_model(config), split, untrained=untrained_model(config, seed=1), num_train=200, num_test=100
    )
    table = made.table()
    assert list(table.index) == ["x", "y", "theta"] and "untrained_survives" in table
    assert np.allclose(table["survives_absolute"], table["survives"] * made.total_std)
    assert "\n" not in repr(made) and made.to_dict()["components"].keys() == {"x", "y", "theta"}
    figure = viz.plot_retention({"untrained": made, "again": made})
    figure.canvas.draw()
    assert isinstance(figure, Figure) and len(figure.axes) == 2


def test_the_floor_is_relative_or_absolute(report):
    """At the floor is who survives no more than the untrained one, be it in shares or in latent units."""

    def at_floor(survives: float, total_std: float) -> bool:
        one = {"b": replace(report.components["b"], survives=survives)}
        floor = RetentionReport({"b": report.components["b"]}, report.total_std, report.noise)
        return RetentionReport(one, total_std, report.noise, untrained=floor).table().loc["b", "at_floor"]

    assert not at_floor(0.6, report.total_std)
    assert at_floor(0.2, report.total_std * 10), "a smaller share"
    assert at_floor(0.6, report.total_std * 1e-3), "collapsed"


def test_the_figure_draws_the_curves_and_marks_what_survives(report):
    ax = viz.plot_retention({"code": report}).axes[0]
    curves = [line for line in ax.lines if len(line.get_xdata()) == len(NOISE)]
    assert [line.get_ydata().tolist() for line in curves] == [c.r2.tolist() for c in report.components.values()]
    marks = [line.get_xdata()[0] for line in ax.lines if len(line.get_xdata()) == 1]
    assert marks == list(report.survives.values())


def test_dots_have_their_own_colours_and_one_grey_line_is_named(report):
    names = ("red_x", "red_y", "green_x", "theta")
    parts = {name: report.components["b"] for name in names}
    floor = RetentionReport(parts, report.total_std, report.noise)
    figure = viz.plot_retention({"code": RetentionReport(parts, report.total_std, report.noise, untrained=floor)})
    lines = {line.get_label().split(":")[0]: line for line in figure.axes[0].lines}
    assert [lines[name].get_color() for name in names[:3]] == [DOTS["red"], DOTS["red"], DOTS["green"]]
    assert [lines[name].get_linestyle() for name in names] == ["-", "--", "-", "-"]
    entries = [text.get_text() for text in figure.axes[0].get_legend().texts]
    assert entries.count("untrained") == 1 and len(entries) == 1 + len(names)


Z, HELD, Y, Y_HELD = code(TRUTH), code(HELD_TRUTH), columns(TRUTH), columns(HELD_TRUTH)
BAD = {
    "latents hold nan": lambda: describe_retention(np.where(Z > 9, np.nan, Z), Y, HELD, Y_HELD),
    "5 rows are too few for 5 latent columns": lambda: describe_retention(Z[:5], columns(TRUTH[:5]), HELD, Y_HELD),
    "has 5999 rows for 6000": lambda: describe_retention(Z, columns(TRUTH[1:]), HELD, Y_HELD),
    "'a' is constant": lambda: describe_retention(Z, columns(TRUTH * 0), HELD, Y_HELD),
    "hold <U1; allowed: real numbers": lambda: describe_retention(Z, {"a": np.full(N, "x")}, HELD, Y_HELD),
    r"noise = \(1.0, 0.1\)": lambda: describe_retention(Z, Y, HELD, Y_HELD, noise=(1.0, 0.1)),
    r"noise = \(0.0, 0.1\)": lambda: describe_retention(Z, Y, HELD, Y_HELD, noise=(0.0, 0.1)),
    "number of held-out probe states = 1 is": lambda: retention_report(
        untrained_model(ModelConfig()), split_by_state(make_world("sprite_xy"), seed=0), num_test=1
    ),
}


@pytest.mark.parametrize("message", BAD)
def test_bad_input_is_one_clear_line(message):
    with pytest.raises(InputError, match=message) as caught:
        BAD[message]()
    assert "\n" not in str(caught.value)


def pair(alpha: float) -> tuple[float, float, float]:
    """Return survived noise, area and alpha of the component a in latents that hold alpha * a + (1 - alpha) * b."""
    drawn = np.random.default_rng(0).normal(size=(1000, 2))
    pair_of_dots, _ = np.linalg.qr(drawn - drawn.mean(0))  # exactly uncorrelated, so that .51 and .49 are what they are
    z = pair_of_dots @ [[alpha], [1 - alpha]]
    a = {"a": pair_of_dots[:, :1]}
    report = describe_retention(z, a, z, a)
    kept = report.components["a"]
    assert report.to_dict()["components"]["a"]["area"] == report.curve_areas().area["a"] == kept.area
    assert "area" not in report.table() and "alpha" not in report.table()
    return kept.survives, kept.area, kept.alpha


def test_half_a_pair_is_no_cliff_for_alpha_and_area():
    (more, area_more, alpha_more), (less, area_less, alpha_less) = pair(0.51), pair(0.49)
    assert more > 0.1 and less == 0, "survived noise jumps at one half"
    assert area_less == pytest.approx(area_more, rel=0.1) and area_less < area_more
    assert (alpha_more, alpha_less) == pytest.approx((0.51, 0.49), abs=1e-6)


def test_areas_stand_beside_those_of_an_untrained_model():
    random = np.random.default_rng(0)
    y, z = random.normal(size=(300, 1)), random.normal(size=(300, 2))
    floor = describe_retention(z[:200], {"y": y[:200]}, z[200:], {"y": y[200:]})
    clear = describe_retention(y[:200], {"y": y[:200]}, y[200:], {"y": y[200:]}, untrained=floor)
    row = clear.curve_areas().loc["y"]
    assert row.alpha > 0.99 and row.untrained_alpha < 0.3 and row.area > 0.7 > row.untrained_area
