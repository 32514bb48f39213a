"""PNGs of figures: what they say they show, and smaller ones.

Figures have few colours, so a palette of 256 keeps their look at a third of the bytes.
"""

import base64
import copy
import io

import numpy as np
from nbformat import NotebookNode
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from smwm_lab.viz.png import DESCRIPTION


PNG = "image/png"
COLOURS = 256
TOLERANCE = 16
"""Largest change of a channel, of 255; an image that would change more, a photograph say, stays as it is."""


def png_description(png: bytes) -> str:
    """Return in words what a PNG says that it shows (`viz.png`); empty if it says nothing."""
    return str(Image.open(io.BytesIO(png)).info.get(DESCRIPTION, ""))


def compact_png(png: bytes) -> bytes:
    """Return a PNG with a palette of 256 colours; the same bytes if that would save nothing or change too much.

    Its description stays.

    >>> few = np.random.default_rng(0).integers(0, 4, (64, 64, 1), dtype=np.uint8).repeat(3, 2) * 60
    >>> buffer = io.BytesIO()
    >>> Image.fromarray(few).save(buffer, "png")
    >>> Image.open(io.BytesIO(compact_png(buffer.getvalue()))).mode
    'P'
    """
    image = Image.open(io.BytesIO(png))
    if image.mode == "P" or (image.mode == "RGBA" and image.getextrema()[3][0] < 255):  # type: ignore[misc]
        return png
    full = image.convert("RGB")
    palette = full.quantize(COLOURS, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    change = np.asarray(palette.convert("RGB"), np.int16) - np.asarray(full, np.int16)
    words, buffer = PngInfo(), io.BytesIO()
    if png_description(png):
        words.add_text(DESCRIPTION, png_description(png))
    palette.save(buffer, "png", optimize=True, pnginfo=words)
    worth = np.abs(change).max() <= TOLERANCE and len(buffer.getvalue()) < len(png)
    return buffer.getvalue() if worth else png


def compact_pngs(notebook: NotebookNode) -> NotebookNode:
    """Return a copy of a notebook whose PNG outputs have palettes."""
    clean = copy.deepcopy(notebook)
    for cell in clean.cells:
        for output in cell.get("outputs", []):
            if PNG in output.get("data", {}):
                stored = base64.b64decode("".join(output["data"][PNG]))
                output["data"][PNG] = base64.b64encode(compact_png(stored)).decode()
    return clean
