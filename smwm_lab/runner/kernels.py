"""Kernels for headless execution: always this interpreter, and all of them can be stopped at once."""

import os
import signal
import subprocess
from collections.abc import Mapping
from typing import Any

from jupyter_client import AsyncKernelManager
from jupyter_client.kernelspec import KernelSpecManager
from traitlets import default

from smwm_lab.exercises.progress import VARIABLE as PROGRESS
from smwm_lab.machine import num_cores


class OwnInterpreterManager(AsyncKernelManager):
    """Kernel manager that starts ipykernel with `sys.executable`.

    It searches no folder for kernel specifications, so jupyter_client falls back to the one that ipykernel
    makes for the running interpreter: a missing or foreign `python3` specification changes nothing.
    """

    variables: Mapping[str, str] = {}
    """Environment variables of the kernel beside those of this process."""

    @default("kernel_spec_manager")
    def _own_kernel_spec_manager(self) -> KernelSpecManager:
        return KernelSpecManager(kernel_dirs=[])

    async def start_kernel(self, **options: Any) -> None:  # type: ignore[override] # as its supertype does
        """Start the kernel with its own log kept off the terminal (what cells write to stderr is output)."""
        env = {**os.environ, **self.variables}
        await super().start_kernel(**{"stderr": subprocess.DEVNULL, "env": env, **options})


class RunningKernels:
    """The kernels of one run, so that an interrupted run leaves none behind.

    What they solve is nobody's progress. Kernels side by side share the cores; each with threads for all of them would
    run many times slower.
    """

    def __init__(self, num_at_once: int = 1) -> None:
        self._managers: list[AsyncKernelManager] = []
        share = str(max(1, num_cores() // num_at_once))
        self._variables = {PROGRESS: "off"} | ({"OMP_NUM_THREADS": share} if num_at_once > 1 else {})

    def manager_class(self) -> type[AsyncKernelManager]:
        """Return a kernel manager class whose kernels are known here."""
        managers, own_variables = self._managers, self._variables

        class RegisteredManager(OwnInterpreterManager):
            variables = own_variables

            def __init__(self, **options: object) -> None:
                super().__init__(**options)
                managers.append(self)

        return RegisteredManager

    def kill(self) -> None:
        """Kill every kernel that runs, with its subprocesses; safe to call from any thread, repeatedly."""
        for manager in list(self._managers):
            process = getattr(manager.provisioner, "process", None)
            if process is not None and process.poll() is None:
                _kill_group(process.pid)


def _kill_group(pid: int) -> None:
    """Kill a kernel's process group (kernels are started as group leaders); done if it is gone already."""
    try:
        os.killpg(pid, signal.SIGKILL)
    except ProcessLookupError:
        return
