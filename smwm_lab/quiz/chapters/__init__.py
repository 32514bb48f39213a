"""The questions themselves: one file per notebook, each with a QUIZ."""
