"""InteractiveImage: an image that takes the keyboard focus and reports keys and clicks.

ipywidgets knows no key events, so this is a small widget of its own; its script comes with the package.
"""

from collections.abc import Callable
from typing import Any

import anywidget
import traitlets

from smwm_lab.widgets.shared.page import shared_asset


class InteractiveImage(anywidget.AnyWidget):
    """An image to act on: it calls `on_key(key, shift)` at a key and `on_point(x, y)` at a click.

    x and y are shares of width and height, 0 to 1 from the top left corner.
    """

    _esm = shared_asset("interactive_image.js")
    _css = shared_asset("interactive_image.css")
    png = traitlets.Bytes().tag(sync=True)
    """PNG image; shown without smoothing."""
    label = traitlets.Unicode().tag(sync=True)
    """Alternative text and tooltip."""
    hotkeys = traitlets.List(traitlets.Unicode()).tag(sync=True)
    """The keys it takes, by their names in the browser; all others stay with the page."""

    def __init__(self, *, on_key: Callable[[str, bool], None], on_point: Callable[[float, float], None], **traits: Any):
        super().__init__(**traits)
        self._on_key, self._on_point = on_key, on_point
        self.on_msg(lambda _, content, buffers: self.receive(content))

    def receive(self, message: dict[str, Any]) -> None:
        """Call back with the key or the place in a message of the browser."""
        if "key" in message:
            self._on_key(message["key"], bool(message["shift"]))
        else:
            self._on_point(float(message["x"]), float(message["y"]))
