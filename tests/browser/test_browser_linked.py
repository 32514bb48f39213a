"""LinkedExplorer in a real browser: claims proved here.

- What the mouse is on in one map has a ring in the other, without a kernel; how long that takes is printed.
- A lasso selects in both maps, with shift it adds, with alt it takes away; undo and redo; all of it by keyboard too.
- Live in JupyterLab the same maps tell the kernel what is chosen and selected.
- Names that look like markup are shown as text.
"""

import statistics

import numpy as np
import pandas as pd
import pytest
from gestures import screenshot
from playwright.sync_api import Page, expect

from smwm_lab.widgets import LinkedExplorer


MARKUP = "<img src=x onerror=alert(1)>"
NUM_POINTS = 20_000
MAP = "canvas[role=application]"
HOVER = """
(moves) => new Promise((done) => {
  const [left, right] = document.querySelectorAll("canvas[role=application]");
  const box = left.getBoundingClientRect();
  const drawn = () => {
    const { data } = right.getContext("2d").getImageData(0, 0, right.width, right.height);
    return data.reduce((sum, value, i) => (i % 4 === 3 && value ? (sum * 31 + i) % 1000003 : sum), 0);
  };
  const [times, pictures] = [[], []];
  const step = () => {
    const began = performance.now();
    const at = { clientX: box.left + 190 + 8 * times.length, clientY: box.top + 200 + 3 * times.length, bubbles: true };
    left.dispatchEvent(new PointerEvent("pointermove", at));
    requestAnimationFrame(() => {
      const painted = new MessageChannel();
      painted.port1.onmessage = () => {
        times.push(performance.now() - began);
        pictures.push(drawn());
        if (times.length < moves) setTimeout(step, 10); else done([times, pictures]);
      };
      painted.port2.postMessage(0);
    });
  };
  step();
})
"""
"""Moves over the left map and waits until what follows is painted: times in ms, and what the right map then shows."""
LIVE = """
import numpy as np, pandas as pd
from smwm_lab.seeding import generator
from smwm_lab.widgets import LinkedExplorer
from smwm_lab.worlds import make_world
world = make_world("sprite_xy")
states = world.sample_state(1500, generator(0, "browser"))
frame = pd.DataFrame(states.double().numpy(), columns=world.spec.state_names)
flat = (states[:, :2].double().numpy() - 32) / 20
noise = np.random.default_rng(0).normal(0, 0.05, (1500, 2))
images = np.ascontiguousarray(world.observe(states).numpy())
latents = {"early": np.hstack([flat, noise]), "late": np.hstack([flat**2, noise])}
LinkedExplorer.from_arrays(latents, frame, images)
"""


@pytest.fixture
def linked_page(page: Page, tmp_path) -> Page:
    """The exported page of 20,000 points, with markup in the name of a map and of a column."""
    drawn = np.random.default_rng(0)
    states = pd.DataFrame({MARKUP: drawn.uniform(0, 64, NUM_POINTS), "turn": drawn.uniform(0, 6, NUM_POINTS)})
    first = np.hstack([states.to_numpy() / [20, 3], drawn.normal(0, 0.1, (NUM_POINTS, 1))])
    shown = LinkedExplorer.from_arrays({"early": first, MARKUP: first[:, ::-1] * [1, 2, 3]}, states)
    file = shown.to_html(tmp_path / "linked.html")
    print(f"{file.stat().st_size:,} bytes of {NUM_POINTS:,} points")
    page.route(file.as_uri(), lambda route: route.continue_())
    page.goto(file.as_uri())
    page.locator("body[data-ready=yes]").wait_for()
    return page


def lasso(page: Page, side: int, *, key: str = "") -> None:
    """Draw a square of 2 * side px around the middle of the left map."""
    box = page.locator(MAP).first.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    if key:
        page.keyboard.down(key)
    page.mouse.move(x - side, y - side)
    page.mouse.down()
    for dx, dy in ((side, -side), (side, side), (-side, side)):
        page.mouse.move(x + dx, y + dy, steps=4)
    page.mouse.up()
    if key:
        page.keyboard.up(key)


