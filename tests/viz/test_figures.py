"""Figures and widgets: claims proved here.

- Every `plot_*` returns a figure, shows and saves nothing, and draws the values it was given.
- WorldPlayer acts on the world as its sliders say, over their whole range, and carries a PNG twin.
"""

import matplotlib
import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from sample_figures import FIGURES, metrics, report

from smwm_lab import viz
from smwm_lab.planning import protocol_differences
from smwm_lab.seeding import generator
from smwm_lab.widgets import WorldPlayer
from smwm_lab.worlds import WORLDS, make_world


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_is_returned_and_can_be_drawn(name, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    figure = FIGURES[name]()
    assert isinstance(figure, Figure)
    figure.canvas.draw()
    assert list(tmp_path.iterdir()) == [] and capsys.readouterr().out == ""


def test_errors_of_places_have_their_colours_and_what_is_held_out_an_outline():
    places = np.stack(np.meshgrid(np.arange(4.0), np.arange(4.0), indexing="ij"), -1).reshape(-1, 2)
    held_out = places[:, 0] < 2
    figure = viz.plot_place_errors(
        places, {"half": (places[:, 1], held_out), "none": (places[:, 1], held_out & False)}, most=2
    )
    half, none = figure.axes[:2]
    assert half.get_title() == "half" and half.collections[0].get_array().tolist() == places[:, 1].tolist()
    assert half.collections[0].get_clim() == (0, 2)
    outline = half.collections[1].get_paths()[0].vertices
    assert np.allclose(outline[:, 0], 1.5), "between the held-out half and the other"
    assert len(none.collections) == 1, "nothing to outline"


def test_nodes_of_one_row_of_a_grid_share_a_colour():
    plane = np.stack(np.meshgrid(np.arange(2.0), np.arange(3.0), indexing="ij"), -1).reshape(-1, 2)
    (nodes,) = viz.plot_unfolding([plane], ["grid"], (2, 3)).axes[0].collections
    assert nodes.get_array().tolist() == [0, 0, 0, 1, 1, 1]


def test_the_report_figure_shows_the_spectrum_it_was_given():
    given = report()
    bars = viz.plot_report(given).axes[0].patches
    assert [bar.get_height() for bar in bars] == pytest.approx(given.spectrum[: len(bars)].tolist())


def test_every_error_curve_is_drawn():
    curves = {str(i): np.arange(5.0) + i for i in range(9)}
    assert len(viz.plot_error_by_horizon(curves, unit="px").axes[0].lines) == 9


def test_errors_stand_at_their_steps_from_one_ahead_on():
    for names in (("a", "b"), ("a, here", "b, here")):
        ax = viz.plot_error_by_horizon({name: np.array([3.0, 5.0, 6.0]) for name in names}, unit="px").axes[0]
        assert [line.get_xydata().tolist() for line in ax.lines] == [[[1, 3], [2, 5], [3, 6]]] * 2


def test_errors_of_several_places_get_a_panel_each_and_a_colour_per_quantity():
    names = ("still, outside", "dream, outside", "dream, middle", "still, middle")
    axes = viz.plot_error_by_horizon({name: np.arange(1.0, 6) + i for i, name in enumerate(names)}, unit="px").axes
    assert [ax.get_title(loc="left") or ax.get_title() for ax in axes] == ["middle", "outside"]
    colours = [{line.get_label(): line.get_color() for line in ax.lines} for ax in axes]
    assert colours[0] == colours[1] and len(set(colours[0].values())) == 2
    dream = next(line for line in axes[0].lines if line.get_label() == "dream")
    assert dream.get_ydata().tolist() == [3, 4, 5, 6, 7] and axes[0].get_ylim() == axes[1].get_ylim()


def test_every_score_is_written_at_its_bar():
    table = pd.DataFrame({"rank": [49.4, 0.0, np.nan], "variance": [4.6, 1.2e-6, 0.0]}, index=["a", "b", "c"])
    axes = viz.plot_scores(table, good={}, log=("variance",)).axes
    assert [[text.get_text() for text in ax.texts] for ax in axes] == [["49", "0"], ["4.6", "1.2e-6", "0"]]
    for ax in axes:
        low, high = ax.get_xlim()
        assert all(low <= text.xy[0] < high for text in ax.texts)


def test_spectra_name_their_total_variance():
    given = report()
    figure = viz.plot_spectra({"a": given})
    assert figure.legends[0].texts[0].get_text() == f"a, total {given.total_variance:.2g}"


def test_the_alarm_is_divided_by_the_variance_of_the_action():
    line = viz.plot_alarm({"a": metrics("inverse")}, action_variance=0.35).axes[0].lines[0]
    assert line.get_ydata().tolist() == pytest.approx([1.0, 0.1 / 0.35, 0.01 / 0.35])


@pytest.mark.parametrize("world", WORLDS)
def test_observations_and_transitions_of_every_world_can_be_drawn(world):
    made = make_world(world)
    pairs = made.sample_transitions(3, generator(0, "look"))
    before, after = made.observe(pairs.state), made.observe(pairs.next_state)
    viz.plot_observations(before, ["a", "b", "c"]).canvas.draw()
    figure = viz.plot_transitions(before, pairs.action, after, action_names=made.spec.action_names)
    figure.canvas.draw()
    assert np.array_equal(figure.axes[0].images[0].get_array(), np.moveaxis(before[0].numpy(), 0, -1))


@pytest.fixture
def theme():
    """The theme, for one test."""
    display = pd.options.display
    before = ("display.float_format", display.float_format, "display.max_colwidth", display.max_colwidth)
    with matplotlib.rc_context(), pd.option_context(*before):
        viz.use_theme()
        yield


def test_the_theme_is_applied(theme):
    assert matplotlib.rcParams["axes.prop_cycle"].by_key()["color"][0] == "#0072B2"


def test_tables_show_texts_in_full_and_numbers_short(theme):
    long = " ".join(f"word{i}" for i in range(60))
    tables = [protocol_differences(), pd.DataFrame({"text": [long], "number": [1 / 3]}, index=[long])]
    for table in tables:
        for shown in (table._repr_html_(), table.to_string()):
            assert "..." not in shown and "…" not in shown
        for cell in table.to_numpy().ravel():
            assert not isinstance(cell, str) or f"<td>{cell}</td>" in table._repr_html_()
    assert "<td>0.333</td>" in tables[1]._repr_html_() and f"<th>{long}</th>" in tables[1]._repr_html_()


@pytest.mark.parametrize("world", WORLDS)
def test_every_slider_of_the_player_moves_the_world_over_its_range(world):
    player = WorldPlayer(world, seed=1)
    for slider in player.sliders:
        for value in (slider.min, 0.0, slider.max):
            slider.value = value
            frame = player.image.png
            player.act.click()
            assert player.status.value.startswith("changed: ")
            assert player.before.value == frame, "the image before is not the last image after"
    player.random.click()
    player.restart.click()
    assert player.status.value == "changed: nothing"


def test_the_player_does_what_the_sliders_say():
    player = WorldPlayer("single_dot", seed=0)
    start = player.session.state.clone()
    player.sliders[0].value, player.sliders[1].value = 0.25, -0.5
    player.act.click()
    assert (player.session.state - start).tolist() == [[4.0, -8.0]]
    assert player.status.value == "changed: red_x +4.00 px, red_y -8.00 px"


def test_a_panel_carries_an_image_of_itself():
    bundle = WorldPlayer("distractor")._repr_mimebundle_()
    assert bundle["image/png"].startswith(b"\x89PNG") and bundle["text/plain"] == "WorldPlayer(red_dx, red_dy)"
    assert "application/vnd.jupyter.widget-view+json" in bundle
