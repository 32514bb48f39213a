"""InteractiveImage: a picture that takes the keyboard focus and tells of keys and clicks.

ipywidgets knows no key events, so this is a small widget of its own; its script is below, nothing is loaded.
"""

from collections.abc import Callable
from typing import Any

import anywidget
import traitlets


SCRIPT = """
export default {
  render({ model, el }) {
    const image = document.createElement("img");
    image.className = "smwm-pad";
    image.tabIndex = 0;
    image.draggable = false;
    image.setAttribute("role", "application");
    el.setAttribute("data-lm-suppress-shortcuts", "true");  // arrow keys are ours, not the notebook's
    el.append(image);
    const show = () => {
      const before = image.src;
      image.src = URL.createObjectURL(new Blob([model.get("png")], { type: "image/png" }));
      if (before) URL.revokeObjectURL(before);
    };
    const label = () => { image.alt = image.title = model.get("label"); };
    image.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || !model.get("hotkeys").includes(event.key)) return;
      event.preventDefault();
      event.stopPropagation();
      model.send({ key: event.key, shift: event.shiftKey });
    });
    image.addEventListener("click", (event) => {
      const box = image.getBoundingClientRect();
      image.focus();
      model.send({ x: (event.clientX - box.left) / box.width, y: (event.clientY - box.top) / box.height });
    });
    model.on("change:png", show);
    model.on("change:label", label);
    show();
    label();
    return () => { model.off("change:png", show); model.off("change:label", label); };
  },
};
"""
LOOK = """
.smwm-pad { display: block; box-sizing: border-box; width: 100%; border: 1px solid #bbb;
  image-rendering: pixelated; cursor: crosshair; }
.smwm-pad:focus { outline: 3px solid #0072b2; outline-offset: 1px; }
"""


class InteractiveImage(anywidget.AnyWidget):
    """A picture to act on: `on_key(key, shift)` and `on_point(x, y)` are called with what a person does.

    x and y are shares of width and height, 0 to 1 from the top left corner.
    """

    _esm = SCRIPT
    _css = LOOK
    png = traitlets.Bytes().tag(sync=True)
    """The picture; shown without smoothing."""
    label = traitlets.Unicode().tag(sync=True)
    """What the picture shows, for those who do not see it, and as a tooltip."""
    hotkeys = traitlets.List(traitlets.Unicode()).tag(sync=True)
    """The keys it takes, by their names in the browser; all others stay with the page."""

    def __init__(self, *, on_key: Callable[[str, bool], None], on_point: Callable[[float, float], None], **traits: Any):
        super().__init__(**traits)
        self._on_key, self._on_point = on_key, on_point
        self.on_msg(lambda _, content, buffers: self.hear(content))

    def hear(self, message: dict[str, Any]) -> None:
        """Take a message of the browser."""
        if "key" in message:
            self._on_key(message["key"], bool(message["shift"]))
        else:
            self._on_point(float(message["x"]), float(message["y"]))
