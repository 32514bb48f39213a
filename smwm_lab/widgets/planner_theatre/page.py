"""PlannerTheatre as a page without a kernel: every decision of the episode; `page.js` moves them.

What changes with decision and iteration travels packed beside the figure; coordinates keep three digits of what a
panel shows. The session is only read.
"""

import json
import math
from html import escape
from typing import Any

import numpy as np

from smwm_lab.files import asset
from smwm_lab.planning.analysis.decision_trace import DecisionTrace
from smwm_lab.widgets.planner_theatre.figure import (
    WORLD_GRID,
    cost_heights,
    frame_values,
    plane_ranges,
    plot_theatre,
    scene_values,
    world_png_uri,
)
from smwm_lab.widgets.planner_theatre.session import PlannerTheatreSession
from smwm_lab.widgets.shared.page import embedded_json, packed, plotly_script, script


MAX_PACKED = 2_600_000
"""Characters that decisions may take; the last ones are left out until the rest fits."""

BODY = """
<p class="soft">{summary}</p>
<div class="controls">
<label {several}>decision <input id="decision" type="range" min="0" max="{last}" value="0"></label>
<label style="flex:1;max-width:34rem">iteration <input id="iteration" type="range" min="0" value="0" style="flex:1">
</label><button id="play" type="button">Play</button>
</div>
<p id="words" role="status" style="min-height:1.6em;margin:.25rem 0"></p>
<div id="theatre" role="figure" aria-label="the planner in the world, in the latent plane, and its actions"></div>
"""


def page_body(session: PlannerTheatreSession) -> str:
    """Return the content of the page of an episode."""
    scenes = [decision_values(session, row) for row in range(len(session.decisions))]
    data = packed("scenes", _compact(scenes))
    while len(data) > MAX_PACKED and len(scenes) > 1:
        scenes = scenes[: max(1, int(len(scenes) * MAX_PACKED / len(data)))]
        data = packed("scenes", _compact(scenes))
    figure = json.loads(plot_theatre(session.decisions[0], frame=0).to_json())
    figure["data"] = [trace for trace in figure["data"] if trace["meta"] != WORLD_GRID]
    left_out = len(session.decisions) - len(scenes)
    kept = (
        f"the first {len(scenes)} decisions of {len(session.decisions)}" if left_out else "everything is in this file"
    )
    summary = (
        f"planner {session.config.planner}, model {session.model_name!r}; {session.describe().split('; ')[0]}; {kept}."
    )
    body = BODY.format(summary=escape(summary), several="" if len(scenes) > 1 else "hidden", last=len(scenes) - 1)
    code = asset("smwm_lab.widgets.planner_theatre", "page.js")
    return "".join([body, embedded_json("figure", figure), data, plotly_script(), script(code)])


def decision_values(session: PlannerTheatreSession, row: int) -> dict[str, Any]:
    """Return what the page shows of one decision, as JSON values."""
    decision = session.decisions[row]
    digits = _digits(decision)
    start, goal = (
        ", ".join(f"{v:g}" for v in state[0, list(decision.scene.body.columns)].tolist())
        for state in (decision.scene.state, decision.scene.goal)
    )
    return {
        "title": f"decision {row + 1}: from ({start}) to ({goal}) px",
        "image": world_png_uri(decision),
        "cost": np.round(cost_heights(decision).astype(float), 3).tolist(),
        "ranges": plane_ranges(decision),
        "still": _columns(scene_values(decision, session.path_to(row)), digits),
        "frames": [_columns(frame_values(decision, frame), digits) for frame in range(decision.num_frames)],
        "words": [decision.account(frame) for frame in range(decision.num_frames)],
    }


def _digits(decision: DecisionTrace) -> dict[str, int]:
    """Return decimals worth keeping, by panel."""
    x, _ = plane_ranges(decision)
    spans = {"1": decision.scene.world.frame_side, "2": x[1] - x[0], "3": 2.0}
    return {panel: max(0, 3 - math.floor(math.log10(span))) for panel, span in spans.items()}


def _columns(values: dict[str, np.ndarray], digits: dict[str, int]) -> dict[str, list[list[float | None]]]:
    """Return points of layers as lists of x and y; a gap is null."""
    return {
        name: [
            [None if math.isnan(v) else v for v in np.round(column.astype(float), digits[name[0]]).tolist()]
            for column in points.T
        ]
        for name, points in values.items()
    }


def _compact(scenes: list[dict[str, Any]]) -> bytes:
    return json.dumps(scenes, allow_nan=False, separators=(",", ":")).encode()
