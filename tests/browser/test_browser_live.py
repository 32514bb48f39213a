"""Live pages, a trained model in plain JavaScript, in a real browser. Claims proved here:

- Latents, predictions and inverse actions are torch's to 1e-4, with the weights of the page, rounded to float16.
- CEM finds the plan of the library's CEM for the same random numbers.
- Worlds draw the pixels and make the steps of the Python worlds.
- Keys, mouse and buttons move the world, ask for the nearest observation, plan and act, change weights, add noise.
- Every control has a name, every text enough contrast, and nothing is cut off at 1280 px and at 390 px.
- The page is one file of 5 MB at most that asks for nothing and logs no error.
"""

import base64
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from conftest import PATIENCE_MS, screenshot
from playwright.sync_api import Locator, Page, expect
from torch import Tensor

from smwm_lab.live import live_configs, live_page, load_runs, pack_model, unpack_model
from smwm_lab.live.page import MAX_BYTES, PLANNER
from smwm_lab.live.runs import LABELS, ON_TRAJECTORIES
from smwm_lab.models import WorldModel
from smwm_lab.planning import CEM, CostConfig, plan
from smwm_lab.seeding import generator
from smwm_lab.training import Run
from smwm_lab.worlds import World
from smwm_lab.worlds.base import uniform


NUM_FRAMES = 200
TOLERANCE = 1e-4
SMWM, COLLAPSED, SIGREG = LABELS.values()
SHIPPED = {
    "single_dot": (SMWM, COLLAPSED, SIGREG, ON_TRAJECTORIES),
    "distractor": (SMWM,),
    "sprite_xy": (SMWM,),
    "two_room": (SMWM,),
}
"""World -> the runs of its page that come with the project."""
MOST_OFF = {"single_dot": 0, "distractor": 0, "sprite_xy": 16, "two_room": 1}
"""World -> by how much a pixel may differ: not at all where only whole numbers are drawn. Elsewhere sine and
exponential stand behind a pixel, and libraries round their last digit as they like: one subpixel, one level."""
SHARE_OFF = 1e-5
"""Share of values that may differ for that reason; none did where this was written."""


@pytest.fixture(autouse=True)
def _patience() -> Iterator[None]:
    """What follows may take its time on a busy machine."""
    expect.set_options(timeout=PATIENCE_MS)
    yield
    expect.set_options(timeout=5000)


@pytest.fixture(scope="module")
def runs() -> Callable[[str], dict[str, Run]]:
    """Return a function that loads the shipped runs of a world's page, label -> run."""

    def loaded(world: str) -> dict[str, Run]:
        configs = live_configs(world)
        return load_runs({label: configs[label] for label in SHIPPED[world]})

    return loaded


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, runs: Callable[[str], dict[str, Run]]) -> Callable[[str], Path]:
    """Return a function that writes the page of a world, once."""
    files: dict[str, Path] = {}

    def file_of(world: str) -> Path:
        if world not in files:
            path = tmp_path_factory.mktemp("live") / f"{world}.html"
            files[world] = live_page(world, runs(world), path).path
        return files[world]

    return file_of


@pytest.fixture
def live(open_page: Callable[[Path], Page], made: Callable[[str], Path]) -> Callable[[str], Page]:
    """Return a function that opens the page of a world and waits until it is ready."""

    def opened(world: str) -> Page:
        page = open_page(made(world))
        page.locator("body[data-ready=yes]").wait_for()
        return page

    return opened


def rounded(run: Run) -> WorldModel:
    """Return the model of a run with the weights that a page has of it."""
    return unpack_model(pack_model(run.model))


def frames(world: World, n: int = NUM_FRAMES) -> tuple[Tensor, Tensor]:
    """Return states anywhere and actions, some of them beyond the box."""
    stream = generator(3, "browser, live")
    return world.sample_state(n, stream, anywhere=True), world.sample_action(n, stream) * 1.1


def encoded(images: Tensor) -> list[str]:
    """Return images (n, 3, H, W) as base64, each (H, W, 3)."""
    return [base64.b64encode(image.numpy().tobytes()).decode() for image in images.permute(0, 2, 3, 1).contiguous()]


@pytest.mark.parametrize("world", SHIPPED)
def test_the_networks_compute_what_torch_computes(live, runs, world) -> None:
    page = live(world)
    for number, run in enumerate(runs(world).values()):
        model = rounded(run)
        state, action = frames(run.world)
        images = run.world.observe(state)
        with torch.no_grad():
            z = model.encode(images)
            z_next = model.predict(z, action)
            expected = [z, z_next, model.infer_action(z, z_next)]
        found = page.evaluate(
            """([number, images, actions]) => images.map((text, n) => {
              const { model } = window.live.runs[number];
              const z = model.encode(Uint8Array.from(atob(text), (c) => c.charCodeAt(0)));
              const next = model.predict(z, actions[n]);
              return [z, next, model.inferAction(z, next)].map((values) => Array.from(values));
            })""",
            [number, encoded(images), action.tolist()],
        )
        for name, column, values in zip(
            ("latents", "predictions", "actions"), zip(*found, strict=True), expected, strict=True
        ):
            assert float((torch.tensor(column, dtype=torch.float32) - values).abs().max()) <= TOLERANCE, (
                f"{name} of run {number}"
            )
        assert model.config.latent_dim == len(found[0][0])


