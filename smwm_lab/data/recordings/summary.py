"""What is in a recording, as plain values: for the command line and for people."""

from typing import Any

import numpy as np

from smwm_lab.data.recordings.recording import Recording
from smwm_lab.errors import check_instance


def summarise(recording: Recording) -> dict[str, Any]:
    """Return what is in a recording, as JSON values; observations are not read.

    Keys: source, kind, size, dtype, rows, episodes, lengths (min, median, max), rate_hz, actions and states (name ->
    low, high, unit; None where there is no number), left_out, made.
    """
    check_instance("recording", recording, Recording, "open_recording gives one")
    lengths = recording.episodes.lengths
    taken = recording.actions[recording.episodes.starts(1)]
    spans = zip(recording.action_names, taken.min(0).tolist(), taken.max(0).tolist(), strict=True)
    shape = recording.observations.shape
    return {
        "source": recording.source,
        "kind": recording.kind,
        "size": list(shape[1:3] if recording.kind == "images" else shape[1:]),
        "dtype": str(recording.observations.dtype),
        "rows": len(recording),
        "episodes": len(recording.episodes),
        "lengths": {"min": int(lengths.min()), "median": float(np.median(lengths)), "max": int(lengths.max())},
        "rate_hz": recording.rate_hz,
        "actions": {name: {"low": low, "high": high} for name, low, high in spans},
        "states": {
            name: {
                "low": None if np.isnan(low) else low,
                "high": None if np.isnan(high) else high,
                "unit": recording.units.get(name, ""),
            }
            for name, (low, high) in recording.state_spans().items()
        },
        "left_out": list(recording.left_out),
        "made": dict(recording.made),
    }