def num_selected(page: Page) -> int:
    told = page.locator("[role=status]").filter(has_text="points selected").first
    return int(told.inner_text().split()[0].replace(",", ""))


def test_the_row_under_the_mouse_has_a_ring_in_the_other_map(linked_page):
    times, pictures = linked_page.evaluate(HOVER, 25)
    print(f"{statistics.median(times):.0f} ms from the mouse to the ring in the other map, {NUM_POINTS:,} points")
    assert len(set(pictures)) > 20, "the ring moves with the mouse"
    expect(linked_page.locator("#words")).to_contain_text(MARKUP)
    expect(linked_page.locator("figcaption").last).to_have_text(f"{MARKUP}: PCA, trustworthiness 1.00")
    assert linked_page.locator("img").count() == 0


def test_a_selection_grows_shrinks_and_comes_back(linked_page):
    page = linked_page
    lasso(page, 60)
    first = num_selected(page)
    lasso(page, 90, key="Shift")
    second = num_selected(page)
    lasso(page, 30, key="Alt")
    third = num_selected(page)
    assert 0 < first < third < second
    screenshot(page, "linked_selection")
    for name, count in (("Undo", second), ("Undo", first), ("Redo", second)):
        page.get_by_role("button", name=name).press("Enter")
        assert num_selected(page) == count
    page.get_by_label("drawing").select_option("subtract")
    lasso(page, 90)
    expect(page.locator("[role=status]")).to_contain_text("nothing selected")
    page.get_by_label("drawing").select_option("add")
    lasso(page, 20)
    assert num_selected(page) > 0
    page.get_by_label("drawing").select_option("move")
    lasso(page, 40)
    assert num_selected(page) > 0
    page.get_by_role("button", name="Clear selection").click()
    expect(page.locator("[role=status]")).to_contain_text("nothing selected")


def test_the_maps_answer_to_the_keyboard(linked_page):
    page = linked_page
    page.get_by_role("application", name="Map of early").focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowLeft"):
        page.keyboard.press(key)
    expect(page.locator("#words")).to_contain_text("point 1:")
    dots = "() => document.querySelector('canvas').toDataURL()"
    whole = page.evaluate(dots)
    page.keyboard.press("+")
    near = page.evaluate(dots)
    page.keyboard.press("Shift+ArrowRight")
    assert len({whole, near, page.evaluate(dots)}) == 3
    page.keyboard.press("0")
    assert page.evaluate(dots) == whole
    page.get_by_label("colour").select_option("turn")
    assert page.evaluate(dots) != whole


def test_live_maps_tell_the_kernel(show):
    page = show(LIVE)
    page.locator(MAP).first.scroll_into_view_if_needed()
    lasso(page, 60)
    expect(page.locator("[role=status]").filter(has_text="points selected")).to_be_visible()
    count = num_selected(page)
    for drawing, shown in (("add", "adds"), ("subtract", "takes")):
        page.get_by_label("drawing").select_option(drawing)
        lasso(page, 90 if drawing == "add" else 30)
        told = num_selected(page)
        expect(page.locator(f"img[alt^='mean of {told:,} selected']")).to_be_visible()
        screenshot(page, f"linked_live_{shown}")
        page.get_by_role("button", name="Undo").click()
        expect(page.locator(f"img[alt^='mean of {told:,} selected']")).to_have_count(0)
    page.get_by_role("application", name="Map of late").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator(".smwm-words")).to_contain_text("point 1: x ")
    assert page.locator("img[alt='point 1']").count() == 1
    page.get_by_label("colour", exact=True).select_option("theta")
    expect(page.get_by_text("colour: theta")).to_be_visible()
    assert count > 20
    expect(page.locator(f"img[alt^='mean of {count:,} selected']")).to_be_visible()
