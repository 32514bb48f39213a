"""CollapseLab and what is below it: claims proved here.

- lambda reaches the loss terms it should, and h keeps learning where they do not reach the encoder.
- Readings come when they are due; a model collapses at lambda = 0 and recovers at lambda = 10.
- The widget starts, pauses, stops; bad settings and a failed training land in its status line, and it stays usable.
"""

import dataclasses
import itertools
import json
import math
import re
import threading

import numpy as np
import pytest
import torch

from smwm_lab.errors import InputError
from smwm_lab.probes.monitor import SIDE, Monitor, sheets_of_states
from smwm_lab.training import REGULARISERS, Snapshot
from smwm_lab.viz.theme import DOTS
from smwm_lab.widgets import CollapseLab
from smwm_lab.widgets.collapse_lab.figure import collapse_lab_figure, update_collapse_lab_figure
from smwm_lab.widgets.collapse_lab.session import CollapseLabConfig, CollapseLabSession
from smwm_lab.widgets.collapse_lab.snapshot import plot_collapse_lab
from smwm_lab.widgets.collapse_lab.view import collapse_lab_view
from smwm_lab.worlds import WORLDS, make_world


LIMIT_S = 120


def first(session: CollapseLabSession, count: int) -> list:
    return list(itertools.islice(session.readings(period_s=0), count))


@pytest.fixture(scope="module")
def trained() -> tuple[CollapseLabSession, list]:
    """A run with a change of lambda, a few readings long."""
    session = CollapseLabSession(CollapseLabConfig(world="distractor"))
    work = session.readings(period_s=0)
    readings = [next(work) for _ in range(3)]
    session.set_strength(0.0)
    return session, [*readings, next(work), next(work)]


@pytest.mark.parametrize(
    ("name", "strength", "weights"),
    [
        ("inverse", 10.0, {"forward": 1.0, "inverse": 10.0, "inverse_probe": 0.0}),
        ("inverse", 0.0, {"forward": 1.0, "inverse": 0.0, "inverse_probe": 1.0}),
        ("vicreg", 2.0, {"forward": 1.0, "variance": 2.0, "covariance": 0.08, "inverse_probe": 1.0}),
        ("ema_target", 0.0, {"forward_ema": 1.0, "inverse_probe": 1.0}),
    ],
)
def test_lambda_reaches_the_terms_it_should(name, strength, weights):
    assert REGULARISERS[name].weights(strength) == weights


@pytest.mark.parametrize("name", REGULARISERS)
def test_every_regulariser_trains(name):
    session = CollapseLabSession(
        CollapseLabConfig(world="single_dot", regulariser=name, strength=REGULARISERS[name].usual)
    )
    last = first(session, 2)[-1]
    assert last.transitions == 256 and math.isfinite(last.inverse_over_variance) and math.isfinite(last.forward_loss)


@pytest.mark.parametrize("world", WORLDS)
def test_sheets_show_every_world_and_stay_inside_it(world):
    made = make_world(world)
    sheets = sheets_of_states(made)
    for name, states in sheets.items():
        assert made.observe(states).shape[0] == SIDE**2
        moving = [c for c, column in enumerate(states.unbind(1)) if len(column.unique()) > 1]
        assert len(moving) == 2, f"only {name} moves"


def test_readings_of_one_model_do_not_spin(trained):
    session, _ = trained
    monitor = Monitor(session.loop.split)
    before = monitor.look(session.loop.model)
    again = monitor.look(session.loop.model)
    for name, sheet in before.sheets.items():
        assert np.allclose(again.sheets[name], sheet, atol=1e-6)


def test_a_probe_is_measured_as_often_as_asked(trained):
    session, _ = trained
    monitor = Monitor(session.loop.split, probe_every=2)
    looks = [monitor.look(session.loop.model) for _ in range(3)]
    assert looks[1].spectrum is looks[0].spectrum and looks[2].spectrum is not looks[1].spectrum


class Unhurried:
    """A training loop that trains nothing: only the clock matters."""

    def __init__(self, session: CollapseLabSession) -> None:
        self.model = session.loop.model

    def __iter__(self):
        for step in itertools.count():
            losses = {"forward": 1.0, "inverse_probe": 1.0}
            yield Snapshot(step, 32 * step, float(step), losses, weights={}, finished=False)


@pytest.mark.parametrize(
    ("tick_s", "period_s", "due"),
    [(0.25, 3.0, [0, 11, 22]), (0.125, 0.1, [0, 9, 18]), (0.25, 0.1, [0, 7, 14, 21])],
    ids=["the period passes", "slow: a tenth of the time", "very slow: every two seconds"],
)
def test_readings_come_when_they_are_due(tick_s, period_s, due):
    """The clock moves by one tick whenever it is asked: before each chance, and after each reading."""
    ticks = itertools.count(0, tick_s)
    session = CollapseLabSession(CollapseLabConfig(world="single_dot"))
    session.loop = Unhurried(session)
    work = session.readings(period_s=period_s, clock=lambda: next(ticks))
    came = [reading is not None for reading in itertools.islice(work, 24)]
    assert [i for i, reading in enumerate(came) if reading] == due


