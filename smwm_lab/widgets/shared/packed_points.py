"""Points and their colours as `point_map.js` and `legend.js` take them, and these scripts with the theme's colours."""

import json
from typing import Any

import numpy as np

from smwm_lab.viz.theme import BLACK, NAVY, VERMILION
from smwm_lab.widgets.shared.colouring import Colouring
from smwm_lab.widgets.shared.page import shared_asset


MARKS = {"chosen": BLACK, "lit": VERMILION, "outline": NAVY, "halo": "white"}
"""Colours of what is drawn over the points: rings, the outline of a selection, and what surrounds them."""


def point_scripts(*names: str) -> str:
    """Return scripts of `shared`, point_map.js among them, with the colours of marks in front."""
    return "\n".join([f"window.pointMapColours = {json.dumps(MARKS)};", *map(shared_asset, names)])


def points_bytes(points: np.ndarray) -> bytes:
    """Return points (n, 2) as float32: all x and then all y."""
    return np.ascontiguousarray(points.T, dtype="<f4").tobytes()


def colour_traits(colouring: Colouring) -> dict[str, Any]:
    """Return the colours of rows: `codes`, a byte for each, and `colours`, the palette with its legend."""
    return {
        "codes": colouring.codes.tobytes(),
        "colours": {"palette": list(colouring.palette), "key": colouring.key()},
    }
