"""Solvers: they minimise a cost over action sequences, independent of models and worlds."""

from smwm_lab.planning.solvers.base import Solver
from smwm_lab.planning.solvers.cem import CEM
from smwm_lab.planning.solvers.gradient import GradientDescent
from smwm_lab.planning.solvers.icem import ICEM
from smwm_lab.planning.solvers.mppi import MPPI
from smwm_lab.planning.solvers.noise import coloured_noise
from smwm_lab.planning.solvers.shooting import RandomShooting


__all__ = ["CEM", "ICEM", "MPPI", "GradientDescent", "RandomShooting", "Solver", "coloured_noise"]
