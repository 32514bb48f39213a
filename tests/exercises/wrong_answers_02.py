"""Wrong answers to the exercises of notebook 02: the mistakes that people make, and what each is told."""

import torch


MEASURED = {"detached_target": "slope", "alarm_at_start": 1.0, "falls_first": "forward"}
"""Guess or choice -> what the notebook measures."""


def losses(z, z_next, guess_z, guess_a, a, lam):
    forward, inverse = (guess_z - z_next).pow(2).mean(), (guess_a - a).pow(2).mean()
    return forward, inverse, forward + lam * inverse


def target_detached(f, g, h, o, a, o_next, lam):
    z, z_next = f(o), f(o_next)
    forward = (g(z, a) - z_next.detach()).pow(2).mean()
    inverse = (h(z, z_next) - a).pow(2).mean()
    return forward, inverse, forward + lam * inverse


def inverse_detached(f, g, h, o, a, o_next, lam):
    z, z_next = f(o), f(o_next)
    return losses(z, z_next, g(z, a), h(z.detach(), z_next.detach()), a, lam)


def arguments_of_h_swapped(f, g, h, o, a, o_next, lam):
    z, z_next = f(o), f(o_next)
    return losses(z, z_next, g(z, a), h(z_next, z), a, lam)


def predicts_from_the_next(f, g, h, o, a, o_next, lam):
    z, z_next = f(o), f(o_next)
    return losses(z, z_next, g(z_next, a), h(z, z_next), a, lam)


def sums_and_no_means(f, g, h, o, a, o_next, lam):
    z, z_next = f(o), f(o_next)
    forward, inverse = (g(z, a) - z_next).pow(2).sum(), (h(z, z_next) - a).pow(2).sum()
    return forward, inverse, forward + lam * inverse


def lambda_at_the_wrong_loss(f, g, h, o, a, o_next, lam):
    z, z_next = f(o), f(o_next)
    forward, inverse, _ = losses(z, z_next, g(z, a), h(z, z_next), a, lam)
    return forward, inverse, lam * forward + inverse


def lambda_fixed(f, g, h, o, a, o_next, lam):
    z, z_next = f(o), f(o_next)
    return losses(z, z_next, g(z, a), h(z, z_next), a, 10)


def only_the_sum(f, g, h, o, a, o_next, lam):
    z, z_next = f(o), f(o_next)
    return losses(z, z_next, g(z, a), h(z, z_next), a, lam)[2]


def plain_numbers(f, g, h, o, a, o_next, lam):
    z, z_next = f(o), f(o_next)
    return tuple(each.item() for each in losses(z, z_next, g(z, a), h(z, z_next), a, lam))


def variance_of_all_numbers(guessed, actions):
    return (guessed - actions).pow(2).mean() / actions.var(correction=0)


def over_n_minus_1(guessed, actions):
    return (guessed - actions).pow(2).mean() / actions.var(0).mean()


def not_around_the_mean(guessed, actions):
    return (guessed - actions).pow(2).mean() / actions.pow(2).mean()


def deviations_and_no_variances(guessed, actions):
    return (guessed - actions).pow(2).mean() / actions.std(0, correction=0).mean()


def mean_of_ratios(guessed, actions):
    return ((guessed - actions).pow(2).mean(0) / actions.var(0, correction=0)).mean()


def one_for_each_component(guessed, actions):
    return (guessed - actions).pow(2).mean(0) / actions.var(0, correction=0)


def upside_down(guessed, actions):
    return actions.var(0, correction=0).mean() / (guessed - actions).pow(2).mean()


def absolute_errors(guessed, actions):
    return torch.abs(guessed - actions).mean() / (actions - actions.mean(0)).abs().mean()


WRONG = {
    "four_lines": [
        (target_detached, "both losses reach f, by z and by z': nothing is detached"),
        (inverse_detached, "L is right, but its slope in the encoder's weights is off by"),
        (arguments_of_h_swapped, "L_inv with lam = 10: expected"),
        (predicts_from_the_next, "L_fwd with lam = 10: expected"),
        (sums_and_no_means, "over the batch and all dimensions"),
        (lambda_at_the_wrong_loss, "L = L_fwd + lam * L_inv"),
        (lambda_fixed, "L with lam = 0.5: expected"),
        (only_the_sum, "expected three numbers, L_fwd, L_inv, L, got Tensor"),
        (plain_numbers, "it has no slope; keep it a tensor"),
    ],
    "detached_target": [
        ("loss", "a detached tensor has the same values, so the loss is the same"),
        ("both", "the slope changes, but a detached tensor has the same values"),
        ("neither", "the encoder made z' as well"),
        ("slopes", "choose one of 'loss', 'slope', 'both', 'neither'"),
    ],
    "alarm_at_start": [
        (0, "0 would be every action guessed right"),
        (0.5, "nothing is known yet"),
        (10, "10 is λ"),
        (2, "two random actions compared"),
        (-1, "-1 cannot be; guess a number from 0 to 10"),
        (3, "off by 2"),
    ],
    "falls_first": [
        ("inverse", "they must come apart first"),
        ("together", "they pull in opposite directions"),
        ("L_fwd", "choose one of 'forward', 'inverse', 'together'"),
        (1, "1 is none of the answers"),
    ],
    "collapse_alarm": [
        (variance_of_all_numbers, "around the mean of each component"),
        (over_n_minus_1, "always the mean action: expected 1, got 0.8; Var(a) is what this guess costs"),
        (not_around_the_mean, "always the mean action: expected 1"),
        (deviations_and_no_variances, "always the mean action: expected 1"),
        (mean_of_ratios, "guesses with errors: expected"),
        (one_for_each_component, "expected one number, got shape (2,)"),
        (upside_down, "every action guessed right: expected finite numbers, got inf"),
        (absolute_errors, "guesses with errors: expected"),
    ],
}
"""Exercise -> wrong answers, and words of the message about each."""
