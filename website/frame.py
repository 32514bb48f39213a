"""What the theme leaves out for people who use the keyboard or hear the page."""

import re


TABLE = re.compile(r"<table>(.*?)</table>", re.DOTALL)
SEARCH = '<div class="md-search" data-md-component="search" role="dialog">'


def with_reachable_tables(html: str) -> str:
    """Return the content of a page whose tables can be scrolled by the keyboard where they are wider than the page.

    The theme would put them into a frame that no key reaches; it leaves tables with a class alone.
    """
    frame = r'<div class="nb-table" tabindex="0" role="group" aria-label="table"><table class="sheet">\1</table></div>'
    return TABLE.sub(frame, html)


def with_names(page: str) -> str:
    """Return a whole page whose search has a name."""
    return page.replace(SEARCH, SEARCH.replace(">", ' aria-label="search">'))
