"""Exercises of notebook 06: the weakest law, what a step depends on, blind scores, and places never trained."""

from collections.abc import Callable
from typing import Any

import numpy as np

from smwm_lab.exercises.compare import same_values
from smwm_lab.exercises.exercise import Choice, Guess, Task


def check_additive_share(answer: Callable[..., Any]) -> str:
    """Check `additive_share(action, step, new_action, new_step)`: R² of new steps (m, d) under a straight rho(a)."""
    chance = np.random.default_rng(0)
    action, new_action = (chance.uniform(-1, 1, size=(rows, 2)) for rows in (200, 80))
    towards = np.array([[2.0, 0.5, 0.0, 1.0], [-1.0, 1.0, 0.3, 0.0]])
    exact, new_exact = action @ towards, new_action @ towards
    same_values(
        "steps that add the same vector everywhere",
        answer(action, exact, new_action, new_exact),
        1.0,
        why="a straight line explains them fully",
    )
    drift = np.array([3.0, 0.0, 0.0, -1.0])
    same_values(
        "the same steps, with a drift that no action causes",
        answer(action, exact + drift, new_action, new_exact + drift),
        1.0,
        why="a straight line has an intercept too",
    )
    columns = np.array([4.0, 1.0, 0.1, 0.01])
    noise, new_noise = (chance.normal(size=rows.shape) * columns for rows in (exact, new_exact))
    step, new_step = exact + drift + noise, new_exact + drift + new_noise
    expected = _share(action, step, new_action, new_step)
    why = "take squares over all columns together, around the mean of the new steps, with the line of the old ones"
    same_values("steps with noise", answer(action, step, new_action, new_step), expected, why=why)
    same_values(
        "the same, in a latent a thousand times smaller",
        answer(action, step / 1000, new_action, new_step / 1000),
        expected,
        why="a share of variance has no unit",
    )
    few = slice(0, 4)
    same_values(
        "a line fitted on four steps only",
        answer(action[few], step[few], new_action, new_step),
        _share(action[few], step[few], new_action, new_step),
        why="the line must not see the steps it is tested on; with so few the share may be negative",
    )
    return "5 cases, also with a drift, in a tiny latent and with a line that is worse than the mean"


def check_explained(answer: Callable[..., Any]) -> str:
    """Check `explained(predicted, true)`, the share of the variance of true numbers (n,) that is explained."""
    true = np.array([1.0, 2.0, 4.0, 7.0, 11.0])
    mean = true.mean()
    cases = (
        ("predictions that are all right", true, "1 is perfect"),
        ("steps in the right direction, half as long", mean + 0.5 * (true - mean), "is the size of the error seen?"),
        ("predictions that are all the mean", np.full(5, mean), "the mean explains nothing, so 0"),
        ("predictions that are all 10 too large", true + 10, "a shift is an error, too"),
        ("predictions in the opposite direction", 2 * mean - true, "worse than the mean is below 0"),
        (
            "predictions that are nearly right",
            true + np.array([0.5, -0.5, 0.0, 0.5, -0.5]),
            "which of both is the unit?",
        ),
    )
    for words, predicted, why in cases:
        expected = 1 - ((predicted - true) ** 2).sum() / ((true - mean) ** 2).sum()
        same_values(words, answer(predicted, true), expected, why=why)
    return "6 cases, also predictions that are half as long, shifted or backwards"


def _share(action: np.ndarray, step: np.ndarray, new_action: np.ndarray, new_step: np.ndarray) -> float:
    """Return what a straight line with an intercept explains, by least squares."""
    inputs, new_inputs = (np.hstack([each, np.ones((len(each), 1))]) for each in (action, new_action))
    rest = new_step - new_inputs @ np.linalg.lstsq(inputs, step, rcond=None)[0]
    return float(1 - (rest**2).sum() / ((new_step - new_step.mean(0)) ** 2).sum())


EXERCISES = (
    Choice(
        name="weakest_law",
        notebook="06",
        title="which law is kept worst",
        hints=("Which of them asks that the sheet be flat, and not only that it be in order?",),
        options={
            "equivariance": "training asks for just this one, so it is kept rather well",
            "composition": "two predictions share their mistakes, so they agree with each other",
            "additivity": "nothing in the loss asks for a flat sheet, and one that is bent breaks this law",
            "monotone distance": "order is a weak demand: a bent sheet still has near places near",
        },
    ),
    Choice(
        name="the_rest",
        notebook="06",
        title="where a step does not add the same vector",
        hints=("The picture of a dot has no noise in it, and the encoder draws no random numbers.",),
        options={
            "noise": "nothing is drawn at random between a place and its latent; what changes is where the step starts",
            "place": "the sheet is curved, so the same action adds another vector where it bends",
        },
    ),
    Task(
        name="additive_share",
        notebook="06",
        title="how additive the steps are, written",
        hints=(
            "LinearRegression().fit(inputs, outputs) takes many columns of outputs at once, and has an intercept.",
            "Predict the new steps and subtract; the squares of what is left, over all columns, are the unexplained.",
            "Divide by the squares of the new steps around their own mean (of each column), and subtract from 1.",
        ),
        check=check_additive_share,
    ),
    Guess(
        name="walks_help",
        notebook="06",
        title="what training on walks leaves of the error",
        hints=("Of the eight steps, most start at places that the model of pairs never started from.",),
        low=0,
        high=2,
        close=0.15,
        traps={
            1.0: "that would be no gain, but eight steps leave the middle, and only the walks have been out there",
            0.0: "that would be a perfect model; both are trained for seconds, and errors add up over eight steps",
        },
    ),
    Guess(
        name="still_found",
        notebook="06",
        title="in how many regions the dot is still found",
        hints=("In which of them is every place surrounded by training states that single steps join?",),
        low=0,
        high=3,
        close=0,
        whole=True,
        traps={
            0.0: "the hole lies between training states on all sides, and steps cross it in every direction",
            2.0: "the stripe is no wider than the hole, but only long steps cross it, and in one direction",
            3.0: "the quadrant has training states on two sides only; beyond them the encoder is free",
        },
    ),
    Guess(
        name="alarm_inside",
        notebook="06",
        title="the alarm inside the quadrant",
        hints=("A model that knows that it knows nothing guesses the mean action. Does this one know?",),
        low=0,
        high=100,
        close=1,
        traps={
            1.0: "1 is to guess the mean action; this model is sure of itself, and sure is worse than ignorant",
            0.0: "0 would be a model that knows its actions there; it never saw the place",
        },
    ),
    Task(
        name="explained",
        notebook="06",
        title="the bug of an R² that is blind",
        hints=(
            "What does it say of predictions that are all 10 too large, and what should it say?",
            "A correlation does not change if you multiply or shift one side. An R² has to.",
            "Compare the squared errors with what always guessing the mean of the true numbers would give.",
        ),
        check=check_explained,
    ),
)
