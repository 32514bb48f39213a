"""Figures in words. Claims proved here:

- A description names titles, axes, legends, bars with their values, and where lines begin and end.
- Pictures in a grid are told as pictures; a map of cells by its rows and columns; what a figure is labelled wins.
- Every figure has one, in one line, of no more than the longest length.
- A PNG carries its description, letters beyond Latin too.
"""

import io

import matplotlib
import numpy as np
import pytest
import torch
from matplotlib.figure import Figure
from PIL import Image
from sample_figures import FIGURES

from smwm_lab import viz
from smwm_lab.viz.description import LONGEST, describe
from smwm_lab.viz.png import figure_png


def test_curves_are_told_by_axes_legend_and_course():
    told = describe(FIGURES["losses"]())
    assert told == (
        "Losses while training: loss (logarithmic) over transitions seen; L_inv from 0.35 to 0.01; "
        "L_fwd from 0.001 to 0.001; Var(a): nothing known of the action"
    )


def test_bars_are_told_with_their_values():
    assert describe(FIGURES["bars"]()) == "t: l; a 0.5"
    figure = Figure()
    figure.subplots().bar(np.arange(40), np.arange(40.0))
    assert describe(figure) == "0 to 39", "many are told by the first and the last"


def test_pictures_and_cells_are_told_by_what_stands_beside_them():
    images = torch.zeros(3, 3, 4, 4, dtype=torch.uint8)
    assert describe(viz.plot_observations(images, ["now", "then", "later"])) == "3 pictures: now; then; later"
    assert describe(FIGURES["heat maps"]()) == "R²: rows a, b, c, d; columns x, y"


def test_colour_bars_headings_and_common_legends_are_told():
    assert "colours: x, px" in describe(FIGURES["projections"]())
    assert "legend: a, total 16, dead, total 0" in describe(FIGURES["spectra"]())
    figure = FIGURES["bars"]()
    figure.suptitle("two\nlines")
    assert describe(figure) == "two lines. t: l; a 0.5"


def test_an_unfolding_sheet_is_told_by_its_reach():
    assert describe(FIGURES["unfolding"]()).endswith("How far it reaches from the middle, 1: 3, 2: 6")


def test_a_label_says_it_all_and_nothing_is_longer_than_the_longest():
    figure = FIGURES["bars"]()
    figure.set_label("a bar")
    assert describe(figure) == "a bar" and describe(Figure()) == "figure"
    long = viz.plot_bars({f"bar {i}": i for i in range(12)}, label="l" * LONGEST, title="t")
    assert len(describe(long)) == LONGEST and describe(long).endswith("…")


@pytest.mark.parametrize("name", FIGURES)
def test_every_figure_has_a_description_in_one_line(name):
    told = describe(FIGURES[name]())
    assert told != "figure" and 10 < len(told) <= LONGEST and "\n" not in told


def test_a_png_carries_its_description_at_the_resolution_of_the_theme():
    with matplotlib.rc_context():
        viz.use_theme()
        figure = FIGURES["losses"]()
        figure.set_label("λ = 10, R²")
        image = Image.open(io.BytesIO(figure_png(figure)))
    assert image.info["Description"] == "λ = 10, R²"
    assert image.width == pytest.approx(7.4 * 158, abs=20)
