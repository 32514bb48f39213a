"""Observations as HTML: small images enlarged pixel by pixel, each with words below it."""

import io
from collections.abc import Sequence
from html import escape

import numpy as np
from PIL import Image

from smwm_lab.viz.theme import PALE_GREY, VERMILION
from smwm_lab.widgets.shared.page import data_uri


def image_png(image: np.ndarray) -> bytes:
    """Return an image (3, H, W), uint8 or in [0, 1], as PNG bytes of its own size."""
    if image.dtype != np.uint8:
        image = np.rint(np.clip(image, 0, 1) * 255).astype(np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(np.moveaxis(image, 0, -1))).save(buffer, "png")
    return buffer.getvalue()


def image_html(image: np.ndarray | None, caption: str, *, width: int, marked: bool = False) -> str:
    """Return one image (3, H, W) with its caption; without an image, an empty frame of that size."""
    frame = f"outline:4px solid {VERMILION}" if marked else f"outline:1px solid {PALE_GREY}"
    style = f"width:{width}px;height:{width}px;margin:4px;display:block;{frame};image-rendering:pixelated"
    shown = f'<div style="{style}"></div>' if image is None else _img(image, caption, style)
    words = f'<figcaption style="font-size:14px;line-height:1.35;text-align:center">{escape(caption)}</figcaption>'
    return f'<figure style="margin:0;width:{width + 8}px">{shown}{words}</figure>'


def strip_html(images: np.ndarray, captions: Sequence[str], *, width: int, marked: int = -1, head: str = "") -> str:
    """Return images (k, 3, H, W) in a row behind their common `head`; the one of index `marked` has a thick frame."""
    cells = (
        image_html(image, caption, width=width, marked=i == marked)
        for i, (image, caption) in enumerate(zip(images, captions, strict=True))
    )
    words = f'<div style="width:4.5rem;font-size:14px;line-height:1.35">{escape(head)}</div>'
    return f'<div style="display:flex;align-items:center;padding:2px">{words}{"".join(cells)}</div>'


def _img(image: np.ndarray, caption: str, style: str) -> str:
    return f'<img alt="{escape(caption, quote=True)}" style="{style}" src="{data_uri(image_png(image))}">'


def stretched(image: np.ndarray) -> tuple[np.ndarray, float]:
    """Return an image (3, H, W), uint8, with its range stretched to 0..255, and by how much: means are pale.

    >>> stretched(np.array([[[250, 255]]], np.uint8))
    (array([[[  0, 255]]], dtype=uint8), 51.0)
    """
    low, high = float(image.min()), float(image.max())
    factor = 255 / (high - low) if high > low else 1.0
    return np.rint((image - low) * factor).astype(np.uint8) if high > low else image, factor
