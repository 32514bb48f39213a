"""`smwm-lab train`: train a world model and report what its latent kept."""

from pathlib import Path
from typing import Any

import click

from smwm_lab.cli.options import AS_JSON, DEVICE, PRESET, SEED, STRICT, WORLD
from smwm_lab.cli.output import show


@click.command("train")
@WORLD
@PRESET
@click.option("--inverse-weight", default=10.0, show_default=True, help="Weight of the inverse term; 0 collapses.")
@SEED
@click.option("--budget", type=int, help="Transitions to see, instead of the preset's.")
@click.option("--frameskip", type=int, help="Of a recording: recorded steps in one action of the model; 1 by default.")
@click.option("--side", type=int, help="Of a recording: side of the images, px; their own up to 96, else 64.")
@click.option(
    "--episodes",
    type=int,
    help="Of an environment: how many are recorded first; 200 by default, of a simulator its own number.",
)
@click.option("--encoder", help="conv, mlp, series or package.module:Class; by what is observed if left out.")
@click.option(
    "--history",
    type=int,
    help="Frames that the forward model sees, 1 or more: it is then trained again, behind the frozen encoder.",
)
@click.option(
    "--widening",
    type=float,
    help="Share of the data to start with, where images resemble a typical one: 0.05 for what turns; all by default.",
)
@DEVICE
@click.option("--out", type=Path, help="Run folder; in the cache by default.")
@STRICT
@AS_JSON
def command(
    world: str,
    preset: str,
    inverse_weight: float,
    seed: int,
    budget: int | None,
    frameskip: int | None,
    side: int | None,
    episodes: int | None,
    encoder: str | None,
    history: int | None,
    widening: float | None,
    device: str,
    out: Path | None,
    strict: bool,
    as_json: bool,
) -> None:
    """Train a world model of WORLD, or continue or reload it, and report what its latent kept.

    WORLD is a registered name, package.module:World, a recording (FILE.h5, FILE.npz or a folder of .npy), a simulator
    (reacher, package.module:Class) or the id of a gymnasium environment such as CartPole-v1; the last two are recorded
    first, into the cache.
    """
    from smwm_lab import paths
    from smwm_lab.cli.trained import check_options, config_to_train, finish, run_facts, world_to_learn
    from smwm_lab.training import choose_device, fit, make_objective

    how: dict[str, Any] = {"preset": preset, "history": history, "seed": seed, "budget": budget, "widening": widening}
    how["objective"] = make_objective(inverse_weight)
    check_options(encoder=encoder, **how)
    where = choose_device(device)
    entry = world_to_learn(world, frameskip=frameskip, side=side, episodes=episodes, encoder=encoder, seed=seed)
    config = config_to_train(entry, **how)
    folder = out or paths.cache_dir() / config.fingerprint()
    trained = fit(config, out=folder, device=where, label=f"{entry.name} ({preset})")
    facts = run_facts(trained)
    show({"world": world, "preset": preset, "seed": seed} | facts, as_json)
    finish(trained, facts, strict=strict)
