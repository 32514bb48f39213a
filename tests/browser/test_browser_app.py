"""The page of `make app`, in a real browser: claims proved here.

- One tab per widget, no code, nothing from outside this machine; each tab opens and works, none complains.
- CollapseLab starts, shows how training goes on, hears lambda, pauses and stops.
"""

import re

from gestures import drag, handle, screenshot
from playwright.sync_api import Page, expect

from smwm_lab.widgets import GALLERY


TABS = {
    "LatentExplorer": ".js-plotly-plot canvas, .js-plotly-plot .scatterlayer",
    "ProbeBench": ".js-plotly-plot .lines",
    "PlannerTheatre": ".js-plotly-plot .heatmaplayer image",
}
"""Tab -> what its figure is known by."""


def open_app(page: Page, url: str, tab: str) -> None:
    page.goto(url)
    page.get_by_role("tab", name="WorldPlayer").wait_for()
    page.get_by_role("tab", name=tab).click()


def test_the_app_shows_a_tab_per_widget_and_no_code(app, page):
    open_app(page, app.page, "WorldPlayer")
    assert page.get_by_role("tab").all_inner_texts() == list(GALLERY)
    image = page.locator("img.smwm-image")
    image.wait_for()
    assert page.locator(".jp-InputArea").count() == 0 and "import" not in page.locator("body").inner_text()
    image.focus()
    page.keyboard.press("Shift+ArrowRight")
    expect(page.get_by_text(re.compile(r"changed: .*red_x \+2\.00 px"))).to_be_visible()
    screenshot(page, "the_app_world_player")
    for name, shown in TABS.items():
        page.get_by_role("tab", name=name).click()
        page.locator(shown).locator("visible=true").first.wait_for()
        screenshot(page, f"the_app_{name.lower()}")


def test_the_lab_of_the_app_starts_hears_lambda_pauses_and_stops(app, page):
    open_app(page, app.page, "CollapseLab")
    page.get_by_text("states in the latent plane").wait_for()
    page.get_by_role("button", name="Start", exact=True).click()
    told = page.get_by_text(re.compile(r"[\d,]+ transitions \| λ = 10"))
    told.wait_for()
    curve = page.locator(".js-plotly-plot .xy2 path.js-line, .js-plotly-plot .x2y2 path.js-line").first
    drag(page, handle(page, "λ"), by=(-400, 0))
    page.get_by_text(re.compile(r"[\d,]+ transitions \| λ = 0 \|")).wait_for()
    handle(page, "λ").focus()
    page.keyboard.press("ArrowRight")
    page.get_by_text(re.compile(r"[\d,]+ transitions \| λ = 0.01")).wait_for()
    assert curve.get_attribute("d")
    page.get_by_role("button", name="Pause").click()
    page.get_by_role("button", name="Continue").wait_for()
    page.get_by_role("button", name="New run").click()
    page.get_by_text("a new run, not started").wait_for()
    page.get_by_role("button", name="Start", exact=True).wait_for()
