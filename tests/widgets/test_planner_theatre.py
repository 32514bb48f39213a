"""PlannerTheatre and what is below it: claims proved here.

- Bodies are found by trying; placing one moves what is rigid with it and nothing else.
- A decision shows the truth: true paths are steps of the world, imagined ends are rollouts of the model, elites are
  the cheapest, the slice of costs agrees with the planner's own costs.
- With the true world as model, imagination and truth agree, and the goal is reached.
- Every control over its range brings a decision or one clear error, and the theatre stays usable.
- What is refused is named in the error line alone: session and controls hold what was accepted last.
- The static twin, the interactive figure and the page show the frame that is chosen.
"""

import base64
import dataclasses
import gzip
import json
import re

import numpy as np
import pytest
import torch
from torch import tensor

from smwm_lab.errors import InputError
from smwm_lab.models import ModelConfig, WorldModel
from smwm_lab.planning import AgentConfig, CostConfig, OracleModel, SearchConfig, make_agent
from smwm_lab.planning.analysis.decision_trace import TICKS, Scene, trace_decision, world_paths
from smwm_lab.planning.analysis.latent_grid import LatentGrid
from smwm_lab.seeding import generator
from smwm_lab.training import fit, preset_config
from smwm_lab.widgets import PlannerTheatre
from smwm_lab.widgets.planner_theatre.figure import LAYERS, trace
from smwm_lab.widgets.planner_theatre.search_config import NAMES, SOLVERS
from smwm_lab.widgets.planner_theatre.session import PlannerTheatreSession
from smwm_lab.widgets.planner_theatre.widget import SIZES
from smwm_lab.worlds import WORLDS, make_world


CONTROLLED = [name for name in WORLDS if make_world(name).spec.action_dim]
PATH_COST = CostConfig(terminal=0.0, path=1.0)


@pytest.fixture(scope="module")
def run():
    return fit(preset_config("single_dot", "smoke"))


def knowing(world: str = "single_dot", **options) -> PlannerTheatre:
    made = make_world(world)
    return PlannerTheatre.from_models({"true world": OracleModel(made)}, world=made, **options)


def untrained(world: str) -> WorldModel:
    spec = make_world(world).spec
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return WorldModel(ModelConfig(side=spec.observation_shape[1], action_dim=spec.action_dim)).eval()


def decided(planner: str = "cem", world: str = "single_dot", model: object = None):
    made = make_world(world)
    model = model or OracleModel(made)
    solver = SOLVERS.get(planner)
    search = solver and SearchConfig(solver=solver, cost=PATH_COST, horizon=3, receding_horizon=1)
    agent = make_agent(AgentConfig(planner, search), model, made)
    start, goal = made.sample_state(2, generator(1, "ends")).split(1)
    body = made.bodies()[0]
    scene = Scene(made, body, LatentGrid.from_perception(agent.perception, made, body, start), start, goal)
    return agent, model, trace_decision(agent, model, scene, cost=PATH_COST, generator=generator(0, "planner"))


@pytest.mark.parametrize("name", CONTROLLED)
def test_a_placed_body_is_there_and_what_is_not_controlled_stays(name):
    world = make_world(name)
    state, other = world.sample_state(2, generator(0, "states")).split(1)
    stays = ~tensor(world.spec.controllable)
    for body in world.bodies():
        columns = list(body.columns)
        moved = body.place(state, other[:, columns])
        can = tensor(world.spec.controllable)[columns]
        assert torch.allclose(moved[:, columns][:, can], other[:, columns][:, can], atol=1e-4)
        assert torch.equal(moved[:, stays], state[:, stays])


def test_of_a_rigid_pair_one_body_is_found_and_the_other_follows():
    pair = make_world("coupled").bodies()
    assert [body.name for body in pair] == ["red"]
    assert pair[0].place(tensor([[10.0, 10, 20, 12]]), tensor([[30.0, 5]])).tolist() == [[30, 5, 40, 7]]


