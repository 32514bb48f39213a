"""LinkedExplorer as a page without a kernel: both maps whole, as packed numbers; `page.js` joins them."""

from collections.abc import Sequence
from html import escape

import numpy as np

from smwm_lab.files import asset
from smwm_lab.widgets.linked_explorer.linked_view import PARTS
from smwm_lab.widgets.linked_explorer.session import LinkedExplorerSession
from smwm_lab.widgets.shared.packed_points import point_scripts, points_bytes
from smwm_lab.widgets.shared.page import embedded_json, packed, script


BODY = """
<p class="soft">{summary}</p>
<div class="controls">
<label>projection <select id="projection">{projections}</select></label>
<label>colour <select id="colour">{colours}</select></label>
</div>
<div id="maps"></div>
<p id="words"></p>
"""


def page_body(session: LinkedExplorerSession, *, projections: Sequence[str], colour: str) -> str:
    """Return the content of the page; projections: those on it, the first is shown first; colour: likewise."""
    table = session.table
    names = list(table.states)
    colourings = [session.colouring(name) for name in names]
    states = [
        {"name": name, "unit": table.units.get(name, ""), "palette": list(each.palette), "key": each.key()}
        for name, each in zip(names, colourings, strict=True)
    ]
    made = [session.projection(name, 2) for name in projections]
    plan = {
        "names": list(session.tables),
        "count": len(table),
        "titles": [titles for _, titles in made],
        "states": states,
        "row": session.row,
        "selected": session.selected.tolist(),
    }
    summary = (
        f"{len(table):,} states, each on both maps: what the mouse is on in one has a ring in the other. "
        "Everything is in this file."
    )
    body = BODY.format(
        summary=escape(summary), projections=_options(projections, projections[0]), colours=_options(names, colour)
    )
    points = b"".join(points_bytes(each) for linked, _ in made for each in linked.points)
    values = np.concatenate([table.states[name].to_numpy() for name in names]).astype("<f8")
    code = point_scripts("inflate.js", *PARTS) + asset("smwm_lab.widgets.linked_explorer", "page.js")
    parts = [
        body,
        embedded_json("plan", plan),
        packed("points", points),
        packed("codes", b"".join(each.codes.tobytes() for each in colourings)),
        packed("states", values.tobytes()),
        script(code),
    ]
    return "".join(parts)


def _options(labels: Sequence[str], chosen: str) -> str:
    return "".join(
        f'<option value="{i}"{" selected" if label == chosen else ""}>{escape(label)}</option>'
        for i, label in enumerate(labels)
    )