class Rising(Unhurried):
    """Loss k at chance k."""

    def __iter__(self):
        for snapshot in super().__iter__():
            yield dataclasses.replace(snapshot, losses={"forward": float(snapshot.step)})


def test_the_losses_of_a_reading_are_those_since_the_one_before():
    """Readings at chances 0, 11 and 22: the means of 0, of 1 to 11 and of 12 to 22."""
    ticks = itertools.count(0, 0.25)
    session = CollapseLabSession(CollapseLabConfig(world="single_dot"))
    session.loop = Rising(session)
    work = session.readings(period_s=3.0, clock=lambda: next(ticks))
    losses = [reading.forward_loss for reading in itertools.islice(work, 24) if reading is not None]
    assert losses == [0.0, 6.0, 17.0]


def test_a_reading_tells_where_the_run_stands(trained):
    session, readings = trained
    assert [r.transitions for r in readings] == [0, 256, 512, 768, 1024]
    assert [r.strength for r in readings] == [10, 10, 10, 0, 0]
    assert session.hidden == ("green", "green_x", "green_y")
    assert set(readings[0].monitor_reading.r2) == {"red", "green"}


def test_a_model_collapses_at_0_and_recovers_at_10():
    """About 8,000 transitions; from the untrained model, which collapses fastest."""
    session = CollapseLabSession(CollapseLabConfig(world="single_dot", strength=0.0))
    work = session.readings(period_s=0)
    collapsed = next(r for r in work if r.transitions >= 2048)
    assert collapsed.monitor_reading.total_variance < 2e-3 and collapsed.inverse_over_variance > 0.9
    session.set_strength(10.0)
    recovered = next(r for r in work if r.inverse_over_variance < 0.3 or r.transitions >= 12_000)
    assert recovered.transitions < 12_000 and recovered.monitor_reading.total_variance > 1


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"world": "moon"}, "world = 'moon' is unknown"),
        ({"regulariser": "hope"}, "regulariser = 'hope' is unknown"),
        ({"seed": -1}, "seed = -1 is out of range"),
        ({"strength": float("nan")}, "lambda = nan is out of range"),
        ({"learning_rate": 0.0}, "learning rate = 0.0 is out of range"),
    ],
)
def test_bad_settings_are_refused(settings, message):
    with pytest.raises(InputError, match=re.escape(message)):
        CollapseLabConfig(**settings)


def test_the_figure_shows_the_readings(trained):
    session, readings = trained
    lab = CollapseLab()
    lab.session, lab.readings = session, readings
    view = lab.view()
    figure = collapse_lab_figure(lab.view(1))
    update_collapse_lab_figure(figure, view)
    shown = {trace.meta: trace for trace in figure.data}
    assert shown["alarm"].x.tolist() == [0, 256, 512, 768, 1024]
    assert np.allclose(np.stack([shown["nodes red"].x, shown["nodes red"].y], 1), view.sheets["red"])
    assert list(shown["changes"].text) == ["λ = 10", "λ = 0"] and shown["changes"].x.tolist() == [0, 768]
    assert np.allclose(shown["spectrum"].y, view.spectrum[:10].clip(1e-9))
    assert shown["r2 green"].line.dash == "dash" and shown["r2 red"].line.dash == "solid"
    axes = {ax.get_title(loc="left") or ax.get_title(): ax for ax in plot_collapse_lab(view).axes}
    drawn = axes["total variance"].lines[0].get_ydata()
    assert np.allclose(drawn, [r.monitor_reading.total_variance for r in readings])
    lab.close()


def test_colours_mean_what_they_say(trained):
    """A dot has the colour that stands for it, in the figure and in its static twin; nothing else has one."""
    session, readings = trained
    view = collapse_lab_view(readings, hidden=session.hidden)
    shown = {trace.meta: trace for trace in collapse_lab_figure(view).data}
    plane, *others = plot_collapse_lab(view).axes
    r2 = next(ax for ax in others if "probe" in (ax.get_title(loc="left") or ax.get_title()))
    lines = {line.get_label(): line for line in r2.lines}
    meshes = dict(zip(view.sheets, plane.lines, strict=True))
    for name in ("red", "green"):
        assert shown[f"r2 {name}"].line.color == shown[f"mesh {name}"].line.color == DOTS[name]
        assert lines[name].get_color() == meshes[name].get_color() == DOTS[name]
    assert shown["nodes red"].marker.colorscale[0][1] == DOTS["red"]
    assert shown["nodes green"].marker.color == DOTS["green"]
    assert not {shown[name].line.color for name in ("alarm", "variance")} & set(DOTS.values())
    assert shown["spectrum"].marker.color not in DOTS.values()


def test_what_is_no_dot_has_a_colour_of_its_own():
    lab = CollapseLab(world="sprite_xy")
    view = lab.view()
    colours = [view.colour(name) for name in dict.fromkeys([*view.sheets, *view.r2])]
    assert len(set(colours)) == len(colours) > 1
    assert view.dark_colour(next(iter(view.sheets))) not in colours
    lab.close()


