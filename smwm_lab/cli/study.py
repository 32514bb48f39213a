"""`smwm-lab study`: a table over several seeds."""

from pathlib import Path

import click

from smwm_lab.cli.options import PRESET
from smwm_lab.cli.output import say
from smwm_lab.paths import require_checkout


@click.command("study")
@click.argument("name")
@PRESET
@click.option("--seeds", default=5, show_default=True, help="Seeds of training, tasks and planning.")
@click.option("--tasks", default=100, show_default=True, help="Held-out start-goal pairs per seed and distance.")
@click.option("--budget", type=int, help="Transitions every run sees, instead of the preset's.")
@click.option("--out", type=Path, help="CSV file; data/studies/NAME.csv by default.")
def command(name: str, preset: str, seeds: int, tasks: int, budget: int | None, out: Path | None) -> None:
    """Do a study: two_room_horizon, two_room_regularisers, two_room_weights (planning); single_dot_trials,
    single_dot_baselines, distractor_controls. Long, but it can be resumed."""
    if out is None:
        require_checkout("smwm-lab study without --out")
    from smwm_lab.studies.registry import run_study
    from smwm_lab.studies.tables import StudySize, means_over_seeds, study_path

    size = StudySize(preset=preset, seeds=seeds, tasks=tasks, budget=budget)
    rows = run_study(name, size, path=out)
    say(means_over_seeds(rows).round(3).to_string())
    say(f"means over seeds; every row is in {out or study_path(name)}")
