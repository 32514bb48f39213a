"""A recording as a world, and what it takes to learn it."""
