"""The page: weights, clouds and probes of some runs of one world, and the JavaScript that computes with them."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jinja2
from torch import Tensor

from smwm_lab.data import sample_states
from smwm_lab.errors import check, check_named
from smwm_lab.files import as_path, asset, write_text
from smwm_lab.live.pack import PackedModel, pack_model, unpack_model
from smwm_lab.live.reference import ReferenceStates, describe_run, draw_reference_states
from smwm_lab.seeding import generator
from smwm_lab.training import Run
from smwm_lab.widgets.shared.page import embedded_json, packed, script, shared_asset
from smwm_lab.worlds import World, make_world, resolve_world


MAX_BYTES = 5_000_000
"""Largest page."""
SCRIPTS = ("model.js", "worlds.js", "planner.js", "drawing.js", "tools.js", "session.js", "journey.js", "page.js")
PLANNER = {"horizon": 3, "numSamples": 64, "numIterations": 8, "numElites": 8, "minStd": 0.01}
"""The search of the page: as `CEM`, small enough to be watched."""


@dataclass(frozen=True, eq=False)
class LivePage:
    """What `live_page` wrote."""

    path: Path
    num_bytes: int
    """Size of the file."""
    runs: dict[str, Run]
    """Label -> run, in the order of the page."""
    spread: dict[str, float]
    """Label -> total standard deviation of the latents of the reference states."""


def live_page(world_name: str, runs: Mapping[str, Run], path: Path | str, *, seed: int = 0, note: str = "") -> LivePage:
    """Write a page on which runs of a world compute, and return what was written.

    runs: label -> run; the first is shown first. note: a line for the reader, as plain text. seed: of the reference
    states and of what is random on the page. The file is one, whole or not at all, 5 MB at most. Raises `InputError`
    for runs of another world, a world without blueprint, and a page that would be too large.
    """
    path = as_path("path", path)
    entry = resolve_world(world_name)
    world = make_world(entry.config)
    check_named("runs", runs, Run)
    for label, run in runs.items():
        check(
            run.config.world == entry.config,
            f"run {label!r} is of another world than {world_name}; allowed: runs of {world_name} alone",
        )
    weights = {label: pack_model(run.model) for label, run in runs.items()}
    facts = _page_facts(world_name, world, dict(runs), weights, seed)
    page = _html(f"{world_name}: a world model that computes in this page", facts, list(weights.values()), note)
    size = len(page.encode())
    check(size <= MAX_BYTES, f"the page would have {size:,} bytes; allowed: {MAX_BYTES:,} (show fewer runs)")
    write_text(path, page)
    return LivePage(path, size, dict(runs), {each["label"]: each["spread"] for each in facts["runs"]})


def _page_facts(
    world_name: str, world: World, runs: dict[str, Run], weights: dict[str, PackedModel], seed: int
) -> dict[str, Any]:
    """Return all that the page knows but the weights, as JSON values."""
    first = next(iter(runs.values()))
    states = draw_reference_states(first.split, seed=seed)
    start = sample_states(first.split, 1, held_out=False, generator=generator(seed, "live page, start"))
    return {
        "world": {"name": world_name, "blueprint": world.blueprint(), "spec": _spec_facts(world)},
        "states": _rows(states.cloud),
        "start": _rows(start)[0],
        "seed": seed % 2**32,
        "planner": PLANNER | {"cost": world.search_style},
        "runs": [_run_facts(label, run, weights[label], world, states) for label, run in runs.items()],
    }


def _run_facts(label: str, run: Run, weights: PackedModel, world: World, states: ReferenceStates) -> dict[str, Any]:
    """Return what the page knows of a run; measured with the weights that the page has, rounded to float16."""
    about = {"label": label, "header": weights.header, "commanded": run.config.action_label == "commanded"}
    return about | describe_run(unpack_model(weights), world, states)


def _spec_facts(world: World) -> dict[str, Any]:
    """Return names, units and ranges of a world, under the names that the JavaScript has for them."""
    spec = world.spec
    return {
        "side": spec.observation_shape[1],
        "frameSide": world.frame_side,
        "names": spec.state_names,
        "units": spec.state_units,
        "low": spec.state_low,
        "high": spec.state_high,
        "angles": spec.angles,
        "parts": spec.parts,
        "controllable": spec.controllable,
        "actionDim": spec.action_dim,
        "arcRadius": world.arc_radius,
        "successRadius": world.success_radius,
    }


def _html(title: str, facts: dict[str, Any], weights: list[PackedModel], note: str) -> str:
    """Return the whole page; all text of users is escaped by the template, or set as text by the JavaScript."""
    template = jinja2.Environment(autoescape=True).from_string(_ours("page.html.j2"))
    code = shared_asset("inflate.js") + "".join(_ours(name) for name in SCRIPTS)
    data = [embedded_json("facts", facts), *(packed(f"weights-{i}", each.weights) for i, each in enumerate(weights))]
    return template.render(
        title=title,
        note=note,
        style=jinja2.utils.markupsafe.Markup(shared_asset("page.css") + _ours("live.css")),
        content=jinja2.utils.markupsafe.Markup("".join(data) + script(code)),
    )


def _ours(name: str) -> str:
    return asset("smwm_lab.live", f"static/{name}")


def _rows(states: Tensor) -> list[list[float]]:
    """Return states (n, state) as lists of numbers that are float32 exactly."""
    return [[float(value) for value in row] for row in states]
