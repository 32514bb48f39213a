"""TeX -> inline SVG by matplotlib's mathtext, so that a page shows formulas without MathJax and a network."""

import functools
import html
import re

from matplotlib.font_manager import FontProperties
from matplotlib.mathtext import MathTextParser
from matplotlib.path import Path
from matplotlib.textpath import TextPath


POINTS = 10
"""Font size at which formulas are set, in points."""

EM = POINTS / 1.12
"""Points of a formula to one em of the text around it: the formula font looks smaller than it is."""

TRANSLATIONS = (
    (r"\\[lr]Vert(?![a-zA-Z])", r"\\|"),
    (r"\\[lr]vert(?![a-zA-Z])", "|"),
    (r"\\tfrac(?![a-zA-Z])", r"\\frac"),
    (r"\\le(?![a-zA-Z])", r"\\leq"),
    (r"\\ge(?![a-zA-Z])", r"\\geq"),
    (r"\\(?:[bB]igg?[lrm]?)(?![a-zA-Z])", ""),
    (r"\s+", " "),
)
"""TeX that mathtext does not know -> TeX that it does."""

SVG_COMMANDS = {Path.MOVETO: "M", Path.LINETO: "L", Path.CURVE3: "Q", Path.CURVE4: "C", Path.CLOSEPOLY: "Z"}


@functools.cache
def formula_html(tex: str, *, display: bool) -> str:
    """Return HTML that shows a formula.

    Parameters
    ----------
    tex
        The formula without dollar signs.
    display
        Whether it stands in a line of its own.

    Returns
    -------
    str
        An inline SVG, or the TeX itself as code if mathtext cannot set it (environments such as `aligned`).
    """
    try:
        body = _svg(tex)
    except ValueError:  # mathtext's one answer to what it cannot parse; TeX source is still readable
        body = f'<code class="formula">{html.escape(tex.strip())}</code>'
    return f'<span style="display:block;text-align:center;margin:.6em 0">{body}</span>' if display else body


def _svg(tex: str) -> str:
    """Set a formula as an SVG in em units, baseline on baseline; raise ValueError if it cannot be parsed."""
    source = tex.strip()
    for pattern, replacement in TRANSLATIONS:
        source = re.sub(pattern, replacement, source)
    font = FontProperties(size=POINTS, math_fontfamily="stix")
    width, height, depth, _, _ = MathTextParser("path").parse(f"${source}$", dpi=72, prop=font)
    outline = _path_data(TextPath((0, 0), f"${source}$", prop=font))
    label = html.escape(tex.strip(), quote=True)
    box = f"0 {depth - height:g} {width:g} {height:g}"
    style = f"vertical-align:{-depth / EM:.2f}em;overflow:visible"
    return (
        f'<svg role="img" aria-label="{label}" viewBox="{box}" width="{width / EM:.2f}em" '
        f'height="{height / EM:.2f}em" style="{style}"><path fill="currentColor" d="{outline}"/></svg>'
    )


def _path_data(outline: TextPath) -> str:
    """Return the `d` attribute of an outline; y grows downwards in SVG."""
    parts = []
    for vertices, code in outline.iter_segments(simplify=False):
        points = [] if code == Path.CLOSEPOLY else vertices.reshape(-1, 2).tolist()
        parts.append(SVG_COMMANDS[code] + " ".join(f"{x:.2f} {-y:.2f}" for x, y in points))
    return "".join(parts)