def test_an_action_of_five_primitive_ones_moves_the_body_by_all_of_them():
    world = make_world("two_room")
    (body,) = world.bodies()
    assert body.directions.tolist() == [[1.0, 0.0] * 5, [0.0, 1.0] * 5]
    assert world.frame_side == 224 and world.spec.observation_shape[1] == 64


@pytest.mark.parametrize("world", ["single_dot", "distractor", "sprite_xy", "two_room"])
def test_the_canvas_reads_places_back_and_lies_as_the_world(world):
    made = make_world(world)
    agent = make_agent("random", OracleModel(made), made)
    canvas = LatentGrid.from_perception(
        agent.perception, made, made.bodies()[0], made.sample_state(1, generator(0, "s"))
    )
    assert np.allclose(canvas.read(canvas.latents), canvas.places, atol=1e-3)
    flat = canvas.flat(canvas.latents)
    for axis in range(2):
        assert np.corrcoef(flat[:, axis], canvas.places[:, axis])[0, 1] > 0.99


def test_the_canvas_is_looked_at_anew_when_the_heading_changes_by_less_than_a_radian():
    world = make_world("sprite_xyt")
    session = PlannerTheatreSession({"truth": OracleModel(world)}, world=world)
    session.start[0, 2] = 0.6
    first = session._canvas()
    assert session._canvas() is first
    session.start[0, 2] = 1.4
    assert session._canvas() is not first


def test_places_where_the_body_cannot_stay_are_not_on_the_canvas():
    made = make_world("two_room")
    agent = make_agent("random", OracleModel(made), made)
    places = LatentGrid.from_perception(agent.perception, made, made.bodies()[0], tensor([[50.0, 50.0]])).places
    inside_wall = (places[:, 0] > 100) & (places[:, 0] < 124) & ((places[:, 1] < 33) | (places[:, 1] > 65))
    assert len(places) > 300 and not bool(inside_wall.any())


def test_true_paths_are_steps_of_the_world_and_imagined_ends_are_rollouts(run):
    agent, model, found = decided(model=run.model)
    trace, scene = found.plan.trace, found.scene
    z = model.encode(scene.world.observe(scene.state))
    for frame in (0, 7, 14):
        order = trace.elites[0, frame]
        for shown, row in enumerate(order.tolist()):
            actions = trace.candidates[0, frame, row]
            state = scene.state
            for step, action in enumerate(actions):
                state = scene.world.step(state, action[None], torch.Generator()).state
                assert found.paths[frame, shown, step + 1].tolist() == state[0].tolist()
            end = model.rollout(z, actions[None])[:, -1]
            assert np.allclose(found.ends[frame, shown], scene.latent_grid.flat(end)[0], atol=1e-4)
            assert np.allclose(found.first_actions[frame, shown], actions[0], atol=1e-5)


def test_elites_are_the_cheapest_and_all_shown_candidates_differ(run):
    _, _, found = decided(model=run.model)
    for costs, elite in zip(found.costs, found.is_elite, strict=True):
        assert elite.sum() == 20 and len(costs) == 100
        assert costs[elite].max() <= costs[~elite].min()
    assert len(np.unique(found.paths[0].reshape(100, -1), axis=0)) > 95


@pytest.mark.parametrize("planner", ["mppi", "gradient", "shooting"])
def test_a_solver_without_elites_shows_none(planner, run):
    _, _, found = decided(planner, model=run.model)
    assert not found.is_elite.any()
    assert found.costs.shape[1] == min(SOLVERS[planner].num_samples, 100)


def test_a_planner_that_does_not_search_has_one_frame(run):
    _, _, found = decided("inverse", model=run.model)
    assert found.labels == ["plan"] and found.costs.shape == (1, 0)
    assert found.centre_path.shape == (1, 2, 2)


