"""`python -m smwm_lab` is the command line."""

from smwm_lab.cli import main


main()
