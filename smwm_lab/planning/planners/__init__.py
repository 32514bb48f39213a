"""Planners by kind: search, inverse head, closed form, landmarks, random actions; and all of them by name."""
