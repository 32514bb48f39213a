"""Figures for tests, by name: what each function of `viz` draws from small made-up values."""

import numpy as np
import pandas as pd
import torch

from smwm_lab import viz
from smwm_lab.probes import Projection, describe_latents
from smwm_lab.probes.projection.methods import PcaConfig


def report(scale: float = 1.0):
    latents = np.random.default_rng(0).normal(size=(200, 16)) * scale
    return describe_latents(latents, true_dim=2, inverse_over_variance=0.1, probe_r2={"x": 0.9, "y": -3.0})


def metrics(column: str) -> pd.DataFrame:
    return pd.DataFrame({"transitions": [1, 2, 3], "forward": [1e-3, 1e-2, 1e-3], column: [0.35, 0.1, 0.01]})


def plan():
    few, many = np.arange(8.0).reshape(1, 4, 2), np.arange(80.0).reshape(10, 4, 2)
    paths, goal = {"candidates": many, "elites": many[:4], "plan": few, "walked": few}, np.ones(2)
    image, cloud = np.full((3, 9, 9), 255, np.uint8), np.arange(20.0).reshape(10, 2)
    return viz.plot_plan(image, paths, paths, goal=goal, latent_goal=goal, latent_cloud=cloud)


SHEET = np.stack(np.meshgrid(np.arange(4.0), np.arange(3.0), indexing="ij"), -1).reshape(-1, 2)
ROOMS = np.full((3, 9, 9), 255, np.uint8)
HEAT = pd.DataFrame({"x": [0.1, 0.45, 0.58, 0.62], "y": [0.7, 0.9, 1.0, np.nan]}, index=list("abcd"))
FIGURES = {
    "architecture": viz.plot_architecture,
    "places": lambda: viz.plot_place_errors(SHEET, {"a": (SHEET[:, 0], SHEET[:, 1] > 1)}, most=2.0),
    "report": lambda: viz.plot_report(report()),
    "spectra": lambda: viz.plot_spectra({"a": report(), "dead": report(0.0)}),
    "scores": lambda: viz.plot_scores(pd.DataFrame({"u": {"a": 1.0, "b": 2.0}}), good={"u": 1}),
    "losses": lambda: viz.plot_losses(metrics("inverse"), action_variance=0.35),
    "alarm": lambda: viz.plot_alarm({"a": metrics("inverse"), "b": metrics("inverse_probe")}, action_variance=0.35),
    "unfolding": lambda: viz.plot_unfolding([SHEET, SHEET * 2], ["1", "2"], (4, 3)),
    "planes": lambda: viz.plot_latent_planes({"a": SHEET, "dead": SHEET * 0}, shape=(4, 3)),
    "rollouts": lambda: viz.plot_rollouts(np.ones((2, 6, 2)), np.ones((2, 6, 2)), SHEET),
    "errors": lambda: viz.plot_error_by_horizon({"a": np.arange(5.0)}, unit="px"),
    "bars": lambda: viz.plot_bars({"a": 0.5}, label="l", title="t"),
    "coverage": lambda: viz.plot_coverage({"a": torch.rand(9, 2) * 64}, side=64),
    "heat maps": lambda: viz.plot_component_heatmaps({"R²": HEAT}),
    "projections": lambda: viz.plot_projections(
        {"PCA": Projection(SHEET, SHEET, PcaConfig(), 1.0, 1.0)}, SHEET[:, 0], label="x, px"
    ),
    "plan": plan,
    "metric": lambda: viz.plot_metric(np.arange(9.0), np.arange(9.0), np.arange(9) % 2 == 0),
    "ways": lambda: viz.plot_ways(
        ROOMS, {n: np.ones((1, 3, 2)) for n in "abcd"}, start=torch.ones(2), goal=torch.ones(2)
    ),
}
