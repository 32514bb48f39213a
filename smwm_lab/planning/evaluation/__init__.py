"""Scores with floor and ceiling, comparisons on the same tasks, intervals, published results."""
