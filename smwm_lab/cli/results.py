"""`smwm-lab results`: docs/results.md, rendered from the tables that commands left in data/."""

from pathlib import Path

import click

from smwm_lab.cli.output import say


@click.command("results")
@click.option("--out", type=Path, help="Markdown file; docs/results.md by default.")
@click.option(
    "--vouch", is_flag=True, help="Files of data/results were edited on purpose: write their checksums first."
)
def command(out: Path | None, vouch: bool) -> None:
    """Render the page of results from data/results, data/studies, data/reference and docs/results.template.md."""
    from smwm_lab.studies.results import vouch_for_results, write_results

    if vouch:
        vouch_for_results()
    say(f"wrote {write_results(out)}")
