"""Bad calls of figures."""

from typing import Any

import numpy as np
import pandas as pd
import torch
from examples import ACTION, HELD_LATENTS, HELD_TARGETS, IMAGES, LATENTS, RUN, SPLIT, STATE, TARGETS, Z
from kinds import COUNTS, NUMBERS, OBJECTS, arrays, without
from table import Table

from smwm_lab import viz
from smwm_lab.probes import (
    along_components,
    compare_readouts,
    describe_latents,
    describe_retention,
    project,
    rank_panel,
    structure_report,
)


COLLAPSE = describe_latents(LATENTS, true_dim=2)
MAPPINGS: dict[str, Any] = {
    "nothing": None,
    "empty": {},
    "a list": [1],
    "text": "nonsense",
    "of nothing": {"a": None},
    "of texts": {"a": "x"},
    "a report": COLLAPSE,
}
FRAMES: dict[str, Any] = OBJECTS | {"a dictionary": {"transitions": [1]}, "no columns": pd.DataFrame()}
ROOM = np.zeros((3, 8, 8), np.uint8)
PATHS = np.random.default_rng(0).uniform(10, 50, (2, 4, 2))


def add(table: Table) -> None:
    _add_reports(table)
    _add_images(table)
    _add_planes(table)
    _add_tables(table)
    _add_planning(table)


def _add_reports(table: Table) -> None:
    structure = structure_report(RUN, SPLIT, num_transitions=50, horizon=2)
    retention = describe_retention(LATENTS, TARGETS, HELD_LATENTS, HELD_TARGETS, noise=(0.1, 1.0))
    readouts = compare_readouts((LATENTS, HELD_LATENTS), TARGETS, HELD_TARGETS, probes=("linear",))
    panel = rank_panel({"a": [LATENTS]}, true_dims={"a": 3}, sample_sizes=(30,))
    others = OBJECTS | {"another report": COLLAPSE}
    for plot, report in (
        (viz.plot_structure, structure),
        (viz.plot_dynamics_metrics, structure),
        (viz.plot_readouts, readouts),
    ):
        table.spoil(plot, {"report": report}, report=others)
    table.spoil(viz.plot_report, {"report": COLLAPSE}, report=OBJECTS | {"another report": readouts})
    table.spoil(viz.plot_rank_panel, {"panel": panel}, panel=others)
    table.spoil(viz.plot_spectra, {"reports": {"a": COLLAPSE}}, reports=without(MAPPINGS) | {"others": {"a": readouts}})
    table.spoil(viz.plot_retention, {"reports": {"a": retention}}, reports=MAPPINGS | {"others": {"a": COLLAPSE}})
    colour = without(arrays(LATENTS), "flat") | {"fewer": LATENTS[:5, 0]}
    good = {"projections": {"PCA": project(LATENTS)}, "colour": LATENTS[:, 0], "label": "x"}
    table.spoil(viz.plot_projections, good, projections=MAPPINGS, colour=colour)


def _add_images(table: Table) -> None:
    images = {
        "nothing": None,
        "text": "images",
        "a list": [1, 2],
        "no images": IMAGES[:0],
        "one image": IMAGES[0],
        "colours last": IMAGES.permute(0, 2, 3, 1),
        "complex": IMAGES + 1j,
    }
    shown = {"observations": IMAGES, "titles": None, "columns": 2}
    titles = {"too few": ["a"], "a number": 3}
    table.spoil(viz.plot_observations, shown, observations=images, titles=titles, columns=COUNTS)
    beside = {"observations": IMAGES, "reconstructions": {"a": IMAGES / 255}, "columns": 2}
    fewer = {"fewer": {"a": IMAGES[:1] / 255}}
    rebuilt = without(MAPPINGS, "empty") | fewer
    table.spoil(viz.plot_reconstructions, beside, observations=images, reconstructions=rebuilt, columns=COUNTS)
    moved = {
        "before": IMAGES, "action": ACTION, "after": IMAGES, "action_names": ("a", "b"), "columns": 2
    }  # fmt: skip
    actions = {"nothing": None, "text": "up", "flat": ACTION[0], "wide": torch.zeros(5, 3), "fewer": ACTION[:1]}
    few = images | {"fewer": IMAGES[:1]}
    names = {"nothing": None, "a number": 3, "too few": ("a",)}
    table.spoil(viz.plot_transitions, moved, before=few, after=few, action=actions, action_names=names, columns=COUNTS)
    walk = along_components(Z, num_components=1, num_steps=3)
    painted = {"images": IMAGES[:3] / 255, "traversal": walk}
    table.spoil(viz.plot_traversal, painted, images=images, traversal=OBJECTS)


