"""Which files of the repository are on the site: pages, what they link to, and files that every page loads."""

import re
from pathlib import Path


ROOT = Path(__file__).resolve().parents[1]
REVEAL = "workshop/reveal/README.md"
"""What the slides are drawn by, whose licence comes along."""
NO_PAGES = {"docs/results.template.md"}
LINK = re.compile(r"(!?)\[([^\]]*)\]\(([^)\s#]+)(#[^)\s]*)?\)")
"""A link or an image in Markdown: mark of an image, words, address, place on the page."""


def pages() -> list[str]:
    """Return the Markdown files that are pages, by their paths from the root of the repository."""
    found = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "data/README.md", REVEAL)]
    found += sorted((ROOT / "docs").rglob("*.md"))
    names = [path.relative_to(ROOT).as_posix() for path in found]
    return [name for name in names if name not in NO_PAGES]


def linked_files() -> list[str]:
    """Return the other files that those pages link to or show; notebooks have pages of their own."""
    found = set()
    for page in pages():
        for *_, address, _ in LINK.findall((ROOT / page).read_text(encoding="utf-8")):
            name = resolved(address, page)
            is_page = name.endswith(".md") or name.startswith("notebooks/")
            if name and (ROOT / name).is_file() and not is_page:
                found.add(name)
    return sorted(found)


def resolved(address: str, page: str) -> str:
    """Return the path, from the root, of what a page links to; empty if that is not in the repository.

    >>> resolved("../data/README.md", "docs/results.md")
    'data/README.md'
    """
    if "://" in address or address.startswith("mailto:"):
        return ""
    place = (ROOT / page).parent.joinpath(address).resolve()
    return place.relative_to(ROOT).as_posix() if place.exists() and place.is_relative_to(ROOT) else ""


def assets() -> dict[str, Path]:
    """Return address on the site -> file, of what all pages load beside the theme."""
    static = ROOT / "smwm_lab" / "runner" / "static"
    return {f"assets/{name}": static / name for name in ("figures.css", "figures.js", "print.js")}
