"""Wrong answers to the exercises of notebook 03: the mistakes that people make, and what each is told."""

import torch


MEASURED = {
    "dead_readout": "something",
    "candidates_collapsed": 2,
    "fewest_directions": "inverse",
    "scaled_columns": 1,
}
"""Guess or choice -> what the notebook measures."""


def read(z, place):
    design = torch.cat([z, torch.ones(len(z), 1)], 1)
    rest = place - design @ torch.linalg.lstsq(design, place[:, None]).solution[:, 0]
    return 1 - rest.var() / place.var()


def stretched_before_the_noise(z, place, noise):
    return read((z - z.mean(0)) / z.std(0) + noise, place)


def stretched_to_the_largest(z, place, noise):
    return read(z / z.abs().max() + noise, place)


def noise_as_large_as_the_latents(z, place, noise):
    return read(z + noise * z.std(0), place)


def without_noise(z, place, noise):
    return read(z, place)


def noise_stretched_as_well(z, place, noise):
    z = z + noise / noise.std().clamp_min(1e-9)
    return read(z, place)


def share_that_is_not_read(z, place, noise):
    return 1 - read(z + noise, place)


def wide_dimensions_are_paid_back(z):
    return (1 - (z.var(0) + 1e-4).sqrt()).mean()


def any_other_deviation_costs(z):
    return (1 - (z.var(0) + 1e-4).sqrt()).abs().mean()


def variance_and_no_deviation(z):
    return (1 - z.var(0)).clamp_min(0).mean()


def variance_over_n(z):
    return (1 - (z.var(0, correction=0) + 1e-4).sqrt()).clamp_min(0).mean()


def all_numbers_at_once(z):
    return (1 - (z.var() + 1e-4).sqrt()).clamp_min(0)


def sum_and_no_mean(z):
    return (1 - (z.var(0) + 1e-4).sqrt()).clamp_min(0).sum()


def hinge_of_the_mean(z):
    return (1 - (z.var(0) + 1e-4).sqrt().mean()).clamp_min(0)


def not_around_the_mean(z):
    return (1 - (z.pow(2).sum(0) / (len(z) - 1) + 1e-4).sqrt()).clamp_min(0).mean()


def nothing_inside_the_root(z):
    return (1 - z.std(0)).clamp_min(0).mean()


def entropy_without_exp(variances):
    p = variances[variances > 0] / variances.sum()
    return -(p * p.log()).sum()


def not_a_number_at_0(variances):
    p = variances / variances.sum()
    return (-(p * p.log()).sum()).exp()


def other_logarithm(variances):
    p = variances[variances > 0] / variances.sum()
    return (-(p * p.log2()).sum()).exp()


def without_shares(variances):
    p = variances[variances > 0]
    return (-(p * p.log()).sum()).exp()


def something_added(variances):
    p = (variances + 1e-7) / (variances + 1e-7).sum()
    return (-(p * p.log()).sum()).exp()


def participation_ratio(variances):
    p = variances / variances.sum()
    return 1 / p.pow(2).sum()


def roots_of_variances(variances):
    p = variances[variances > 0].sqrt()
    p = p / p.sum()
    return (-(p * p.log()).sum()).exp()


def directions_that_are_not_0(variances):
    return (variances > 0).sum()


WRONG = {
    "dead_readout": [
        ("nothing", "a tiny cloud but no single point"),
        ("Something", "choose one of 'nothing', 'something'"),
        (0.8, "0.8 is none of the answers"),
        ("all", "'all' is none of the answers"),
    ],
    "r2_in_noise": [
        (stretched_before_the_noise, "latents that shrank to 3 %, noise of 0.01: expected"),
        (stretched_to_the_largest, "does a step hide their size?"),
        (noise_as_large_as_the_latents, "latents that shrank to 3 %, noise of 0.01: expected"),
        (without_noise, "does a step hide their size?"),
        (noise_stretched_as_well, "healthy latents, noise of 0.01: expected"),
        (share_that_is_not_read, "without noise: expected 1"),
    ],
    "candidates_collapsed": [
        (0, "with augmentations and normalisation beside it"),
        (1, "neither asks for different latents"),
        (5, "keep pictures apart as well"),
        (3, "nothing that keeps latents apart"),
        (7, "guess a whole number from 0 to 6"),
    ],
    "fewest_directions": [
        ("SIGReg", "variance in every direction alike"),
        ("VICReg", "a deviation of 1"),
        ("reconstruction", "pixels of a dot bend"),
        ("EMA target", "choose one of 'inverse', 'SIGReg', 'VICReg', 'reconstruction'"),
    ],
    "scaled_columns": [
        (0, "by a factor of a million"),
        (5, "computed from shares"),
        (2, "RankMe does not subtract the mean"),
        (4, "off by 3"),
        (1.5, "1.5 cannot be"),
    ],
    "variance_hinge": [
        (variance_and_no_deviation, "deviations of 0.5: expected 0.4999, got 0.75; 1 minus the deviation"),
        (wide_dimensions_are_paid_back, "what is wider than 1 costs nothing"),
        (any_other_deviation_costs, "what is wider than 1 costs nothing"),
        (variance_over_n, "variances are over n - 1"),
        (all_numbers_at_once, "deviations of 1: expected"),
        (sum_and_no_mean, "deviations of 0.5: expected"),
        (hinge_of_the_mean, "each dimension by itself"),
        (not_around_the_mean, "variance is taken around the mean"),
        (nothing_inside_the_root, "collapsed latents: expected 0.99, got 1; without 1e-4 inside the root"),
    ],
    "effective_rank": [
        (entropy_without_exp, "exp of the entropy, by the natural logarithm, is 4"),
        (other_logarithm, "exp of the entropy, by the natural logarithm, is 4"),
        (not_a_number_at_0, "two equal variances and two of 0: the rank is NaN; 0 log 0 counts as 0"),
        (without_shares, "four equal variances: expected 4, got 1"),
        (something_added, "variances of 3e-9 and 1e-9: expected 1.755, got 2"),
        (participation_ratio, "variances of 3 and 1: expected 1.755, got 1.6"),
        (roots_of_variances, "variances of 3 and 1: expected"),
        (directions_that_are_not_0, "variances of 3 and 1: expected 1.755, got 2"),
    ],
}
"""Exercise -> wrong answers, and words of the message about each."""
