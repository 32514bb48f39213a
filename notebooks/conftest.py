"""Settings for `pytest --nbval notebooks`: which kernel, how long its start and a cell may take, what may differ."""

import os
from pathlib import Path

import pytest

from smwm_lab.exercises.progress import OFF, VARIABLE
from smwm_lab.runner.execution import CELL_TIMEOUT_S, KERNEL_START_S


LIMITS = {"--nbval-cell-timeout": CELL_TIMEOUT_S, "--nbval-kernel-startup-timeout": KERNEL_START_S}
"""Option of nbval -> seconds where the command line does not give it: as in `smwm-lab notebooks`."""


def pytest_configure(config: pytest.Config) -> None:
    """Run the notebooks in this environment, whatever kernels lie beside it, with our limits."""
    config.option.nbval_current_env = True
    config.option.nbval_sanitize_with = str(Path(__file__).with_name("sanitize.cfg"))
    os.environ[VARIABLE] = OFF  # kernels inherit it: what they solve is nobody's progress
    if hasattr(config, "workerinput"):
        return  # a worker of xdist has the options of the process that started it, and not its command line
    for option, seconds in LIMITS.items():
        if not any(argument.startswith(option) for argument in config.invocation_params.args):
            setattr(config.option, option.removeprefix("--").replace("-", "_"), float(seconds))
