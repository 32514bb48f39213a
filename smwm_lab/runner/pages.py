"""Executed notebook -> one HTML page that opens without a network.

nbconvert's own page loads require.js, MathJax, mermaid and the widget manager from elsewhere; this one
leaves them out, sets formulas as SVG (`math_svg.py`) and embeds local images; `external_references` finds
what the outputs themselves would load.
"""

import copy
import re
from html.parser import HTMLParser
from pathlib import Path

import jinja2
from jinja2.runtime import Context
from nbconvert import HTMLExporter
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbformat import NotebookNode

from smwm_lab.files import asset
from smwm_lab.runner.math_svg import formula_html


LOADING_TAGS = {
    "script": "src",
    "link": "href",
    "img": "src",
    "iframe": "src",
    "source": "src",
    "video": "src",
    "audio": "src",
    "embed": "src",
    "object": "data",
    "input": "src",
    "image": "href",
}
"""Element -> attribute by which it loads something when the page opens."""

OFF_PAGE = re.compile(r"\s*(?:[a-z][a-z0-9+.-]*:)?//", re.IGNORECASE)
LOADING_STYLE = re.compile(r"""(?:url\(|@import)\s*["']?\s*((?:https?:)?//[^"')\s]+)""", re.IGNORECASE)
FOLDED = re.compile(r"^(?=</?details\b)", re.MULTILINE)
"""Where a hint begins or ends; without an empty line there, mistune takes its beginning for a part of a list before."""
IMAGE_SOURCE = re.compile(r"""(<img\b[^>]*?\bsrc\s*=\s*["'])([^"']+)""", re.IGNORECASE)
LOADING_SCRIPT = re.compile(r"""(?:\bimport\s*\(?|\bfrom|\brequire\s*\(\s*\[?)\s*["'](https?://[^"']+)""")


class FormulaRenderer(IPythonRenderer):
    """Markdown renderer that sets formulas as SVG instead of leaving them to MathJax."""

    def _html_embed_images(self, html: str) -> str:
        """Embed local images that HTML names; all else stays letter by letter.

        nbconvert parses each block by itself, which closes a `<details>` at its first blank line.
        """

        def embedded(match: re.Match[str]) -> str:
            return match[1] + (self._src_to_base64(match[2]) or match[2])

        return IMAGE_SOURCE.sub(embedded, html)

    def block_math(self, body: str) -> str:
        """Set display math."""
        return formula_html(body, display=True)

    def inline_math(self, body: str) -> str:
        """Set inline math."""
        return formula_html(body, display=False)

    def latex_environment(self, name: str, body: str) -> str:
        """Set an environment; mathtext knows none, so its source is shown."""
        return formula_html(rf"\begin{{{name}}}{body}\end{{{name}}}", display=True)


class OfflineExporter(HTMLExporter):
    """nbconvert's HTML exporter without anything that is loaded from elsewhere."""

    @jinja2.pass_context
    def markdown2html(self, context: Context, source: str) -> str:
        """Convert markdown to HTML, formulas and local images included."""
        renderer = FormulaRenderer(
            escape=False,
            attachments=context.get("cell", {}).get("attachments", {}),
            embed_images=True,
            path=context.get("resources", {}).get("metadata", {}).get("path", ""),
        )
        return MarkdownWithMath(renderer=renderer).render(FOLDED.sub("\n", source))


def render_page(notebook: NotebookNode, *, title: str, folder: Path) -> str:
    """Return an executed notebook as an HTML page.

    Parameters
    ----------
    notebook
        Executed, without widget state (`outputs.drop_widget_state`).
    title
        Shown by the browser.
    folder
        Where the notebook's source lies: images its markdown names are looked up from there.

    Returns
    -------
    str
        The page.
    """
    page = copy.deepcopy(notebook)
    page.metadata.title = title
    for cell in page.cells:
        for output in cell.get("outputs", []):
            if "metadata" in output:
                output.metadata.alt = f"output of cell {cell.get('execution_count')} of {title}"
    exporter = OfflineExporter(raw_template=asset("smwm_lab.runner", "static/notebook.html.j2"))
    resources = {"metadata": {"name": title, "path": str(folder)}}
    return exporter.from_notebook_node(page, resources=resources)[0]


def external_references(page: str) -> list[str]:
    """Return the addresses that a browser would load from elsewhere to show a page (links are not loaded)."""
    finder = _ReferenceFinder()
    finder.feed(page)
    return finder.found


class _ReferenceFinder(HTMLParser):
    """Collects what a page loads from elsewhere."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self._inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Look at the attributes of an element."""
        self._inside = tag if tag in ("style", "script") else ""
        for name, value in attrs:
            if name == "style":
                self.found += LOADING_STYLE.findall(value or "")
            elif name == LOADING_TAGS.get(tag) and OFF_PAGE.match(value or ""):
                self.found.append(value or "")

    def handle_endtag(self, tag: str) -> None:
        """Leave a style or script."""
        self._inside = ""

    def handle_data(self, data: str) -> None:
        """Look inside styles and scripts."""
        if self._inside:
            pattern = LOADING_STYLE if self._inside == "style" else LOADING_SCRIPT
            self.found += pattern.findall(data)
