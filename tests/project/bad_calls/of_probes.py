"""Bad calls of probes."""

from typing import Any

import numpy as np
import pandas as pd
import torch
from examples import (
    HELD_LATENTS,
    HELD_TARGETS,
    LATENTS,
    MODEL,
    OTHER_SPLIT,
    RUN,
    SPLIT,
    STATE,
    STATES,
    TARGETS,
    WORLD,
    Z,
)
from kinds import COUNTS, NAMES, NUMBERS, OBJECTS, SEEDS, arrays, models, tensors, without
from table import Table

from smwm_lab.models import WorldModel
from smwm_lab.probes import (
    SYNTHETIC_CLOUDS,
    AlignedProjections,
    DecoderConfig,
    DecoderProbe,
    LatentTable,
    PcaConfig,
    RenderedFrames,
    TsneConfig,
    UmapConfig,
    action_directions,
    aligned_planes,
    aligned_sequence,
    along_actions,
    along_components,
    collapse_report,
    compare_readouts,
    describe_latents,
    describe_retention,
    encode_states,
    fit_decoder,
    held_out_latents,
    kernel_reconstruction,
    linear_readout,
    mlp_readout,
    pixel_pca,
    principal_plane,
    probe_grid,
    procrustes,
    project,
    projection_scores,
    rank_panel,
    readout_r2,
    readout_report,
    retention_report,
    structure_report,
    survived_noise,
    synthetic_panel,
    table_targets,
    to_numpy,
    two_nn,
    untrained_model,
    world_panel,
)


ARRAYS = arrays(LATENTS)
FEW = {"num_train": 60, "num_test": 20}
SPLITS: dict[str, Any] = {"text": "nonsense", "a number": 3, "a world": WORLD}
FOREIGN_SPLIT: dict[str, Any] = {"of another world": OTHER_SPLIT}  # an encoder alone may look at any world
MODELS = models(MODEL)
UNTRAINED = WorldModel(MODEL).eval()
SEEDED = without(SEEDS, "beyond 64 bits") | {"beyond 63 bits": 2**63}
CLOUD = LATENTS @ np.random.default_rng(1).normal(size=(3, 5))


def add(table: Table) -> None:
    _add_reports(table)
    _add_arrays(table)
    _add_tables(table)
    _add_readouts(table)
    _add_projections(table)
    _add_panels(table)
    _add_images(table)


def _add_reports(table: Table) -> None:
    """Add what takes a model with a split; the model is given without a run, so that the split is needed."""
    shared = {"trained": MODELS, "split": SPLITS, "seed": SEEDED}
    good = {"trained": UNTRAINED, "split": SPLIT, "seed": 0}
    other_actions = {"other actions": WorldModel(MODEL.replace(action_dim=3))}
    few = {"num_transitions": 100}
    acting = shared | {"trained": MODELS | other_actions}
    table.spoil(collapse_report, good | few, **acting, num_transitions=COUNTS)
    table.spoil(structure_report, good | few | {"horizon": 2}, **acting, num_transitions=COUNTS, horizon=COUNTS)
    table.spoil(retention_report, good | FEW, **shared, num_train=COUNTS, num_test=COUNTS)
    floor = {"untrained": without(MODELS, "nothing")}
    table.spoil(retention_report, good | FEW | {"untrained": UNTRAINED}, called="retention_report beside", **floor)
    linear = good | FEW | {"untrained": UNTRAINED, "probes": ("linear",)}
    probes = {"empty": (), "unknown": ("x",), "nothing": None, "a number": 3, "text": "linear"}
    table.spoil(readout_report, linear, **shared, untrained=MODELS, num_train=COUNTS, probes=probes)
    table.spoil(held_out_latents, good | {"num_states": 3}, **shared, num_states=COUNTS)
    kernel = {"width": NUMBERS | {"none": 0.0}}
    table.spoil(kernel_reconstruction, good | FEW | {"width": 0.3}, **shared, num_train=COUNTS, **kernel)
    quick = DecoderConfig(budget=4, batch_size=2)
    sizes = {"num_states": 4, "num_held_out": 4}
    decoded = {"trained": UNTRAINED, "split": SPLIT, "config": quick, **sizes}
    configs = without(OBJECTS, "nothing")
    counts = {name: COUNTS for name in sizes}
    table.spoil(fit_decoder, decoded, trained=MODELS, split=SPLITS, config=configs, **counts)
    starts = without(tensors(Z), "three axes", "wide", "narrow", "flat", "NaN", "infinite")
    starts |= {"two rows": Z[:2], "narrow": Z[0, :-1], "NaN": Z[0] * float("nan")}
    walk = good | {"start": Z[0], "num_steps": 3, "reach": 1.0}
    table.spoil(along_actions, walk, **shared, start=starts, num_steps=COUNTS, reach=NUMBERS)
    table.spoil(untrained_model, {"config": MODEL, "seed": 0}, config=OBJECTS, seed=SEEDED)
    by_run = {"trained": RUN, "split": None, "seed": 0, "num_transitions": 100}
    table.spoil(collapse_report, by_run, called="collapse_report of a run", split=SPLITS | FOREIGN_SPLIT)


