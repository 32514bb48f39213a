"""A browser on this machine."""

import os
import shutil
from pathlib import Path

from smwm_lab.doctor.finding import Finding, ok, warn


COMMANDS = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "microsoft-edge",
    "msedge",
    "firefox",
    "safari",
)
"""As they are called where programs are found by their name."""
FOLDERS = (
    "/Applications/Google Chrome.app",
    "/Applications/Chromium.app",
    "/Applications/Firefox.app",
    "/Applications/Microsoft Edge.app",
    "/Applications/Safari.app",
    "{PROGRAMFILES}/Google/Chrome/Application/chrome.exe",
    "{PROGRAMFILES(X86)}/Microsoft/Edge/Application/msedge.exe",
    "{PROGRAMFILES}/Mozilla Firefox/firefox.exe",
)
"""Where macOS and Windows keep them."""


def find_browser() -> Finding:
    """Look for a browser; without one here, one on another machine can do."""
    by_name = [path for path in map(shutil.which, COMMANDS) if path]
    by_place = [path for path in map(_filled, FOLDERS) if path and Path(path).exists()]
    found = [*by_name, *by_place]
    if found:
        return ok(found[0])
    return warn(
        "none found",
        "JupyterLab, `make app`, widgets and exported pages are shown in one: install Chromium, Chrome or Firefox, or "
        "open the printed address from another machine; training and the command line need none",
    )


def _filled(place: str) -> str | None:
    """Return a place with the folders of Windows filled in; None where they are not known."""
    try:
        return place.format_map(os.environ)
    except KeyError:
        return None
