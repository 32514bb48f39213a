"""ProbeBench as a page without a kernel: the whole grid in the page; `page.js` moves through it."""

import json
from html import escape

from smwm_lab.files import asset
from smwm_lab.widgets.probe_bench.figure import LOWEST, plot_probe_grid
from smwm_lab.widgets.probe_bench.session import ProbeBenchSession
from smwm_lab.widgets.shared.page import embedded_json, packed, plotly_script, script


BODY = """
<p class="soft">{summary}</p>
<div class="controls">
<label>latent noise <input id="noise" type="range" min="0" max="{last_level}" value="{level}" style="width:20rem">
<output id="noise-now"></output></label>
<label>training rows <input id="rows" type="range" min="0" max="{last_size}" value="{size}">
<output id="rows-now"></output></label>
</div>
<div id="figure" role="figure" aria-label="held-out R² by noise and by training rows"></div>
<p role="status" id="status"></p>
"""


def page_body(session: ProbeBenchSession, *, size: int, level: int) -> str:
    """Return the content of the page; size, level: indices of what is shown first."""
    grid, floor = session.grid, session.floor
    figure = json.loads(plot_probe_grid(grid, size=size, level=level, floor=floor).to_json())
    plan = {
        "data": figure["data"],
        "layout": figure["layout"],
        "names": grid.names,
        "sizes": grid.sizes,
        "noise": grid.noise,
        "num_test": grid.num_test,
        "lowest": LOWEST,
        "has_floor": floor is not None,
        "survives": [grid.survives(i) for i in range(len(grid.sizes))],
    }
    summary = (
        "How well a linear probe reads each state component from the latent: held-out R² under Gaussian noise (left) "
        "and with fewer training rows (right). Grey: an untrained model. The numbers in the legend are the noise at "
        "which R² falls to 1/2."
    )
    if floor is None:
        summary = summary.replace(" Grey: an untrained model.", "")
    body = BODY.format(
        summary=escape(summary), last_level=len(grid.noise) - 1, level=level, last_size=len(grid.sizes) - 1, size=size
    )
    floats = grid.r2.astype("<f4").tobytes() + (b"" if floor is None else floor.r2.astype("<f4").tobytes())
    code = asset("smwm_lab.widgets.probe_bench", "page.js")
    return "".join([body, embedded_json("plan", plan), packed("floats", floats), plotly_script(), script(code)])