def _add_arrays(table: Table) -> None:
    table.spoil(two_nn, {"latents": LATENTS}, latents=ARRAYS)
    dims = {"true_dim": COUNTS}
    table.spoil(describe_latents, {"latents": LATENTS, "true_dim": 2}, latents=ARRAYS, **dims)
    table.spoil(principal_plane, {"latents": LATENTS}, latents=ARRAYS)
    pair = {"points": LATENTS, "target": LATENTS[::-1]}
    table.spoil(procrustes, pair, points=ARRAYS | {"fewer": LATENTS[:5]}, target=ARRAYS | {"fewer": LATENTS[:5]})
    lists = {
        "empty": [],
        "nothing": None,
        "a number": 3,
        "of texts": ["a"],
        "of one NaN": [LATENTS, ARRAYS["NaN"]],
        "of other rows": [LATENTS, LATENTS[:5]],
        "flat": [LATENTS[0], LATENTS[0]],
    }
    table.spoil(aligned_planes, {"snapshots": [LATENTS, CLOUD]}, snapshots=lists)
    table.spoil(aligned_sequence, {"clouds": [LATENTS, LATENTS]}, clouds=lists)
    table.spoil(to_numpy, {"values": Z}, values=OBJECTS | {"numpy": LATENTS})
    z = tensors(Z) | {"fewer": Z[:2]}
    action = torch.rand(5, 2)
    moves = without(tensors(action), "wide", "narrow") | {"fewer": action[:2]}
    good = {"z": Z, "action": action, "z_next": Z}
    table.spoil(action_directions, good, z=z, action=moves, z_next=z)
    curve = {
        "nothing": None,
        "text": "a",
        "empty": np.array([]),
        "two axes": LATENTS,
        "longer": np.ones(3),
        "NaN": np.array([1, np.nan]),
    }
    noise = {"nothing": None, "empty": (), "falling": (1.0, 0.1), "texts": ("a", "b"), "negative": (-1.0, 1.0)}
    noise |= {"NaN": (0.1, float("nan")), "a number": 3}
    table.spoil(survived_noise, {"noise": (0.1, 1.0), "r2": np.array([1.0, 0.0])}, noise=noise, r2=curve)
    states = tensors(STATE)
    encoded = {"model": UNTRAINED, "world": WORLD, "state": STATE}
    worlds = OBJECTS | {"a class": type(WORLD), "of another side": OTHER_SPLIT}
    table.spoil(encode_states, encoded, model=MODELS, world=worlds, state=states | {"no rows": STATE[:0]})
    sides = {"world": WORLD, "state": STATE, "held_out_state": STATE, "num_components": 2, "seed": 0}
    table.spoil(pixel_pca, sides, world=worlds, state=states, held_out_state=states, num_components=COUNTS, seed=SEEDED)
    table.spoil(RenderedFrames, {"world": WORLD, "states": STATE}, world=worlds, states=states)


