"""A kernel that starts, runs a cell, and belongs to this environment."""

import json
import subprocess
import sys
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from smwm_lab.doctor.finding import Finding, fail, ok, warn
from smwm_lab.doctor.packages import install_command


CELL = "import sys, ipywidgets, anywidget, plotly, smwm_lab; print(sys.prefix)"
"""What notebooks need, and in which environment they run."""
LIMIT_S = 25.0
"""Seconds for start, cell and end of the kernel; on an idle machine it is three."""
RUN_A_NOTEBOOK = "from nbclient.cli import main; main()"
"""In a process of its own, which can be ended when it takes too long; its kernel then ends by itself."""
AGAIN = "python -m ipykernel install --sys-prefix, then choose the kernel Python 3 anew"


def start_kernel(limit_s: float = LIMIT_S) -> Finding:
    """Start the kernel that JupyterLab would start, and run a cell that imports what the notebooks need."""
    missing = [name for name in ("nbclient", "ipykernel") if find_spec(name) is None]
    if missing:
        return fail(f"no kernel without {' and '.join(missing)}", install_command("notebooks"))
    limit_s, started = min(limit_s, LIMIT_S), time.monotonic()
    try:
        error, prefix = _run_cell(limit_s)
    except subprocess.TimeoutExpired:
        judge = fail if limit_s == LIMIT_S else warn  # with less time than it may need it proves nothing
        return judge(f"no answer in {limit_s:.0f} s", "end other programs and try again; look at the line about memory")
    if error:
        return fail(f"it started no kernel, or the cell failed: {error}", f"{install_command('notebooks')}; {AGAIN}")
    if prefix != sys.prefix:
        return warn(f"notebooks run in {prefix}, not in {sys.prefix}", AGAIN)
    return ok(f"started and ran a cell in {time.monotonic() - started:.1f} s")


def _run_cell(limit_s: float) -> tuple[str, str]:
    """Return what went wrong, empty if nothing did, and what the cell printed."""
    with tempfile.TemporaryDirectory(prefix="smwm_lab_kernel_") as folder:
        file = Path(folder, "cell.ipynb")
        file.write_text(json.dumps(_notebook()), encoding="utf-8")
        command = [sys.executable, "-c", RUN_A_NOTEBOOK, str(file), "--inplace", "--allow-errors"]
        done = subprocess.run(
            [*command, f"--startup_timeout={limit_s:.0f}", "--kernel_name=python3"],
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            timeout=limit_s,
            check=False,
        )
        outputs = json.loads(file.read_text(encoding="utf-8"))["cells"][0]["outputs"]
    if done.returncode:
        lines = done.stderr.strip().splitlines()
        return lines[-1] if lines else f"exit status {done.returncode}", ""
    errors = [f"{output['ename']}: {output['evalue']}" for output in outputs if output["output_type"] == "error"]
    text = "".join(part for output in outputs for part in output.get("text", []))
    return (errors[0] if errors else "" if text else "the cell printed nothing"), text.strip()


def _notebook() -> dict[str, Any]:
    empty: dict[str, Any] = {"metadata": {}, "execution_count": None, "outputs": []}
    cell = {"cell_type": "code", "id": "cell", "source": CELL, **empty}
    return {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
