"""CollapseLab in JupyterLab, in a real browser: claims proved here.

- It renders, trains while the page answers, refreshes, hears lambda by mouse and keyboard, pauses, and stops for good.
- Its exported recording works without a kernel, by slider and by Play.
"""

import re

from gestures import drag, handle, readout, screenshot, wait_for_change
from playwright.sync_api import expect

from smwm_lab.widgets import CollapseLab
from smwm_lab.widgets.collapse_lab.widget import STRENGTHS


CODE = 'from smwm_lab.widgets import CollapseLab\nlab = CollapseLab(world="single_dot"); lab'


def test_the_lab_trains_and_is_steered_in_jupyterlab(show):
    page = show(CODE)
    page.get_by_text("states in the latent plane").wait_for()
    sheet = page.locator(".js-plotly-plot path.js-line").first
    untrained = sheet.get_attribute("d")
    page.get_by_role("button", name="Start", exact=True).click()
    page.get_by_text(re.compile(r"[\d,]+ transitions \| λ = 10 \|")).wait_for()
    trained = wait_for_change(page, sheet, "d", untrained)
    screenshot(page, "the_lab_while_it_trains")
    drag(page, handle(page, "λ"), by=(-400, 0))
    assert readout(page, "λ") == "0"
    page.get_by_text(re.compile(r"[\d,]+ transitions \| λ = 0 \|")).wait_for()
    handle(page, "λ").focus()
    for _ in STRENGTHS[1 : STRENGTHS.index(1.0) + 1]:
        page.keyboard.press("ArrowRight")
    assert readout(page, "λ") == "1"
    page.get_by_text(re.compile(r"[\d,]+ transitions \| λ = 1 \|")).wait_for()
    wait_for_change(page, sheet, "d", trained)
    page.get_by_role("button", name="Pause").press("Enter")
    page.get_by_role("button", name="Continue").wait_for()
    page.get_by_label("seed").fill("-1")
    page.get_by_label("seed").press("Enter")
    expect(page.get_by_text("seed = -1 is out of range")).to_be_visible()
    page.get_by_label("seed").fill("2")
    page.get_by_label("seed").press("Enter")
    expect(page.get_by_text("a new run, not started")).to_be_visible()


def test_the_exported_recording_works_without_a_kernel(open_page, tmp_path):
    lab = CollapseLab(world="single_dot")
    lab.train_until(512)
    lab.strength.value = 0.0
    lab.train_until(1024)
    page = open_page(lab.to_html(tmp_path / "lab.html"))
    last = len(lab.readings) - 1
    lab.close()
    text = page.locator("#text")
    expect(text).to_contain_text("0 transitions | λ = 10")
    sheet = page.locator("#figure path.js-line").first
    before = sheet.get_attribute("d")
    page.locator("#frame").focus()
    page.keyboard.press("End")
    expect(text).to_contain_text("λ = 0")
    assert page.locator("#frame").input_value() == str(last)
    wait_for_change(page, sheet, "d", before)
    page.get_by_role("button", name="Play").click()
    expect(text).to_contain_text("transitions")
    expect(page.get_by_role("button", name="Play")).to_be_visible()
