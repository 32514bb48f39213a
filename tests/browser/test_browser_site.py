"""The site in a real browser, opened from its files without a network. Claims proved here:

- No page logs an error or asks any host for anything; search finds words of notebooks and names of the library.
- Light and dark follow the system and the switch, and the switch is remembered.
- On a phone nothing scrolls sideways, and no text is smaller than 14 px.
- On paper there is no navigation, and what is folded is open; on the page it is closed again.
- A live page computes, a figure can be enlarged, and a single page leads back.
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from conftest import PATIENCE_MS, screenshot
from playwright.sync_api import Page, expect


KINDS = (
    "index.html",
    "notebooks/03_collapse.html",
    "notebooks/07_planning.html",
    "docs/glossary.html",
    "docs/results.html",
    "docs/teaching/plan_two_days.html",
    "reference/planning.html",
    "try/index.html",
    "try/WorldPlayer.html",
    "try/live_two_room.html",
    "try/quiz_03.html",
)
"""One page of each kind, and those with the widest tables."""
SMALLEST = """() => [...document.body.querySelectorAll("*:not(script, style, option)")]
  .filter((e) => e.checkVisibility({ visibilityProperty: true }) && !e.closest("svg, .js-plotly-plot")
    && [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim()))
  .map((e) => [parseFloat(getComputedStyle(e).fontSize), `${e.tagName} ${e.className}: ${e.textContent.slice(0, 40)}`])
  .sort((a, b) => a[0] - b[0])[0]"""
"""Font size, px, and place of the smallest text; what stands in figures is as large as they are."""


@pytest.fixture(autouse=True)
def _patience() -> Iterator[None]:
    """What follows may take its time on a busy machine."""
    expect.set_options(timeout=PATIENCE_MS)
    yield
    expect.set_options(timeout=5000)


def background(page: Page) -> str:
    return page.evaluate("getComputedStyle(document.body).backgroundColor")


@pytest.mark.parametrize(
    ("word", "where", "title"),
    [
        ("scoreboard", "notebooks/03_collapse.html", "The scoreboard"),
        ("held_out_tasks", "reference/planning.html", "held_out_tasks"),
        ("behaviour policy", "docs/glossary.html", "Worlds and data"),
    ],
)
def test_search_finds_words(visit: Callable[..., Page], word: str, where: str, title: str) -> None:
    page = visit("try/index.html")
    page.get_by_role("textbox", name="Search").click()
    page.keyboard.type(word, delay=20)
    found = page.locator(f".md-search-result__link[href*='{where}']").first
    expect(found).to_be_visible()
    expect(page.locator(".md-search-result__list")).to_contain_text(title)
    found.click()
    expect(page).to_have_url(re.compile(re.escape(where)))


def test_colours_follow_the_system_and_the_switch(visit: Callable[..., Page]) -> None:
    light, dark = visit("notebooks/03_collapse.html"), visit("notebooks/03_collapse.html", dark=True)
    colours = background(light), background(dark)
    assert colours[0] == "rgb(255, 255, 255)" and colours[1] != colours[0]
    white = dark.locator(".nb-figure img").first.evaluate("e => getComputedStyle(e).backgroundColor")
    assert white == "rgb(255, 255, 255)", "figures are drawn on white"
    light.locator("label[title='Switch to dark colours']").click()
    light.wait_for_function("document.body.dataset.mdColorScheme === 'slate'")
    assert background(light) == colours[1]
    light.reload()
    light.wait_for_function("document.body.dataset.mdColorScheme === 'slate'")


@pytest.mark.parametrize("name", KINDS)
def test_it_is_readable_on_a_phone(visit: Callable[..., Page], name: str) -> None:
    page = visit(name, width=390)
    page.wait_for_load_state()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.evaluate("window.scrollTo(500, 300)")
    assert page.evaluate("window.scrollX") == 0
    size, place = page.evaluate(SMALLEST)
    assert size >= 14, place
    if not name.startswith("try/") or name == "try/index.html":
        page.locator("label.md-header__button[for=__drawer]").click()
        expect(page.locator("nav.md-nav--primary")).to_be_in_viewport()
        screenshot(page, f"phone_menu_{name.replace('/', '_').removesuffix('.html')}")


def test_on_paper_nothing_is_folded_and_there_is_no_navigation(visit: Callable[..., Page], tmp_path: Path) -> None:
    page = visit("notebooks/03_collapse.html")
    folded = page.locator("details:not([open])").count()
    assert folded > 5
    page.emulate_media(media="print")
    for selector in (".md-header", ".md-sidebar--primary", ".md-footer", ".nb-links"):
        expect(page.locator(selector).first).not_to_be_visible()
    screenshot(page, "site_on_paper")
    page.emulate_media(media="screen")
    expect(page.locator("details:not([open])")).to_have_count(folded)
    count = "document.querySelectorAll('details:not([open])').length"
    page.evaluate(f"addEventListener('beforeprint', () => {{ window.left = {count}; }})")
    page.pdf(path=str(tmp_path / "page.pdf"), format="A4")
    assert page.evaluate("window.left") == 0, "all were open when it was printed"
    expect(page.locator("details:not([open])")).to_have_count(folded)
    expect(page.locator(".md-header")).to_be_visible()


def test_a_figure_is_enlarged_and_a_heading_leads_to_its_place(visit: Callable[..., Page]) -> None:
    page = visit("notebooks/07_planning.html")
    page.locator(".nb-figure img").first.click()
    expect(page.get_by_role("dialog", name="figure, enlarged").locator("img")).to_be_visible()
    page.keyboard.press("Escape")
    link = page.locator(".md-sidebar--secondary a.md-nav__link").nth(3)
    place = link.get_attribute("href")
    link.click()
    heading = page.locator(f"[id='{place.removeprefix('#')}']")
    expect(heading).to_be_in_viewport()


def test_a_live_page_computes_and_leads_back(visit: Callable[..., Page]) -> None:
    page = visit("notebooks/08_two_rooms.html")
    page.get_by_role("link", name="live two room").click()
    page.locator("body[data-ready=yes]").wait_for()
    before = page.evaluate("Array.from(window.live.session.z)")
    page.locator("#world").press("ArrowRight")
    assert page.evaluate("Array.from(window.live.session.z)") != before
    page.get_by_role("link", name="all things to try").click()
    expect(page.get_by_role("heading", name="Try it")).to_be_visible()
