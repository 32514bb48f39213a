"""`smwm-lab live`: a page on which trained models of a world compute in the browser, without a kernel."""

from pathlib import Path

import click

from smwm_lab.cli.options import AS_JSON, PRESET, SEED, WORLD
from smwm_lab.cli.output import show


@click.command("live")
@WORLD
@click.option("--out", type=Path, metavar="FILE", help="The page; WORLD_live.html in the current folder by default.")
@PRESET
@SEED
@AS_JSON
def command(world: str, out: Path | None, preset: str, seed: int, as_json: bool) -> None:
    """Write a page on which models of WORLD compute: SMWM, the same without the inverse term, and SIGReg instead.

    What is not on disk is trained first. The page is one file that loads nothing and works without a kernel.
    """
    from smwm_lab.files import check_writable
    from smwm_lab.live import live_configs, live_page, load_runs

    path = Path(f"{world.replace(':', '_')}_live.html") if out is None else out
    configs = live_configs(world, preset, seed=seed)
    check_writable(path.absolute().parent, "out")
    made = live_page(world, load_runs(configs), path, seed=seed)
    facts = {"world": world, "preset": preset, "seed": seed, "page": str(made.path), "bytes": made.num_bytes}
    show(facts | {"spread": made.spread, "runs": list(made.runs)}, as_json)
