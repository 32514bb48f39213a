"""LatentExplorer as a page without a kernel: what it needs of the session, packed; `page.js` runs it.

A page holds the projections made so far, flat and in space, of at most 3,000 points evenly chosen, their states, small
copies of their observations on one sheet, and the traversals from the chosen point. The session is only read.
"""

import json
from html import escape

import numpy as np

from smwm_lab.files import asset
from smwm_lab.probes import LatentTable
from smwm_lab.widgets.latent_explorer.figure import colour_values, plot_latent_projection, scene_domain
from smwm_lab.widgets.latent_explorer.histograms import bar_edges
from smwm_lab.widgets.latent_explorer.session import LatentExplorerSession
from smwm_lab.widgets.latent_explorer.traversal_strips import traversal_html
from smwm_lab.widgets.shared.image_strip import image_png
from smwm_lab.widgets.shared.page import data_uri, embedded_json, packed, plotly_script, script


NUM_POINTS = 3000
SHEET_BYTES = 1_400_000
"""Largest sheet of observations; more points than fit in it are not shown."""
SHEET_COLUMNS = 64
SIDE = 64
"""Largest side of an observation on the sheet, px."""
NUM_TRAVERSALS = 6

BODY = """
<p class="soft">{summary}</p>
<div class="controls">
<label>projection <select id="projection">{projections}</select></label>
<label>colour <select id="colour">{colours}</select></label>
<label>point <input id="point" type="range" min="0" max="{last}" value="{point}" step="1"></label>
</div>
<div class="controls">
<label>select from <input id="low" type="range" min="0" max="100" value="0"></label>
<label>to <input id="high" type="range" min="0" max="100" value="100"></label>
<button id="clear" type="button">Clear selection</button>
</div>
<div style="display:flex;flex-wrap:wrap;gap:1rem">
<div id="map" role="img" aria-label="map of the latents"></div>
<div style="width:330px"><div id="images" style="display:flex;gap:1rem;min-height:1px"></div>
<p id="words" style="font-size:14px"></p><div id="histograms"></div></div>
</div>
<p role="status" id="status"></p>
<div class="controls"><label>traversal <select id="traversal">{traversals}</select></label>
<span class="soft">through the latent, from point {origin}</span></div>
<div id="strip" style="overflow-x:auto"></div>
"""


def page_body(session: LatentExplorerSession, colour: str) -> str:
    """Return the content of the page; colour: the state component that is shown first."""
    table = session.table
    rows, sheet = chosen_rows(table)
    projections = [(name, dim, made) for dim in (2, 3) for name, made in session.projections.made(dim).items()]
    # states keep their 64 bits: in 32 a minute of Unix time is one number
    states = np.concatenate([session.colour(name)[0][rows] for name in table.states])
    points = np.concatenate([made.points[rows].T.ravel() for _, _, made in projections])
    plan = _plan(session, rows, colour) | {
        "projections": [{"dim": dim, "title": session.projection(name, dim)[1]} for name, dim, _ in projections],
    }
    kept = f"{len(rows):,} of {len(table):,} points" if len(rows) < len(table) else f"{len(table):,} points"
    body = BODY.format(
        summary=escape(
            f"{kept} of a latent of {table.latents.shape[1]} dimensions. Hover to see an observation, draw "
            "around points to select them. Everything is in this file."
        ),
        projections=_options([f"{name}, {'flat' if dim == 2 else 'in space'}" for name, dim, _ in projections]),
        colours=_options(list(table.states), selected=colour),
        traversals=_options([along["name"] for along in plan["traversals"]]),
        last=len(rows) - 1,
        point=int(np.argmin(np.abs(rows - session.row))),
        origin=session.row,
    )
    parts = [
        body,
        embedded_json("plan", plan),
        packed("states", states.astype("<f8").tobytes()),
        packed("points", points.astype("<f4").tobytes()),
    ]
    if sheet is not None:
        parts.append(f'<img id="sheet" hidden alt="" src="{data_uri(sheet)}">')
    code = asset("smwm_lab.widgets.latent_explorer", "page.js")
    return "".join([*parts, plotly_script(), script(code)])


def chosen_rows(table: LatentTable) -> tuple[np.ndarray, bytes | None]:
    """Return which rows the page shows, evenly chosen, and the sheet of their observations, as PNG."""
    count = min(len(table), NUM_POINTS)
    while True:
        rows = np.linspace(0, len(table) - 1, count).astype(int)
        sheet = None if table.frames is None else image_sheet(table, rows)
        if sheet is None or len(sheet) <= SHEET_BYTES or count <= 2:
            return rows, sheet
        count = max(int(count * 0.9 * SHEET_BYTES / len(sheet)), 2)


def image_sheet(table: LatentTable, rows: np.ndarray) -> bytes:
    """Return observations of some rows in one PNG, 64 in a line; large ones are thinned out to 64 px at most."""
    images = table.observations(rows)
    stride = -(-max(images.shape[2:]) // SIDE)
    images = images[:, :, ::stride, ::stride]
    lines = -(-len(images) // SHEET_COLUMNS)
    blank = np.full((lines * SHEET_COLUMNS - len(images), *images.shape[1:]), 255, np.uint8)
    cells = np.concatenate([images, blank]).reshape(lines, SHEET_COLUMNS, *images.shape[1:])
    height, width = images.shape[2:]
    return image_png(cells.transpose(2, 0, 3, 1, 4).reshape(3, lines * height, SHEET_COLUMNS * width))


def _plan(session: LatentExplorerSession, rows: np.ndarray, colour: str) -> dict[str, object]:
    """Return everything but coordinates and images, as JSON values."""
    table = session.table
    values, label, cyclic = session.colour(colour)
    figure = json.loads(plot_latent_projection(np.empty((0, 2)), values[:0], label=label, cyclic=cyclic).to_json())
    sheet = None
    if table.frames is not None:
        height, width = image_side(table)
        sheet = {"columns": SHEET_COLUMNS, "height": height, "width": width}
    traversals = []
    for along in list(session.traversals.values())[-NUM_TRAVERSALS:]:
        html = traversal_html(session, along, step=along.middle, path=session.rows_along(along))
        traversals.append({"name": along.name, "html": html})
    return {
        "rows": rows.tolist(),
        "layout": figure["layout"],
        "traces": figure["data"],
        "sheet": sheet,
        "traversals": traversals,
        "domains": {dim: scene_domain(dim) for dim in (2, 3)},
        "states": [
            {
                "name": name,
                "label": table.label(name),
                "unit": table.units.get(name, ""),
                "edges": bar_edges(session.colour(name)[0]).tolist(),
                "coloraxis": colour_values(table.label(name), session.colour(name)[2]),
            }
            for name in table.states
        ],
    }


def image_side(table: LatentTable) -> tuple[int, int]:
    """Return height and width of an observation on the sheet, px."""
    height, width = table.observation(0).shape[1:]
    stride = -(-max(height, width) // SIDE)
    return -(-height // stride), -(-width // stride)


def _options(labels: list[str], selected: str = "") -> str:
    return "".join(
        f'<option value="{i}"{" selected" if label == selected else ""}>{escape(label)}</option>'
        for i, label in enumerate(labels)
    )
