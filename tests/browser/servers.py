"""Servers for tests in a browser: JupyterLab and the widget page, on 127.0.0.1, each with folders of its own.

Nothing of the user's Jupyter configuration is read or written; a server is ended by its process id.
"""

import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from smwm_lab import paths


START_SECONDS = 180
QUIET = '{"fetchNews": "false", "checkForUpdates": false}'
"""JupyterLab's settings without its news pop-up."""


class Server:
    """A web server in a process of its own, reachable at `url` once made; `page` is what to open there."""

    def __init__(self, arguments: list[str], *, folder: Path, port: int, ready: str):
        """Start `python ARGUMENTS` with Jupyter's folders below `folder`; wait until the path `ready` answers."""
        self.url = self.page = f"http://127.0.0.1:{port}"
        self.log = folder / "server.log"
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [sys.executable, *arguments], cwd=folder, env=environment(folder), stdout=log, stderr=log
            )
        deadline = time.monotonic() + START_SECONDS
        while not _answers(self.url + ready):
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise RuntimeError(f"the server did not start:\n{self.log.read_text()[-3000:]}")
            time.sleep(0.2)

    def stop(self) -> None:
        """End the server and its kernels."""
        self.process.terminate()
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(15)


def environment(folder: Path) -> dict[str, str]:
    """Return the variables of a process whose Jupyter folders lie below `folder` and that imports this checkout."""
    names = {"CONFIG_DIR": "config", "DATA_DIR": "data", "RUNTIME_DIR": "runtime"}
    jupyter = {f"JUPYTER_{name}": str(folder / "jupyter" / place) for name, place in names.items()}
    lab = {f"JUPYTERLAB_{name}_DIR": str(folder / "jupyter" / name.lower()) for name in ("SETTINGS", "WORKSPACES")}
    own = {"IPYTHONDIR": str(folder / "jupyter" / "ipython"), "PYTHONPATH": str(paths.ROOT), "OMP_NUM_THREADS": "1"}
    return {**os.environ, **jupyter, **lab, **own}


def free_port() -> int:
    """Return a port of 127.0.0.1 that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def start_jupyterlab(folder: Path) -> Server:
    """Start JupyterLab on a folder; it serves notebooks without a token, to this machine only."""
    settings = folder / "jupyter" / "settings" / "@jupyterlab" / "apputils-extension"
    settings.mkdir(parents=True)
    (settings / "notification.jupyterlab-settings").write_text(QUIET)
    port = free_port()
    arguments = [
        "-m",
        "jupyterlab",
        "--no-browser",
        "--allow-root",
        "--ip=127.0.0.1",
        f"--port={port}",
        "--ServerApp.port_retries=0",
        "--IdentityProvider.token=",
        "--ServerApp.password=",
        f"--ServerApp.root_dir={folder}",
        "--LabApp.extension_manager=readonly",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    ]
    return Server(arguments, folder=folder, port=port, ready="/api")


def start_app(folder: Path) -> Server:
    """Start the widgets' own page, with the smallest models; its token is the one that was printed."""
    port = free_port()
    arguments = ["-m", "smwm_lab", "app", "--preset", "smoke", "--port", str(port), "--no-browser"]
    server = Server(arguments, folder=folder, port=port, ready="/voila/static/")
    server.page = re.search(rf"{server.url}/\?token=\S+", server.log.read_text())[0]
    return server


def _answers(url: str) -> bool:
    try:
        urllib.request.urlopen(url, timeout=1).close()
    except urllib.error.HTTPError as error:
        error.close()
        return True
    except OSError:
        return False
    return True
