"""Is the latent collapsed? Spectra, ranks and the collapse report."""
