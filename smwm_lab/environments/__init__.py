"""Simulators of the paper as environments of gymnasium that can be put into any state.

    simulator = make_simulator("reacher", side=64)
    observation, info = simulator.reset(seed=0)
    simulator.set_state(state)

They come with the extra `sim`; what they need is imported when one is made. docs/environments.md has the protocol.
"""

from smwm_lab.environments.registry import (
    SIMULATORS,
    make_simulator,
    may_name_simulator,
    names_simulator,
    simulator_class,
)
from smwm_lab.environments.simulator import Simulator, SimulatorFacts


__all__ = [
    "SIMULATORS",
    "Simulator",
    "SimulatorFacts",
    "may_name_simulator",
    "make_simulator",
    "names_simulator",
    "simulator_class",
]
