"""`smwm-lab app`: the widgets as a web page, to this machine only."""

import click

from smwm_lab.cli.options import PRESET, SEED
from smwm_lab.cli.output import say
from smwm_lab.errors import check, check_choice, check_range
from smwm_lab.extras import require


@click.command("app")
@PRESET
@SEED
@click.option("--port", default=8866, show_default=True, help="Port of 127.0.0.1.")
@click.option("--browser/--no-browser", default=True, show_default=True, help="Open the page in a browser.")
@click.option("--token", metavar="TEXT", help="Token of the page's address, instead of a random one.")
@click.option("--no-token", is_flag=True, help="Admit every program and user of this machine, as behind a login.")
def command(preset: str, seed: int, port: int, browser: bool, token: str | None, no_token: bool) -> None:
    """Serve the widgets as a web page, to this machine only, until Ctrl-C.

    The printed address carries a token, new at every start; without it nothing is served.
    """
    require("app", "voila")
    from smwm_lab.runner.app import serve_app
    from smwm_lab.runner.app_access import app_address, check_token, new_token
    from smwm_lab.training import PRESETS

    check_choice("preset", preset, PRESETS)
    check_range("seed", seed, 0, 2**63 - 1)
    check_range("port", port, 1, 65535)
    check(not (no_token and token is not None), "--token and --no-token exclude each other; give one of them")
    check(token != "", "token = '' is no token; give one, or ask for none with --no-token")
    chosen = "" if no_token else new_token() if token is None else token
    check_token(chosen)
    say(f"{app_address(port, chosen)} shows the widgets; Ctrl-C ends them")
    if no_token:
        say("no token: every program and user of this machine can open it and run code")
    serve_app(preset=preset, seed=seed, port=port, token=chosen, open_browser=browser)