@pytest.mark.parametrize("world", ["single_dot", "independent", "two_room"])
def test_the_slice_of_costs_goes_through_the_plan_and_agrees_with_its_cost(world):
    _, model, found = decided(world=world)
    actions, scene = found.plan.actions, found.scene
    truth = OracleModel(scene.world)
    goal = truth.encode(scene.goal)
    for row, column in ((0, 0), (20, 3), (10, 10)):
        wanted = tensor([[TICKS[column], TICKS[row]]], dtype=torch.float32)
        old = actions[:, 0] @ torch.linalg.pinv(scene.body.directions)
        changed = actions.clone()
        changed[:, 0] = (changed[:, 0] + (wanted - old) @ scene.body.directions).clamp(-1, 1)
        latents = model.rollout(truth.encode(scene.state), changed)[:, None]
        paid = PATH_COST.towards(goal)(latents, changed[:, None])
        assert found.cost_of_first[row, column] == pytest.approx(paid.item(), rel=1e-4)


def test_with_the_true_world_as_model_imagination_and_truth_agree():
    _, _, found = decided()
    assert found.model_error < 1 and np.allclose(found.centre_true, found.centre_imagined, atol=1e-3)


def test_what_is_not_controlled_stands_still_in_true_paths():
    world = make_world("distractor")
    state = world.sample_state(1, generator(0, "s"))
    states = world_paths(world, state, torch.rand(4, 3, 2, generator=generator(0, "a")))
    assert torch.equal(states[..., 2:], state[:, None, 2:].expand(4, 4, 2))


def test_primitive_steps_are_part_of_paths_and_latents_are_seen_between_actions():
    _, _, found = decided(world="two_room")
    assert found.paths.shape[2] == 3 * 5 + 1
    assert found.centre_true.shape[1] == found.centre_imagined.shape[1] == 3 + 1


@pytest.mark.parametrize("world", CONTROLLED)
def test_every_world_can_be_played_to_its_goal_by_the_true_world(world):
    theatre = knowing(world)
    theatre.planner.value = "icem"
    while not theatre.session.is_over:
        theatre.once.click()
        assert not theatre.has_error, theatre.status.value
    assert theatre.session.has_arrived and "there: " in theatre.status.value
    before = theatre.session.num_actions
    theatre.once.click()
    assert theatre.session.num_actions == before, "after the end a step does nothing"


def test_a_click_sets_what_the_switch_says():
    theatre = knowing()
    theatre.click(40, 41)
    theatre.end.value = "start"
    theatre.click(12, 13)
    assert theatre.session.goal.tolist() == [[40, 41]] and theatre.session.start.tolist() == [[12, 13]]
    assert [field.value for field in (*theatre.places["start"], *theatre.places["goal"])] == [12, 13, 40, 41]
    assert list(trace(theatre.figure, "1 goal").x) == [40] and list(trace(theatre.figure, "1 now").x) == [12]


def test_numbers_set_places_and_angles():
    theatre = knowing("sprite_xyt")
    assert theatre.session.components == ["x", "y", "theta"]
    theatre.places["goal"][2].value = 1.5
    theatre.places["goal"][0].value = 40.0
    assert theatre.session.goal[0, [0, 2]].tolist() == [40.0, 1.5]


def test_only_the_chosen_body_is_placed():
    theatre = knowing("independent")
    theatre.body.value = "green"
    assert theatre.places["goal"][0].description == "goal green_x"
    before = theatre.session.goal.clone()
    theatre.click(20, 20)
    assert theatre.session.goal.tolist() == [[*before[0, :2].tolist(), 20, 20]]
    assert theatre.figure.layout.xaxis3.title.text == "green to the right"


def test_the_start_takes_what_is_not_controlled_to_the_goal():
    session = knowing("distractor").session
    assert torch.equal(session.start[:, 2:], session.goal[:, 2:])


@pytest.mark.parametrize("planner", NAMES)
def test_every_planner_decides_with_a_trained_model(planner, run):
    theatre = PlannerTheatre.from_run(run)
    theatre.planner.value = planner
    assert not theatre.has_error, theatre.status.value
    assert theatre.iteration.options[-1] == "plan"
    for index in range(len(theatre.iteration.options)):
        theatre.iteration.index = index
    theatre.once.click()
    assert not theatre.has_error and theatre.session.num_actions >= 1