@pytest.fixture
def lab():
    made = CollapseLab(world="single_dot")
    yield made
    made.close()


def wait_for_readings(lab: CollapseLab, count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Train until that many readings were drawn, then pause."""
    drawn = threading.Event()
    draw = lab._draw

    def draw_and_tell(reading: object) -> None:
        draw(reading)
        if len(lab.readings) >= count:
            drawn.set()

    monkeypatch.setattr(lab, "_draw", draw_and_tell)
    lab.toggle.click()
    assert lab.toggle.description == "Pause" and drawn.wait(LIMIT_S)
    lab.toggle.click()


def test_the_lab_starts_pauses_and_goes_on(lab, monkeypatch):
    assert lab.toggle.description == "Start" and "not started" in lab.status.value
    wait_for_readings(lab, 2, monkeypatch)
    assert lab.toggle.description == "Continue"
    count, transitions = len(lab.readings), lab.readings[-1].transitions
    shown = {trace.meta: trace for trace in lab.figure.data}
    assert shown["alarm"].x[-1] == transitions and f"{transitions:,} transitions" in lab.status.value
    lab.strength.value = 0.0
    assert lab.session.loop.objective.weights == {"forward": 1.0, "inverse": 0.0, "inverse_probe": 1.0}
    wait_for_readings(lab, count + 1, monkeypatch)
    assert lab.readings[-1].transitions > transitions and lab.readings[-1].strength == 0.0


def test_training_in_the_foreground_ends_with_a_reading_and_waits_for_its_turn(lab):
    lab.train_until(500)
    lab.strength.value = 0.0
    lab.train_until(700)
    assert [r.transitions for r in lab.readings][-1] == 768
    assert [(r.transitions, r.strength) for r in lab.readings if r.transitions in (512, 768)] == [(512, 10), (768, 0)]
    lab.start()
    with pytest.raises(InputError, match="training runs already"):
        lab.train_until(10_000)
    lab.pause()


def test_every_control_moves_over_its_range(lab):
    for _, strength in lab.strength.options:
        lab.strength.value = strength
        assert lab.session.strength == strength
    for _, name in reversed(lab.regulariser.options):
        lab.regulariser.value = name
        assert lab.session.config.strength == lab.strength.value == REGULARISERS[name].usual
        assert lab.strength.disabled == (not REGULARISERS[name].scaled)
    for world in lab.world.options:
        lab.world.value = world
        assert lab.session.config.world == world and not lab.has_error
        assert {trace.meta for trace in lab.figure.data} > {f"nodes {name}" for name in lab.view().sheets}


def test_bad_settings_land_in_the_status_line(lab):
    run = lab.session
    lab.seed.value = -1
    assert "seed = -1 is out of range" in lab.status.value and lab.has_error and lab.session is run
    lab.seed.value = 3
    assert not lab.has_error and lab.session.config.seed == 3
    lab.rate.value = 7.0
    assert "learning rate = 7.0 is out of range" in lab.status.value


def test_a_failed_training_lands_in_the_status_line(lab):
    with torch.no_grad():
        lab.session.loop.model.encoder.head.bias.fill_(float("nan"))
    lab.start()
    lab._background.join(LIMIT_S)
    assert re.search(r"error: step \d+: the loss term forward is nan", lab.status.value)
    assert lab.toggle.disabled
    with pytest.raises(InputError, match="this run has ended"):
        lab.train_until(2000)
    failed = lab.session
    lab.reset.click()
    assert not lab.has_error and lab.toggle.description == "Start" and not lab.toggle.disabled
    lab._show_failure((failed, ValueError("late news of the run before")))
    assert not lab.has_error and not lab.toggle.disabled


def test_without_anything_to_weigh_lambda_cannot_be_moved():
    lab = CollapseLab(world="single_dot", regulariser="none")
    assert lab.strength.disabled
    lab.close()


def test_a_closed_lab_trains_no_longer():
    lab = CollapseLab(world="single_dot")
    background = lab._background
    lab.start()
    lab.close()
    assert background.is_over


def test_a_new_run_ends_the_one_before(lab):
    background = lab._background
    lab.start()
    lab.reset.click()
    assert background.is_over and lab.readings[-1].transitions == 0


def test_the_exported_recording_has_the_readings(lab, tmp_path, monkeypatch):
    wait_for_readings(lab, 3, monkeypatch)
    page = lab.to_html(tmp_path / "lab.html").read_text(encoding="utf-8")
    content = json.loads(re.search(r'id="recording">(.*?)</script>', page)[1])
    assert len(content["frames"]) == len(lab.readings)
    assert content["frames"][-1]["text"] == lab.status.value
    place = [trace["meta"] for trace in content["figure"]["data"]].index("alarm")
    assert len(content["frames"][1]["traces"][place]["x"]) == 2
    assert len(page) < 5_000_000
