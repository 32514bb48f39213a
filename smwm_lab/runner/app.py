"""The widgets as a web page of their own, through Voila, for this machine only and without the network.

Voila's template loads icon fonts from elsewhere; ours is the same without them. Every visitor needs the token
(`app_access`) and gets a kernel; it ends when the page is closed or loaded anew, at the latest `CULL_AFTER_S` after its
connection was lost.
"""

import os
import tempfile
import threading
import webbrowser
from pathlib import Path
from typing import Any

import nbformat
from tornado.web import HTTPError
from traitlets import default
from voila.app import Voila
from voila.tornado.handler import TornadoVoilaHandler

from smwm_lab.errors import check_range
from smwm_lab.files import asset
from smwm_lab.runner.app_access import HOST, TokenProvider, app_address, check_token, guarded


STYLE_PLACE = "/* app.css */\n"
"""Where the template takes the style: no code, letters for the back of a room."""
CELL = "from smwm_lab.widgets import Gallery\nGallery(preset={preset!r}, seed={seed})"

MAX_KERNELS = 6
"""Pages that may be open at a time: each has a kernel of half a gigabyte."""
CULL_AFTER_S, CULL_EVERY_S = 120, 20
"""When a kernel ends whose page is gone without a farewell."""


def write_app(folder: Path, *, preset: str, seed: int) -> Path:
    """Write the page's notebook and template into a folder; return the notebook."""
    template = folder / "share" / "voila" / "templates" / "smwm_lab"
    template.mkdir(parents=True)
    (template / "conf.json").write_text('{"base_template": "lab"}')
    style = asset("smwm_lab.runner", "static/app.css")
    (template / "index.html.j2").write_text(asset("smwm_lab.runner", "static/app.html.j2").replace(STYLE_PLACE, style))
    cell = nbformat.v4.new_code_cell(CELL.format(preset=preset, seed=seed))
    page = nbformat.v4.new_notebook(cells=[cell])
    page.metadata.kernelspec = {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}
    notebook = folder / "page" / "smwm_lab.ipynb"
    notebook.parent.mkdir()
    nbformat.write(page, notebook)
    return notebook


def serve_app(*, preset: str, seed: int, port: int, token: str, open_browser: bool) -> None:
    """Serve the widgets on 127.0.0.1, to whoever has the token, until Ctrl-C or SIGTERM; an empty one admits all."""
    check_range("port", port, 1, 65535)
    check_token(token)
    with tempfile.TemporaryDirectory(prefix="smwm_lab_app_") as scratch:
        notebook = write_app(Path(scratch), preset=preset, seed=seed)
        known = os.environ.get("JUPYTER_PATH")
        os.environ["JUPYTER_PATH"] = os.pathsep.join([str(Path(scratch) / "share"), *([known] if known else [])])
        arguments = [
            str(notebook),
            f"--Voila.ip={HOST}",
            f"--Voila.token={token}",
            f"--port={port}",
            "--Voila.port_retries=0",
            "--VoilaConfiguration.template=smwm_lab",
            "--VoilaConfiguration.show_tracebacks=True",
            f"--MappingKernelManager.cull_idle_timeout={CULL_AFTER_S}",
            f"--MappingKernelManager.cull_interval={CULL_EVERY_S}",
        ]
        app_class().launch_instance(argv=[*arguments, *([] if open_browser else ["--no-browser"])])


class Page(TornadoVoilaHandler):
    """The page of the widgets: it can end its kernel, and there is a cap on kernels.

    Voila's page asks for the end of its kernel when it is left, with the `_xsrf` cookie that Voila itself never sets.
    """

    async def get(self, path: str | None = None) -> None:
        """Start a kernel and send the page, with the cookie for its farewell."""
        if len(self.kernel_manager.list_kernel_ids()) >= MAX_KERNELS:
            raise HTTPError(503, f"{MAX_KERNELS} pages are open already; close one and try again")
        _ = self.xsrf_token  # sets the cookie
        await super().get(path)


def app_class() -> Any:
    """Return Voila with our page, and a guard at every address."""

    class App(Voila):
        """Voila with our page, behind the guard."""

        @default("identity_provider_class")
        def _identity_provider_class(self) -> type:
            return TokenProvider

        @property
        def display_url(self) -> str:
            """The address with its token: Voila's own leaves out one that it did not make."""
            return app_address(self.port, self.token)

        def init_settings(self) -> dict[str, Any]:
            """Return Voila's settings; only names of this machine are served."""
            return {**super().init_settings(), "allow_remote_access": False}

        def init_handlers(self) -> list[Any]:
            """Return Voila's handlers, with our page instead of its own, all of them guarded."""
            return [
                (address, guarded(Page if handler is TornadoVoilaHandler else handler), *more)
                for address, handler, *more in super().init_handlers()
            ]

        def launch_browser(self) -> None:
            """Open the address through a file: a command line with the token could be read by other users."""
            file = Path(self.root_dir).parent / "open.html"
            file.write_text(f'<meta http-equiv="refresh" content="0; url={self.display_url}">')
            threading.Thread(target=webbrowser.open, args=(file.as_uri(),), daemon=True).start()

    return App
