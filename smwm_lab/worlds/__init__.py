"""Worlds: state -> step -> observation, as batched tensors."""

from smwm_lab.worlds.base import World, WorldConfig, WorldSpec
from smwm_lab.worlds.dots import DotWorld, DotWorldConfig
from smwm_lab.worlds.gym_adapter import WorldEnv, WorldVectorEnv
from smwm_lab.worlds.registry import WORLDS, WorldEntry, make_world, register_world, resolve_world, world_name
from smwm_lab.worlds.sprite import SpriteWorld, SpriteWorldConfig
from smwm_lab.worlds.transitions import Step, Trajectories, TransitionBatch
from smwm_lab.worlds.two_room import SUCCESS_RADIUS, TwoRoomConfig, TwoRoomWorld


__all__ = [
    "SUCCESS_RADIUS",
    "WORLDS",
    "DotWorld",
    "DotWorldConfig",
    "SpriteWorld",
    "SpriteWorldConfig",
    "Step",
    "Trajectories",
    "TransitionBatch",
    "TwoRoomConfig",
    "TwoRoomWorld",
    "World",
    "WorldConfig",
    "WorldEntry",
    "WorldEnv",
    "WorldSpec",
    "WorldVectorEnv",
    "make_world",
    "register_world",
    "resolve_world",
    "world_name",
]
