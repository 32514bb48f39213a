"""The page of a notebook on the site: what the runner's exporter makes of it, in the frame of the theme."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape, unescape
from typing import Any

import nbformat
from nbformat import NotebookNode
from pymdownx.slugs import slugify
from repository import ROOT
from things_to_try import Thing, of_notebook

from smwm_lab.runner.pages import render_body
from smwm_lab.runner.selection import select_notebooks


HEADING = re.compile(r'<h([1-6]) id="[^"]*">(.*?)<a class="anchor-link"[^>]*>.*?</a></h\1>', re.DOTALL)
CODE = re.compile(r'(<div class="highlight[^"]*"><pre>)<span></span>(.*?)</pre>', re.DOTALL)
TAGS = re.compile(r"<[^>]+>")


@dataclass(frozen=True, kw_only=True)
class Notebook:
    """A committed, executed notebook and where it stands on the site."""

    name: str
    """Of its file, without the ending."""
    title: str
    """Its first heading."""
    content: NotebookNode

    @property
    def file(self) -> str:
        """Path from the root of the repository."""
        return f"notebooks/{self.name}.ipynb"

    @property
    def page(self) -> str:
        """Name of its page, as mkdocs has it."""
        return f"notebooks/{self.name}.md"

    @property
    def number(self) -> str:
        """The number in front, "03"."""
        return self.name.partition("_")[0]

    @property
    def short_title(self) -> str:
        """Number and topic, for the navigation."""
        return f"{self.number} · {self.name.partition('_')[2].replace('_', ' ')}"

    @property
    def code(self) -> str:
        """All of its code."""
        return "\n".join(cell.source for cell in self.content.cells if cell.cell_type == "code")


def course() -> list[Notebook]:
    """Return the notebooks of the course, in order."""
    return [
        Notebook(name=each.name, title=each.title, content=nbformat.from_dict(each.source))
        for each in select_notebooks(None)
    ]


def overview(notebooks: Sequence[Notebook]) -> str:
    """Return the list of the notebooks as a table in Markdown, one question each."""
    rows = [f"| [{each.short_title}]({each.name}.md) | {each.title} |" for each in notebooks]
    return "\n".join(["| notebook | question |", "|---|---|", *rows])


def body(notebook: Notebook, things: Sequence[Thing]) -> tuple[str, list[dict[str, Any]]]:
    """Return the HTML of a notebook, and its headings as mkdocs wants them, each with those below it.

    things: what can be tried; what belongs to this notebook is linked below its title.
    """
    html = render_body(notebook.content, title=notebook.title, folder=ROOT / "notebooks")
    html = CODE.sub(r'\1<span></span><code tabindex="0">\2</code></pre>', html)
    html, headings = _with_places(html)
    return html.replace("</h1>", "</h1>\n" + _links(notebook, things), 1), _nested(headings)


def anchors(html: str) -> set[str]:
    """Return the names of places on a page."""
    return set(re.findall(r'\bid="([^"]+)"', html))


def _with_places(html: str) -> tuple[str, list[dict[str, Any]]]:
    """Give every heading a place with a short name and a link to it; return the headings too, from top to bottom."""
    found: list[dict[str, Any]] = []

    def placed(heading: re.Match[str]) -> str:
        level, words = int(heading[1]), heading[2].strip()
        plain = unescape(TAGS.sub("", words)).strip()
        name = slugify(case="lower")(plain, "-")
        taken = {each["id"] for each in found}
        name = next(free for n in range(len(found) + 1) if (free := name if n == 0 else f"{name}_{n}") not in taken)
        found.append({"level": level, "id": name, "name": escape(plain, quote=False), "children": []})
        link = f'<a class="headerlink" href="#{escape(name)}" title="Permanent link">&para;</a>'
        return f'<h{level} id="{escape(name)}">{words}{link}</h{level}>'

    return HEADING.sub(placed, html), found


def _nested(headings: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Put each heading below the nearest one before it that is larger."""
    top: list[dict[str, Any]] = []
    above: list[dict[str, Any]] = []
    for heading in headings:
        while above and above[-1]["level"] >= heading["level"]:
            above.pop()
        (above[-1]["children"] if above else top).append(heading)
        above.append(heading)
    return top


def _links(notebook: Notebook, things: Sequence[Thing]) -> str:
    """Return the line below the title: what can be tried, and the notebook as a file."""
    found = [
        f'<a href="../{escape(thing.address)}">{escape(thing.title)}</a>'
        for thing in of_notebook(things, notebook.number, notebook.code)
    ]
    try_it = f"Try it: {', '.join(found)}. " if found else ""
    return f'<p class="nb-links">{try_it}<a href="{notebook.name}.ipynb" download>This notebook as a file</a>.</p>'
