"""Exporting a page only reads. Claims proved here, for every widget, in the middle of its use:

- Everything that the session holds (row, step, selection, traversal, decisions, history, readings, weights, states of
  random streams) is the same after `to_html`, and so are the values of all controls.
- What is done next has the result that it would have had without the export.
- The check finds a change: of a number, of an array, of a random stream, deep inside.
"""

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import ipywidgets
import numpy as np
import pandas as pd
import pytest
import torch

from smwm_lab.planning import OracleModel
from smwm_lab.widgets import CollapseLab, LatentExplorer, Panel, PlannerTheatre, ProbeBench, WorldPlayer
from smwm_lab.worlds import make_world


N = 60
RANDOM = np.random.default_rng(0)
STATES = pd.DataFrame({"x": np.arange(N), "y": RANDOM.normal(size=N)})
LATENTS = np.stack([STATES["x"] / 10, STATES["y"], RANDOM.normal(size=N)], 1)
IMAGES = RANDOM.integers(0, 256, (N, 3, 8, 8), dtype=np.uint8)


def values(held: Any, seen: set[int] | None = None, where: str = "") -> Iterator[tuple[str, object]]:
    """All that an object holds, each with where it lies: arrays, tensors and random streams as bytes."""
    seen = set() if seen is None else seen
    if id(held) in seen:
        return
    if isinstance(held, torch.Generator):
        yield where, held.get_state().numpy().tobytes()
    elif isinstance(held, torch.Tensor):
        yield where, held.detach().numpy().tobytes()
    elif isinstance(held, np.ndarray | pd.DataFrame | pd.Series):
        yield where, np.asarray(held).tobytes()
    elif isinstance(held, dict | list | tuple):
        seen.add(id(held))
        items = held.items() if isinstance(held, dict) else enumerate(held)
        yield where, len(held)
        for key, value in items:
            yield from values(value, seen, f"{where}[{key!r}]")
    elif hasattr(held, "__dict__") and type(held).__module__.split(".")[0] in ("smwm_lab", "torch"):
        seen.add(id(held))
        for name, value in vars(held).items():
            yield from values(value, seen, f"{where}.{name}")
    elif isinstance(held, int | float | str | bytes | bool | None):
        yield where, repr(held)  # NaN is the same as NaN


def controls(panel: ipywidgets.Widget) -> dict[str, object]:
    """The values of all controls of a panel, by their place in it."""
    found: dict[str, object] = {}
    for i, child in enumerate(getattr(panel, "children", ())):
        found |= {f"{i}.{name}": value for name, value in controls(child).items()}
        found |= {f"{i}.{trait}": getattr(child, trait) for trait in ("value", "index") if hasattr(child, trait)}
    return found


def state_of(panel: Panel) -> dict[str, object]:
    own = {"readings": getattr(panel, "readings", None), "torch": torch.get_rng_state()}
    return dict(values({"session": panel.session, **own})) | controls(panel)


def used_player() -> WorldPlayer:
    player = WorldPlayer("distractor")
    player.press("r")
    return player


def fresh_player() -> WorldPlayer:
    return WorldPlayer("single_dot")


def used_lab() -> CollapseLab:
    lab = CollapseLab(world="single_dot")
    lab.train_until(700)
    lab.strength.value = 1.0
    lab.advance()
    return lab


def used_explorer() -> LatentExplorer:
    explorer = LatentExplorer.from_arrays(LATENTS, STATES, IMAGES)
    explorer.projection.value = "t-SNE"
    explorer.row.value, explorer.keep.value = 7, (10, 19)
    explorer.traversal.value = explorer.traversal.options[1]
    explorer.step.index = 2
    return explorer


def used_bench() -> ProbeBench:
    bench = ProbeBench.from_arrays(LATENTS, STATES, untrained=LATENTS[::-1].copy())
    bench.noise.index, bench.rows.index = 3, 1
    return bench


def used_theatre() -> PlannerTheatre:
    world = make_world("distractor")
    theatre = PlannerTheatre.from_models({"true world": OracleModel(world)}, world=world)
    for end, place in (("start", 5), ("goal", 57)):
        theatre.end.value = end
        theatre.click(place, place)
    theatre.once.click()
    theatre.iteration.index = 2
    return theatre


USED = (used_player, fresh_player, used_lab, used_explorer, used_bench, used_theatre)


@pytest.mark.parametrize("made", USED, ids=lambda made: made.__name__)
def test_an_export_changes_nothing(made, tmp_path: Path):
    panel = made()
    before = state_of(panel)
    panel.to_html(tmp_path / "page.html")
    after = state_of(panel)
    panel.close()
    assert len(before) > 10
    assert [where for where in before if before[where] != after.get(where)] == [] and before.keys() == after.keys()


def test_the_next_reading_of_a_lab_is_the_same_after_an_export(tmp_path: Path):
    labs = [used_lab(), used_lab()]
    labs[0].to_html(tmp_path / "page.html")
    for lab in labs:
        lab.train_until(1200)
        lab.close()
    first, second = (dataclasses.replace(lab.readings[-1], seconds=0.0) for lab in labs)
    assert dict(values(first)) == dict(values(second)) and first.transitions == 1280


def test_the_next_decision_of_a_theatre_is_the_same_after_an_export(tmp_path: Path):
    theatres = [used_theatre(), used_theatre()]
    theatres[0].to_html(tmp_path / "page.html")
    for theatre in theatres:
        theatre.once.click()
    first, second = (theatre.session for theatre in theatres)
    assert torch.equal(first.decision.plan.actions, second.decision.plan.actions)
    assert np.array_equal(first.path(), second.path()) and first.num_actions == 2
    assert not first.is_over, "a step after the end would change nothing"


def test_the_next_step_of_a_player_is_the_same_after_an_export(tmp_path: Path):
    players = [used_player(), used_player()]
    players[0].to_html(tmp_path / "page.html")
    for player in players:
        player.press("r")
    assert torch.equal(players[0].session.state, players[1].session.state)


def test_the_check_finds_changes():
    player, explorer = used_player(), used_explorer()
    before = [state_of(panel) for panel in (player, explorer)]
    torch.rand(1, generator=player.session._generator)
    explorer.session.step += 1
    explorer.session.table.latents[3, 1] += 1e-9
    after = [state_of(panel) for panel in (player, explorer)]
    changed = [[key for key in old if old[key] != new[key]] for old, new in zip(before, after, strict=True)]
    assert changed[0] == ["['session']._generator"]
    assert {"['session'].step", "['session'].table.latents"} <= set(changed[1])
