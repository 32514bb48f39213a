"""The widgets as a web page of their own, through Voila, for this machine only and without the network.

Voila's template loads icon fonts from elsewhere; ours is the same without them. Every visitor gets a kernel.
"""

import os
import tempfile
from pathlib import Path

import nbformat

from smwm_lab.errors import check_range
from smwm_lab.files import asset


STYLE_PLACE = "/* app.css */\n"
"""Where the template takes the style: no code, letters for the back of a room."""
CELL = "from smwm_lab.widgets import Gallery\nGallery(preset={preset!r}, seed={seed})"


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


def serve_app(*, preset: str, seed: int, port: int, open_browser: bool) -> None:
    """Serve the widgets on 127.0.0.1 until Ctrl-C or SIGTERM."""
    check_range("port", port, 1, 65535)
    from voila.app import Voila

    with tempfile.TemporaryDirectory(prefix="smwm_lab_app_") as scratch:
        notebook = write_app(Path(scratch), preset=preset, seed=seed)
        known = os.environ.get("JUPYTER_PATH")
        os.environ["JUPYTER_PATH"] = os.pathsep.join([str(Path(scratch) / "share"), *([known] if known else [])])
        arguments = [
            str(notebook),
            "--Voila.ip=127.0.0.1",
            f"--port={port}",
            "--Voila.port_retries=0",
            "--VoilaConfiguration.template=smwm_lab",
            "--VoilaConfiguration.show_tracebacks=True",
        ]
        Voila.launch_instance(argv=[*arguments, *([] if open_browser else ["--no-browser"])])
