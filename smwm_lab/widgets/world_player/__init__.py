"""WorldPlayer: act on a world."""

from smwm_lab.widgets.world_player.widget import WorldPlayer


__all__ = ["WorldPlayer"]
