"""Settings for `pytest --nbval notebooks`: which kernel and how long a cell may take."""

import pytest


def pytest_configure(config: pytest.Config) -> None:
    """Run the notebooks in this environment, whatever kernels lie beside it; 900 s a cell, for slow machines."""
    config.option.nbval_current_env = True
    config.option.nbval_cell_timeout = 900.0
