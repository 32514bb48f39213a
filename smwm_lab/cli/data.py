"""`smwm-lab data`: recordings of others, what is in them and what they are good for; and recording anew."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from smwm_lab.cli.options import AS_JSON, SEED
from smwm_lab.cli.output import print_json, say, show
from smwm_lab.errors import check


if TYPE_CHECKING:
    from smwm_lab.data.recordings import Recording
    from smwm_lab.data.recordings.quality import RecordingReport


DROP_SHORT = click.option("--drop-short", is_flag=True, help="Leave episodes of a single row out.")


@click.group("data")
def command() -> None:
    """Recordings: inspect FILE, check FILE, convert SRC DST.h5, collect ENV.

    FILE is .h5 or .hdf5 in LeWM's layouts, .npz, a folder of .npy, or minari:DATASET.
    """


@command.command("inspect")
@click.argument("file", metavar="FILE")
@click.option("--sheet", type=Path, metavar="PNG", help="Write a contact sheet of some episodes there.")
@DROP_SHORT
@AS_JSON
def inspect(file: str, sheet: Path | None, drop_short: bool, as_json: bool) -> None:
    """Say what is in a recording: rows, episodes, observations, actions, states, and what was left out."""
    from smwm_lab.data.recordings import open_recording
    from smwm_lab.data.recordings.summary import summarise

    check(sheet is None or sheet.suffix.lower() == ".png", f"--sheet {sheet}; allowed: a name that ends in .png")
    recording = open_recording(file, drop_short=drop_short)
    facts = summarise(recording)
    if sheet is not None:
        _write_sheet(recording, sheet)
        facts["sheet"] = str(sheet)
    show(facts if as_json else _for_people(facts), as_json)


def _write_sheet(recording: "Recording", sheet: Path) -> None:
    from matplotlib import rc_context

    from smwm_lab.files import write_bytes
    from smwm_lab.viz.png import figure_png
    from smwm_lab.viz.recordings import plot_contact_sheet
    from smwm_lab.viz.theme import use_theme

    with rc_context():
        use_theme()
        write_bytes(sheet, figure_png(plot_contact_sheet(recording)))


def _for_people(facts: dict[str, Any]) -> dict[str, Any]:
    """Return facts as lines of text."""
    lengths = facts["lengths"]
    told = {
        "source": facts["source"],
        "observations": f"{facts['kind']} {' x '.join(map(str, facts['size']))}, {facts['dtype']}",
        "rows": f"{facts['rows']:,} in {facts['episodes']:,} episodes",
        "lengths": f"{lengths['min']} to {lengths['max']}, median {lengths['median']:g}",
        "rate": "unknown" if facts["rate_hz"] is None else f"{facts['rate_hz']:g} rows per second",
    }
    told |= {f"action {name}": _span(span) for name, span in facts["actions"].items()}
    told |= {f"state {name}": _span(span) for name, span in facts["states"].items()}
    told |= {"states": "none"} if not facts["states"] else {}
    told |= {"left out": ", ".join(facts["left_out"])} if facts["left_out"] else {}
    told |= {"made": ", ".join(f"{key} {value}" for key, value in facts["made"].items())} if facts["made"] else {}
    return told | ({"sheet": facts["sheet"]} if "sheet" in facts else {})


def _span(span: dict[str, Any]) -> str:
    if span["low"] is None:
        return "no number"
    return f"{span['low']:.4g} to {span['high']:.4g} {span.get('unit', '')}".rstrip()


@command.command("collect")
@click.argument("environment", metavar="ENV")
@click.option("--episodes", type=int, required=True, help="How many there shall be in the file.")
@click.option(
    "--out", type=Path, metavar="FILE", required=True, help="A name that ends in .h5; continued if it exists."
)
@click.option("--max-steps", default=200, show_default=True, help="Steps of an episode at most.")
@click.option("--side", default=64, show_default=True, help="Side of the images, px.")
@click.option("--every", type=int, help="Steps in a row of the file; of a simulator those of one action of a model.")
@click.option("--near-home", type=float, help="Of a simulator: the share of all starts, nearest to its home pose.")
@SEED
@AS_JSON
def collect_command(
    environment: str,
    episodes: int,
    out: Path,
    max_steps: int,
    side: int,
    every: int | None,
    near_home: float | None,
    seed: int,
    as_json: bool,
) -> None:
    """Record episodes of ENV: a gymnasium id, module:id, a simulator, or a world such as single_dot.

    Simulators are reacher and module:Class. Actions are random, unless a simulator has a policy of its own. What was
    interrupted goes on with the same call.
    """
    from smwm_lab.data.recordings import collect, open_recording
    from smwm_lab.environments import may_name_simulator

    simulated = near_home is None or may_name_simulator(environment)
    check(simulated, f"--near-home {near_home} is for simulators, and {environment} is none; leave it out")
    options = None if near_home is None else {"near_home": near_home}
    how: dict[str, Any] = {"max_steps": max_steps, "side": side, "seed": seed, "every": every, "options": options}
    path = collect(environment, out, episodes=episodes, **how)
    _tell_file(open_recording(path), as_json)


@command.command("convert")
@click.argument("source", metavar="SRC")
@click.argument("target", metavar="DST.h5", type=Path)
@DROP_SHORT
@AS_JSON
def convert(source: str, target: Path, drop_short: bool, as_json: bool) -> None:
    """Write the recording SRC as HDF5 in LeWM's layout, whole or not at all."""
    from smwm_lab.data.recordings import open_recording, write_recording

    path = write_recording(open_recording(source, drop_short=drop_short), target, progress=True)
    _tell_file(open_recording(path), as_json)


