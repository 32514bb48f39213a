"""`smwm-lab plan`: reach held-out goals with a frozen model, beside floor and ceiling."""

from pathlib import Path
from typing import Any

import click

from smwm_lab.cli.options import AS_JSON, DEVICE, PRESET, WORLD
from smwm_lab.cli.output import say, show
from smwm_lab.errors import check, check_choice


@click.command("plan")
@WORLD
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
@click.option("--run", "run_folder", type=Path, help="A run trained on trajectories, instead of the preset's.")
@click.option(
    "--replan", help="In a simulator: plan (5 actions, all executed, as in the paper) or token (look after each)."
)
@click.option(
    "--history", type=int, help="In a simulator, without --run: frames that the forward model sees; 1 by default."
)
@click.option("--hold", type=int, help="In a simulator: steps in a row at the goal; 1 by default: passing counts.")
@click.option("--manifest", type=Path, help="In a simulator: file of the tasks; drawn and written if it is not there.")
@DEVICE
@AS_JSON
def command(
    world: str,
    planner: str,
    tasks: int,
    goal_offset: int | None,
    preset: str,
    seed: int,
    run_folder: Path | None,
    replan: str | None,
    history: int | None,
    hold: int | None,
    manifest: Path | None,
    device: str,
    as_json: bool,
) -> None:
    """Reach goals in WORLD with the planning run of the preset, trained first if need be; report success.

    WORLD is a registered name or package.module:World, or a simulator (reacher, package.module:Class); there a run is
    one that was trained on a recording of it, made and trained first if need be, and tasks lie in a manifest.
    """
    from smwm_lab.environments import names_simulator

    if names_simulator(world):
        from smwm_lab.cli.simulated import plan_in

        check(goal_offset in (None, 25), f"--goal-offset {goal_offset}: goals in simulators lie 25 steps away")
        where: Any = {"run_folder": run_folder, "manifest": manifest, "device": device}
        where |= {"preset": preset, "history": history, "hold": 1 if hold is None else hold}
        show(plan_in(world, planner=planner, replan=replan, tasks=tasks, seed=seed, **where), as_json)
        return
    for name, value in (("replan", replan), ("history", history), ("hold", hold), ("manifest", manifest)):
        check(value is None, f"--{name} {value} is for simulators, and {world} is none; leave it out")
    _plan(world, planner, tasks, goal_offset, preset, seed, run_folder, device, as_json)


def _plan(
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
    """Plan in a world of this project, and show the report."""
    from smwm_lab.cli.trained import config_to_plan_with
    from smwm_lab.planning.control.tasks import held_out_tasks
    from smwm_lab.planning.evaluation.evaluate import evaluate
    from smwm_lab.planning.planners.registry import NEED_TRAJECTORIES, PLANNERS
    from smwm_lab.seeding import generator
    from smwm_lab.training import choose_device, draw_windows, load_or_fit, load_run

    check_choice("planner", planner, PLANNERS)
    where = choose_device(device)
    config = config_to_plan_with(world, preset, seed, run_folder)
    split = config.make_split()
    goals = held_out_tasks(
        split,
        tasks,
        goal_offset=split.world.goal_offset if goal_offset is None else goal_offset,
        episode_length=config.episode_length,
        generator=generator(seed, "planning tasks"),
    )
    label = f"{world} ({preset}, trajectories)"
    trained = load_run(run_folder, device=where) if run_folder else load_or_fit(config, device=where, label=label)
    trajectories = draw_windows(config) if planner in NEED_TRAJECTORIES else None
    measured = evaluate(planner, trained.model, goals, trajectories=trajectories, seed=seed)
    say(repr(measured))
    show({"world": world, "preset": preset, "seed": seed} | measured.to_dict() | {"run": str(trained.path)}, as_json)
