"""Acting: perception, start-goal tasks, model predictive control."""
