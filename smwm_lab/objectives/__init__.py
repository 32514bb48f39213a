"""Loss terms, one small class each, and their weighted sum."""

from smwm_lab.objectives.base import EncodedBatch, Term, TermConfig, squared_error
from smwm_lab.objectives.multistep import MultiStepInverseConfig
from smwm_lab.objectives.objective import TERMS, Loss, Objective, ObjectiveConfig
from smwm_lab.objectives.reconstruction import ReconstructionConfig, weighted_pixel_loss
from smwm_lab.objectives.sigreg import SIGRegConfig, epps_pulley
from smwm_lab.objectives.target_network import EMAConfig
from smwm_lab.objectives.vicreg import CovarianceConfig, VarianceConfig


__all__ = [
    "TERMS",
    "CovarianceConfig",
    "EMAConfig",
    "EncodedBatch",
    "Loss",
    "MultiStepInverseConfig",
    "Objective",
    "ObjectiveConfig",
    "ReconstructionConfig",
    "SIGRegConfig",
    "Term",
    "TermConfig",
    "VarianceConfig",
    "epps_pulley",
    "squared_error",
    "weighted_pixel_loss",
]
