"""The site, built once for tests: as `make site` builds it, with small widgets."""

import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from smwm_lab.live import configs_at_hand, live_configs, live_page, load_runs
from smwm_lab.paths import ROOT
from smwm_lab.widgets import export_widget


def build_site(folder: Path, *, widgets: Iterable[str], live: Iterable[str]) -> Path:
    """Build the site below a folder and return where it is; a warning of mkdocs fails the test.

    widgets: names in the gallery, made at preset smoke. live: worlds whose live pages are made of the runs at hand.
    """
    pages, site = folder / "pages", folder / "site"
    pages.mkdir()
    for name in widgets:
        export_widget(name, pages / f"{name}.html", preset="smoke")
    for world in live:
        live_page(world, load_runs(configs_at_hand(live_configs(world))), pages / f"live_{world}.html")
    command = [sys.executable, "website/build.py", "--out", str(site), "--pages", str(pages)]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=900)
    assert done.returncode == 0, done.stderr[-3000:]
    assert "WARNING" not in done.stdout + done.stderr
    return site
