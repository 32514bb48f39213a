"""Points and their colours as `point_map.js` and `legend.js` take them."""

from typing import Any

import numpy as np

from smwm_lab.widgets.shared.colouring import Colouring


def points_bytes(points: np.ndarray) -> bytes:
    """Return points (n, 2) as float32: all x and then all y."""
    return np.ascontiguousarray(points.T, dtype="<f4").tobytes()


def colour_traits(colouring: Colouring) -> dict[str, Any]:
    """Return the colours of rows: `codes`, a byte for each, and `colours`, the palette with its legend."""
    return {
        "codes": colouring.codes.tobytes(),
        "colours": {"palette": list(colouring.palette), "key": colouring.key()},
    }