def _add_tables(table: Table) -> None:
    twice = pd.DataFrame(np.ones((60, 2)) * LATENTS[:, :1], columns=["x", "x"])
    alike = pd.DataFrame(LATENTS[:, :2], columns=[1, "1"])
    frames: dict[str, Any] = {
        "nothing": None,
        "numpy": STATES.to_numpy(),
        "a dictionary": dict(STATES),
        "a list": [1, 2],
        "no columns": STATES[[]],
        "two columns x": twice,
        "columns 1 and '1'": alike,
        "texts": STATES.assign(x="a"),
        "complex": STATES.assign(x=STATES["x"] + 1j),
        "dates": STATES.assign(x=pd.Timestamp("2026-01-01")),
        "columns of two levels": pd.DataFrame(LATENTS[:, :2], columns=pd.MultiIndex.from_tuples([("a", 1), ("a", 2)])),
    }
    angles = {"unknown": ("z",), "nothing": None, "a number": 3, "text": "xy"}
    table.spoil(table_targets, {"states": STATES, "angles": ("x",)}, states=frames, angles=angles)
    fewer = {"fewer": STATES[:5], "NaN": STATES.assign(x=np.nan)}
    images = np.zeros((60, 3, 8, 8), np.uint8)
    pictures = {
        "text": "images",
        "a number": 3,
        "fewer": images[:5],
        "floats": images / 1.0,
        "colours last": images.transpose(0, 2, 3, 1),
        "flat": images[:, 0, 0, 0],
        "texts": ["a"] * 60,
    }
    units = {
        "a list": ["px", "px"],
        "text": "px",
        "of no column": {"z": "px"},
        "a number": 3,
        "numbers": {"x": 3},
    }
    good = {"latents": LATENTS, "states": STATES, "images": images, "units": {"x": "px"}}
    constant = LATENTS.copy()
    constant[:, 1] = 2
    latents = ARRAYS | {"constant column": constant}
    table.spoil(
        LatentTable.of, good, latents=latents, states=without(frames, "nothing") | fewer, images=pictures, units=units
    )
    drawn = {"model": UNTRAINED, "world": WORLD, "num_states": 20, "seed": 0}
    worlds = OBJECTS | {"a class": type(WORLD)}
    table.spoil(LatentTable.from_model, drawn, model=MODELS, world=worlds, num_states=COUNTS, seed=SEEDED)
    made = LatentTable.of(**good)
    rows = {"beyond the end": np.array([60]), "fractions": np.array([1.5]), "text": "a", "nothing": None}
    table.spoil(made.observations, {"rows": np.array([1])}, rows=rows)
    table.spoil(made.mean_observation, {"rows": np.array([1])}, rows=rows | {"empty": np.array([], int)})
    table.spoil(made.nearest, {"latents": LATENTS}, latents=ARRAYS)
    table.spoil(made.describe, {"row": 1}, row={"beyond the end": 60, "a fraction": 1.5, "text": "a", "nothing": None})


