"""The slides in a browser, opened from disk: claims proved here.

- Every slide fits 1280 x 720 px, its letters are large enough, and the arrow keys lead through all of them.
- S opens a window with the notes, which follows.
- Printed, each slide is one page; with notes there are as many more.
"""

import importlib.util
import re
import subprocess
import sys
from pathlib import Path

import pytest
from gestures import screenshot
from playwright.sync_api import Page, expect

from smwm_lab.paths import ROOT


SPEC = importlib.util.spec_from_file_location("slides", ROOT / "workshop" / "slides.py")
slides = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(slides)
SIZE = {"width": 1280, "height": 720}
NUM_SLIDES = sum(slides.slide_type(cell) == "slide" for cell in slides.read_slides().cells)
MEASURE = """() => {
  const slide = Reveal.getCurrentSlide();
  const drawn = (part) => !part.closest("aside") && part.getClientRects().length;
  const parts = [...slide.querySelectorAll("*")].filter(drawn);
  const boxes = parts.map((part) => part.getBoundingClientRect());
  const texts = parts.filter((part) => [...part.childNodes].some((node) => node.nodeType === 3 && node.data.trim()));
  return {
    title: slide.querySelector("h1, h2").innerText,
    left: Math.min(...boxes.map((box) => box.left)),
    right: Math.max(...boxes.map((box) => box.right)),
    bottom: Math.max(...boxes.map((box) => box.bottom)),
    smallest: Math.min(...texts.map((part) => parseFloat(getComputedStyle(part).fontSize))),
    images: [...slide.querySelectorAll("img")].map((image) => image.complete && image.naturalWidth > 300),
    hidden: parts.filter((part) => part.scrollWidth > part.clientWidth + 1 && part.clientWidth > 0
      && getComputedStyle(part).display === "block").length,
  };
}"""


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page that the command writes, in a process of its own beside Playwright's event loop; some 30 s of CPU."""
    exported = tmp_path_factory.mktemp("exported") / "slides.html"
    command = [sys.executable, str(ROOT / "workshop" / "slides.py"), "--out", str(exported)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0 and done.stdout.startswith(f"wrote {exported}; "), done.stderr
    return exported


@pytest.fixture
def opened(page: Page, file: Path) -> Page:
    """The page, opened from disk; that file is all that may be loaded."""
    page.context.route(re.compile(re.escape(file.as_uri())), lambda route: route.continue_())
    page.set_viewport_size(SIZE)
    page.goto(file.as_uri())
    page.wait_for_function("Reveal.isReady()")
    return page


def test_every_slide_fits_and_keys_lead_through_all_of_them(opened: Page):
    titles = []
    for number in range(1, NUM_SLIDES + 1):
        expect(opened.locator(".slide-number")).to_have_text(re.compile(rf"^\s*{number}\s*/\s*{NUM_SLIDES}\s*$"))
        seen = opened.evaluate(MEASURE)
        titles.append(seen["title"])
        where = f"slide {number}, {seen['title']}"
        assert 40 <= seen["left"] and seen["right"] <= SIZE["width"] - 40, where
        assert seen["bottom"] <= SIZE["height"] - 24, where
        assert seen["smallest"] >= 20 and all(seen["images"]) and seen["hidden"] == 0, where
        screenshot(opened, f"slide_{number:02d}")
        opened.keyboard.press("ArrowRight")
    assert len(set(titles)) == NUM_SLIDES
    opened.keyboard.press("Home")
    expect(opened.locator(".slide-number")).to_have_text(re.compile(r"^\s*1\s*/"))


def test_a_slide_that_is_too_long_would_be_noticed(opened: Page):
    opened.evaluate("Reveal.getCurrentSlide().querySelector('p').parentElement.append('words '.repeat(400))")
    assert opened.evaluate(MEASURE)["bottom"] > SIZE["height"]


def test_the_window_of_the_speaker_shows_the_notes_and_follows(opened: Page):
    with opened.context.expect_page() as opening:
        opened.keyboard.press("s")
    notes = opening.value.locator(".speaker-controls-notes .value")
    expect(notes).to_contain_text("0:00 to 0:09, 9 minutes · arrive", timeout=60_000)
    screenshot(opening.value, "slides_speaker")
    opened.keyboard.press("ArrowRight")
    expect(notes).to_contain_text("0:09 to 0:10, 1 minute · arrive", timeout=60_000)


@pytest.mark.parametrize(("query", "pages"), [("?print-pdf", 1), ("?print-pdf&showNotes=separate-page", 2)])
def test_printed_every_slide_is_a_page_of_its_own(opened: Page, file: Path, tmp_path: Path, query: str, pages: int):
    opened.goto(file.as_uri() + query)
    opened.wait_for_function(f"document.querySelectorAll('.pdf-page').length === {NUM_SLIDES}")
    opened.pdf(path=tmp_path / "slides.pdf", prefer_css_page_size=True, print_background=True)
    printed = len(re.findall(rb"/Type\s*/Page\b(?!s)", (tmp_path / "slides.pdf").read_bytes()))
    assert pages * NUM_SLIDES <= printed <= pages * NUM_SLIDES + (pages - 1), "a last empty page, at most"
