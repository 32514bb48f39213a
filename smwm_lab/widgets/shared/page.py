"""The frame of an exported page: one file that loads nothing, with what its content may need inside.

plotly.js alone has 4.8 MB. Compressed and in base64 it has 2 MB, and the browser inflates it when the page opens:

    html_page(title, plotly_script() + '<div id="a"></div>' + script("plotlyReady.then(() => Plotly.newPlot(...))"))
"""

import base64
import functools
import gzip
import json
from html import escape

from plotly.offline import get_plotlyjs


STYLE = """
:root { color-scheme: light; --ink: #1f2430; --soft: #667085; --line: #e4e7ec; --bad: #b42318; }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 78rem; padding: 1.25rem 1.25rem 3rem; background: #fff; color: var(--ink);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
h1 { font-size: 1.5rem; line-height: 1.2; margin: 0 0 .5rem; }
h2 { font-size: 1.1rem; margin: 1rem 0 .35rem; }
img { max-width: 100%; }
.soft { color: var(--soft); font-size: .9rem; }
.pixels { image-rendering: pixelated; border: 1px solid #bbb; }
.controls { display: flex; flex-wrap: wrap; gap: .75rem 1.5rem; align-items: center; margin: .75rem 0; }
.controls label { display: flex; gap: .5rem; align-items: center; }
select, button, input { font: inherit; }
:focus-visible { outline: 3px solid #0072b2; outline-offset: 2px; }
table { border-collapse: collapse; } th, td { text-align: left; padding: .25rem .75rem .25rem 0; }
td { font-variant-numeric: tabular-nums; border-bottom: 1px solid var(--line); }
[role=status].bad { color: var(--bad); }
"""

INFLATE = """
window.inflate = async (id) => {
  const packed = Uint8Array.from(atob(document.getElementById(id).textContent), (c) => c.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream).arrayBuffer();
};
"""
"""Defines inflate(id): the bytes of an element filled by `packed`."""

LOAD_PLOTLY = """
window.plotlyReady = inflate("plotly").then((bytes) => {
  const element = document.createElement("script");
  element.textContent = new TextDecoder().decode(bytes);
  document.head.append(element);
}).catch((error) => {
  document.body.insertAdjacentHTML("beforeend", "<p role=status class=bad>error: this browser cannot open the page (" +
    error + "); use one from 2023 or later</p>");
  throw error;
});
"""


def html_page(title: str, body: str) -> str:
    """Return a whole page with a heading; `body` is HTML, `title` plain text."""
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,">'
        f"<title>{escape(title)}</title><style>{STYLE}</style></head>\n<body>\n<h1>{escape(title)}</h1>\n"
        f"{body}\n</body></html>\n"
    )


def picture(png: bytes, alternative: str, *, css_class: str = "") -> str:
    """Return an embedded PNG image with its text for those who do not see it."""
    return f'<img class="{css_class}" alt="{escape(alternative, quote=True)}" src="{data_uri(png)}">'


def data_uri(png: bytes) -> str:
    """Return a PNG image as an address that holds it."""
    return "data:image/png;base64," + base64.b64encode(png).decode()


def script(code: str) -> str:
    """Return a script element; `code` must not hold its closing tag."""
    return f"<script>{code}</script>"


def packed(identifier: str, content: bytes) -> str:
    """Return an element that carries compressed bytes for `inflate(identifier)` of `INFLATE`; nothing of it shows."""
    text = base64.b64encode(gzip.compress(content, 9, mtime=0)).decode()
    return f'<script type="text/plain" id="{identifier}">{text}</script>\n'


def embedded_json(identifier: str, values: object) -> str:
    """Return an element whose text is JSON, safe inside HTML."""
    text = json.dumps(values, allow_nan=False, separators=(",", ":")).replace("<", "\\u003c")
    return f'<script type="application/json" id="{identifier}">{text}</script>\n'


@functools.cache
def plotly_script() -> str:
    """Return what brings plotly.js into a page: 2 MB, and the promise `plotlyReady`."""
    return packed("plotly", get_plotlyjs().encode()) + script(INFLATE + LOAD_PLOTLY) + "\n"
