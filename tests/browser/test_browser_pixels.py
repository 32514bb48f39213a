"""The figures of the widgets are drawn after every control: pixels of a real browser.

A figure that is announced to the browser before it is whole comes up blank.
"""

import io
import itertools
import os
import subprocess
import sys
import time

import numpy as np
import pytest
from gestures import SCREENSHOTS, handle
from PIL import Image
from playwright.sync_api import Page, expect

from smwm_lab.training import REGULARISERS
from smwm_lab.worlds import WORLDS


COLOURED = 400
"""Pixels that are neither white nor grey, at least; axes and letters have none."""
PATIENCE_S = 180
LAB_WORLDS, LAB_TERMS = ("distractor", "sprite_xy", "single_dot"), ("vicreg", "none", "inverse", "sigreg")
DATA = """
import numpy as np, pandas as pd
x = np.random.default_rng(0).normal(size=(400, 4))
states = pd.DataFrame({"x": x[:, 0], "y": x[:, 1]})
"""
WIDGETS = {
    "LatentExplorer": (
        DATA + "from smwm_lab.widgets import LatentExplorer\nLatentExplorer.from_arrays(x, states)",
        ("projection", "view", "colour", "traversal"),
        ("point", "select", "step"),
        (),
    ),
    "ProbeBench": (
        DATA + "from smwm_lab.widgets import ProbeBench\nProbeBench.from_arrays(x, states)",
        (),
        ("latent noise", "training rows"),
        (),
    ),
    "PlannerTheatre": (
        "from smwm_lab.planning import OracleModel\nfrom smwm_lab.widgets import PlannerTheatre\n"
        "from smwm_lab.worlds import make_world\nworld = make_world('single_dot')\n"
        "PlannerTheatre.from_models({'one': OracleModel(world), 'two': OracleModel(world)}, world=world)",
        ("run", "planner", "cost"),
        ("iteration",),
        ("Step", "Back to start"),
    ),
}
"""Widget -> code, then its menus, sliders and buttons."""


def num_coloured(page: Page) -> int:
    """Pixels with a hue in what is shown of the figure."""
    figure = page.locator(".js-plotly-plot").locator("visible=true").first
    pixels = np.asarray(Image.open(io.BytesIO(figure.screenshot())).convert("RGB")).astype(int)
    return int((np.ptp(pixels, axis=2) > 60).sum())


def expect_drawn(page: Page, after: str) -> None:
    """Wait until the figure is drawn; keep a picture of it."""
    deadline = time.monotonic() + PATIENCE_S
    while (seen := num_coloured(page)) < COLOURED and time.monotonic() < deadline:
        page.wait_for_timeout(200)
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"pixels_{after.replace(' ', '_')}.png")
    assert seen >= COLOURED, f"{after}: {seen} coloured pixels in the figure"


def wait_for_kernel(page: Page) -> None:
    """Wait until the kernel has done what it was just asked for."""
    page.wait_for_timeout(500)
    page.get_by_text("Python 3 (ipykernel) | Idle").wait_for(timeout=PATIENCE_S * 1000)


@pytest.fixture
def busy_cores():
    """Keep every core busy with something else."""
    spin = "import os\nparent = os.getppid()\nwhile os.getppid() == parent: pass"
    spinning = [subprocess.Popen([sys.executable, "-c", spin]) for _ in range(os.cpu_count() or 1)]
    yield
    for process in spinning:
        process.kill()
        process.wait()


def test_the_lab_is_never_blank(show, busy_cores):
    """Twelve changes of world, of what prevents collapse, and of run, on cores that have other work."""
    page = show("from smwm_lab.widgets import CollapseLab\nCollapseLab(world='single_dot')")
    expect_drawn(page, "lab 00 shown")
    worlds, terms = itertools.cycle(LAB_WORLDS), itertools.cycle(LAB_TERMS)
    changes = [change for _ in range(4) for change in (next(worlds), next(terms), "run")]
    told = page.get_by_text("a new run, not started")
    for i, change in enumerate(changes, 1):
        if change == "run":
            page.get_by_role("button", name="Start", exact=True).click()
            expect(told).to_have_count(0, timeout=PATIENCE_S * 1000)
            page.get_by_role("button", name="New run").click()
        else:
            label = "world" if change in LAB_WORLDS else "against collapse"
            page.get_by_label(label).select_option(index=_place(change))
        wait_for_kernel(page)
        told.wait_for(timeout=PATIENCE_S * 1000)
        expect_drawn(page, f"lab {i:02} {change}")


SLOW_FIGURE = """
import threading, plotly.graph_objects as go, traitlets
from smwm_lab.widgets.shared.live_figure import PLOTLY_WIDGET, LiveFigure
class Slow(LiveFigure):
    _plotly = traitlets.Unicode("await new Promise((go) => setTimeout(go, 8000));" + str(PLOTLY_WIDGET)).tag(sync=True)
figure = Slow(go.Figure(go.Bar(y=[1]), layout={"title": {"text": "before"}}))
def change():
    figure.data[0].y = [1, 2, 3]
    figure.layout.title.text = "after"
threading.Timer(4, change).start()
figure
"""


def test_a_figure_whose_script_loads_slowly_misses_no_change(show):
    """Eight seconds for plotly's script: anywidget alone gives up after two, and what changes later never shows."""
    page = show(SLOW_FIGURE)
    expect(page.locator(".js-plotly-plot .gtitle")).to_have_text("after", timeout=PATIENCE_S * 1000)
    expect(page.locator(".js-plotly-plot .bars .point")).to_have_count(3)
    expect_drawn(page, "figure slow")


def _place(change: str) -> int:
    """Return where a world or a regulariser stands in its menu."""
    return list(WORLDS if change in WORLDS else REGULARISERS).index(change)


@pytest.mark.parametrize("name", WIDGETS)
def test_a_widget_is_drawn_after_every_control(name, show):
    code, menus, sliders, buttons = WIDGETS[name]
    page = show(code)
    expect_drawn(page, f"{name} shown")
    for label in sliders:
        handle(page, label).first.focus()
        page.keyboard.press("ArrowRight")
        page.keyboard.press("ArrowLeft")
        wait_for_kernel(page)
        expect_drawn(page, f"{name} {label}")
    for label in menus:
        page.get_by_label(label, exact=True).select_option(index=1)
        wait_for_kernel(page)
        expect_drawn(page, f"{name} {label}")
    for label in buttons:
        page.get_by_role("button", name=label).click()
        wait_for_kernel(page)
        expect_drawn(page, f"{name} {label}")
