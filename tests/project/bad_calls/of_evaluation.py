"""Bad calls of evaluations, comparisons, intervals and reports; of windows and batches."""

import tempfile
from pathlib import Path
from typing import Any

import pandas as pd
import torch
from examples import CONFIG, IMAGES, RUN, SPLIT, WORLD, Z
from kinds import COUNTS, GENERATORS, NAMES, NUMBERS, OBJECTS, SEEDS, floats, without
from planning_examples import (
    ACTIONS,
    CHOSEN,
    DYNAMICS,
    EPISODES,
    GOAL,
    MODELS,
    NO_TASKS,
    OTHER_TASKS,
    SEARCH,
    SEES,
    SOLVER,
    TASKS,
    TRAJECTORIES,
)
from table import Table

from smwm_lab.data import sample_windows, widening_transitions
from smwm_lab.data.widening import distances_from_typical, widening_order
from smwm_lab.models import WorldModel
from smwm_lab.objectives import EncodedBatch, Objective
from smwm_lab.planning import (
    AgentConfig,
    Comparison,
    Outcome,
    TerminalDistance,
    beside_reference,
    compare,
    compare_models,
    compare_paired,
    compare_planners,
    compare_replanning,
    compare_seeds,
    cost_landscape,
    evaluate,
    horizon_sweep,
    reference_results,
    report_on,
    seed_interval,
    solve,
    summarise,
    table_of,
    wilson,
)
from smwm_lab.planning.evaluation.comparison import Contestant
from smwm_lab.seeding import generator


SEEDED = without(SEEDS, "beyond 64 bits") | {"beyond 63 bits": 2**63}
STREAM = generator(0, "bad calls of evaluations")
FOLDERS: dict[str, Any] = {"a number": 3, "a list": ["kept"], "no path": "\0"}
_scratch = tempfile.TemporaryDirectory()
CACHE = Path(_scratch.name)
OUTCOME = solve(CHOSEN, RUN.model, TASKS)
PLANNERS: dict[str, Any] = NAMES | {"a class": AgentConfig, "a search": SEARCH}
TASK_SETS: dict[str, Any] = OBJECTS | {"empty": [], "of texts": ["a"], "tasks": TASKS, "of nothing": [None]}
MAKERS: dict[str, Any] = OBJECTS | {
    "a list of tasks": [TASKS],
    "of nothing": lambda seed: None,
    "of no tasks": lambda seed: [],
    "of texts": lambda seed: ["a"],
    "of tasks alone": lambda seed: TASKS,
}


def add(table: Table) -> None:
    _add_evaluations(table)
    _add_comparisons(table)
    _add_tables(table)
    _add_intervals(table)
    _add_reports(table)
    _add_landscapes(table)
    _add_windows(table)
    _add_batches(table)


def _add_evaluations(table: Table) -> None:
    good = {"planner": CHOSEN, "model": RUN.model, "tasks": TASKS, "trajectories": None, "seed": 0, "cache": None}
    bad = {
        "planner": PLANNERS,
        "model": MODELS,
        "tasks": NO_TASKS | {"of another world": OTHER_TASKS},
        "trajectories": without(TRAJECTORIES, "of NaN"),
        "seed": SEEDED,
        "cache": FOLDERS,
    }
    table.spoil(solve, good, **bad)
    table.spoil(evaluate, good, **bad)
    kept = good | {"cache": CACHE}
    table.spoil(solve, kept, called="solve and keep", **bad)
    table.spoil(solve, good | {"cache": str(CACHE)}, called="solve and keep, cache as text")
    mapped = good | {"planner": CHOSEN.__class__("landmarks", SEARCH, CHOSEN.landmarks), "trajectories": EPISODES}
    table.spoil(solve, mapped, called="solve with a map", trajectories=TRAJECTORIES | {"nothing": None})
    replanned = {"model": RUN.model, "perception": SEES, "tasks": TASKS, "horizon": 2, "solver": SOLVER, "seed": 0}
    table.spoil(
        compare_replanning,
        replanned,
        model=without(MODELS, "other side", "NaN weights"),
        perception=OBJECTS,
        tasks=bad["tasks"],
        horizon=COUNTS,
        solver=OBJECTS | {"a search": SEARCH},
        seed=SEEDED,
    )


