"""Print docs/teaching/handout.md on one page: `make handout`. Needs Chromium, which is driven by playwright."""

import argparse
import base64
import re
import shutil
import sys
from pathlib import Path

from nbconvert.filters.markdown_mistune import markdown2html_mistune
from playwright.sync_api import Browser, sync_playwright


ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "docs" / "teaching"
PAGE = FOLDER / "handout.md"
STYLE = Path(__file__).resolve().with_name("handout.css")
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
"""Names under which it is looked for."""


def handout_html() -> str:
    """Return the handout as a page that loads nothing: its image is part of it."""
    body = re.sub(r'(?<=<img src=")[^"]+', _as_data, markdown2html_mistune(PAGE.read_text(encoding="utf-8")))
    style = STYLE.read_text(encoding="utf-8")
    head = f'<meta charset="utf-8"><title>Handout</title><style>{style}</style>'
    return f'<!doctype html><html lang="en"><head>{head}</head><body>{body}</body></html>'


def _as_data(source: re.Match[str]) -> str:
    """Return the address of a PNG beside the handout as the image itself."""
    return f"data:image/png;base64,{base64.b64encode((FOLDER / source[0]).read_bytes()).decode()}"


def print_pdf(browser: Browser, file: Path) -> None:
    """Print the handout on paper of the size A4, as its style says."""
    page = browser.new_page()
    page.set_content(handout_html())
    file.parent.mkdir(parents=True, exist_ok=True)
    page.pdf(path=str(file), prefer_css_page_size=True, print_background=True)
    page.close()


def main() -> None:
    """Write the file and say where it is."""
    parser = argparse.ArgumentParser(description=__doc__.partition(":")[0])
    parser.add_argument("--out", type=Path, required=True, help="PDF file.")
    file = parser.parse_args().out
    chromium = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if chromium is None:
        sys.exit(f"error: none of {', '.join(CHROMIUM)} found; install Chromium, or print {PAGE} from an editor")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--headless", "--no-sandbox"])
        print_pdf(browser, file)
        browser.close()
    print(f"wrote {file}")


if __name__ == "__main__":
    main()
