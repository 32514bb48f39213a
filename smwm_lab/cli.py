"""The command line `smwm-lab`, also `python -m smwm_lab`.

With --json one object goes to stdout and nothing else; everything for people goes to stderr.
Exit status: 0 success, 2 bad arguments or input, 1 failure.
"""

import json
import sys
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from smwm_lab.errors import InputError, NonFiniteLoss, check, check_choice, check_range


AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON object on stdout.")
PRESET = click.option("--preset", default="quick", show_default=True, help="smoke (seconds), quick, paper (a GPU).")


@click.group()
def app() -> None:
    """Train, probe and teach Sensorimotor World Models (arXiv 2606.20104)."""


@app.command()
@click.argument("notebooks", nargs=-1)
@PRESET
@click.option("--out", type=Path, default=Path("out/run"), show_default=True, help="Folder for all that is written.")
@click.option("--figures", type=Path, help="Folder for the figures; OUT/figures by default.")
@click.option("-p", "parameter", multiple=True, metavar="NAME=VALUE", help="A parameter of the notebooks; repeatable.")
@click.option("--jobs", default=1, show_default=True, help="Notebooks executed at once.")
@click.option("--timeout", default=900, show_default=True, help="Seconds one cell may take; raise it for paper.")
@click.option("--resume", is_flag=True, help="Skip what is complete and unchanged.")
@click.option("--in-place", is_flag=True, help="Rewrite the notebooks themselves, with their own parameters.")
def run(
    notebooks: tuple[str, ...],
    preset: str,
    out: Path,
    figures: Path | None,
    parameter: tuple[str, ...],
    jobs: int,
    timeout: int,
    resume: bool,
    in_place: bool,
) -> None:
    """Execute NOTEBOOKS headlessly (names such as 02; all by default): notebooks, HTML pages, index, figures.

    A run of all of them also writes the widgets as pages that work without a kernel.
    """
    from smwm_lab.runner import execute_in_place, gallery_pages, run_notebooks
    from smwm_lab.training import PRESETS

    values: dict[str, object] = {"preset": preset} | _parse_parameters(parameter)
    check_choice("preset", str(values["preset"]), PRESETS)
    seed = values.get("seed", 0)
    check(type(seed) is int, f"seed = {seed!r} is no whole number; allowed: 0 to {2**63 - 1}")
    check_range("seed", seed, 0, 2**63 - 1)
    if in_place:
        _refuse_beside_in_place("out", "figures", "jobs", "resume")
        done = execute_in_place(notebooks or None, parameters=values, timeout_s=timeout, echo=_say)
    else:
        done = run_notebooks(
            notebooks or None,
            out=out,
            parameters=values,
            figures=figures,
            jobs=jobs,
            resume=resume,
            timeout_s=timeout,
            widget_pages=[] if notebooks else gallery_pages(values),
            echo=_say,
        )
    _say(str(done))
    sys.exit(0 if done.ok else 1)


@app.command()
@click.argument("world")
@PRESET
@click.option("--inverse-weight", default=10.0, show_default=True, help="Weight of the inverse term; 0 collapses.")
@click.option("--seed", default=0, show_default=True, help="Root of all random streams.")
@click.option("--budget", type=int, help="Transitions to see, instead of the preset's.")
@click.option("--device", default="auto", show_default=True, help="auto, cpu, cuda or cuda:N.")
@click.option("--out", type=Path, help="Run folder; in the cache by default.")
@AS_JSON
def train(
    world: str,
    preset: str,
    inverse_weight: float,
    seed: int,
    budget: int | None,
    device: str,
    out: Path | None,
    as_json: bool,
) -> None:
    """Train a world model of WORLD, or continue or reload it, and report what its latent kept."""
    from smwm_lab import paths
    from smwm_lab.training import choose_device, fit, make_objective, preset_config

    config = preset_config(world, preset, objective=make_objective(inverse_weight), seed=seed, budget=budget)
    folder = out or paths.cache_dir() / config.fingerprint()
    trained = fit(config, out=folder, device=choose_device(device), label=f"{world} ({preset})")
    _show({"world": world, "preset": preset, "seed": seed} | _facts(trained), as_json)


