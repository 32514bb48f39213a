"""Pages on which a trained model computes: world, networks and planner run in the reader's browser, without a kernel.

    live_page("single_dot", load_runs(live_configs("single_dot")), "single_dot_live.html")

One file that loads nothing, 5 MB at most. Its JavaScript lies in `static`; docs/live_pages.md says what it does.
"""

from smwm_lab.extras import require


require("notebooks", "ipywidgets", "anywidget", "plotly", "jinja2")

from smwm_lab.live.pack import PackedModel, pack_model, unpack_model
from smwm_lab.live.page import LivePage, live_page
from smwm_lab.live.runs import configs_at_hand, live_configs, load_runs, what_is_missing


__all__ = [
    "LivePage",
    "PackedModel",
    "configs_at_hand",
    "live_configs",
    "live_page",
    "load_runs",
    "pack_model",
    "unpack_model",
    "what_is_missing",
]
