"""Simulators behind the commands. It imports torch, so a command imports it when it is called."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from smwm_lab.cli.output import say
from smwm_lab.cli.trained import check_options, config_to_train, world_to_learn
from smwm_lab.data.recordings import RecordedWorld, Recording
from smwm_lab.environments import simulator_class
from smwm_lab.environments.world import SimulatedWorld, simulated_entry
from smwm_lab.errors import check, check_count
from smwm_lab.paths import cache_dir
from smwm_lab.planning.control.manifest import BUDGET, TaskManifest, manifest_at
from smwm_lab.planning.evaluation.simulated import SimulatedProtocol, evaluate_simulated
from smwm_lab.training import Run, choose_device, load_or_fit, load_run
from smwm_lab.worlds import make_world


def plan_in(
    name: str,
    *,
    planner: str,
    replan: str | None,
    tasks: int,
    seed: int,
    preset: str,
    history: int | None,
    hold: int,
    run_folder: Path | None,
    manifest: Path | None,
    device: str,
) -> dict[str, Any]:
    """Return what `plan` prints of a simulator: the report, the protocol, and where its tasks are.

    Without a run one is recorded and trained, whose forward model sees `history` frames (1 if None).
    """
    simulator_class(name)
    check_count("hold", hold, 1, BUDGET, "steps in a row, within the budget")
    protocol = SimulatedProtocol.of(planner, replan)
    if run_folder is None:
        trained = _trained(name, preset, seed, 1 if history is None else history, device)
    else:
        check(history is None, f"--history {history} is for a run that is trained here; leave it out beside --run")
        trained = load_run(run_folder, device=choose_device(device))
    world = world_of_run(trained, name)
    chosen, path = _manifest(name, tasks, seed, manifest)
    goals = replace(chosen.tasks(world, tasks), hold=hold)
    measured = evaluate_simulated(protocol, trained.model, goals, seed=seed)
    say(f"{protocol.to_dict(goals)['label']}")
    say(repr(measured))
    used = {"preset": preset if run_folder is None else None, "history": 1 + trained.model.past_frames}
    facts = {"world": name, "seed": seed} | used | measured.to_dict() | {"run": str(trained.path)}
    return facts | {"protocol": protocol.to_dict(goals), "manifest": {"file": str(path), "hash": chosen.hash}}


def _trained(name: str, preset: str, seed: int, history: int, device: str) -> Run:
    """Return the run of a preset on a recording of a simulator, both made if they are not in the cache."""
    how: dict[str, Any] = {"preset": preset, "history": history, "seed": seed}
    check_options(**how)
    where = choose_device(device)
    entry = world_to_learn(name, frameskip=None, side=None, episodes=None, encoder=None, seed=seed)
    label = f"{name} ({preset}, {history} frame{'s' if history > 1 else ''})"
    return load_or_fit(config_to_train(entry, **how), device=where, label=label)


def world_of_run(trained: Run, name: str) -> SimulatedWorld:
    """Return the simulator that a run's recording was made in, seen as the run sees it.

    Raises `InputError` for a run of anything else, and for one whose actions are scaled in another way.
    """
    learned = make_world(trained.config.world)
    recording = learned.recording if isinstance(learned, RecordedWorld) else None
    made_in = None if recording is None else recording.made.get("environment")
    check(
        recording is not None and made_in == name,
        f"run {trained.path} was trained on {made_in or 'no recording of a simulator'}, not on a recording of {name}; "
        "use a run of its own",
    )
    assert recording is not None and isinstance(learned, RecordedWorld)
    drawn, seen = recording.made.get("side"), learned.config.side
    check(
        drawn == seen,
        f"run {trained.path} sees frames of {drawn} px averaged to {seen}, {name} would be drawn at {seen}; record it "
        f"at the side it is seen at: smwm-lab data collect {name} --side {seen}",
    )
    whole = set(learned.config.action_low) == {-1.0} and set(learned.config.action_high) == {1.0}
    check(
        whole,
        f"run {trained.path} scales actions by what was seen, not by their range of -1 to 1; record {name} anew and "
        "train on that",
    )
    entry = simulated_entry(name, side=learned.config.side, frameskip=_steps_per_action(recording, learned))
    made = make_world(entry.config)
    assert isinstance(made, SimulatedWorld)
    return made


def _steps_per_action(recording: Recording, learned: RecordedWorld) -> int:
    return learned.frameskip * int(recording.made.get("every", 1))


def _manifest(name: str, tasks: int, seed: int, given: Path | None) -> tuple[TaskManifest, Path]:
    """Return the manifest of a file, or that of the cache, made if it is not there; tell of other versions."""
    plain = "".join(letter if letter.isalnum() else "_" for letter in name)
    path = given or cache_dir() / "manifests" / f"{plain}-{tasks}-{seed}.json"
    if not path.exists():
        say(f"drawing {tasks} tasks in {name} into {path}")
    found = manifest_at(path, name, tasks, seed=seed)
    now = simulator_class(name).facts.versions() if found.environment == name else found.versions
    other = {key: version for key, version in found.versions.items() if now.get(key) != version}
    if other:
        told = ", ".join(f"{key} {version}, now {now.get(key)}" for key, version in other.items())
        say(f"warning: the tasks were drawn with other versions ({told}): goals may not be reachable exactly")
    return found, path