@app.command()
@click.argument("world")
@click.option(
    "--planner",
    default="cem",
    show_default=True,
    help="cem, icem, mppi, gradient, shooting, inverse, additive, landmarks, random or oracle.",
)
@click.option("--tasks", default=100, show_default=True, help="Held-out start-goal pairs.")
@click.option(
    "--goal-offset",
    type=int,
    help="Primitive steps from start to goal in an episode; in two_room 25, elsewhere goals lie anywhere by default.",
)
@PRESET
@click.option("--seed", default=0, show_default=True, help="Root of all random streams, of the run too.")
@click.option("--run", "run_folder", type=Path, help="A run trained on walks, instead of the preset's.")
@click.option("--device", default="auto", show_default=True, help="auto, cpu, cuda or cuda:N.")
@AS_JSON
def plan(
    world: str,
    planner: str,
    tasks: int,
    goal_offset: int | None,
    preset: str,
    seed: int,
    run_folder: Path | None,
    device: str,
    as_json: bool,
) -> None:
    """Reach goals in WORLD with the planning run of the preset, trained first if need be; report success."""
    from smwm_lab.planning.control.tasks import held_out_tasks
    from smwm_lab.planning.evaluation.evaluate import evaluate
    from smwm_lab.planning.planners.registry import NEED_TRAJECTORIES, PLANNERS
    from smwm_lab.seeding import generator
    from smwm_lab.training import choose_device, draw_windows, load_or_fit, load_run

    check_choice("planner", planner, PLANNERS)
    where = choose_device(device)
    config = _planning_config(world, preset, seed, run_folder)
    split = _split_of(config)
    goals = held_out_tasks(
        split,
        tasks,
        goal_offset=25 if goal_offset is None and world == "two_room" else goal_offset,
        episode_length=config.episode_length,
        generator=generator(seed, "planning tasks"),
    )
    label = f"{world} ({preset}, walks)"
    trained = load_run(run_folder, device=where) if run_folder else load_or_fit(config, device=where, label=label)
    episodes = draw_windows(config, split) if planner in NEED_TRAJECTORIES else None
    measured = evaluate(planner, trained.model, goals, episodes=episodes, seed=seed)
    _say(repr(measured))
    _show({"world": world, "preset": preset, "seed": seed} | measured.to_dict() | {"run": str(trained.path)}, as_json)


@app.command()
@click.argument("run_folder", metavar="RUN", type=Path)
@AS_JSON
def report(run_folder: Path, as_json: bool) -> None:
    """Print the collapse report of the run in folder RUN."""
    from smwm_lab.training import load_run

    _show(_facts(load_run(run_folder)), as_json)


@app.command()
@AS_JSON
def runs(as_json: bool) -> None:
    """List the runs on disk, shipped and cached."""
    import pandas as pd

    from smwm_lab.training.run_list import runs_on_disk

    rows = runs_on_disk()
    if as_json:
        click.echo(json.dumps({"runs": rows}))
    else:
        table = pd.DataFrame(rows).to_string(index=False)
        _say(table if rows else "no runs yet; `smwm-lab train single_dot` makes one")


@app.command()
@click.argument("names", nargs=-1)
@click.option("--device", default="auto", show_default=True, help="auto, cpu, cuda or cuda:N.")
def ship(names: tuple[str, ...], device: str) -> None:
    """Make the trained runs that come with the project, NAMES or all, where they are missing from data/runs.

    Without NAMES, folders there that are not in the list are removed.
    """
    from smwm_lab.training import choose_device
    from smwm_lab.training.pretrained import remove_unlisted, ship, shipped_configs

    for name in names:
        check_choice("NAMES", name, tuple(shipped_configs()))
    for name in names or shipped_configs():
        _say(f"{name:<22} {ship(name, device=choose_device(device)).path}")
    for folder in [] if names else remove_unlisted():
        _say(f"removed {folder}: no longer in the list")


@app.command("app")
@PRESET
@click.option("--seed", default=0, show_default=True, help="Root of all random streams.")
@click.option("--port", default=8866, show_default=True, help="Port of 127.0.0.1.")
@click.option("--browser/--no-browser", default=True, show_default=True, help="Open the page in a browser.")
def serve(preset: str, seed: int, port: int, browser: bool) -> None:
    """Serve the widgets as a web page, to this machine only, until Ctrl-C."""
    from smwm_lab.runner.app import serve_app
    from smwm_lab.training import PRESETS

    check_choice("preset", preset, PRESETS)
    check_range("seed", seed, 0, 2**63 - 1)
    check_range("port", port, 1, 65535)
    _say(f"http://127.0.0.1:{port}/ shows the widgets; Ctrl-C ends them")
    serve_app(preset=preset, seed=seed, port=port, open_browser=browser)


@app.command()
@click.argument("name", required=False)
@AS_JSON
def bench(name: str | None, as_json: bool) -> None:
    """Measure this machine: side-by-side ratios, all of them or the one called NAME."""
    from smwm_lab.bench import BENCHMARKS
    from smwm_lab.machine import machine_line

    if name is not None:
        check_choice("NAME", name, tuple(BENCHMARKS))
    _say(machine_line())
    results = []
    for key in [name] if name else BENCHMARKS:
        results.append(BENCHMARKS[key]())
        _say(str(results[-1]))
    if as_json:
        click.echo(json.dumps({"machine": machine_line(), "results": [result.to_dict() for result in results]}))