def test_a_planner_brings_its_settings_and_greys_out_what_it_has_not():
    theatre = knowing()
    theatre.planner.value = "gradient"
    assert theatre.sizes["samples"].value == 16 and theatre.sizes["elites"].disabled
    theatre.planner.value = "icem"
    assert not theatre.has_error and not theatre.sizes["elites"].disabled
    assert theatre.sizes["iterations"].value == 8


@pytest.mark.parametrize(
    ("label", "values"),
    [
        ("horizon", [1, 2, 20]),
        ("execute", [1, 5]),
        ("samples", [20, 2000]),
        ("iterations", [1, 40]),
        ("elites", [1, 200]),
    ],
)
def test_sizes_over_their_range_bring_decisions(label, values):
    theatre = knowing()
    for value in values:
        theatre.sizes["execute"].value = 1
        theatre.sizes[label].value = value
        assert not theatre.has_error, theatre.status.value
    plan = theatre.session.decision.plan
    assert plan.actions.shape[1] == theatre.sizes["horizon"].value
    assert plan.trace.costs.shape == (1, theatre.sizes["iterations"].value, theatre.sizes["samples"].value)
    assert plan.trace.elites.shape[2] == theatre.sizes["elites"].value


@pytest.mark.parametrize(
    ("label", "value", "words"),
    [
        ("horizon", 0, "horizon = 0 is out of range; allowed: 1 to 20"),
        ("horizon", 21, "horizon = 21 is out of range"),
        ("execute", 6, "execute = 6 is out of range; allowed: 1 to 5"),
        ("samples", 1, "out of range; allowed: 2 to"),
        ("samples", 9999, "num_samples = 9999 is out of range"),
        ("iterations", 0, "num_iterations = 0"),
        ("elites", 0, "num_elites = 0"),
        ("elites", 201, "num_elites = 201 is out of range; allowed: 1 to num_samples = 200"),
    ],
)
def test_sizes_out_of_range_are_named_and_the_old_decision_stays(label, value, words):
    theatre = knowing()
    shown, before = theatre.session.decision, theatre.sizes[label].value
    theatre.sizes[label].value = value
    assert theatre.has_error and words in theatre.status.value
    assert theatre.session.decision is shown
    assert theatre.sizes[label].value == before == getattr(theatre.session.config, SIZES[label])
    theatre.click(30, 30)
    assert not theatre.has_error and theatre.session.decision is not shown


def holds(theatre: PlannerTheatre) -> list:
    """Return what a theatre says of itself: its session's choices, its controls, and what it is called."""
    session = theatre.session
    names = [session.model_name, session.config, session.body, session.start.tolist(), session.goal.tolist()]
    controls = [theatre.model, theatre.planner, theatre.cost, theatre.body, *theatre.sizes.values()]
    return [*names, repr(theatre), *((control.value, control.disabled) for control in controls)]


def test_a_planner_that_is_refused_changes_nothing_but_the_error_line():
    theatre = knowing()
    before, shown = holds(theatre), theatre.session.decision
    theatre.planner.value = "inverse"
    assert theatre.has_error and "planner 'inverse' needs an inverse head" in theatre.status.value
    assert holds(theatre) == before and "cem" in repr(theatre) and theatre.session.decision is shown
    theatre.once.click()
    assert not theatre.has_error and theatre.session.num_actions == 1


def test_whatever_is_chosen_nothing_changes_if_no_decision_comes_of_it(monkeypatch):
    world = make_world("independent")
    theatre = PlannerTheatre.from_models({"good": OracleModel(world), "too": OracleModel(world)}, world=world)
    before = holds(theatre)

    def refuse(self, state, num_actions, warm_start):
        raise InputError("no decision today")

    monkeypatch.setattr(PlannerTheatreSession, "_decide", refuse)
    choices = [(theatre.model, "too"), (theatre.planner, "mppi"), (theatre.cost, "at the end"), (theatre.body, "green")]
    for control, value in [*choices, (theatre.sizes["horizon"], 2), (theatre.places["start"][0], 30.0)]:
        control.value = value
        assert theatre.has_error and "no decision today" in theatre.status.value
        assert holds(theatre) == before
    theatre.click(20, 20)
    assert theatre.has_error and holds(theatre) == before
    assert theatre.places["goal"][0].description == "goal red_x"


