"""What probes are fed: frozen latents, tables of latents, checked rows."""
