"""ProbeBench: claims proved here.

- The grid holds, at the largest number of rows, what the retention report measures, and a linear fit elsewhere.
- Both sliders, over their whole range, show the cells and curves of the grid.
- Bad input is one clear error; a run is measured beside an untrained model.
"""

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from sklearn.linear_model import Ridge
from sklearn.metrics import r2_score

from smwm_lab.data import split_by_state
from smwm_lab.errors import InputError
from smwm_lab.probes import describe_retention, probe_grid
from smwm_lab.probes.readout.grid import even_sizes
from smwm_lab.training import fit, preset_config
from smwm_lab.widgets import ProbeBench
from smwm_lab.worlds import make_world


N, D = 400, 5
RANDOM = np.random.default_rng(0)
LATENTS = RANDOM.normal(size=(N, D)) * [1, 1, 0.1, 0.1, 0]
STATES = pd.DataFrame(
    {"strong": LATENTS[:, 0], "weak": LATENTS[:, 2] + RANDOM.normal(size=N) * 0.01, "absent": RANDOM.normal(size=N)}
)
TARGETS = {name: STATES[name].to_numpy()[:, None] for name in STATES}
TRAIN, HELD = slice(0, 300), slice(300, N)


def grid(**options):
    sides = [{name: value[rows] for name, value in TARGETS.items()} for rows in (TRAIN, HELD)]
    return probe_grid(LATENTS[TRAIN], sides[0], LATENTS[HELD], sides[1], **options)


def test_the_grid_agrees_with_the_retention_report():
    sides = [{name: value[rows] for name, value in TARGETS.items()} for rows in (TRAIN, HELD)]
    report = describe_retention(LATENTS[TRAIN], sides[0], LATENTS[HELD], sides[1])
    made = grid()
    for j, name in enumerate(made.names):
        assert np.allclose(made.r2[-1, j], report.components[name].r2)
    assert made.survives(len(made.sizes) - 1) == pytest.approx(list(report.survives.values()))
    assert made.survives(7)[0] > 5 * made.survives(7)[1] > 0 and made.survives(7)[2] == 0


def test_a_cell_is_a_ridge_fit_on_the_first_rows_under_noise():
    nu, size = 0.3, 40
    made = grid(sizes=(size,), noise=(nu, 1.0))
    part, held = LATENTS[:size], LATENTS[HELD]
    std = np.sqrt(part.var(0).sum())
    probe = Ridge(alpha=size * (nu * std) ** 2).fit(part, TARGETS["strong"][:size])
    drawn = np.random.default_rng(1).normal(size=(400, *held.shape)) * nu * std
    scores = [r2_score(TARGETS["strong"][HELD], probe.predict(held + noise)) for noise in drawn]
    assert made.r2[0, 0, 0] == pytest.approx(np.mean(scores), abs=0.01)


def test_sizes_rise_to_the_last_row():
    assert even_sizes(7, 300)[-1] == 300 and all(np.diff(even_sizes(7, 300)) > 0)
    assert even_sizes(10, 10) == (10,)
    with pytest.raises(InputError, match="do not fit 300 training rows"):
        grid(sizes=(10, 301))


def test_both_sliders_show_the_grid_over_their_whole_range():
    bench = ProbeBench.from_arrays(LATENTS, STATES)
    curves = [trace for trace in bench.figure.data if trace.meta == "r2"]
    heat = next(trace for trace in bench.figure.data if trace.meta == "heat")
    for level in range(len(bench.noise.options)):
        bench.noise.index = level
        assert np.allclose(heat.z, np.clip(bench.session.grid.at_noise(level), 0, 1))
        line = next(shape for shape in bench.figure.layout.shapes if shape.name == "level")
        assert line.x0 == line.x1 == bench.session.grid.noise[level]
    for size in range(len(bench.rows.options)):
        bench.rows.index = size
        for j, curve in enumerate(curves):
            assert np.allclose(curve.y, np.maximum(bench.session.grid.r2[size, j], -0.1))
            assert curve.name == f"{bench.session.grid.names[j]}: {bench.session.grid.survives(size)[j]:.2g}"
        box = next(shape for shape in bench.figure.layout.shapes if shape.name == "column")
        assert box.x0 + 0.5 == size and f"{bench.session.grid.sizes[size]:,} training rows" in bench.status.value
    assert isinstance(bench.snapshot(), Figure)
    assert (
        bench.session.grid.table().loc[(bench.session.grid.sizes[0], bench.session.grid.noise[3]), "weak"]
        == bench.session.grid.r2[0, 1, 3]
    )


def test_held_out_rows_may_be_chosen():
    mask = np.arange(N) >= 300
    assert ProbeBench.from_arrays(LATENTS, STATES, held_out=mask).session.grid.num_test == 100
    with pytest.raises(InputError, match="held_out holds int64"):
        ProbeBench.from_arrays(LATENTS, STATES, held_out=np.arange(N))


BAD = {
    "NaN": (np.where(np.arange(N)[:, None] == 3, np.nan, LATENTS), STATES, "finite numbers"),
    "few rows": (LATENTS[:6], STATES[:6], "too few"),
    "flat": (LATENTS[:, 0], STATES, "allowed: \\(rows, columns\\)"),
    "lengths": (LATENTS, STATES[:-1], "400 latents and 399 rows of states"),
    "words": (LATENTS, STATES.assign(name="red"), "state column 'name' holds"),
    "constant state": (LATENTS, STATES.assign(fixed=1.0), "'fixed' is constant"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_one_clear_error(name):
    latents, states, message = BAD[name]
    with pytest.raises(InputError, match=message):
        ProbeBench.from_arrays(latents, states)


def test_an_untrained_encoder_of_other_rows_is_refused():
    with pytest.raises(InputError, match="400 latents and 399 of untrained"):
        ProbeBench.from_arrays(LATENTS, STATES, untrained=LATENTS[:-1])


def test_a_run_stands_beside_an_untrained_model():
    run = fit(preset_config("single_dot", "smoke"))
    bench = ProbeBench.from_run(run, num_train=200, num_test=60)
    assert (
        bench.session.grid.names == ("red_x", "red_y") and bench.session.floor.r2.shape == bench.session.grid.r2.shape
    )
    assert sum(trace.meta == "untrained" for trace in bench.figure.data) == 2
    with pytest.raises(InputError, match="is not the one this model was trained with"):
        ProbeBench.from_run(run, split=split_by_state(make_world("distractor"), seed=0))