@pytest.mark.parametrize(("x", "y"), [(-1, 30), (30, 63), (1000, 1000)])
def test_places_outside_the_world_are_named_and_change_nothing(x, y):
    theatre = knowing()
    goal = theatre.session.goal.clone()
    theatre.click(x, y)
    assert theatre.has_error and "lies outside the world; allowed: 2 to 61" in theatre.status.value
    assert torch.equal(theatre.session.goal, goal)
    theatre.click(30, 30)
    assert not theatre.has_error and theatre.session.goal.tolist() == [[30, 30]]


class Broken(OracleModel):
    """Imagines nothing."""

    def rollout(self, z, actions):
        return super().rollout(z, actions) * torch.nan


def test_a_model_that_gives_nan_is_named_and_the_one_before_goes_on():
    world = make_world("single_dot")
    theatre = PlannerTheatre.from_models({"good": OracleModel(world), "broken": Broken(world)}, world=world)
    theatre.model.value = "broken"
    assert theatre.has_error and "not finite" in theatre.status.value
    assert theatre.model.value == theatre.session.model_name == "good"
    theatre.once.click()
    assert not theatre.has_error and theatre.session.num_actions == 1


def test_a_run_of_another_world_is_refused_and_the_old_one_stays(run):
    other = fit(preset_config("distractor", "smoke"))  # the same size of picture and of action
    theatre = PlannerTheatre.from_models({"dot": run, "other": other})
    theatre.model.value = "other"
    assert theatre.has_error and "run 'other' is of another world" in theatre.status.value
    assert theatre.model.value == "dot" == theatre.session.model_name
    theatre.click(30, 30)
    assert not theatre.has_error


def test_a_model_of_another_action_size_is_refused():
    world = make_world("single_dot")
    with pytest.raises(InputError, match="takes 4 actions"):
        PlannerTheatre.from_models({"untrained": untrained("independent")}, world=world)


def test_nothing_to_plan_is_one_clear_error(run):
    with pytest.raises(InputError, match="no actions"):
        knowing("sprite_none")
    with pytest.raises(InputError, match="models are empty"):
        PlannerTheatre.from_models({})
    with pytest.raises(InputError, match="world is not given"):
        PlannerTheatre.from_models({"true world": OracleModel(make_world("single_dot"))})


def test_play_acts_until_the_goal_and_stops_cleanly():
    theatre = knowing()
    theatre.play.playing = True
    for tick in range(1, 20):
        if not theatre.play.playing:
            break
        theatre.play.value = tick
    assert theatre.session.has_arrived and not theatre.play.playing
    count = theatre.session.num_actions
    theatre.play.value = 30  # a late tick
    assert theatre.session.num_actions == count
    theatre.play.value = 0  # the stop button
    assert theatre.session.num_actions == 0 and not theatre.play.playing


def test_play_stops_at_an_error():
    world = make_world("single_dot")
    theatre = PlannerTheatre.from_models({"good": OracleModel(world), "broken": Broken(world)}, world=world)
    theatre.session.choose_model("broken")
    theatre.play.playing = True
    theatre.play.value = 1
    assert theatre.has_error and not theatre.play.playing


def test_a_decision_is_the_same_whenever_it_is_repeated():
    first, second = knowing(seed=3), knowing(seed=3)
    for theatre in (first, second):
        theatre.click(50, 15)
        theatre.once.click()
    assert torch.equal(first.session.decision.plan.actions, second.session.decision.plan.actions)


