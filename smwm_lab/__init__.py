"""smwm_lab: train, probe and teach Sensorimotor World Models (arXiv 2606.20104) on small machines."""

__version__ = "0.1.0"
