"""The networks: built from sizes alone, so that they fit every world."""

from smwm_lab.models.activation import LATENT_ACTIVATIONS
from smwm_lab.models.adaln import AdaLNConfig, AdaLNPredictor
from smwm_lab.models.decoder import Decoder
from smwm_lab.models.dynamics import INVERSE_HEADS, ForwardModel, InverseModel
from smwm_lab.models.encoder_registry import ENCODERS, encoder_for
from smwm_lab.models.encoders import ConvEncoder
from smwm_lab.models.number_encoders import MlpEncoder, SeriesEncoder
from smwm_lab.models.past import Past
from smwm_lab.models.predictors import PREDICTORS
from smwm_lab.models.vit import ViTConfig, ViTEncoder
from smwm_lab.models.world_model import ModelConfig, WorldModel


__all__ = [
    "ENCODERS",
    "INVERSE_HEADS",
    "LATENT_ACTIVATIONS",
    "PREDICTORS",
    "AdaLNConfig",
    "AdaLNPredictor",
    "ConvEncoder",
    "Decoder",
    "ForwardModel",
    "InverseModel",
    "MlpEncoder",
    "ModelConfig",
    "Past",
    "SeriesEncoder",
    "ViTConfig",
    "ViTEncoder",
    "WorldModel",
    "encoder_for",
]
