"""Imagined against real as a part of LatentExplorer: which actions, how many, and the gap in words."""

from collections.abc import Callable

import ipywidgets
import numpy as np

from smwm_lab.widgets.latent_explorer.imagined_path import MOST_STEPS
from smwm_lab.widgets.latent_explorer.session import LatentExplorerSession
from smwm_lab.widgets.latent_explorer.traversal_strips import paragraph
from smwm_lab.widgets.shared.panel import Panel


NONE = "no path"
NOT_AVAILABLE = (
    "imagined against real: not available, these latents came without a model and its world (from_run has both)"
)


class ImaginedView:
    """The controls `actions`, `steps` and `seed` of a panel, and `words`; show: called with the points of both paths.

    They are disabled where there is no model or no world, or a world without actions.
    """

    def __init__(self, panel: Panel, session: LatentExplorerSession, *, show: Callable[[tuple[np.ndarray, ...]], None]):
        self._session, self._show = session, show
        choices = [] if session.imagining is None else session.imagining.choices
        style = {"description_width": "6.5em"}
        self.actions = ipywidgets.Dropdown(
            options=[NONE, *choices], description="imagine", style=style, layout={"width": "17em"}
        )
        self.steps = ipywidgets.IntSlider(
            10, 1, MOST_STEPS, description="actions", style=style, layout={"width": "28em"}, continuous_update=False
        )
        self.seed = ipywidgets.BoundedIntText(0, 0, 10**6, description="seed", style=style, layout={"width": "13em"})
        self.words = ipywidgets.HTML()
        self.words.add_class("smwm-imagined")
        self.controls = ipywidgets.HBox([self.actions, self.steps, self.seed])
        for control in (self.actions, self.steps, self.seed):
            control.disabled = not choices
            panel.on_change(control, "value", lambda _: self.change(panel))
        self._tell()

    def change(self, panel: Panel) -> None:
        """Follow the chosen actions from the session's row, and show where they lead; an error goes to the panel."""
        with panel.reporting():
            chosen = self.actions.value
            self._session.imagine(None if chosen == NONE else chosen, num_steps=self.steps.value, seed=self.seed.value)
            self.show()

    def show(self) -> None:
        """Show the paths of the session anew: another row was chosen, or another projection."""
        self._show(self._session.imagined_points())
        self._tell()

    def _tell(self) -> None:
        text = NOT_AVAILABLE if self.actions.disabled else self._session.imagined_words()
        self.words.value = paragraph(text, width="58rem")
