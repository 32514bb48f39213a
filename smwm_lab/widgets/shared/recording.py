"""Recordings for exported pages: frames with a slider, moved by mouse or arrow keys, or played."""

import json
import math
from dataclasses import dataclass
from html import escape

import plotly.graph_objects as go

from smwm_lab.errors import check
from smwm_lab.widgets.shared.page import data_uri, embedded_json, plotly_script, script, shared_asset


@dataclass(frozen=True)
class Frame:
    """What is seen at one position of the slider."""

    images: tuple[bytes, ...]
    """PNG images, as many as the recording has captions."""
    text: str
    """A line below them."""


def image_recording(
    frames: list[Frame], *, captions: tuple[str, ...], width: str, pause_ms: int = 600, css_class: str = ""
) -> str:
    """Return the HTML of a recording of images; an image that occurs in several frames is stored once.

    captions: above each image of a frame. width: CSS width of one image. css_class: `pixels` draws without
    smoothing.
    """
    check(len(frames) > 0, "nothing was recorded yet; act or train first")
    images = list(dict.fromkeys(png for frame in frames for png in frame.images))
    place = {png: i for i, png in enumerate(images)}
    content = {
        "pause": pause_ms,
        "images": [data_uri(png) for png in images],
        "frames": [{"images": [place[png] for png in frame.images], "text": frame.text} for frame in frames],
    }
    screens = "".join(
        f'<figure style="margin:0;width:{width}"><figcaption class="soft">{caption}</figcaption>'
        f'<img class="{css_class}" alt="{caption}" style="width:100%"></figure>'
        for caption in captions
    )
    shown = f'<div id="screens" style="display:flex;flex-wrap:wrap;gap:1.5rem">{screens}</div>'
    return "".join(
        [_controls(len(frames)), shown, embedded_json("recording", content), _scripts("recording_images.js")]
    )


def figure_recording(figures: list[go.Figure], texts: list[str], *, label: str, pause_ms: int = 400) -> str:
    """Return the HTML of a recording of one plotly figure whose traces and axes move: 2 MB and its frames' values.

    label: what the figure shows, for readers who do not see it.
    figures: alike but for the x, y and text of their traces and the ranges of their axes.
    """
    check(len(figures) > 0, "nothing was recorded yet; act or train first")
    frames = [
        {"text": text, "traces": [_moving(trace) for trace in figure.data], "ranges": _ranges(figure)}
        for figure, text in zip(figures, texts, strict=True)
    ]
    content = {"pause": pause_ms, "figure": json.loads(figures[0].to_json()), "frames": frames}
    shown = f'<div id="figure" role="figure" aria-label="{escape(label, quote=True)}"></div>'
    parts = [_controls(len(frames)), shown, embedded_json("recording", content), plotly_script()]
    return "".join([*parts, _scripts("recording_figures.js")])


def _scripts(name: str) -> str:
    return script(shared_asset("recording.js")) + script(shared_asset(name))


def _controls(count: int) -> str:
    return (
        '<div class="controls"><button id="play">Play</button><label style="flex:1">step '
        f'<input id="frame" type="range" min="0" max="{count - 1}" value="0" style="flex:1"></label></div>'
        '<p id="text" role="status"></p>'
    )


def _moving(trace: go.Scatter | go.Bar) -> dict[str, list]:
    """Return the values of a trace that differ between frames; NaN, a gap in a line, becomes null."""
    values = {key: [_short(v) for v in trace[key]] for key in ("x", "y") if trace[key] is not None}
    return values | ({"text": list(trace.text)} if trace.text is not None else {})


def _short(value: float) -> float | None:
    return float(f"{value:.4g}") if math.isfinite(value) else None


def _ranges(figure: go.Figure) -> dict[str, list[float]]:
    layout = figure.layout.to_plotly_json()
    return {key: list(axis["range"]) for key, axis in layout.items() if "axis" in key and "range" in axis}
