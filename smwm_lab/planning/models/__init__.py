"""Models for planning that need no training: the true world."""
