"""The networks: built from sizes alone, so that they fit every world."""

from smwm_lab.models.activation import LATENT_ACTIVATIONS
from smwm_lab.models.decoder import Decoder
from smwm_lab.models.dynamics import ForwardModel, InverseModel
from smwm_lab.models.encoder_registry import ENCODERS, encoder_for
from smwm_lab.models.encoders import ConvEncoder
from smwm_lab.models.number_encoders import MlpEncoder, SeriesEncoder
from smwm_lab.models.past import Past
from smwm_lab.models.world_model import ModelConfig, WorldModel


__all__ = [
    "ENCODERS",
    "LATENT_ACTIVATIONS",
    "ConvEncoder",
    "Decoder",
    "ForwardModel",
    "InverseModel",
    "MlpEncoder",
    "ModelConfig",
    "Past",
    "SeriesEncoder",
    "WorldModel",
    "encoder_for",
]