def _add_readouts(table: Table) -> None:
    targets = {
        "nothing": None,
        "empty": {},
        "an array": LATENTS,
        "text": "x",
        "fewer": {"x": LATENTS[:5, :1]},
        "other names": {"z": TARGETS["x"]},
        "constant": {"x": np.ones((60, 1))},
        "a list": {"x": "abc"},
        "NaN": {"x": TARGETS["x"] * np.nan},
        "masked": {"x": np.ma.masked_greater(TARGETS["x"], 0.5)},
        "of nothing": {"x": None},
    }
    held = without(targets, "constant", "NaN", "masked") | {"constant": {"x": np.ones((40, 1))}}
    arrayed = {"latents": ARRAYS, "targets": targets, "held_out_targets": held}
    arrayed |= {"held_out_latents": ARRAYS | {"wide": np.hstack([HELD_LATENTS] * 2)}}
    good = {
        "latents": LATENTS,
        "targets": TARGETS,
        "held_out_latents": HELD_LATENTS,
        "held_out_targets": HELD_TARGETS,
    }
    levels = {"nothing": None, "empty": (), "falling": (1.0, 0.1), "texts": ("a", "b"), "NaN": (0.1, float("nan"))}
    sizes = {"falling": (50, 10), "too many": (10, 100), "too few": (1, 10), "fractions": (10.5, 20), "text": "ab"}
    varying = {name: without(values, "constant") for name, values in arrayed.items()}
    table.spoil(readout_r2, good, **varying)  # a constant target is read with R^2 = 1, as scikit-learn has it
    table.spoil(probe_grid, good | {"noise": (0.1, 1.0), "sizes": (20, 60)}, **arrayed, noise=levels, sizes=sizes)
    table.spoil(describe_retention, good | {"noise": (0.1, 1.0), "seed": 0}, **arrayed, noise=levels, seed=SEEDED)
    floor = without(OBJECTS, "nothing")
    table.spoil(describe_retention, good | {"untrained": None}, called="describe_retention beside", untrained=floor)
    sides = {
        "nothing": None,
        "one": (LATENTS,),
        "an array": LATENTS,
        "text": "ab",
        "NaN": (ARRAYS["NaN"], HELD_LATENTS),
        "of texts": ("a", "b"),
    }
    compared = {"latents": (LATENTS, HELD_LATENTS), "targets": TARGETS, "held_out_targets": HELD_TARGETS, "seed": 0}
    controls = {"text": "a", "a number": 3, "a list": [1], "of the wrong rows": {"c": (LATENTS[:5], HELD_LATENTS)}}
    controls |= {"of nothing": {"c": None}}
    probes = {"empty": (), "unknown": ("x",), "nothing": None, "a number": 3}
    table.spoil(
        compare_readouts,
        compared | {"controls": {}, "probes": ("linear",)},
        latents=sides,
        targets=targets,
        held_out_targets=held,
        controls=controls,
        probes=probes,
        seed=SEEDED,
    )
    read = compare_readouts(**compared, probes=("linear",))
    table.spoil(read.r2, {"target": "x", "probe": "linear"}, target=NAMES, probe=NAMES)
    table.spoil(linear_readout, {})
    table.spoil(mlp_readout, {"seed": 0}, seed=without(SEEDS, "beyond 64 bits") | {"beyond 32 bits": 2**32})


def _add_projections(table: Table) -> None:
    constant = LATENTS.copy()
    constant[:, 1] = 2
    latents = ARRAYS | {"constant column": constant, "few rows": LATENTS[:4], "one column": LATENTS[:, :1]}
    stores = {"a number": 3, "a list": ["a"], "no path": "\0"}
    configs = without(OBJECTS, "nothing") | {"a class": PcaConfig}
    good = {"latents": LATENTS, "config": PcaConfig(), "store": None}
    table.spoil(project, good, latents=latents, config=configs, store=stores)
    for config in (PcaConfig, UmapConfig, TsneConfig):
        table.spoil(config, {"dim": 2}, dim=COUNTS | {"too many": 4})
    table.spoil(UmapConfig, {"seed": 0, "num_neighbours": 5}, seed=SEEDS, num_neighbours=COUNTS)
    table.spoil(TsneConfig, {"seed": 0, "perplexity": 5.0}, seed=SEEDS, perplexity=NUMBERS)
    made = project(LATENTS)
    table.spoil(made.transform, {"latents": LATENTS}, latents=without(ARRAYS, "no rows") | {"wide": CLOUD})
    both = {"latents": LATENTS, "points": made.points}
    table.spoil(projection_scores, both, latents=ARRAYS | {"few rows": LATENTS[:4]}, points=ARRAYS)
    arranged = {"latents": LATENTS, "store": None, "seed": 0}
    table.spoil(AlignedProjections, arranged, latents=ARRAYS, seed=SEEDED, store=stores)
    aligned = AlignedProjections(LATENTS)
    table.spoil(aligned.get, {"name": "PCA", "dim": 2}, name=NAMES, dim=COUNTS | {"too many": 4})


