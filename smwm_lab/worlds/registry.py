"""The worlds of the command line, by name."""

from smwm_lab.config import Config
from smwm_lab.errors import check_choice
from smwm_lab.worlds.base import World
from smwm_lab.worlds.dots import DotWorld, DotWorldConfig
from smwm_lab.worlds.sprite import SpriteWorld, SpriteWorldConfig
from smwm_lab.worlds.two_room import TwoRoomConfig, TwoRoomWorld


WORLDS: dict[str, Config] = {
    "single_dot": DotWorldConfig(groups=("independent",)),
    "independent": DotWorldConfig(groups=("independent", "independent")),
    "coupled": DotWorldConfig(groups=("coupled",)),
    "distractor": DotWorldConfig(groups=("independent", "random")),
    "combined": DotWorldConfig(groups=("coupled", "independent", "independent", "random")),
    "sprite_none": SpriteWorldConfig(control="none"),
    "sprite_x": SpriteWorldConfig(control="x"),
    "sprite_xy": SpriteWorldConfig(control="xy"),
    "sprite_xyt": SpriteWorldConfig(control="xyt"),
    "two_room": TwoRoomConfig(),
}
"""Name -> configuration, with the sizes of arXiv 2606.20104; the four sprite worlds share their dynamics."""

_CLASSES: dict[type[Config], type[World]] = {
    DotWorldConfig: DotWorld,
    SpriteWorldConfig: SpriteWorld,
    TwoRoomConfig: TwoRoomWorld,
}


def make_world(world: str | Config) -> World:
    """Return the world of a name or of a configuration; raise `InputError` for an unknown name.

    >>> make_world("distractor").spec.state_names
    ('red_x', 'red_y', 'green_x', 'green_y')
    """
    if isinstance(world, str):
        check_choice("world", world, tuple(WORLDS))
        world = WORLDS[world]
    return _CLASSES[type(world)](world)
