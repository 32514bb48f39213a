"""Executed notebook -> one HTML page that opens without a network.

nbconvert's own page loads require.js, MathJax, mermaid and the widget manager from elsewhere; this one
leaves them out, sets formulas as SVG (`math_svg.py`) and embeds local images; `external_references` finds
what the outputs themselves would load.
"""

import base64
import copy
import re
from html import escape
from html.parser import HTMLParser
from pathlib import Path

import jinja2
from jinja2.runtime import Context
from nbconvert import HTMLExporter
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbformat import NotebookNode

from smwm_lab.files import asset
from smwm_lab.runner.math_svg import formula_html
from smwm_lab.runner.outputs import FIGURE_TAG
from smwm_lab.runner.png import PNG, png_description


HEADING = re.compile(r"^#+ +(.+?) *$", re.MULTILINE)
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
ARXIV = re.compile(r"(?<![\w./])\d{2}(?:0[1-9]|1[0-2])\.\d{5}(?![\w]|\.\d)")
"""A number of arXiv in running text."""
NAVIGATION = re.compile(r'<nav class="course">.*?</nav>', re.DOTALL)
FOLDED = re.compile(r"^(?=</?details\b)", re.MULTILINE)
"""Where a hint begins or ends; without an empty line there, mistune takes its beginning for a part of a list before."""
IMAGE_SOURCE = re.compile(r"""(<img\b[^>]*?\bsrc\s*=\s*["'])([^"']+)""", re.IGNORECASE)
LOADING_SCRIPT = re.compile(r"""(?:\bimport\s*\(?|\bfrom|\brequire\s*\(\s*\[?)\s*["'](https?://[^"']+)""")


class FormulaRenderer(IPythonRenderer):
    """Markdown renderer that sets formulas as SVG instead of leaving them to MathJax."""

    def text(self, text: str) -> str:
        """Set running text; numbers of arXiv become links."""
        return ARXIV.sub(lambda found: f'<a href="https://arxiv.org/abs/{found[0]}">{found[0]}</a>', super().text(text))

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
        Executed, without widget state (`outputs.drop_widget_state`). Default parameters are left out where those
        of the run stand below them.
    title
        Shown by the browser.
    folder
        Where the notebook's source lies: images its markdown names are looked up from there.

    Returns
    -------
    str
        The page; `with_navigation` fills its navigation.
    """
    resources = {
        "style": "".join(asset("smwm_lab.runner", f"static/{name}") for name in ("notebook.css", "figures.css")),
        "scripts": "".join(asset("smwm_lab.runner", f"static/{name}") for name in ("figures.js", "print.js")),
    }
    return _exported(notebook, "static/notebook.html.j2", title=title, folder=folder, resources=resources)


def render_body(notebook: NotebookNode, *, title: str, folder: Path) -> str:
    """Return what stands on the page of an executed notebook, as HTML for a page of another frame; see `render_page`.

    It has headings, text, code and outputs, without style or script; classes that begin with `nb-` name its parts.
    """
    return _exported(notebook, "static/notebook_body.html.j2", title=title, folder=folder, resources={})


def _exported(notebook: NotebookNode, template: str, *, title: str, folder: Path, resources: dict[str, str]) -> str:
    """Set a notebook by one of our templates."""
    page = copy.deepcopy(notebook)
    page.metadata.title = title
    page.cells = _without_defaults(page.cells)
    heading = title
    for cell in page.cells:
        if cell.cell_type == "markdown":
            heading = (HEADING.findall(cell.source) or [heading])[-1]
        for output in cell.get("outputs", []):
            if PNG in output.get("data", {}):
                output.metadata.alt = _alternative(cell, output, heading)
    exporter = OfflineExporter(raw_template=asset("smwm_lab.runner", template))
    metadata = {"metadata": {"name": title, "path": str(folder)}}
    return exporter.from_notebook_node(page, resources=metadata | resources)[0]


def with_navigation(page: str, *, before: tuple[str, str] | None, after: tuple[str, str] | None) -> str:
    """Return a page whose navigation leads to its neighbours, (name, title) each, and to the contents."""

    def link(neighbour: tuple[str, str] | None, words: str, relation: str) -> str:
        if neighbour is None:
            return f'<span aria-hidden="true">{words}</span>'
        name, title = (escape(each, quote=True) for each in neighbour)
        return f'<a rel="{relation}" href="{name}.html" title="{title}">{words}: {title}</a>'

    contents = '<a href="../index.html">contents</a>'
    links = " ".join([link(before, "\u2190 previous", "prev"), contents, link(after, "next \u2192", "next")])
    return NAVIGATION.sub(lambda _: f'<nav class="course">{links}</nav>', page)


def figure_anchor(file: str) -> str:
    """Return the name of the place of a figure on its page.

    >>> figure_anchor("02_latent_grid.png")
    'figure-latent_grid'
    """
    return "figure-" + re.sub(r"^\d+_", "", file.removesuffix(".png"))


def _without_defaults(cells: list[NotebookNode]) -> list[NotebookNode]:
    """Leave out the cell of default parameters where the cell with those of the run stands below it."""
    tags = [cell.metadata.get("tags", []) for cell in cells]
    replaced = any("injected-parameters" in each for each in tags)
    return [cell for cell, each in zip(cells, tags, strict=True) if not (replaced and "parameters" in each)]


def _alternative(cell: NotebookNode, output: NotebookNode, heading: str) -> str:
    """Return in words what an image shows.

    It says so itself (`viz.png`), after the name of a widget; for one that does not, the name of its figure or widget
    and the section it stands in have to do.
    """
    described = png_description(base64.b64decode("".join(output.data[PNG])))
    plain = "".join(output.get("data", {}).get("text/plain", ""))
    figures = [tag.removeprefix(FIGURE_TAG) for tag in cell.metadata.get("tags", []) if tag.startswith(FIGURE_TAG)]
    names = [name.replace("_", " ") for name in figures]
    widget = [plain] if re.fullmatch(r"[A-Z]\w+\(.*\)", plain) else []
    if described:
        return ": ".join([*widget, described])
    return f"{', '.join(names + widget) or 'figure'}, in the section: {re.sub('[*`$]', '', heading)}"


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
