"""Wrong answers to the exercises of notebook 06: the mistakes that people make, and what each is told."""

import numpy as np
from sklearn.linear_model import LinearRegression


MEASURED = {
    "weakest_law": "additivity",
    "the_rest": "place",
    "walks_help": 0.38,
    "still_found": 1,
    "alarm_inside": 2.6,
}
"""Guess or choice -> what the notebook measures."""


def share(rest, step):
    return 1 - (rest**2).sum() / ((step - step.mean(0)) ** 2).sum()


def fitted_on_the_new_steps(action, step, new_action, new_step):
    return share(new_step - LinearRegression().fit(new_action, new_step).predict(new_action), new_step)


def tested_on_the_old_steps(action, step, new_action, new_step):
    return share(step - LinearRegression().fit(action, step).predict(action), step)


def no_intercept(action, step, new_action, new_step):
    return share(new_step - LinearRegression(fit_intercept=False).fit(action, step).predict(new_action), new_step)


def mean_over_columns(action, step, new_action, new_step):
    return LinearRegression().fit(action, step).score(new_action, new_step)


def what_is_left(action, step, new_action, new_step):
    return 1 - share(new_step - LinearRegression().fit(action, step).predict(new_action), new_step)


def not_around_the_mean(action, step, new_action, new_step):
    rest = new_step - LinearRegression().fit(action, step).predict(new_action)
    return 1 - (rest**2).sum() / (new_step**2).sum()


def absolute_error(action, step, new_action, new_step):
    return 1 - np.abs(new_step - LinearRegression().fit(action, step).predict(new_action)).mean()


def never_negative(action, step, new_action, new_step):
    return max(0.0, share(new_step - LinearRegression().fit(action, step).predict(new_action), new_step))


def correlation(predicted, true):
    return np.corrcoef(predicted, true)[0, 1]


def squared_correlation_of_equal_size(predicted, true):
    return (
        ((predicted - predicted.mean()) * (true - true.mean())).mean() ** 2 / true.var() / max(predicted.var(), 1e-12)
    )


def in_units_of_the_predictions(predicted, true):
    return 1 - ((predicted - true) ** 2).sum() / max(((predicted - predicted.mean()) ** 2).sum(), 1e-12)


def variances_compared(predicted, true):
    return predicted.var() / true.var()


def cut_at_zero(predicted, true):
    return max(0.0, 1 - ((predicted - true) ** 2).mean() / true.var())


def shift_forgiven(predicted, true):
    return 1 - (predicted - true).var() / true.var()


WRONG = {
    "weakest_law": [
        ("equivariance", "training asks for just this one"),
        ("composition", "share their mistakes"),
        ("monotone distance", "order is a weak demand"),
        ("distance", "choose one of 'equivariance', 'composition', 'additivity', 'monotone distance'"),
    ],
    "the_rest": [
        ("noise", "nothing is drawn at random"),
        ("both", "'both' is none of the answers"),
        ("Place", "choose one of 'noise', 'place'"),
        (0.15, "0.15 is none of the answers"),
    ],
    "additive_share": [
        (fitted_on_the_new_steps, "with the line of the old ones"),
        (tested_on_the_old_steps, "steps with noise: expected"),
        (no_intercept, "has an intercept too"),
        (mean_over_columns, "over all columns together"),
        (what_is_left, "a straight line explains them fully"),
        (not_around_the_mean, "around the mean of the new steps"),
        (absolute_error, "steps with noise: expected"),
        (never_negative, "the share may be negative"),
    ],
    "walks_help": [
        (1, "only the walks have been out there"),
        (0, "a perfect model"),
        (50, "50 cannot be; guess a number from 0 to 2"),
        (0.05, "off by 0.33"),
        ("half", "'half' is no number"),
    ],
    "still_found": [
        (0, "between training states on all sides"),
        (2, "only long steps cross it"),
        (3, "on two sides only"),
        (4, "4 cannot be; guess a whole number from 0 to 3"),
    ],
    "alarm_inside": [
        (1, "sure is worse than ignorant"),
        (0, "it never saw the place"),
        (-1, "-1 cannot be; guess a number from 0 to 100"),
        (20, "off by 17"),
        ("much", "'much' is no number"),
    ],
    "explained": [
        (correlation, "half as long: expected 0.75, got 1"),
        (squared_correlation_of_equal_size, "is the size of the error seen?"),
        (in_units_of_the_predictions, "half as long: expected 0.75, got 0"),
        (variances_compared, "half as long: expected 0.75, got 0.25"),
        (cut_at_zero, "a shift is an error, too"),
        (shift_forgiven, "a shift is an error, too"),
    ],
}
"""Exercise -> wrong answers, and words of the message about each."""