def _add_panels(table: Table) -> None:
    good = {"clouds": {"a": [LATENTS]}, "true_dims": {"a": 3}, "sample_sizes": (30,), "seed": 0}
    clouds = {
        "nothing": None,
        "empty": {},
        "a list": [LATENTS],
        "of nothing": {"a": None},
        "of no arrays": {"a": []},
        "of numbers": {"a": 3},
        "of texts": {"a": ["x"]},
        "of NaN": {"a": [ARRAYS["NaN"]]},
        "of masked": {"a": [ARRAYS["masked"]]},
    }
    dims = {"nothing": None, "empty": {}, "texts": {"a": "x"}, "a number": 3, "negative": {"a": -1}}
    sizes = {"nothing": None, "empty": (), "too small": (5,), "too large": (100,), "fractions": (30.5,), "text": "ab"}
    table.spoil(rank_panel, good, clouds=clouds, true_dims=dims, sample_sizes=sizes, seed=SEEDED)
    known = {"clouds": SYNTHETIC_CLOUDS[:1], "num_seeds": 1, "sample_sizes": (30,), "seed": 0}
    others = {"nothing": None, "empty": (), "of texts": ("a",), "a number": 3}
    few = without(sizes, "too large")
    table.spoil(synthetic_panel, known, clouds=others, num_seeds=COUNTS, sample_sizes=few, seed=SEEDED)
    table.spoil(SYNTHETIC_CLOUDS[0].sample, {"n": 10, "seed": 0}, n=COUNTS, seed=SEEDED)
    runs = {"models": {"a": [RUN]}, "num_draws": 1, "sample_sizes": (30,), "seed": 0}
    kinds = {
        "nothing": None,
        "empty": {},
        "of no runs": {"a": []},
        "of nothing": {"a": None},
        "of models": {"a": [UNTRAINED]},
        "of texts": {"a": ["x"]},
        "a run": RUN,
    }
    table.spoil(world_panel, runs, models=kinds, num_draws=COUNTS, sample_sizes=few, seed=SEEDED)


def _add_images(table: Table) -> None:
    z = torch.rand(8, 4)
    good = {"latents": z, "start": None, "num_components": 2, "num_steps": 3, "reach": 1.0}
    latents = without(tensors(z), "wide", "narrow", "whole numbers")
    starts = {"numpy": z[0].numpy(), "wide": torch.zeros(5), "two rows": z, "text": "a", "NaN": z[0] * float("nan")}
    reach = NUMBERS | {"negative": -1.0}
    counts = {"num_components": COUNTS | {"too many": 5}, "num_steps": COUNTS}
    table.spoil(along_components, good, latents=latents, start=starts, reach=reach, **counts)
    table.spoil(DecoderConfig, {"budget": 4, "batch_size": 2, "seed": 0}, budget=COUNTS, batch_size=COUNTS, seed=SEEDED)
    table.spoil(DecoderProbe, {"config": None}, config=without(OBJECTS, "nothing"))
    probe = DecoderProbe(DecoderConfig(budget=4, batch_size=2))
    fitted = {"latents": Z, "states": STATE, "world": WORLD}
    rows = without(tensors(Z), "wide", "narrow", "whole numbers") | {"fewer": Z[:2]}
    states = tensors(STATE) | {"fewer": STATE[:2]}
    worlds = OBJECTS | {"a class": type(WORLD)}
    table.spoil(probe.fit, fitted, latents=rows, states=states, world=worlds)
    ready = DecoderProbe(DecoderConfig(budget=4, batch_size=2)).fit(Z, STATE, WORLD)
    table.spoil(ready.decode, {"latents": Z}, latents=without(tensors(Z), "whole numbers"))
    table.spoil(ready.report, fitted, latents=without(tensors(Z), "whole numbers"), states=states, world=worlds)
