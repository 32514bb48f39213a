"""The networks: built from sizes alone, so that they fit every world."""

from smwm_lab.models.activation import LATENT_ACTIVATIONS
from smwm_lab.models.decoder import Decoder
from smwm_lab.models.dynamics import ForwardModel, InverseModel
from smwm_lab.models.encoders import ConvEncoder
from smwm_lab.models.world_model import ModelConfig, WorldModel


__all__ = [
    "LATENT_ACTIVATIONS",
    "ConvEncoder",
    "Decoder",
    "ForwardModel",
    "InverseModel",
    "ModelConfig",
    "WorldModel",
]