@app.command()
@click.argument("name")
@PRESET
@click.option("--seeds", default=3, show_default=True, help="Seeds of training, tasks and planning.")
@click.option("--tasks", default=100, show_default=True, help="Held-out start-goal pairs per seed and distance.")
@click.option("--budget", type=int, help="Transitions every run sees, instead of the preset's.")
@click.option("--out", type=Path, help="CSV file; data/studies/NAME.csv by default.")
def study(name: str, preset: str, seeds: int, tasks: int, budget: int | None, out: Path | None) -> None:
    """Do a study: NAME is two_room_horizon, two_room_regularisers or two_room_weights; long, but it can be resumed."""
    from smwm_lab.studies.two_room import StudySize, run_study

    size = StudySize(preset=preset, seeds=seeds, tasks=tasks, budget=budget)
    _say(repr(run_study(name, size, path=out)))


def _planning_config(world: str, preset: str, seed: int, run_folder: Path | None) -> Any:
    """Return the configuration of the run to plan with; refuse a run of another world, or one without walks."""
    from smwm_lab.training import load_run, planning_config
    from smwm_lab.worlds import WORLDS

    check_choice("world", world, tuple(WORLDS))
    if run_folder is None:
        return planning_config(world, preset, seed=seed)
    config = load_run(run_folder).config
    check(config.world == WORLDS[world], f"run {run_folder} is of another world than {world}; name its own world")
    check(
        config.source == "walks",
        f"run {run_folder} was trained on pairs, which cover only the middle of the canvas; allowed: a run trained on "
        "walks (leave out --run to train one)",
    )
    return config


def _split_of(config: Any) -> Any:
    """Return which states the run of a configuration never saw."""
    from smwm_lab.data import split_by_state
    from smwm_lab.worlds import make_world

    return split_by_state(make_world(config.world), seed=config.seed, fraction=config.held_out_fraction)


def _facts(trained: Any) -> dict[str, Any]:
    """Return what `train` and `report` print of a run."""
    from smwm_lab.probes import collapse_report

    measured = collapse_report(trained.model, _split_of(trained.config), seed=trained.config.seed)
    _say(repr(measured))
    return {
        "transitions": trained.manifest["transitions"],
        "seconds": trained.manifest["seconds"],
        "device": trained.manifest["device"],
        **measured.to_dict(),
        "run": str(trained.path),
    }


def _show(facts: dict[str, Any], as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(facts))
        return
    width = max(map(len, facts))
    for key, value in facts.items():
        shown = f"{value:.4g}" if isinstance(value, float) else value
        if isinstance(value, dict):
            shown = "  ".join(f"{name} {number:.4f}" for name, number in value.items())
        _say(f"{key:<{width}}  {shown}")


def _refuse_beside_in_place(*options: str) -> None:
    """Raise `InputError` if an option was given that has no meaning with --in-place."""
    context = click.get_current_context()
    given = [f"--{name}" for name in options if context.get_parameter_source(name) is ParameterSource.COMMANDLINE]
    check(not given, f"{', '.join(given)} cannot be combined with --in-place, which rewrites the notebooks themselves")


def _parse_parameters(pairs: tuple[str, ...]) -> dict[str, object]:
    """Return NAME=VALUE pairs with JSON values; text that is not JSON is taken as it is."""
    values: dict[str, object] = {}
    for pair in pairs:
        name, sign, text = pair.partition("=")
        check(bool(sign and name), f"parameter {pair!r} is not of the form NAME=VALUE")
        try:
            values[name] = json.loads(text)
        except ValueError:
            values[name] = text
    return values


def _say(line: str) -> None:
    click.echo(line, err=True)


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and exit with its status; every error a person can cause is one line."""
    try:
        app.main(args=arguments, prog_name="smwm-lab", standalone_mode=False)
    except InputError as error:
        _leave(2, str(error))
    except click.exceptions.NoArgsIsHelpError as error:
        _say(error.format_message())
        sys.exit(2)
    except click.ClickException as error:
        _leave(2, f"{error.format_message()} See smwm-lab --help.")
    except NonFiniteLoss as error:
        _leave(1, str(error))
    except (click.Abort, KeyboardInterrupt):
        _leave(1, "interrupted; what was finished is kept")


def _leave(status: int, message: str) -> None:
    _say(f"smwm-lab: {message}")
    sys.exit(status)
