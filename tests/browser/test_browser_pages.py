"""Figures on the page of a notebook, at 1280 x 800. Claims proved here:

- A figure is as wide as the page and says in words what it shows.
- It can be enlarged by a click and by the keyboard; Esc and a click close it, and the focus is back at its button.
"""

import base64
from collections.abc import Callable
from pathlib import Path

import matplotlib
import nbformat
import pandas as pd
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from playwright.sync_api import Page, expect

from smwm_lab import viz
from smwm_lab.runner.pages import render_page
from smwm_lab.runner.png import compact_pngs
from smwm_lab.viz.png import figure_png


def notebook() -> nbformat.NotebookNode:
    """Return a notebook with a wide figure and a narrow one."""
    metrics = pd.DataFrame({"transitions": [1, 2, 3], "forward": [0.3, 0.2, 0.1], "inverse": [0.3, 0.2, 0.01]})
    with matplotlib.rc_context():
        viz.use_theme()
        figures = [
            viz.plot_losses(metrics, action_variance=0.3),
            viz.plot_bars({"a": 0.5}, label="share", title="Bars"),
        ]
        pngs = [figure_png(figure) for figure in figures]
    cells = [new_code_cell("show()") for _ in pngs]
    for cell, png in zip(cells, pngs, strict=True):
        data = {"image/png": base64.b64encode(png).decode(), "text/plain": "<Figure>"}
        cell.outputs = [new_output("display_data", data)]
    return compact_pngs(new_notebook(cells=[new_markdown_cell("# Figures"), *cells]))


@pytest.fixture
def shown(open_page: Callable[[Path], Page], tmp_path: Path) -> Page:
    file = tmp_path / "page.html"
    file.write_text(render_page(notebook(), title="Figures", folder=tmp_path), encoding="utf-8")
    return open_page(file)


def width(page: Page, selector: str) -> float:
    box = page.locator(selector).bounding_box()
    assert box is not None
    return box["width"]


def test_a_figure_is_as_wide_as_the_page_and_says_what_it_shows(shown: Page) -> None:
    room = width(shown, ".jp-RenderedImage >> nth=0")
    assert 0.98 * room <= width(shown, ".jp-RenderedImage img >> nth=0") <= room
    assert shown.evaluate("document.documentElement.scrollWidth") <= 1280
    image = shown.get_by_role("img", name="Losses while training: loss (logarithmic) over transitions seen")
    expect(image).to_be_visible()
    expect(shown.get_by_role("img", name="Bars: share; a 0.5")).to_be_visible()


def test_a_figure_is_enlarged_by_the_keyboard_and_the_focus_returns(shown: Page) -> None:
    button, dialog = shown.get_by_role("button", name="enlarge the figure: Bars"), shown.get_by_role("dialog")
    for _ in range(20):
        if button.evaluate("element => element === document.activeElement"):
            break
        shown.keyboard.press("Tab")
    expect(button).to_be_focused()
    small = width(shown, ".jp-RenderedImage img >> nth=1")
    shown.keyboard.press("Enter")
    expect(dialog).to_be_visible()
    expect(dialog.get_by_role("img", name="Bars: share; a 0.5")).to_be_visible()
    assert width(shown, "dialog img") > 1.3 * small
    shown.keyboard.press("Escape")
    expect(dialog).not_to_be_visible()
    expect(button).to_be_focused()


def test_a_click_enlarges_a_figure_and_another_closes_it(shown: Page) -> None:
    shown.locator(".jp-RenderedImage img").first.click()
    dialog = shown.get_by_role("dialog")
    expect(dialog).to_be_visible()
    dialog.locator("img").click()
    expect(dialog).not_to_be_visible()
    expect(shown.get_by_role("button", name="enlarge the figure: Losses while training")).to_be_focused()
