"""Is the latent space faithful? Dynamics metrics, geometry, and the models they are measured on."""
