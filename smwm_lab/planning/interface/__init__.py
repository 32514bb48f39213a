"""What planning asks of models, costs and planners, and what it returns."""
