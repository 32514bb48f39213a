"""How well a colour can be seen on another: the contrast ratio of WCAG 2.2, from 1 : 1 (none) to 21 : 1."""

from collections.abc import Sequence

import numpy as np
from matplotlib.colors import to_rgb


Colour = str | Sequence[float] | np.ndarray
"""As matplotlib takes it: a name, #RRGGBB, or red, green and blue in [0, 1]."""


def contrast(colour: Colour, background: Colour = "white") -> float:
    """Return the contrast ratio of two colours, 1 to 21.

    >>> round(contrast("black"), 1), round(contrast("blue", "yellow"), 2)
    (21.0, 8.0)
    """
    low, high = sorted((_luminance(colour), _luminance(background)))
    return (high + 0.05) / (low + 0.05)


def ink_on(background: Colour) -> str:
    """Return the colour of letters, black or white, that is seen better on a background; its contrast is 4.5 or more.

    >>> ink_on("yellow"), ink_on("navy")
    ('black', 'white')
    """
    return max(("black", "white"), key=lambda ink: contrast(ink, background))


def _luminance(colour: Colour) -> float:
    """Return the relative luminance of a colour, 0 to 1."""
    channels: np.ndarray = np.array(to_rgb(colour))  # type: ignore[arg-type]
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])
