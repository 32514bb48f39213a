"""LatentExplorer as a page without a kernel: what it needs of the session, packed; `page.js` runs it.

A page holds the projections made so far, flat and in space, of at most 20,000 points evenly chosen, their states and
words, small copies of the observations of as many of them as fit on one sheet, and traversals from the chosen point.
Coordinates have 16 bits, a fraction of a pixel; states keep all theirs. The session is only read.
"""

import json
from html import escape

import numpy as np

from smwm_lab.files import asset
from smwm_lab.probes import LatentTable
from smwm_lab.widgets.latent_explorer.figure import (
    AXES,
    IMAGINED,
    REAL,
    colour_values,
    imagined_marks,
    plot_latent_projection,
    point_size,
    scene_domain,
)
from smwm_lab.widgets.latent_explorer.histograms import bar_edges
from smwm_lab.widgets.latent_explorer.session import LatentExplorerSession
from smwm_lab.widgets.latent_explorer.traversal_strips import traversal_html
from smwm_lab.widgets.shared.image_strip import image_png
from smwm_lab.widgets.shared.page import data_uri, embedded_json, packed, plotly_script, script, shared_asset


NUM_POINTS = 20_000
"""Points at most: all of them are drawn anew in every step of a glide."""
NUMBER_BYTES = 1_700_000
"""Largest text that holds the numbers of the points; with more, fewer points are shown."""
NUM_PICTURED, SHEET_BYTES = 6000, 900_000
"""Observations at most, and the largest sheet of them; the other points show that of the nearest point that has one."""
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
</div>
<div class="controls">
<label>drawing <select id="drawing"><option value="replace">selects anew</option>
<option value="add">adds (shift)</option><option value="subtract">takes away (alt)</option></select></label>
<button id="undo" type="button" disabled>Undo</button>
<button id="redo" type="button" disabled>Redo</button>
<button id="clear" type="button">Clear selection</button>
<label>search <input id="search" type="search" placeholder="words or a number"></label>
</div>
<div style="display:flex;flex-wrap:wrap;gap:1rem">
<div id="map" role="figure" aria-label="map of the latents"></div>
<div style="width:330px"><div id="images" style="display:flex;gap:1rem;min-height:1px"></div>
<p id="words" style="font-size:14px"></p><div id="histograms"></div></div>
</div>
<p role="status" id="status"></p>
<p id="imagined">{imagined}</p>
<div class="controls"><label>traversal <select id="traversal">{traversals}</select></label>
<span class="soft">through the latent, from point {origin}</span></div>
<div id="strip" style="overflow-x:auto"></div>
"""


def page_body(session: LatentExplorerSession, colour: str) -> str:
    """Return the content of the page; colour: the column that is shown first."""
    table = session.table
    projections = [(name, dim, made) for dim in (2, 3) for name, made in session.projections.made(dim).items()]
    rows, numbers = packed_rows(session, [made.points for _, _, made in projections])
    pictured, sheet = pictured_rows(table, rows)
    plan = _plan(session, len(rows)) | {
        "pictured": pictured.tolist(),
        "projections": [
            {"dim": dim, "title": session.projection(name, dim)[1], **_imagined(session, name, dim)}
            for name, dim, _ in projections
        ],
    }
    body = BODY.format(
        summary=escape(_summary(table, rows, pictured)),
        projections=_options([f"{name}, {'flat' if dim == 2 else 'in space'}" for name, dim, _ in projections]),
        colours=_options(session.columns, selected=colour),
        traversals=_options([along["name"] for along in plan["traversals"]]),
        last=len(rows) - 1,
        point=int(np.argmin(np.abs(rows - session.row))),
        origin=session.row,
        imagined=escape(session.imagined_words()) if session.imagined() else "",
    )
    parts = [body, embedded_json("plan", plan), numbers]
    if sheet is not None:
        parts.append(f'<img id="sheet" hidden alt="" src="{data_uri(sheet)}">')
    code = shared_asset("selection.js") + asset("smwm_lab.widgets.latent_explorer", "page.js")
    return "".join([*parts, plotly_script(), script(code)])


def _imagined(session: LatentExplorerSession, name: str, dim: int) -> dict[str, object]:
    """Return the real and the imagined path on a projection: shapes on a flat one, coordinates in space."""
    journey = session.imagined_points(name, dim)
    if dim == 2:
        return {"shapes": imagined_marks(journey), "lines": {}}
    lines = {
        each: dict(zip(AXES, points.T.tolist(), strict=True))
        for each, points in zip((REAL, IMAGINED), journey, strict=False)
    }
    return {"shapes": [], "lines": lines}


def _summary(table: LatentTable, rows: np.ndarray, pictured: np.ndarray) -> str:
    """Return what is on the page, in words."""
    kept = f"{len(rows):,} of {len(table):,} points" if len(rows) < len(table) else f"{len(table):,} points"
    has_all = table.frames is None or len(pictured) == len(rows)
    partly = "" if has_all else f" {len(pictured):,} of them have an image here."
    return (
        f"{kept} of a latent of {table.latents.shape[1]} dimensions.{partly} Hover to see an observation, draw around "
        "points to select them. Everything is in this file."
    )


def packed_rows(session: LatentExplorerSession, clouds: list[np.ndarray]) -> tuple[np.ndarray, str]:
    """Return which rows the page shows, evenly chosen, and their numbers packed: as many as fit.

    clouds: points (n, 2 or 3) of each projection.
    """
    count = min(len(session.table), NUM_POINTS)
    while True:
        rows = np.linspace(0, len(session.table) - 1, count).astype(int)
        numbers = _packed_numbers(session, rows, clouds)
        if len(numbers) <= NUMBER_BYTES or count <= 2:
            return rows, numbers
        count = max(int(count * 0.95 * NUMBER_BYTES / len(numbers)), 2)


def _packed_numbers(session: LatentExplorerSession, rows: np.ndarray, clouds: list[np.ndarray]) -> str:
    """Return the elements that hold row numbers, states, points and words of some rows."""
    # states keep their 64 bits: in 32 a minute of Unix time is one number
    states = np.concatenate([session.colour(name)[0][rows] for name in session.table.states])
    codes = [session.word_colours(name).codes[rows].tobytes() for name in session.words]  # type: ignore[union-attr]
    words = {}
    for name, column in session.words.items():
        names, numbers = np.unique(column[rows], return_inverse=True)
        words[name] = {"names": names.tolist(), "rows": numbers.tolist()}
    parts = [
        packed("rows", rows.astype("<u4").tobytes()),
        packed("states", states.astype("<f8").tobytes()),
        packed("points", b"".join(quantised(cloud, rows) for cloud in clouds)),
        packed("codes", b"".join(codes)),
        packed("words-of", json.dumps(words).encode()),
    ]
    return "".join(parts)


def quantised(cloud: np.ndarray, rows: np.ndarray) -> bytes:
    """Return some rows of points (n, m) as uint16 by column: 0 to 65535 from the least to the greatest of all rows."""
    low, high = cloud.min(0), cloud.max(0)
    share = (cloud[rows] - low) / np.where(high > low, high - low, 1.0)
    return np.ascontiguousarray(np.rint(share * 65535).T.astype("<u2")).tobytes()


def pictured_rows(table: LatentTable, rows: np.ndarray) -> tuple[np.ndarray, bytes | None]:
    """Return which of the page's rows have an image on it, by their place among them, and the images on one PNG."""
    if table.frames is None:
        return np.array([], int), None
    count = min(len(rows), NUM_PICTURED)
    while True:
        places = np.linspace(0, len(rows) - 1, count).astype(int)
        sheet = image_sheet(table, rows[places])
        if len(sheet) <= SHEET_BYTES or count <= 2:
            return places, sheet
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


def _plan(session: LatentExplorerSession, num_points: int) -> dict[str, object]:
    """Return everything but coordinates and images, as JSON values."""
    table = session.table
    figure = json.loads(plot_latent_projection(np.empty((0, 2)), np.empty(0), label="").to_json())
    figure["data"][0]["marker"]["size"] = point_size(num_points)
    sheet = None
    if table.frames is not None:
        height, width = image_side(table)
        sheet = {"columns": SHEET_COLUMNS, "height": height, "width": width}
    traversals = []
    for along in list(session.traversals.values())[-NUM_TRAVERSALS:]:
        html = traversal_html(session, along, step=along.middle, path=session.rows_along(along))
        traversals.append({"name": along.name, "html": html})
    return {
        "layout": figure["layout"],
        "traces": figure["data"],
        "sheet": sheet,
        "traversals": traversals,
        "ranges": [
            {"low": made.points.min(0).tolist(), "high": made.points.max(0).tolist()}
            for dim in (2, 3)
            for made in session.projections.made(dim).values()
        ],
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
        "words": [
            {"name": name, "coloraxis": colour_values(name, False, session.word_colours(name))}
            for name in session.words
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
