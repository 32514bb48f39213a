"""The handout: printed by Chromium it is one page, on which everything stands and nothing is cut off."""

import importlib.util
import re

import pytest
from gestures import screenshot
from playwright.sync_api import Browser, Page, expect

from smwm_lab.paths import ROOT


SPEC = importlib.util.spec_from_file_location("handout", ROOT / "workshop" / "handout.py")
handout = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(handout)
A4_PX = {"width": 658, "height": 1017}
"""174 x 269 mm, what the margins leave of a page, at 96 px to the inch."""


def num_pages(file) -> int:
    """Count the pages that a PDF of Chromium declares."""
    return len(re.findall(rb"/Type\s*/Page\b(?!s)", file.read_bytes()))


def test_it_is_one_page(browser: Browser, tmp_path) -> None:
    handout.print_pdf(browser, tmp_path / "handout.pdf")
    assert (tmp_path / "handout.pdf").read_bytes().startswith(b"%PDF-") and num_pages(tmp_path / "handout.pdf") == 1


def test_a_longer_one_would_be_noticed(browser: Browser, tmp_path, monkeypatch) -> None:
    longer = tmp_path / "handout.md"
    longer.write_text(handout.PAGE.read_text(encoding="utf-8") * 2, encoding="utf-8")
    monkeypatch.setattr(handout, "PAGE", longer)
    handout.print_pdf(browser, tmp_path / "handout.pdf")
    assert num_pages(tmp_path / "handout.pdf") > 1


def test_its_text_is_large_enough_and_no_row_is_wider_than_the_page(page: Page) -> None:
    page.set_viewport_size(A4_PX)
    page.set_content(handout.handout_html())
    expect(page.get_by_role("heading", name="A low loss is not a good model")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= A4_PX["width"]
    assert page.locator("body").bounding_box()["height"] <= 0.97 * A4_PX["height"], "room for a wider font"
    assert page.locator("img").evaluate("image => image.complete && image.naturalWidth > 1000")
    sizes = page.locator("p, td, li").evaluate_all("all => all.map(one => parseFloat(getComputedStyle(one).fontSize))")
    assert len(sizes) > 20 and min(sizes) >= 13, "10 pt or more"
    screenshot(page, "handout")


@pytest.mark.parametrize("word", ["L_fwd", "λ · L_inv", "noise survived", "smwm-lab doctor"])
def test_what_a_seat_needs_stands_on_it(page: Page, word: str) -> None:
    page.set_content(handout.handout_html())
    expect(page.get_by_text(word).first).to_be_visible()