def _add_comparisons(table: Table) -> None:
    who = Contestant("a", CHOSEN, RUN.model)
    fields = {"label": "a", "planner": CHOSEN, "model": RUN.model, "seed": 0, "trajectories": None}
    labels = {"nothing": None, "a number": 3, "a list": ["x"]}
    models = OBJECTS | {"a class": WorldModel, "a run": RUN}
    texts = {"text": "nonsense", "a number": 3}
    table.spoil(Contestant, fields, label=labels, planner=PLANNERS, model=models, seed=SEEDED, trajectories=texts)
    contestants = OBJECTS | {"empty": [], "of texts": ["a"], "one": who, "of nothing": [None]}
    good = {"contestants": [who], "tasks": [TASKS], "cache": None}
    sets = TASK_SETS | {name: value for name, value in MAKERS.items() if callable(value)}
    table.spoil(compare, good, contestants=contestants, tasks=sets, cache=FOLDERS)
    names = {"nothing": None, "a number": 3, "text": "cem", "empty": [], "unknown": ["x"], "of numbers": [3]}
    several = {"planners": ["random"], "model": RUN.model, "tasks": [TASKS], "seed": 0, "cache": None}
    table.spoil(
        compare_planners,
        several,
        planners=names,
        model=models,
        tasks=TASK_SETS,
        seed=SEEDED,
        trajectories=texts,
        cache=FOLDERS,
    )
    by_label = OBJECTS | {
        "empty": {},
        "of models": {"a": RUN.model},
        "of nothing": {"a": None},
        "of no seeds": {"a": {}},
        "of texts": {"a": {0: "x"}},
        "of texts as seeds": {"a": {"x": RUN.model}},
        "of numbers as labels": {3: {0: RUN.model}},
    }
    good = {"models": {"a": {0: RUN.model}}, "tasks": lambda seed: [TASKS], "planner": CHOSEN, "cache": None}
    table.spoil(compare_models, good, models=by_label, tasks=MAKERS, planner=PLANNERS, cache=FOLDERS)
    agents = OBJECTS | {
        "empty": {},
        "of nothing": {"a": None},
        "unknown": {"a": "x"},
        "of numbers as labels": {3: "cem"},
    }
    by_seed = OBJECTS | {"empty": {}, "of texts": {0: "x"}, "of texts as seeds": {"x": RUN.model}}
    data = texts | {"of nothing": lambda seed: "x", "of another world": lambda seed: TRAJECTORIES["of another world"]}
    good = {"agents": {"a": CHOSEN}, "models": {0: RUN.model}, "tasks": lambda seed: [TASKS], "trajectories": None}
    good |= {"cache": None}
    table.spoil(horizon_sweep, good, agents=agents, models=by_seed, tasks=MAKERS, trajectories=data, cache=FOLDERS)


def _add_tables(table: Table) -> None:
    made = compare([Contestant("a", "random", RUN.model)], [TASKS])
    results = OBJECTS | {"empty": (), "of texts": ("a",), "of nothing": (None,)}
    table.spoil(Comparison, {"results": made.results}, results=results)
    pair = {"first": "a", "second": "a", "seed": 0, "goal_offset": None}
    table.spoil(made.paired, pair, first=NAMES, second=NAMES, seed=SEEDED, goal_offset=without(COUNTS, "nothing"))
    rows = made.by_seed()
    frames: dict[str, Any] = OBJECTS | {
        "empty": rows[:0],
        "no success": rows.drop(columns="success"),
        "no label": rows.drop(columns="label"),
        "text as success": rows.assign(success="x"),
        "NaN as success": rows.assign(success=float("nan")),
        "success above 1": rows.assign(success=2.0),
        "no tasks": rows.assign(tasks=0),
        "text as tasks": rows.assign(tasks="x"),
        "text as spl": rows.assign(spl="x"),
        "a series": rows["success"],
        "a dictionary": rows.to_dict(),
    }
    table.spoil(summarise, {"by_seed": rows}, by_seed=frames)
    ours = made.table()
    frames = OBJECTS | {
        "no success": ours.drop(columns="success"),
        "a series": ours["success"],
        "one index": ours.reset_index("goal_offset"),
        "no index": ours.reset_index(),
        "a dictionary": ours.to_dict(),
        "no columns": pd.DataFrame(),
    }
    good = {"ours": ours, "table": "success", "environment": "tworoom"}
    table.spoil(beside_reference, good, ours=frames, table=NAMES, environment=NAMES)
    table.spoil(reference_results, {"table": "success", "environment": "tworoom"}, table=NAMES, environment=NAMES)


