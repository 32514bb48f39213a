"""Exercises of the course that grade themselves, claims that print their numbers, and what is done so far.

In a notebook:

    claim = claims_at(preset)                                  # once
    claim("the red dot survives more noise", 0.71, above=0.04) # 0.71 > 0.04 ✓ the red dot survives more noise
    guess("directions", 2)                                     # a prediction, kept
    reveal("directions", 3)                                    # beside what was measured
    grade("spectrum", spectrum)                                # a function that the learner wrote
    hint("spectrum")                                           # the next hint, one step further each time
    progress()                                                 # what is done, notebook by notebook
"""

from smwm_lab.exercises.claims import ClaimFailed, claim, claims_at
from smwm_lab.exercises.exercise import Choice, Exercise, Guess, NotYet, Task
from smwm_lab.exercises.grading import grade, guess, hint, reveal
from smwm_lab.exercises.progress import progress
from smwm_lab.exercises.registry import exercises, find_exercise


__all__ = [
    "Choice",
    "ClaimFailed",
    "Exercise",
    "Guess",
    "NotYet",
    "Task",
    "claim",
    "claims_at",
    "exercises",
    "find_exercise",
    "grade",
    "guess",
    "hint",
    "progress",
    "reveal",
]
