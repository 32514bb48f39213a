"""The gallery: each widget ready to use, by name, for the page of `make app` and for the exports of a run.

Models come from `load_or_fit`: a shipped run, a cached one, or one that is trained now and kept.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import ipywidgets
from matplotlib.figure import Figure

from smwm_lab.errors import check_choice
from smwm_lab.files import as_path
from smwm_lab.planning import OracleModel
from smwm_lab.seeding import require_seed
from smwm_lab.training import PRESETS, load_or_fit, planning_config, preset_config
from smwm_lab.widgets.collapse_lab.widget import CollapseLab
from smwm_lab.widgets.latent_explorer.widget import LatentExplorer
from smwm_lab.widgets.planner_theatre.widget import PlannerTheatre
from smwm_lab.widgets.probe_bench.widget import ProbeBench
from smwm_lab.widgets.shared.panel import Panel, guarded
from smwm_lab.widgets.world_player.widget import WorldPlayer
from smwm_lab.worlds import WORLDS, make_world


WORLD = "distractor"
"""Of the widgets that show one run: what is controlled and what is not are both in it."""
PLANNING_WORLD = "single_dot"
RECORDING = ((0.0, 0.5), (10.0, 1.0))
"""Lambda of CollapseLab's recorded run, and until which share of it: a trained model collapses too slowly."""
RECORDING_LENGTH = {"smoke": 1280, "quick": 20_000, "paper": 20_000}
"""Preset -> transitions of the recorded run."""


@dataclass(frozen=True)
class GalleryItem:
    """A widget of the gallery."""

    name: str
    """Class name of the widget; also the name of its exported file."""
    summary: str
    """What can be done with it, in a line."""
    build: Callable[[str, int], Panel]
    """Preset, seed -> the widget."""
    record: Callable[[Panel, str], None] = lambda panel, preset: None
    """Widget, preset: what happens before it is exported, where a fresh widget would show nothing."""


def build_widget(name: str, *, preset: str = "quick", seed: int = 0) -> Panel:
    """Return a widget of the gallery; trains its model if it is not on disk.

    >>> build_widget("WorldPlayer")
    WorldPlayer(red_dx, red_dy)
    """
    check_choice("widget", name, tuple(GALLERY))
    check_choice("preset", preset, PRESETS)
    require_seed(seed)
    return GALLERY[name].build(preset, seed)


def export_widget(name: str, path: Path | str, *, preset: str = "quick", seed: int = 0) -> None:
    """Write the page of a widget that works without a kernel."""
    path = as_path("path", path)
    panel = build_widget(name, preset=preset, seed=seed)
    try:
        GALLERY[name].record(panel, preset)
        panel.to_html(path)
    finally:
        panel.close()


class Gallery(Panel):
    """All widgets, one tab each; a tab is filled when it is opened for the first time."""

    def __init__(self, *, preset: str = "quick", seed: int = 0):
        self.preset, self.seed = preset, seed
        self.panels: dict[str, Panel] = {}
        waiting = [ipywidgets.VBox([ipywidgets.HTML(f"preparing {name} …")]) for name in GALLERY]
        self.tabs = ipywidgets.Tab(children=waiting, titles=tuple(GALLERY), selected_index=0)
        self.tabs.observe(lambda _: self._fill(), "selected_index")
        super().__init__([self.tabs])
        self._fill()

    def __repr__(self) -> str:
        return f"Gallery({', '.join(GALLERY)})"

    def snapshot(self) -> Figure:
        return self.panels[self._chosen()].snapshot()

    def close(self) -> None:
        """Close all widgets."""
        for panel in self.panels.values():
            panel.close()
        super().close()

    def _chosen(self) -> str:
        return list(GALLERY)[self.tabs.selected_index or 0]

    @guarded
    def _fill(self) -> None:
        name = self._chosen()
        if name in self.panels:
            return
        self.say(f"preparing {name}; the first time a model may have to be trained for it")
        self.panels[name] = build_widget(name, preset=self.preset, seed=self.seed)
        head = ipywidgets.HTML(f'<div style="font-size:1.05em">{GALLERY[name].summary}</div>')
        self.tabs.children[self.tabs.selected_index or 0].children = (head, self.panels[name])
        self.say("")


def _player(preset: str, seed: int) -> Panel:
    return WorldPlayer(WORLD, seed=seed)


def _lab(preset: str, seed: int) -> Panel:
    return CollapseLab(world=WORLD, seed=seed)


def _explorer(preset: str, seed: int) -> Panel:
    run = load_or_fit(preset_config(WORLD, preset, seed=seed))
    return LatentExplorer.from_run(run, num_states=500 if preset == "smoke" else 3000, seed=seed)


def _bench(preset: str, seed: int) -> Panel:
    run = load_or_fit(preset_config(WORLD, preset, seed=seed))
    sizes = {"num_train": 400, "num_test": 200} if preset == "smoke" else {}
    return ProbeBench.from_run(run, seed=seed, **sizes)


def _theatre(preset: str, seed: int) -> Panel:
    run = load_or_fit(planning_config(PLANNING_WORLD, preset, seed=seed))
    world = make_world(WORLDS[PLANNING_WORLD])
    return PlannerTheatre.from_models({"trained": run, "the true world": OracleModel(world)}, seed=seed)


def _record_lab(lab: Panel, preset: str) -> None:
    """Let it collapse, and bring it back."""
    assert isinstance(lab, CollapseLab)
    lab.strength.value = RECORDING[0][0]
    lab.reset.click()  # a run that starts with it
    for strength, share in RECORDING:
        lab.strength.value = strength
        lab.train_until(round(share * RECORDING_LENGTH[preset]))


def _record_explorer(explorer: Panel, preset: str) -> None:
    """Make all flat projections, so that the page can change between them."""
    assert isinstance(explorer, LatentExplorer)
    explorer.prepare()


GALLERY: dict[str, GalleryItem] = {
    item.name: item
    for item in (
        GalleryItem("WorldPlayer", "Act on a world: see observation, action and next observation.", _player),
        GalleryItem(
            "CollapseLab", "Let a latent space collapse, and bring it back, while it trains.", _lab, _record_lab
        ),
        GalleryItem("LatentExplorer", "Walk through the latents of a trained model.", _explorer, _record_explorer),
        GalleryItem("ProbeBench", "How much noise does what is read from the latents survive?", _bench),
        GalleryItem("PlannerTheatre", "Watch a planner compare actions in the latent space.", _theatre),
    )
}
"""Name -> widget, in the order of the tabs."""
