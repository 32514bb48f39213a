"""Figures can be read from the back of a room. Claims proved here, for a page in a window of 1280 px:

- A figure of the theme's width is as wide as the page.
- No letter of a figure is lower than 13 px as shown there; the smallest part of a formula, an exponent, may be 10.
"""

import matplotlib
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text
from sample_figures import FIGURES

from smwm_lab import viz
from smwm_lab.viz.theme import PIXELS_PER_INCH, WIDTH
from smwm_lab.widgets import WorldPlayer


PAGE = 1158
"""Px between the margins of a notebook's page, measured in the browser test of pages."""
SMALLEST = 13
EVERY = FIGURES | {"player": lambda: WorldPlayer("single_dot").snapshot()}


def test_a_full_figure_is_as_wide_as_the_page():
    margins = 2 * matplotlib.rcParams["savefig.pad_inches"]
    assert 0.98 * PAGE <= (WIDTH + margins - 0.1) * PIXELS_PER_INCH <= PAGE


@pytest.mark.parametrize("name", EVERY)
def test_no_letter_is_too_small(name):
    with matplotlib.rc_context():
        viz.use_theme()
        figure = EVERY[name]()
        canvas = FigureCanvasAgg(figure)
        canvas.draw()
    natural = figure.get_tightbbox(canvas.get_renderer()).width * PIXELS_PER_INCH
    shrunk = min(1.0, PAGE / natural)
    texts = [text for text in figure.findobj(Text) if text.get_visible() and text.get_text()]
    assert texts and min(text.get_fontsize() for text in texts) * PIXELS_PER_INCH / 72 * shrunk >= SMALLEST
