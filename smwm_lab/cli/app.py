"""`smwm-lab app`: the widgets as a web page, to this machine only."""

import click

from smwm_lab.cli.options import PRESET, SEED
from smwm_lab.cli.output import say
from smwm_lab.errors import check_choice, check_range
from smwm_lab.extras import require


@click.command("app")
@PRESET
@SEED
@click.option("--port", default=8866, show_default=True, help="Port of 127.0.0.1.")
@click.option("--browser/--no-browser", default=True, show_default=True, help="Open the page in a browser.")
def command(preset: str, seed: int, port: int, browser: bool) -> None:
    """Serve the widgets as a web page, to this machine only, until Ctrl-C."""
    require("app", "voila")
    from smwm_lab.runner.app import serve_app
    from smwm_lab.training import PRESETS

    check_choice("preset", preset, PRESETS)
    check_range("seed", seed, 0, 2**63 - 1)
    check_range("port", port, 1, 65535)
    say(f"http://127.0.0.1:{port}/ shows the widgets; Ctrl-C ends them")
    serve_app(preset=preset, seed=seed, port=port, open_browser=browser)
