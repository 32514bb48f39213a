"""What can be read from the latents, beside controls, under noise."""