def _tell_file(recording: "Recording", as_json: bool) -> None:
    facts = {"file": recording.source, "rows": len(recording), "episodes": len(recording.episodes)}
    show(facts, as_json)


@command.command("check")
@click.argument("file", metavar="FILE")
@click.option("--steps", default=4000, show_default=True, help="Steps that are looked at, at most.")
@click.option("--strict", is_flag=True, help="Exit with status 1 if there are warnings.")
@DROP_SHORT
@SEED
@AS_JSON
def check_command(file: str, steps: int, strict: bool, drop_short: bool, seed: int, as_json: bool) -> None:
    """Say what a recording is good for: coverage, dead columns, frames twice, what two frames tell of the action."""
    from smwm_lab.data.recordings import judge_recording, open_recording, shared_frames, split_by_episode

    recording = open_recording(file, drop_short=drop_short)
    found = judge_recording(recording, most_steps=steps, seed=seed)
    shared = None if len(recording.episodes) < 2 else shared_frames(split_by_episode(recording, seed=seed))
    warnings = found.warnings()
    if shared is not None and shared > 0.5:
        warnings.append(f"{shared:.0%} of the held-out frames occur in training too: held-out results say little")
    if as_json:
        print_json(_facts(found, shared, warnings))
    else:
        _tell_report(found, shared, warnings)
    if strict and warnings:
        sys.exit(1)


def _facts(found: "RecordingReport", shared: float | None, warnings: list[str]) -> dict[str, Any]:
    """Return a report as JSON values: None where there is no number."""
    return {
        "actions": _records(found.actions),
        "states": _records(found.states),
        "told": None if found.told != found.told else found.told,
        "dead": list(found.dead),
        "still": found.still,
        "repeated": found.repeated,
        "shared": shared,
        "rows_read": found.rows_read,
        "warnings": warnings,
    }


def _records(table: Any) -> dict[str, dict[str, float | None]]:
    rows = table.to_dict(orient="index")
    return {name: {key: value if value == value else None for key, value in row.items()} for name, row in rows.items()}


def _tell_report(found: "RecordingReport", shared: float | None, warnings: list[str]) -> None:
    say(found.actions.round(3).to_string())
    if len(found.states):
        say("\n" + found.states.round(3).to_string())
    share = "an unknown share" if found.told != found.told else f"{found.told:.2f}"
    show(
        {
            "told": f"{share} of the actions' variance, at least, by two frames (R2 on held-out episodes)",
            "still": f"{found.still:.1%} of the steps change nothing",
            "repeated": f"{found.repeated:.1%} of the other frames occur twice",
            "shared": "one episode, none to hold out"
            if shared is None
            else f"{shared:.1%} of held-out frames in training",
            "frames read": found.rows_read,
        },
        as_json=False,
    )
    for line in warnings:
        say(f"warning: {line}")
