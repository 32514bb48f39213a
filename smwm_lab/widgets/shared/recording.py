"""A film for exported pages: recorded frames with a slider, moved by mouse or arrow keys, or played."""

import json
import math
from dataclasses import dataclass

import plotly.graph_objects as go

from smwm_lab.errors import check
from smwm_lab.widgets.shared.page import data_uri, embedded_json, plotly_script, script


PLAYER = """
const film = JSON.parse(document.getElementById("film").textContent);
const slider = document.getElementById("frame"), button = document.getElementById("play");
const text = document.getElementById("text");
let timer = null;
const show = () => {
  const frame = film.frames[slider.value];
  draw(frame);
  text.textContent = frame.text;
  slider.setAttribute("aria-valuetext", frame.text);
};
const stop = () => { clearInterval(timer); timer = null; button.textContent = "Play"; };
const next = () => {
  slider.value = Number(slider.value) + 1;
  show();
  if (slider.value === slider.max) stop();
};
button.onclick = () => {
  if (timer) return stop();
  if (slider.value === slider.max) slider.value = 0;
  show();
  button.textContent = "Pause";
  timer = setInterval(next, film.pause);
};
slider.oninput = () => { stop(); show(); };
"""
"""Needs draw(frame), and show() once to begin."""

DRAW_PICTURES = """
const images = [...document.querySelectorAll("#screens img")];
const draw = (frame) => frame.pictures.forEach((picture, i) => { images[i].src = film.pictures[picture]; });
show();
"""

DRAW_FIGURES = """
let figure = null;
const draw = (frame) => {
  if (!figure) return;
  frame.traces.forEach((values, i) => Object.assign(figure.data[i], values));
  for (const [axis, range] of Object.entries(frame.ranges)) figure.layout[axis].range = range;
  Plotly.react("figure", figure.data, figure.layout);
};
show();
plotlyReady.then(() => { figure = film.figure; Plotly.newPlot("figure", [], {}, { displaylogo: false }); show(); });
"""


@dataclass(frozen=True)
class Frame:
    """What is seen at one position of the slider."""

    pictures: tuple[bytes, ...]
    """PNG images, as many as the film has captions."""
    text: str
    """A line below them."""


def film(
    frames: list[Frame], *, captions: tuple[str, ...], width: str, pause_ms: int = 600, css_class: str = ""
) -> str:
    """Return the HTML of a film; a picture that occurs in several frames is stored once.

    captions: above each picture of a frame. width: CSS width of one picture. css_class: `pixels` draws without
    smoothing.
    """
    check(len(frames) > 0, "nothing was recorded yet; act or train first")
    pictures = list(dict.fromkeys(png for frame in frames for png in frame.pictures))
    place = {png: i for i, png in enumerate(pictures)}
    content = {
        "pause": pause_ms,
        "pictures": [data_uri(png) for png in pictures],
        "frames": [{"pictures": [place[png] for png in frame.pictures], "text": frame.text} for frame in frames],
    }
    screens = "".join(
        f'<figure style="margin:0;width:{width}"><figcaption class="soft">{caption}</figcaption>'
        f'<img class="{css_class}" alt="{caption}" style="width:100%"></figure>'
        for caption in captions
    )
    shown = f'<div id="screens" style="display:flex;flex-wrap:wrap;gap:1.5rem">{screens}</div>'
    return _controls(len(frames)) + shown + embedded_json("film", content) + script(PLAYER + DRAW_PICTURES)


def figure_recording(figures: list[go.Figure], texts: list[str], *, pause_ms: int = 400) -> str:
    """Return the HTML of a film of one plotly figure whose traces and axes move; it takes 2 MB and its frames' values.

    figures: alike but for the x, y and text of their traces and the ranges of their axes.
    """
    check(len(figures) > 0, "nothing was recorded yet; act or train first")
    frames = [
        {"text": text, "traces": [_moving(trace) for trace in figure.data], "ranges": _ranges(figure)}
        for figure, text in zip(figures, texts, strict=True)
    ]
    content = {"pause": pause_ms, "figure": json.loads(figures[0].to_json()), "frames": frames}
    shown = '<div id="figure"></div>'
    parts = [_controls(len(frames)), shown, embedded_json("film", content), plotly_script()]
    return "".join([*parts, script(PLAYER + DRAW_FIGURES)])


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
