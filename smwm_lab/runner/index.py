"""The index page of a run: one self-contained file with the notebooks, their times and all figures."""

import base64
from collections.abc import Mapping
from html import escape
from pathlib import Path

from smwm_lab.files import asset
from smwm_lab.runner.pages import figure_anchor
from smwm_lab.runner.png import png_description
from smwm_lab.runner.records import Record, WidgetPageRecord


def render_index(
    records: Mapping[str, Record], widget_pages: Mapping[str, WidgetPageRecord], *, figures: Path, machine: str
) -> str:
    """Return the index page.

    Parameters
    ----------
    records
        Notebook name -> what is known of it, in the order of the table.
    widget_pages
        Widget name -> what is known of its page.
    figures
        Folder in which the figures lie; they are embedded.
    machine
        One line on where the times were measured.

    Returns
    -------
    str
        HTML that loads nothing.
    """
    everything: list[Record | WidgetPageRecord] = [*records.values(), *widget_pages.values()]
    num_failed = sum(record.error is not None for record in everything)
    plural = "s" if len(records) != 1 else ""
    verdict = f"{len(records)} notebook{plural}, {'all ok' if not num_failed else f'{num_failed} failed'}"
    total = sum(record.seconds for record in everything)
    body = [
        "<h1>Sensorimotor World Models: notebooks and figures</h1>",
        f'<div class="soft">{verdict} · {total:.0f} s<br>{escape(machine)}</div>',
        *(_failure(name, record) for name, record in records.items() if record.error),
        "<h2>Notebooks</h2>",
        _table(records),
        _widgets(widget_pages),
        _gallery(records, figures),
    ]
    style, script = (
        "".join(asset("smwm_lab.runner", f"static/{name}") for name in names)
        for names in (("index.css", "figures.css"), ("figures.js",))
    )
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>smwm_lab: {verdict}</title><style>{style}</style></head>\n<body>\n<main>\n"
        + "\n".join(body)
        + f"\n</main>\n<script>{script}</script>\n</body></html>\n"
    )


def readable(figure: str) -> str:
    """Return a figure's file name as words.

    >>> readable("02_latent_grid.png")
    'latent grid'
    """
    stem = figure.removesuffix(".png")
    number, _, rest = stem.partition("_")
    return (rest if number.isdigit() and rest else stem).replace("_", " ")


def _link(name: str, record: Record, *, place: str = "") -> str:
    """Return a link to a notebook's page, or to a place on it."""
    address = escape(f"html/{name}.html{place and '#'}{place}", quote=True)
    return f'<a href="{address}">{escape(record.title)}</a>'


def _failure(name: str, record: Record) -> str:
    """Return the box of a failed notebook."""
    return f'<div class="failure"><b>{_link(name, record)}</b> failed<br>{escape(str(record.error))}</div>'


def _table(records: Mapping[str, Record]) -> str:
    """Return the table of notebooks."""
    rows = []
    for name, record in records.items():
        status = "failed" if record.error else "ok"
        settings = [name, *(f"{key} = {value}" for key, value in record.parameters.items())]
        rows.append(
            f'<tr><td>{_link(name, record)}<div class="soft">{escape(" · ".join(settings))}</div></td>'
            f'<td class="{status}">{status}</td><td class="number">{record.seconds:.0f} s</td></tr>'
        )
    head = '<tr><th>notebook</th><th>status</th><th class="number">time</th></tr>'
    return f"<table>{head}\n" + "\n".join(rows) + "\n</table>"


def _widgets(widget_pages: Mapping[str, WidgetPageRecord]) -> str:
    """Return the list of widgets whose pages work without a kernel; nothing if there are none."""
    rows = []
    for name, record in widget_pages.items():
        link = f'<a href="widgets/{escape(name, quote=True)}.html">{escape(name)}</a>'
        shown = f'<span class="failed">{escape(name)} failed: {escape(str(record.error))}</span>'
        rows.append(f"<li>{shown if record.error else link}: {escape(record.summary)}</li>")
    hint = (
        '<p class="soft">Copies of the widgets that need no kernel: sliders, hover and recordings work offline. '
        "Pages called live_ replay nothing: there a trained model computes in the browser.</p>"
    )
    return f"<h2>Widgets</h2>\n{hint}<ul>\n" + "\n".join(rows) + "\n</ul>" if rows else ""


def _gallery(records: Mapping[str, Record], figures: Path) -> str:
    """Return all figures with captions; nothing if there are none."""
    shown = [
        _figure(figures / file, _link(name, record, place=figure_anchor(file)))
        for name, record in records.items()
        for file in record.figures
        if (figures / file).is_file()
    ]
    return '<h2>Figures</h2>\n<div class="gallery">\n' + "\n".join(shown) + "\n</div>" if shown else ""


def _figure(file: Path, link: str) -> str:
    """Return one embedded figure with its caption."""
    png, caption = file.read_bytes(), escape(readable(file.name), quote=True)
    words, content = escape(png_description(png), quote=True) or caption, base64.b64encode(png).decode()
    return (
        f'<figure><img alt="{words}" src="data:image/png;base64,{content}">'
        f'<figcaption>{caption}<div class="soft">{link}</div></figcaption></figure>'
    )