def _add_planes(table: Table) -> None:
    plane = np.random.default_rng(0).normal(size=(6, 2))
    shapes = {"nothing": None, "a number": 3, "another": (2, 2), "fractions": (1.5, 4), "text": "ab"}
    lists = {
        "nothing": None,
        "empty": [],
        "a number": 3,
        "of texts": ["a"],
        "of nothing": [None],
        "of NaN": [plane * np.nan],
        "wide": [np.zeros((6, 3))],
    }
    grids = {"planes": [plane], "titles": ["a"], "shape": (2, 3)}
    titles = {"nothing": None, "too few": [], "a number": 3}
    table.spoil(viz.plot_unfolding, grids, planes=lists, titles=titles, shape=shapes)
    clouds = {"clouds": {"a": np.random.default_rng(0).normal(size=(6, 4))}, "shape": (2, 3)}
    table.spoil(viz.plot_latent_planes, clouds, clouds=MAPPINGS | {"NaN": {"a": plane * np.nan}}, shape=shapes)
    paths = {
        "nothing": None,
        "text": "a",
        "flat": PATHS[0],
        "in space": np.zeros((2, 4, 3)),
        "NaN": PATHS * np.nan,
        "complex": PATHS + 1j,
        "objects": np.full(PATHS.shape, "a", object),
        "masked": np.ma.masked_greater(PATHS, 30),
    }
    rolled = {"paths": PATHS, "predicted": PATHS, "background": LATENTS[:, :2]}
    few = paths | {"fewer": PATHS[:1]}
    table.spoil(viz.plot_rollouts, rolled, paths=few, predicted=few, background=arrays(LATENTS[:, :2]))
    visited = MAPPINGS | {"narrow": {"a": STATE[:, :1]}, "flat": {"a": STATE[0]}, "NaN": {"a": STATE * float("nan")}}
    table.spoil(viz.plot_coverage, {"states": {"a": STATE}, "side": 64}, states=visited, side=COUNTS)
    errors = MAPPINGS | {"two axes": {"a": LATENTS}, "complex": {"a": LATENTS[0] + 1j}}
    table.spoil(viz.plot_error_by_horizon, {"errors": {"a": LATENTS[0]}, "unit": "px"}, errors=errors)
    panel = (LATENTS[0], LATENTS[0] > 0)
    panels = without(MAPPINGS) | {"fewer": {"a": (LATENTS[0][:2], LATENTS[0] > 0)}, "no pair": {"a": (LATENTS[0],)}}
    at = {"places": LATENTS[: len(LATENTS[0]), :2], "errors": {"a": panel}, "most": 1.0}
    table.spoil(viz.plot_place_errors, at, errors=panels, most={"nothing": None, "zero": 0.0, "text": "a"})
    point = {"nothing": None, "text": "a", "in space": np.zeros(3), "NaN": np.array([np.nan, 0])}
    rooms = {"nothing": None, "text": "a", "a batch": ROOM[None], "colours last": ROOM.transpose(1, 2, 0)}
    ways = without(MAPPINGS) | {"flat": {"a": PATHS[0]}, "in space": {"a": np.zeros((2, 4, 3))}}
    shown = {"image": ROOM, "ways": {"a": PATHS}, "start": torch.zeros(2), "goal": torch.ones(2)}
    table.spoil(viz.plot_ways, shown, image=rooms, ways=ways, start=point, goal=point)
    places = {"image": ROOM, "places": PATHS[0], "distances": {"a": PATHS[0, :, 0]}, "at": torch.zeros(2)}
    distances = MAPPINGS | {"fewer": {"a": PATHS[0, :2, 0]}}
    table.spoil(viz.plot_distances, places, image=rooms, places=arrays(PATHS[0]), distances=distances, at=point)
    pairs = {"way": PATHS[0, :, 0], "latent": PATHS[0, :, 1], "through_wall": np.array([True, False, True, False])}
    values = {
        "nothing": None,
        "text": "a",
        "fewer": PATHS[0, :2, 0],
        "two axes": PATHS[0],
        "complex": PATHS[0, :, 0] + 1j,
    }
    masks = {"nothing": None, "fewer": np.array([True]), "numbers": np.array([1, 0, 1, 0]), "text": "a"}
    table.spoil(viz.plot_metric, pairs, way=values, latent=values, through_wall=masks)
    planned = {
        "image": ROOM,
        "world_paths": {"a": PATHS},
        "latent_paths": {"a": PATHS},
        "goal": np.zeros(2),
        "latent_goal": np.zeros(2),
        "latent_cloud": LATENTS[:, :2],
    }
    cloud = without(arrays(LATENTS[:, :2]), "nothing")
    table.spoil(
        viz.plot_plan,
        planned,
        image=rooms,
        world_paths=ways,
        latent_paths=ways,
        goal=point,
        latent_goal=point,
        latent_cloud=cloud,
    )


