"""Latents as images: decoder, kernel regression, traversals."""
