"""WorldPlayer in JupyterLab, in a real browser: claims proved here.

- It renders; sliders moved by the mouse and by the keyboard, buttons, arrow keys and clicks all reach the kernel.
- Its exported page works without a kernel.
"""

import re

from gestures import drag, handle, readout
from playwright.sync_api import expect

from smwm_lab.widgets import WorldPlayer


IMAGE = "img.smwm-image"


def test_the_player_acts_by_slider_key_and_click(show):
    page = show("from smwm_lab.widgets import WorldPlayer\nWorldPlayer('single_dot', seed=1)")
    image = page.locator(IMAGE)
    image.wait_for()
    drag(page, handle(page, "red_dx"), by=(-90, 0))
    assert readout(page, "red_dx").startswith("-")
    handle(page, "red_dy").focus()
    page.keyboard.press("ArrowRight")
    assert readout(page, "red_dy") == "0.56"
    page.get_by_role("button", name="Act", exact=True).click()
    expect(page.get_by_text(re.compile(r"changed: red_x -\d+\.00 px, red_y \+9\.00 px"))).to_be_visible()
    image.focus()
    page.keyboard.press("ArrowUp")
    expect(page.get_by_text("changed: red_y -8.00 px", exact=True)).to_be_visible()
    assert readout(page, "red_dy") == "-0.50"
    box = image.bounding_box()
    page.mouse.click(box["x"] + box["width"] * 0.55, box["y"] + box["height"] / 2)
    expect(page.get_by_text(re.compile(r"changed: red_x \+\d+\.00 px"))).to_be_visible()
    page.keyboard.press("n")
    expect(page.get_by_text("changed: nothing", exact=True)).to_be_visible()


def test_the_exported_player_works_without_a_kernel(open_page, tmp_path):
    page = open_page(WorldPlayer("distractor").to_html(tmp_path / "player.html"))
    text, images = page.locator("#text"), page.locator("#screens img")
    first = images.first.get_attribute("src")
    expect(text).to_contain_text("step 1,")
    page.locator("#frame").focus()
    page.keyboard.press("ArrowRight")
    expect(text).to_contain_text("step 2,")
    assert images.first.get_attribute("src") != first
    page.get_by_role("button", name="Play").click()
    expect(text).to_contain_text("step 3,")
    page.get_by_role("button", name="Pause").click()
