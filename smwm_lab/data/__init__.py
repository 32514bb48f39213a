"""Transitions kept as states and actions; splits that are disjoint by state."""

from smwm_lab.data.curriculum import widening_transitions
from smwm_lab.data.splits import (
    Region,
    StateSplit,
    sample_states,
    sample_transitions,
    split_by_region,
    split_by_state,
)
from smwm_lab.data.windows import sample_windows


__all__ = [
    "Region",
    "StateSplit",
    "sample_states",
    "sample_transitions",
    "sample_windows",
    "split_by_region",
    "split_by_state",
    "widening_transitions",
]