@pytest.mark.parametrize("world", SHIPPED)
def test_worlds_draw_the_same_pixels(live, runs, world) -> None:
    page, [run, *_] = live(world), runs(world).values()
    state, _ = frames(run.world)
    drawn = page.evaluate(
        """(states) => states.map((state) =>
          btoa(String.fromCharCode(...window.live.world.render(Float32Array.from(state)))))""",
        state.tolist(),
    )
    found = np.stack([np.frombuffer(base64.b64decode(text), np.uint8) for text in drawn]).astype(int)
    wanted = run.world.observe(state).permute(0, 2, 3, 1).flatten(1).numpy().astype(int)
    off = np.abs(found - wanted)
    assert off.max() <= MOST_OFF[world] and (off > 0).mean() <= SHARE_OFF
    assert len(np.unique(wanted, axis=0)) > NUM_FRAMES // 2, "the states look different"


def chance(world: World, n: int) -> Tensor | None:
    """Return what no action says in `world.step(..., generator(4, "step"))`, in [-1, 1]; None if all is said."""
    stream = generator(4, "step")
    hidden = [not each for each in world.spec.controllable]
    if not any(hidden):
        return None
    if any(world.spec.angles):
        return uniform(n, sum(hidden), stream)
    return world._whole_steps(n, sum(hidden), stream) / world.config.max_step


@pytest.mark.parametrize("world", SHIPPED)
def test_worlds_make_the_same_steps(live, runs, world) -> None:
    page, [run, *_] = live(world), runs(world).values()
    state, action = frames(run.world)
    wanted = run.world.step(state, action, generator(4, "step"))
    rest = chance(run.world, NUM_FRAMES)
    found = page.evaluate(
        """([states, actions, rests]) => states.map((state, n) => {
          const done = window.live.world.step(Float32Array.from(state), actions[n], rests && rests[n]);
          return [Array.from(done.state), Array.from(done.action)];
        })""",
        [state.tolist(), action.tolist(), None if rest is None else rest.tolist()],
    )
    states, actions = (torch.tensor(column, dtype=torch.float32) for column in zip(*found, strict=True))
    assert torch.allclose(states, wanted.state, atol=1e-5) and torch.allclose(actions, wanted.action, atol=1e-5)
    assert bool((states != state).any(1).float().mean() > 0.5), "most of them move"


@pytest.mark.parametrize("world", SHIPPED)
def test_cem_finds_the_plan_of_the_library(live, runs, world) -> None:
    """The page's search is given the numbers that the library's draws from its generator, in the same order."""
    page, [run, *_] = live(world), runs(world).values()
    model, horizon, samples = rounded(run), PLANNER["horizon"], PLANNER["numSamples"]
    solver = CEM(
        num_samples=samples,
        num_iterations=PLANNER["numIterations"],
        num_elites=PLANNER["numElites"],
        min_std=PLANNER["minStd"],
    )
    style = run.world.search_style
    weights = CostConfig(terminal=float(style == "terminal"), path=float(style == "path"))
    state, _ = frames(run.world, 8)
    with torch.no_grad():
        z = model.encode(run.world.observe(state))
    for task in range(4):
        here, goal = z[2 * task : 2 * task + 1], z[2 * task + 1 : 2 * task + 2]
        action_dim = run.world.spec.action_dim
        with torch.no_grad():
            wanted = plan(
                model,
                here,
                weights.towards(goal),
                solver=solver,
                horizon=horizon,
                action_dim=action_dim,
                generator=generator(task, "plan"),
            )
        stream = generator(task, "plan")
        noise = [torch.randn(samples * horizon * action_dim, generator=stream) for _ in range(solver.num_iterations)]
        found = page.evaluate(
            """([z, goal, noise]) => {
              const { cem, runs, facts } = window.live;
              let last;
              const draws = (iteration) => Float32Array.from(noise[iteration]);
              for (last of cem({ ...facts.planner, model: runs[0].model, z, goal, noise: draws }));
              return [Array.from(last.best.actions), last.best.cost];
            }""",
            [here[0].tolist(), goal[0].tolist(), [draw.tolist() for draw in noise]],
        )
        assert float((torch.tensor(found[0], dtype=torch.float32) - wanted.actions.flatten()).abs().max()) <= TOLERANCE
        assert found[1] == pytest.approx(float(wanted.cost), rel=1e-4)