def _add_tables(table: Table) -> None:
    metrics = RUN.metrics
    table.spoil(viz.plot_losses, {"metrics": metrics, "action_variance": 0.3}, metrics=FRAMES, action_variance=NUMBERS)
    curves = {"curves": {"a": metrics}, "action_variance": 0.3}
    table.spoil(viz.plot_alarm, curves, curves=MAPPINGS, action_variance=NUMBERS)
    scores = pd.DataFrame({"R2": [0.5, 1.0]}, index=["a", "b"])
    good = without(MAPPINGS, "empty") | {"of texts": {"R2": "x"}}
    table.spoil(viz.plot_scores, {"table": scores, "good": {"R2": 1.0}}, table=FRAMES, good=good)
    table.spoil(viz.plot_component_heatmaps, {"tables": {"a": scores}}, tables=MAPPINGS)
    texts = {"texts": {"a": pd.DataFrame({"R2": ["x"]})}}
    table.spoil(viz.plot_component_heatmaps, {"tables": {"a": scores}}, called="heat maps", tables=texts)
    table.spoil(viz.plot_bars, {"values": {"a": 0.5}, "label": "share", "title": "t"}, values=MAPPINGS)
    columns = ["success", "low", "high", "worst_seed", "best_seed"]
    rates = pd.DataFrame([[0.5, 0.4, 0.6, 0.3, 0.7]], columns=columns, index=["a"])
    table.spoil(viz.plot_rates, {"tables": {"t": rates}}, tables=MAPPINGS | {"other columns": {"a": scores}})


def _add_planning(table: Table) -> None:
    """Add what shows the results of plans; they take long to make, so there is no documented call."""
    lists = OBJECTS | {"empty": [], "of texts": ["a"]}
    table.spoil(viz.plot_success, {}, documented=False, reports=lists)
    table.spoil(viz.plot_search, {}, documented=False, trace=OBJECTS)
    table.spoil(viz.plot_landscape, {"xlabel": "a", "ylabel": "b"}, documented=False, landscape=OBJECTS)
    table.spoil(viz.plot_replanning, {"tolerance": 2.0}, documented=False, found=OBJECTS)
    table.spoil(viz.plot_horizon, {}, documented=False, ours=FRAMES)
