"""How the learning rate runs over a training: it rises from 0, and falls to 0 if it is asked to."""


def learning_rate(peak: float, step: int, num_steps: int, *, warmup_fraction: float, decay: bool) -> float:
    """Return the learning rate of update `step` of `num_steps`, counted from 0.

    warmup_fraction: share of the updates over which it rises linearly. decay: whether it falls linearly after that.

    >>> [round(learning_rate(1.0, step, 4, warmup_fraction=0.5, decay=True), 2) for step in range(4)]
    [0.5, 1.0, 1.0, 0.5]
    """
    warmup = max(1, round(warmup_fraction * num_steps))
    rising = min(1.0, (step + 1) / warmup)
    falling = (num_steps - step) / max(1, num_steps - warmup) if decay else 1.0
    return peak * max(0.0, min(rising, falling, 1.0))
