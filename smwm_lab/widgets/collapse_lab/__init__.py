"""CollapseLab: let a latent collapse while it trains."""

from smwm_lab.widgets.collapse_lab.widget import CollapseLab


__all__ = ["CollapseLab"]
