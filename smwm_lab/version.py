"""The version of the package, in one place; `smwm_lab.__version__` is the same."""

VERSION = "0.2.0"
