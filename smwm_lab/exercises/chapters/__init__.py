"""The exercises themselves: one file per notebook, each with a tuple EXERCISES."""
