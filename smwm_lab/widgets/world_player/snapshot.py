"""The static twin of WorldPlayer: observation, action and next observation side by side."""

from matplotlib.figure import Figure
from torch import Tensor

from smwm_lab.viz.theme import BLUE, PALE_GREY, WIDTH
from smwm_lab.viz.worlds import show_image


def plot_world_player(before: Tensor, action: Tensor, after: Tensor, action_names: tuple[str, ...]) -> Figure:
    """Return observation, action and next observation side by side.

    before, after: uint8 (3, H, W); action: (action,), in [-1, 1].
    """
    figure = Figure(figsize=(WIDTH, WIDTH / 3 + 0.35))
    left, middle, right = figure.subplots(1, 3)
    show_image(left, before, "observation o")
    show_image(right, after, "next observation o'")
    middle.barh(list(action_names), action.tolist(), color=BLUE)
    middle.axvline(0, color=PALE_GREY, linewidth=0.8)
    middle.set(xlim=(-1, 1), ylim=(len(action_names) - 0.5, -0.5) if action_names else (0, 1))
    middle.grid(axis="y", visible=False)
    middle.set_title("action a" if action_names else "no action", fontsize=9, loc="center")
    return figure
