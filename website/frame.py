"""What the theme leaves out for people who use the keyboard or hear the page."""

import re


CELL = re.compile(r"<td([^>]*)>(.*?)</td>", re.DOTALL)
LONG = 40
"""Letters from which a cell has a width below which it is not squeezed."""
TABLE = re.compile(r"<table>(.*?)</table>", re.DOTALL)
SEARCH = '<div class="md-search" data-md-component="search" role="dialog">'


def with_reachable_tables(html: str) -> str:
    """Return the content of a page whose tables can be scrolled by the keyboard where they are wider than the page.

    The theme would put them into a frame that no key reaches; it leaves tables with a class alone.
    """

    def framed(table: re.Match[str]) -> str:
        cells = CELL.sub(_cell, table[1])
        return (
            '<div class="nb-table" tabindex="0" role="group" aria-label="table">'
            f'<table class="sheet">{cells}</table></div>'
        )

    return TABLE.sub(framed, html)


def with_names(page: str) -> str:
    """Return a whole page whose search has a name."""
    return page.replace(SEARCH, SEARCH.replace(">", ' aria-label="search">'))


def _cell(cell: re.Match[str]) -> str:
    """Return a cell, with a mark if its text is long."""
    mark = ' class="long"' if len(re.sub(r"<[^>]+>", "", cell[2])) > LONG else ""
    return f"<td{cell[1]}{mark}>{cell[2]}</td>"