def _add_intervals(table: Table) -> None:
    successes = without(COUNTS, "none") | {"too many": 5}
    table.spoil(wilson, {"successes": 2, "num_tasks": 4}, successes=successes, num_tasks=COUNTS)
    rates: dict[str, Any] = {
        "nothing": None,
        "text": "ab",
        "a number": 0.5,
        "empty": [],
        "of texts": ["a", "b"],
        "of nothing": [None, 0.5],
        "a table": [[0.5], [0.5]],
        "NaN": [0.5, float("nan")],
        "infinite": [0.5, float("inf")],
        "complex": [0.5j, 0.5],
    }
    shares = rates | {"above 1": [0.5, 1.5], "negative": [-0.5, 0.5], "one above 1": [1.5], "one NaN": [float("nan")]}
    table.spoil(seed_interval, {"rates": [0.5, 0.75], "tasks_per_seed": 4}, rates=shares, tasks_per_seed=COUNTS)
    table.spoil(compare_seeds, {"first": [0.5, 0.75], "second": [0.25, 0.5]}, first=rates, second=rates)
    solved = torch.tensor([True, False, True])
    masks: dict[str, Any] = OBJECTS | {
        "numpy": solved.numpy(),
        "a list of truth values": solved.tolist(),
        "fewer": solved[:2],
        "empty": solved[:0],
        "numbers": solved.float(),
        "whole numbers": solved.long(),
        "two axes": solved[None],
        "without memory": solved.to("meta"),
    }
    table.spoil(compare_paired, {"first": solved, "second": solved}, first=masks, second=masks)


def _add_reports(table: Table) -> None:
    others = OBJECTS | {"a class": Outcome, "a dictionary": OUTCOME.to_dict()}
    beside = without(others, "nothing")
    good = {"planner": "cem", "outcome": OUTCOME, "goal_offset": None, "floor": OUTCOME, "ceiling": OUTCOME}
    names = {"nothing": None, "a number": 3, "a list": ["x"]}
    offsets = without(COUNTS, "nothing")
    table.spoil(report_on, good, planner=names, outcome=others, goal_offset=offsets, floor=beside, ceiling=beside)
    report = report_on("cem", OUTCOME)
    reports = OBJECTS | {"empty": [], "of texts": ["a"], "a report": report, "of outcomes": [OUTCOME]}
    table.spoil(table_of, {"reports": [report]}, reports=reports)
    parts = OBJECTS | {"empty": [], "of texts": ["a"], "an outcome": OUTCOME, "of nothing": [None]}
    table.spoil(Outcome.cat, {"parts": [OUTCOME, OUTCOME]}, called="Outcome.cat", parts=parts)
    fields = OUTCOME.to_dict()
    columns = {"nothing": None, "text": "ab", "a number": 3, "empty": (), "of texts": ("a", "b"), "fewer": (1,)}
    spoilt = {name: columns for name in ("arrived_at", "distance_left", "way", "least_way", "passed_whole")}
    table.spoil(Outcome, fields, **spoilt, num_decisions=without(COUNTS, "none"), plan_seconds=NUMBERS)
    values = OBJECTS | {"unknown": fields | {"colour": 1}, "empty": {}, "wrong": fields | {"way": 3}}
    table.spoil(Outcome.from_dict, {"values": fields}, called="Outcome.from_dict", values=values)