def test_an_episode_from_the_start_meets_the_same_world_again():
    """The green dot of the distractor moves by itself: rewound, it goes the same way."""
    session = knowing("distractor").session
    session.config = dataclasses.replace(session.config, num_samples=2, num_iterations=1, num_elites=1)
    ways = []
    for _ in range(2):
        session.rewind()
        session.step()
        ways.append(torch.cat(session.passed))
    green = ways[0][:, 2:]
    assert not torch.equal(green[0], green[-1]) and torch.equal(ways[0], ways[1])


def test_scrubbing_changes_the_figure_and_the_words():
    theatre = knowing()
    seen = set()
    for index in range(len(theatre.iteration.options)):
        theatre.iteration.index = index
        seen.add((tuple(trace(theatre.figure, "3 plan as imagined").x), theatre.words.value))
    assert len(seen) == 16
    theatre.iteration.index = 2
    assert "iteration 3 of 15: cheapest candidate" in theatre.words.value
    elites = theatre.session.decision.is_elite[2]
    ends = theatre.session.decision.ends[2][elites]
    assert np.allclose(trace(theatre.figure, "2 elites").x, ends[:, 0], atol=1e-4)


def test_the_static_twin_shows_the_frame_and_every_layer():
    theatre = knowing()
    theatre.click(50, 50)
    theatre.once.click()
    theatre.iteration.index = 4
    figure = theatre.snapshot()
    world, plane, actions = figure.axes[:3]
    walked = next(line for line in world.lines if line.get_label() == "walked")
    assert walked.get_xydata().tolist() == theatre.session.path().tolist()
    shown = [line.get_xydata() for line in plane.lines if line.get_label() == "elites"]
    assert np.allclose(shown[0], theatre.session.decision.ends[4][theatre.session.decision.is_elite[4]])
    assert "iteration 5 of 15" in figure._suptitle.get_text()
    assert {line.get_label() for ax in figure.axes[:3] for line in ax.lines} >= {"candidates", "elites", "now", "goal"}
    assert "image/png" in theatre._repr_mimebundle_()


def content(page: str) -> list[dict]:
    packed = re.search(r'id="scenes">([^<]*)</script>', page)[1]
    return json.loads(gzip.decompress(base64.b64decode(packed)))


def test_the_page_holds_every_decision_and_iteration(tmp_path):
    theatre = knowing()
    theatre.click(55, 12)
    theatre.once.click()
    path = theatre.to_html(tmp_path / "theatre.html")
    scenes = content(path.read_text(encoding="utf-8"))
    assert path.stat().st_size < 5_000_000
    assert [len(scene["frames"]) for scene in scenes] == [16, 16]
    for scene, decision in zip(scenes, theatre.session.decisions, strict=True):
        x, y = scene["frames"][3]["1 plan in the true world"]
        assert np.allclose(np.array([x, y]).T, decision.centre_path[3], atol=0.06)
        assert len(scene["frames"][0]) + len(scene["still"]) == len(LAYERS)
    assert scenes[1]["still"]["1 walked"][0] == theatre.session.path()[:, 0].tolist()


def test_a_page_that_would_be_too_long_keeps_the_first_decisions(tmp_path, monkeypatch):
    monkeypatch.setattr("smwm_lab.widgets.planner_theatre.page.MAX_PACKED", 60_000)
    theatre = knowing()
    theatre.click(55, 12)
    for _ in range(2):
        theatre.once.click()
    page = theatre.to_html(tmp_path / "theatre.html").read_text(encoding="utf-8")
    kept = len(content(page))
    assert 1 <= kept < len(theatre.session.decisions) and f"the first {kept} decisions" in page


def test_every_control_says_what_it_does():
    world = make_world("single_dot")
    theatre = PlannerTheatre.from_models({"true world": OracleModel(world)}, world=world)
    controls, found = list(theatre.children), []
    while controls:
        control = controls.pop()
        controls += getattr(control, "children", ())
        found += [control] if hasattr(control, "disabled") else []
    assert len(found) >= 14
    assert [control.description for control in found if not (getattr(control, "tooltips", ()) or control.tooltip)] == []
    theatre.close()
