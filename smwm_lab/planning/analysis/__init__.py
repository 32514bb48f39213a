"""What a planner sees and tries: cost landscapes, latent grids, one decision in full, ways of replanning."""
