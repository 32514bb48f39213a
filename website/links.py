"""Links between files of the repository as links between pages, and the names in the navigation."""

import fnmatch
import re
from collections.abc import Mapping, Sequence
from posixpath import dirname, relpath
from typing import Any

from repository import LINK, resolved


FOLDERS = {"notebooks": "notebooks/index.md"}
"""Folder -> the page that stands for it."""


def between_pages(markdown: str, page: str) -> str:
    """Return the text of a page whose links to notebooks and folders lead to their pages.

    page: its path from the root of the repository.
    """

    def rewritten(link: re.Match[str]) -> str:
        image, words, address, place = link[1], link[2], link[3], link[4] or ""
        name = resolved(address, page)
        if name in FOLDERS:
            address = relpath(FOLDERS[name], dirname(page) or ".")
        elif name.startswith("notebooks/") and name.endswith(".ipynb"):
            address = address.removesuffix(".ipynb") + ".md"
        return f"{image}[{words}]({address}{place})"

    return LINK.sub(rewritten, markdown)


def expanded(nav: Sequence[Any], pages: Sequence[str], *, titles: Mapping[str, str]) -> list[Any]:
    """Return a navigation in which a name that ends in `*` is replaced by the pages it fits that are named nowhere.

    titles: page -> its title in the navigation, where it is not the heading.

    >>> expanded([{"More": ["a/b.md", "a/*"]}], ["a/b.md", "a/c.md", "d.md"], titles={"a/c.md": "C"})
    [{'More': ['a/b.md', {'C': 'a/c.md'}]}]
    """
    free = [page for page in pages if page not in set(_named(nav))]
    return _expanded(nav, free, titles)


def _named(nav: Any) -> list[str]:
    """Return the pages that a navigation names."""
    if isinstance(nav, str):
        return [nav]
    entries = nav.values() if isinstance(nav, Mapping) else nav
    return [name for entry in entries for name in _named(entry)]


def _expanded(nav: Sequence[Any], free: list[str], titles: Mapping[str, str]) -> list[Any]:
    found: list[Any] = []
    for entry in nav:
        if isinstance(entry, Mapping):
            found += [
                {title: under if isinstance(under, str) else _expanded(under, free, titles)}
                for title, under in entry.items()
            ]
        elif entry.endswith("*"):
            # only files of the folder itself: a folder below has an entry of its own
            fitting = [page for page in free if fnmatch.fnmatch(page, entry) and dirname(page) == dirname(entry)]
            found += [{titles[page]: page} if page in titles else page for page in fitting]
        else:
            found.append(entry)
    return found
