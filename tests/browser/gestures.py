"""What a hand does in a browser, and how a test waits for what follows."""

from pathlib import Path

from playwright.sync_api import Locator, Page

from smwm_lab import paths


SCREENSHOTS = paths.ROOT / "out" / "browser"


def screenshot(page: Page, name: str) -> Path:
    """Keep a picture of the page as out/browser/NAME.png."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"{name}.png")
    return SCREENSHOTS / f"{name}.png"


def drag(page: Page, handle: Locator, *, by: tuple[float, float]) -> None:
    """Take the middle of something with the mouse and pull it, px to the right and down.

    On the way moves coalesce: assert only where it ends.
    """
    handle.scroll_into_view_if_needed()
    box = handle.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + by[0], y + by[1], steps=10)
    page.mouse.up()


def slider(page: Page, label: str) -> Locator:
    """Return the row of the ipywidgets slider with this label; `handle` and `readout` look inside it."""
    row = page.locator(".widget-slider, .widget-hslider").filter(has=page.get_by_text(label, exact=True))
    return row.first


def handle(page: Page, label: str) -> Locator:
    """Return the knob of the slider with this label; it can be dragged, or focused for the arrow keys."""
    return slider(page, label).locator(".noUi-handle")


def readout(page: Page, label: str) -> str:
    """Return the value that the slider with this label shows, with a plain minus."""
    return slider(page, label).locator(".widget-readout").inner_text().replace("\N{MINUS SIGN}", "-")


def wait_for_change(page: Page, element: Locator, attribute: str, before: str | None) -> str | None:
    """Wait until an attribute of an element is no longer what it was; return the new value."""
    page.wait_for_function(
        "([element, name, before]) => element.getAttribute(name) !== before",
        arg=[element.element_handle(), attribute, before],
    )
    return element.get_attribute(attribute)
