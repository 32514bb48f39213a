"""LatentExplorer: linked views of latents."""

from smwm_lab.widgets.latent_explorer.widget import LatentExplorer


__all__ = ["LatentExplorer"]
