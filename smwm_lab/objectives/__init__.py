"""Loss terms, one small class each, and their weighted sum."""

from smwm_lab.objectives.base import EncodedBatch, Term
from smwm_lab.objectives.objective import TERMS, Loss, Objective, ObjectiveConfig
from smwm_lab.objectives.reconstruction import weighted_pixel_loss
from smwm_lab.objectives.sigreg import epps_pulley


__all__ = [
    "TERMS",
    "EncodedBatch",
    "Loss",
    "Objective",
    "ObjectiveConfig",
    "Term",
    "epps_pulley",
    "weighted_pixel_loss",
]
