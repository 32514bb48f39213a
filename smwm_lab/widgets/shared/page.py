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

from smwm_lab.files import asset


def html_page(title: str, body: str) -> str:
    """Return a whole page with a heading; `body` is HTML, `title` plain text."""
    style = shared_asset("page.css")
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,">'
        f"<title>{escape(title)}</title><style>{style}</style></head>\n<body>\n<main>\n<h1>{escape(title)}</h1>\n"
        f"{body}\n</main>\n</body></html>\n"
    )


def embedded_image(png: bytes, alternative: str, *, css_class: str = "") -> str:
    """Return an embedded PNG image with its alternative text."""
    return f'<img class="{css_class}" alt="{escape(alternative, quote=True)}" src="{data_uri(png)}">'


def data_uri(png: bytes) -> str:
    """Return a PNG image as an address that holds it."""
    return "data:image/png;base64," + base64.b64encode(png).decode()


def shared_asset(name: str) -> str:
    """Return the text of a file of `shared/static`."""
    return asset("smwm_lab.widgets.shared", f"static/{name}")


def script(code: str) -> str:
    """Return a script element; `code` must not hold its closing tag."""
    return f"<script>{code}</script>"


def packed(identifier: str, content: bytes) -> str:
    """Return an invisible element that carries compressed bytes for `inflate(identifier)` of `inflate.js`."""
    text = base64.b64encode(gzip.compress(content, 9, mtime=0)).decode()
    return f'<script type="text/plain" id="{identifier}">{text}</script>\n'


def embedded_json(identifier: str, values: object) -> str:
    """Return an element whose text is JSON, safe inside HTML."""
    text = json.dumps(values, allow_nan=False, separators=(",", ":")).replace("<", "\\u003c")
    return f'<script type="application/json" id="{identifier}">{text}</script>\n'


@functools.cache
def plotly_script() -> str:
    """Return what brings plotly.js into a page: 2 MB, and the promise `plotlyReady`."""
    code = shared_asset("inflate.js") + shared_asset("load_plotly.js")
    return packed("plotly", get_plotlyjs().encode()) + script(code) + "\n"