def _add_landscapes(table: Table) -> None:
    z, goal, actions = Z[:1], GOAL[:1], ACTIONS[:1]
    good = {"model": RUN.model, "z": z, "cost": TerminalDistance(goal), "actions": actions}
    good |= {"first": (0, 0), "second": (0, 1), "resolution": 3}
    pairs = {
        "nothing": None,
        "a number": 3,
        "text": "ab",
        "one number": (0,),
        "three": (0, 0, 0),
        "fractions": (0.5, 0.5),
        "texts": ("a", "b"),
        "out of range": (9, 0),
        "no such component": (0, 9),
        "negative": (-1, 0),
    }
    costs = OBJECTS | {"of two goals": TerminalDistance(GOAL[:2]), "a class": TerminalDistance}
    models = DYNAMICS
    table.spoil(
        cost_landscape,
        good,
        model=models,
        z=without(floats(z), "fewer") | {"two tasks": Z[:2]},
        cost=costs,
        actions=without(floats(actions), "fewer") | {"two tasks": ACTIONS[:2]},
        first=pairs | {"the same": (0, 1)},
        second=pairs,
        resolution=COUNTS | {"one": 1},
    )


def _add_windows(table: Table) -> None:
    splits = OBJECTS | {"a world": WORLD}
    for held_out in (False, True):
        good = {"split": SPLIT, "n": 2, "length": 2, "episode_length": 4, "held_out": held_out, "generator": STREAM}
        table.spoil(
            sample_windows,
            good,
            called=f"sample_windows, {'held out' if held_out else 'of training'}",
            split=splits,
            n=COUNTS,
            length=COUNTS | {"too long": 5},
            episode_length=COUNTS,
            generator=GENERATORS,
        )
    opens = OBJECTS | {
        "one": (0.5,),
        "three": (0.1, 0.2, 0.3),
        "falling": (0.8, 0.3),
        "equal": (0.5, 0.5),
        "below 0": (-0.5, 0.5),
        "beyond 1": (0.5, 1.5),
        "NaN": (float("nan"), 0.5),
        "texts": ("a", "b"),
        "of nothing": (None, None),
    }
    good = {"split": SPLIT, "n": 3, "sector": 0.5, "opens": (0.3, 0.8), "generator": STREAM}
    sector = NUMBERS | {"none": 0.0, "negative": -1.0, "above 1": 1.5}
    table.spoil(widening_transitions, good, split=splits, n=COUNTS, sector=sector, opens=opens, generator=GENERATORS)
    good = {"count": 3, "draws": 9, "share": 0.5, "opens": (0.3, 0.8), "generator": STREAM}
    table.spoil(widening_order, good, count=COUNTS, draws=COUNTS, share=sector, opens=opens, generator=GENERATORS)
    windows = sample_windows(SPLIT, 3, length=2, episode_length=4, held_out=False, generator=torch.Generator())
    good = {"world": WORLD, "windows": windows}
    table.spoil(distances_from_typical, good, world=OBJECTS, windows=OBJECTS)


def _add_batches(table: Table) -> None:
    frames, latents, actions = IMAGES[:4].view(2, 2, *IMAGES.shape[1:]), Z[:4].view(2, 2, -1), ACTIONS[:1]
    good = {"model": RUN.model, "observations": frames, "latents": latents, "actions": actions, "known": None}
    images = without(floats(frames.float()), "complex") | {
        "floats": frames.float(),
        "whole numbers": frames.long(),
        "one frame": frames[:1],
        "numpy": frames.numpy(),
        "float64": frames.double(),
    }
    mask = torch.tensor([[True, False]])
    known = {
        "text": "all",
        "a number": 1,
        "a list": [[True, False]],
        "numpy": mask.numpy(),
        "numbers": mask.float(),
        "whole numbers": mask.long(),
        "flat": mask[0],
        "too long": torch.ones(1, 3, dtype=torch.bool),
        "too many steps": torch.ones(2, 2, dtype=torch.bool),
        "empty": mask[:0],
        "without memory": mask.to("meta"),
    }
    finite = ("NaN", "infinite", "float64", "wide", "narrow")
    table.spoil(
        EncodedBatch,
        good,
        model=OBJECTS | {"a class": WorldModel, "a configuration": CONFIG},
        observations=without(images, "NaN", "infinite"),
        latents=without(floats(latents), *finite),
        actions=without(floats(actions), *finite, "fewer"),
        known=known,
    )
    objective = Objective(CONFIG.objective, RUN.model)
    batch = EncodedBatch(**good)
    table.spoil(objective, {"batch": batch}, called="Objective.forward", batch=OBJECTS | {"a class": EncodedBatch})
    table.spoil(objective.after_step, {"model": RUN.model}, model=OBJECTS | {"a class": WorldModel})
