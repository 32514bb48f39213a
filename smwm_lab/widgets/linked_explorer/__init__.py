"""LinkedExplorer: two maps of the same states, side by side."""

from smwm_lab.widgets.linked_explorer.widget import LinkedExplorer


__all__ = ["LinkedExplorer"]
