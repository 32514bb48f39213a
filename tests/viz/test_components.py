"""Heat maps of state components, and the rank panel of trained models: claims proved here.

- A heat map shows every number of its table, greys what is absent, and shares one scale from dark (0) to bright (1).
- Tables of other models or components are refused in one line.
- The rank panel of models measures each on every draw, names the world's own dimension, and repeats itself.
"""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import torch
from matplotlib.figure import Figure

from smwm_lab import viz
from smwm_lab.data import split_by_state
from smwm_lab.errors import InputError
from smwm_lab.models import ModelConfig
from smwm_lab.probes import held_out_latents, untrained_model, world_panel
from smwm_lab.probes.collapse.rank_panel import MEASURES
from smwm_lab.seeding import stream_seed
from smwm_lab.worlds import make_world


R2 = pd.DataFrame({"x": [1.0, 0.0], "y": [0.98, np.nan]}, index=["sprite_x", "sprite_none"])
NOISE = pd.DataFrame({"x": [0.6, 0.0], "y": [0.034, np.nan]}, index=R2.index)


@pytest.fixture(scope="module")
def figure() -> Figure:
    made = viz.plot_component_heatmaps({"R²": R2, "noise": NOISE}, log=("noise",))
    made.canvas.draw()
    return made


def test_every_number_is_written_and_every_name_stands_beside(figure):
    texts = [[text.get_text() for text in ax.texts] for ax in figure.axes]
    assert texts == [["1.00", "0.98", "0"], ["0.60", "0.034", "0"]]
    assert [ax.get_title() for ax in figure.axes] == ["R²", "noise"]
    assert [label.get_text() for label in figure.axes[0].get_yticklabels()] == ["sprite_x", "sprite_none"]
    assert [label.get_text() for label in figure.axes[1].get_xticklabels()] == ["x", "y"]


def test_colours_run_from_0_to_1_and_absent_is_grey(figure):
    plain, log = (ax.images[0] for ax in figure.axes)
    brightness = plain.cmap(plain.norm(np.array([0.0, 0.5, 1.0])))[:, :3].sum(1)
    assert (np.diff(brightness) > 0).all() and (plain.norm.vmin, plain.norm.vmax) == (0, 1)
    assert float(log.norm(0.0316)) == pytest.approx(0.5, abs=0.01)
    assert plain.cmap(np.ma.masked)[0] == plain.cmap(np.ma.masked)[1] == pytest.approx(0xDD / 255)


def test_tables_that_do_not_belong_together_are_one_clear_line():
    with pytest.raises(InputError, match="table 'b' has other rows or columns than the first") as caught:
        viz.plot_component_heatmaps({"a": R2, "b": NOISE.drop(columns="y")})
    assert "\n" not in str(caught.value)
    with pytest.raises(InputError, match="tables are empty"):
        viz.plot_component_heatmaps({})


WORLD = make_world("sprite_xy")
SPLIT = split_by_state(WORLD, seed=0)


def run_of(model, split=SPLIT):
    """A run as probes know it."""
    return SimpleNamespace(model=model, split=split)


MODEL = untrained_model(ModelConfig(channels=(4, 4, 4), latent_dim=8, action_dim=2))
SIZES = (40, 80)


def test_the_panel_of_models_measures_what_it_says():
    panel = world_panel({"mine": [run_of(MODEL)]}, num_draws=2, sample_sizes=SIZES)
    given = panel.estimates
    assert len(given) == 2 * len(SIZES) * len(MEASURES) and set(given["true_dim"]) == {2}
    z = held_out_latents(MODEL, SPLIT, num_states=80, seed=stream_seed(0, "rank panel draws", 1))
    largest = given[(given["rows"] == 80) & (given["seed"] == 1)].set_index("measure")["value"]
    for name in ("effective_rank", "participation_ratio", "two_nn"):
        assert largest[name] == pytest.approx(MEASURES[name](z), rel=1e-6)
    assert (panel.table()["spread"].loc["mine", ["effective_rank", "two_nn"]] > 0).all()


def test_two_models_of_one_world_are_both_measured():
    other = untrained_model(MODEL.config, seed=1)
    both = world_panel({"w": [run_of(MODEL), run_of(other)]}, num_draws=1, sample_sizes=SIZES).table()["spread"]
    assert both.loc["w", "effective_rank"] > 0


def test_a_collapsed_model_and_a_world_without_control_can_be_measured():
    dead = untrained_model(ModelConfig(channels=(4, 4, 4), latent_dim=8, action_dim=0))
    with torch.no_grad():
        dead.encoder.head.weight.zero_()
    split = split_by_state(make_world("sprite_none"), seed=0)
    panel = world_panel({"dead": [run_of(dead, split)]}, num_draws=1, sample_sizes=SIZES)
    assert set(panel.estimates["true_dim"]) == {0} and panel.means().loc["dead", "effective_rank"] == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"models": {"a": []}}, "models of 'a' are empty"),
        ({"models": {"a": [run_of(MODEL)]}, "num_draws": 0}, "num_draws = 0 is out of range"),
        ({"models": {"a": [run_of(MODEL)]}, "sample_sizes": ()}, r"sample_sizes = \(\) is empty"),
        ({"models": {}}, "models are empty"),
    ],
)
def test_bad_input_is_one_clear_line(arguments, message):
    with pytest.raises(InputError, match=message) as caught:
        world_panel(**arguments)
    assert "\n" not in str(caught.value)
