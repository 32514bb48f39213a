"""Large batches of states moved by several processes, each with a simulator of its own.

For simulators whose steps hold Python's lock (`moves_in_processes`); the rest have threads, or none, in `move`. What
comes out is the same, bit for bit, as a step depends on its state and action alone.
"""

import atexit
import functools
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context

import numpy as np

from smwm_lab.environments.registry import make_simulator, simulator_class
from smwm_lab.errors import InputError
from smwm_lab.machine import num_cores


LARGE = 2_000
"""Steps from which on several processes move a batch."""
_pools: list[ProcessPoolExecutor] = []
"""The processes that are running, if any."""


def moved_in_processes(name: str, states: np.ndarray, actions: np.ndarray) -> np.ndarray | None:
    """Return what `Simulator.move` does, from several processes; None where one does better alone.

    Raises `InputError` if a process ends on the way.
    """
    cores = num_cores()
    if cores < 2 or actions.shape[0] * actions.shape[1] < LARGE or not simulator_class(name).moves_in_processes:
        return None
    parts = [rows for rows in np.array_split(np.arange(len(states)), 4 * cores) if len(rows)]
    try:
        waiting = [_pool().submit(move_part, name, states[rows], actions[rows]) for rows in parts]
        return np.concatenate([each.result() for each in waiting])
    except BrokenProcessPool as error:
        close_processes()
        raise InputError(
            f"a process that moves {name} ended ({error}); free memory, or, in a script, start the work under "
            'if __name__ == "__main__":'
        ) from error


def move_part(name: str, states: np.ndarray, actions: np.ndarray) -> np.ndarray:
    """Return what `Simulator.move` does; runs in another process."""
    return _simulator(name).move(states, actions)


def close_processes() -> None:
    """End the processes, if any are running."""
    while _pools:
        _pools.pop().shutdown(wait=True, cancel_futures=True)


def _pool() -> ProcessPoolExecutor:
    if not _pools:
        _pools.append(ProcessPoolExecutor(num_cores(), mp_context=get_context("spawn")))
        atexit.unregister(close_processes)
        atexit.register(close_processes)
    return _pools[0]


@functools.cache
def _simulator(name: str):
    return make_simulator(name)
