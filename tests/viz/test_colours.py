"""What can be seen, and by whom. Claims proved here:

- Marks have a contrast of 3 : 1 against white, text one of 4.5 : 1 (WCAG 2.2): every colour of the theme, and every
  mark and word of the figures, as strong as it is drawn; words on coloured cells too.
- The palette is told apart by those who lack one kind of cone.
- Colours stand in the theme alone: none is written elsewhere in figures and widgets.
"""

import itertools
import re
from pathlib import Path

import matplotlib
import numpy as np
import pytest
from matplotlib.collections import FillBetweenPolyCollection, PathCollection
from matplotlib.colors import to_rgb, to_rgba
from matplotlib.figure import Figure
from matplotlib.text import Text
from sample_figures import FIGURES

from smwm_lab import viz
from smwm_lab.paths import PACKAGE
from smwm_lab.viz import theme
from smwm_lab.viz.contrast import contrast


MARKS = (*theme.PALETTE, *theme.DOTS.values(), *theme.POINT_COLOURS, theme.GREY, theme.PALE_GREY)
DEFICIENCIES = {
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.3039]],
    "none": np.eye(3).tolist(),
}
"""Machado, Oliveira & Fernandes (2009), severity 1: linear RGB -> linear RGB."""
XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
WHITE_POINT = XYZ.sum(1)


def on_white(colour: object, strength: float | None = None) -> np.ndarray:
    """Return what a colour looks like on white: RGB in [0, 1]."""
    *_, own = rgba = np.array(to_rgba(colour))
    own = own if strength is None else strength
    return rgba[:3] * own + 1 - own


def test_the_ratio_is_that_of_the_standard():
    assert contrast("#000000") == pytest.approx(21) and contrast("white") == 1
    assert contrast("#767676") == pytest.approx(4.54, abs=0.01)
    assert contrast("#0000FF", "#FFFF00") == contrast("#FFFF00", "#0000FF") == pytest.approx(8.0, abs=0.05)


@pytest.mark.parametrize("colour", dict.fromkeys(MARKS))
def test_marks_can_be_seen(colour):
    assert contrast(colour) >= 3


def test_text_can_be_read():
    assert min(contrast(colour) for colour in (theme.INK, theme.SOFT, theme.ALARM)) >= 4.5
    assert contrast(on_white(theme.GREY, 0.8)) >= 3, "grey marks are drawn at 4/5 of their strength"


@pytest.mark.parametrize("deficiency", DEFICIENCIES)
def test_the_palette_is_told_apart(deficiency):
    """CIE76 differences: 2.3 is just noticeable; Okabe & Ito's own eight colours have 16 at least."""
    seen = [_lab(np.array(DEFICIENCIES[deficiency]) @ _linear(to_rgb(colour))) for colour in theme.PALETTE]
    assert min(np.linalg.norm(a - b) for a, b in itertools.combinations(seen, 2)) >= 16


def _linear(rgb: object) -> np.ndarray:
    channels = np.asarray(rgb)
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


def _lab(linear: np.ndarray) -> np.ndarray:
    relative = XYZ @ np.clip(linear, 0, 1) / WHITE_POINT
    x, y, z = np.where(relative > 0.008856, np.cbrt(relative), 7.787 * relative + 16 / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize("name", FIGURES)
def test_every_mark_and_word_of_a_figure_can_be_seen(name):
    with matplotlib.rc_context():
        viz.use_theme()
        figure = FIGURES[name]()
        figure.canvas.draw()
    for mark in _marks(figure):
        assert max(contrast(part) for part in mark) >= 3, mark
    on_cells = {text for ax in figure.axes if ax.images for text in ax.texts}
    for text in figure.findobj(Text):
        if text.get_text() and text.get_visible() and text not in on_cells:
            assert contrast(on_white(text.get_color())) >= 4.5, text.get_text()
    for text in on_cells:
        image, (column, row) = text.axes.images[0], text.get_position()
        cell = image.to_rgba(image.get_array()[int(row), int(column)])
        assert contrast(text.get_color(), cell[:3]) >= 4.5, text.get_text()


def _marks(figure: Figure) -> list[list[np.ndarray]]:
    """Return for every mark the colours of its inside and its border, as they look on white.

    Left out are shades around a curve, which tell nothing by themselves, and colours that stand beside others in a map.
    """
    found = []
    for ax in figure.axes:
        images = len(ax.images) > 0
        for line in ax.lines:
            found.append([on_white(line.get_color(), line.get_alpha()), on_white(line.get_markeredgecolor())])
        for patch in ax.patches:
            found.append([on_white(patch.get_facecolor()), on_white(patch.get_edgecolor())])
        for cloud in ax.collections:
            if isinstance(cloud, PathCollection) and not images:
                found += [[on_white(colour)] for colour in cloud.get_facecolor()]
            elif not isinstance(cloud, FillBetweenPolyCollection) and cloud.get_array() is None:
                found += [[on_white(colour)] for colour in cloud.get_edgecolor()]
        is_framed = [spine for spine in ax.spines.values() if spine.get_visible() and ax.axison]
        found += [[on_white(spine.get_edgecolor())] for spine in is_framed]
    return found


def test_colours_stand_in_the_theme_alone():
    hexadecimal = re.compile(r"""["']#[0-9A-Fa-f]{3,8}["']""")
    allowed = {"viz/theme.py": None, "widgets/planner_theatre/figure.py": 3}
    for folder in ("viz", "widgets", "runner"):
        for file in (PACKAGE / folder).rglob("*.py"):
            name = file.relative_to(PACKAGE).as_posix()
            found = hexadecimal.findall(file.read_text(encoding="utf-8"))
            assert allowed.get(name, 0) is None or len(found) == allowed.get(name, 0), (name, found)
    scripts = [file for folder in ("viz", "widgets", "runner") for file in Path(PACKAGE / folder).rglob("*.js")]
    assert scripts and not any(re.search(r"fill=.#|[\"']#[0-9A-Fa-f]{6}[\"']", file.read_text()) for file in scripts)
