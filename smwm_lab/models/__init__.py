"""The networks. They are told shapes and never know a world."""

from smwm_lab.models.decoder import Decoder
from smwm_lab.models.dynamics import ForwardModel, InverseModel
from smwm_lab.models.encoders import ConvEncoder
from smwm_lab.models.world_model import ModelConfig, WorldModel


__all__ = ["ConvEncoder", "Decoder", "ForwardModel", "InverseModel", "ModelConfig", "WorldModel"]
