"""Frames of MuJoCo models, from the one renderer that a process has at a time.

A context of drawing belongs to whoever made it current last. With some versions and drivers a frame drawn in that of
another is black or foreign, without a word (with MuJoCo 3.17 and Mesa two renderers were seen to get along). So whoever
draws another model, or at another size, closes the renderer of the one before.
"""

import atexit
import os
import sys
from dataclasses import dataclass
from typing import Any

import numpy as np

from smwm_lab.errors import InputError
from smwm_lab.extras import require


NO_EGL = "install EGL (libegl1 on Debian and Ubuntu), or set MUJOCO_GL to a way of drawing that this machine has"


@dataclass(frozen=True, eq=False)
class _Open:
    model: Any
    """The MjModel; kept, so that no other object can take its identity."""
    size: int
    renderer: Any


_open: list[_Open] = []
"""The renderer that is open, if any."""


def import_mujoco() -> Any:
    """Return the package mujoco, told to draw without a screen where there is none; raise `InputError` if it cannot."""
    require("sim", "mujoco", "dm_control")
    screen = sys.platform != "linux" or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    if not screen:
        os.environ.setdefault("MUJOCO_GL", "egl")
    os.environ.setdefault("LP_NUM_THREADS", "0")  # Mesa's threads cost more than they bring at these sizes
    try:
        import mujoco
    except (ImportError, AttributeError, RuntimeError, OSError) as error:
        raise _cannot_draw(error) from error
    return mujoco


def draw(
    model: Any, data: Any, *, camera: str, side: int, oversampling: int, groups: tuple[int, ...] | None = None
) -> np.ndarray:
    """Return what a camera sees, uint8 (side, side, 3), averaged down from a frame `oversampling` times as large.

    Without shadows, reflections and smoothing of edges, which the averaging does. groups: of geometries that are drawn,
    MuJoCo's usual ones if None. Raises `InputError` on a machine that cannot draw.
    """
    renderer = _renderer(model, side * oversampling)
    option = import_mujoco().MjvOption()
    if groups is not None:
        option.geomgroup[:] = [group in groups for group in range(len(option.geomgroup))]
    renderer.update_scene(data, camera=camera, scene_option=option)
    return averaged(renderer.render(), oversampling)


def averaged(frame: np.ndarray, factor: int) -> np.ndarray:
    """Return the mean of blocks of factor x factor pixels, rounded, uint8 (H / factor, W / factor, 3)."""
    wide = frame.astype(np.uint16)
    rows = np.asarray(np.sum([wide[i::factor] for i in range(factor)], axis=0, dtype=np.uint16))
    sums = np.asarray(np.sum([rows[:, i::factor] for i in range(factor)], axis=0, dtype=np.uint16))
    return np.asarray((sums + factor * factor // 2) // (factor * factor), np.uint8)


def close_renderer() -> None:
    """Close the renderer that is open, if any."""
    while _open:
        _open.pop().renderer.close()


def _renderer(model: Any, size: int) -> Any:
    if _open and _open[0].model is model and _open[0].size == size:
        return _open[0].renderer
    close_renderer()
    mujoco = import_mujoco()
    model.vis.quality.offsamples = 0
    model.vis.global_.offwidth = model.vis.global_.offheight = size
    try:
        renderer = mujoco.Renderer(model, size, size)
    except Exception as error:  # every way of drawing fails with an error of its own
        raise _cannot_draw(error) from error
    for flag in (mujoco.mjtRndFlag.mjRND_SHADOW, mujoco.mjtRndFlag.mjRND_REFLECTION):
        renderer.scene.flags[flag] = False
    _open.append(_Open(model, size, renderer))
    atexit.unregister(close_renderer)
    atexit.register(close_renderer)  # after those of mujoco, so that it runs before them
    return renderer


def _cannot_draw(error: Exception) -> InputError:
    reason = f"{type(error).__name__}: {error}".partition("\n")[0]
    return InputError(f"MuJoCo cannot draw with MUJOCO_GL={os.environ.get('MUJOCO_GL', '')!r} ({reason}); {NO_EGL}")
