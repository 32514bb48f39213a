"""A short training: does it run, how fast, and what does that make of the notebooks?"""

import time

from smwm_lab.doctor.finding import Finding, fail, ok, warn


LIMIT_S = 20.0
"""Seconds after which it is broken off."""
TRANSITIONS = 4_096
"""Seen by it at most: two seconds on two cores, long enough for a rate."""
FIRST_STEPS = 8
"""Left out of the rate, if there are more: they draw the data and prepare the networks."""
TRAINED_AT_12000 = 7
"""Trainings of notebook 03, each of 12,000 transitions; 00 and 02 train one of the preset's own budget each."""
SLOW_S = 600.0
"""Seconds for all trainings of the course above which a room waits too long."""
REMEDY = "look at the lines about cores and torch threads, and end what else runs"


def train_shortly(limit_s: float = LIMIT_S) -> Finding:
    """Train `single_dot` for some seconds, by the preset smoke with a larger budget, and estimate from its rate."""
    from smwm_lab.training import TrainingLoop, preset_config

    config = preset_config("single_dot", "smoke", budget=TRANSITIONS)
    loop = TrainingLoop(config, num_snapshots=config.num_steps)  # one after each update, so that it can end at any
    limit_s, begin, seen = min(limit_s, LIMIT_S), time.monotonic(), []
    for snapshot in loop:
        seen.append((snapshot.transitions, time.monotonic()))
        if time.monotonic() - begin > limit_s:
            break
    (first, early), (last, late) = seen[min(FIRST_STEPS, len(seen) // 2)], seen[-1]
    if last == first:
        judge = fail if limit_s == LIMIT_S else warn  # with less time than it may need it proves nothing
        return judge(f"{last} transitions in {limit_s:.0f} s", REMEDY)
    rate = (last - first) / (late - early)
    one, all_of_them = preset_config("single_dot").budget / rate, course_transitions() / rate
    found = (
        f"{rate:,.0f} transitions/s: notebook 02 trains for about {_duration(one)}, "
        f"notebooks 00 to 03 together for about {_duration(all_of_them)}"
    )
    if all_of_them > SLOW_S:
        return warn(found, f"{REMEDY}; or read notebook 03 with its stored outputs instead of running it")
    return ok(found)


def course_transitions() -> int:
    """Return how many transitions the notebooks train on at preset quick, with the runs that come along."""
    from smwm_lab.training import preset_config

    return 2 * preset_config("single_dot").budget + TRAINED_AT_12000 * 12_000


def _duration(seconds: float) -> str:
    """Return a time as people say it.

    >>> _duration(8.6), _duration(150)
    ('9 s', '2.5 min')
    """
    return f"{max(1, seconds):.0f} s" if seconds < 90 else f"{seconds / 60:.1f} min"
