"""Wrong answers to the exercises of notebook 07: the mistakes that people make, and what each is told.

Each of the two bugs of the short search is told from its repair: mended alone, neither passes.
"""

import torch
from scipy.stats import norm
from scipy.stats import t as student


MEASURED = {
    "actions_to_goal": 3,
    "settled_first": "first",
    "imagined_steps": 6400,
    "luck_on_the_canvas": 5.0,
    "more_care": "worse",
}
"""Guess or choice -> what the notebook measures."""


def start_counted(z, goal, terminal, path):
    squared = (z - goal).square().sum(1)
    return terminal * squared[-1] + path * squared.sum()


def end_left_out(z, goal, terminal, path):
    squared = (z - goal).square().sum(1)
    return terminal * squared[-1] + path * squared[1:-1].sum()


def with_a_root(z, goal, terminal, path):
    distance = (z - goal).norm(dim=1)
    return terminal * distance[-1] + path * distance[1:].sum()


def mean_of_the_way(z, goal, terminal, path):
    squared = (z - goal).square().sum(1)
    return terminal * squared[-1] + path * squared[1:].mean()


def without_weights(z, goal, terminal, path):
    squared = (z - goal).square().sum(1)
    return squared[-1] if terminal else squared[1:].sum()


def not_summed_over_latent(z, goal, terminal, path):
    squared = (z - goal).square()
    return terminal * squared[-1] + path * squared[1:].sum(0)


def interval_of(rates, count, quantile):
    half = quantile * rates.std() / count**0.5
    return rates.mean() - half, rates.mean() + half


def tasks_counted_as_seeds(solved):
    rates = solved.flatten()
    return interval_of(rates, len(rates), student.ppf(0.975, len(rates) - 1))


def mean_over_the_wrong_axis(solved):
    rates = solved.mean(0)
    return interval_of(rates, len(rates), student.ppf(0.975, len(rates) - 1))


def divided_by_the_tasks(solved):
    return interval_of(solved.mean(1), solved.numel(), student.ppf(0.975, len(solved) - 1))


def quantile_of_many_seeds(solved):
    return interval_of(solved.mean(1), len(solved), norm.ppf(0.975))


def only_the_half_width(solved):
    rates = solved.mean(1)
    return student.ppf(0.975, len(rates) - 1) * rates.std() / len(rates) ** 0.5


def search(cost_of, mean, num_elites, generator, *, before=None, deviation=None, best=True, after=None):
    """Search as the notebook's solution does, but for what is given."""
    std = torch.ones_like(mean)
    for _ in range(6):
        candidates = mean + std * torch.randn(64, *mean.shape, generator=generator)
        candidates = before(candidates) if before else candidates
        elites = candidates[cost_of(candidates).argsort(descending=not best)[:num_elites]]
        elites = after(elites) if after else elites
        mean = elites.mean(0)
        std = deviation(elites)
    return mean


def clamped(actions):
    return actions.clamp(-1, 1)


def by_the_sample_formula(elites):
    return ((elites - elites.mean(0)).square().sum(0) / (len(elites) - 1)).sqrt()


def of_the_population(elites):
    return elites.std(0, correction=0).clamp_min(0.01)


def only_the_box_repaired(cost_of, mean, *, num_elites, generator):
    return search(cost_of, mean, num_elites, generator, before=clamped, deviation=by_the_sample_formula)


def only_the_deviation_repaired(cost_of, mean, *, num_elites, generator):
    return search(cost_of, mean, num_elites, generator, deviation=of_the_population)


def clamped_after_judging(cost_of, mean, *, num_elites, generator):
    return search(cost_of, mean, num_elites, generator, after=clamped, deviation=of_the_population)


def clamped_at_the_end(cost_of, mean, *, num_elites, generator):
    return clamped(search(cost_of, mean, num_elites, generator, deviation=of_the_population))


def floor_without_the_formula(cost_of, mean, *, num_elites, generator):
    def deviation(elites):
        return by_the_sample_formula(elites).clamp_min(0.01)

    return search(cost_of, mean, num_elites, generator, before=clamped, deviation=deviation)


def no_floor(cost_of, mean, *, num_elites, generator):
    def deviation(elites):
        return elites.std(0, correction=0)

    return search(cost_of, mean, num_elites, generator, before=clamped, deviation=deviation)


def divided_by_one_at_least(cost_of, mean, *, num_elites, generator):
    def deviation(elites):
        return ((elites - elites.mean(0)).square().sum(0) / max(len(elites) - 1, 1)).sqrt()

    return search(cost_of, mean, num_elites, generator, before=clamped, deviation=deviation)


def dearest_first(cost_of, mean, *, num_elites, generator):
    return search(cost_of, mean, num_elites, generator, before=clamped, deviation=of_the_population, best=False)


def deviation_never_changed(cost_of, mean, *, num_elites, generator):
    def deviation(elites):
        return torch.ones_like(elites[0])

    return search(cost_of, mean, num_elites, generator, before=clamped, deviation=deviation)


WRONG = {
    "actions_to_goal": [
        (4, "a diagonal action is longer than 16 px"),
        (5, "at the same time, not one after the other"),
        (2, "32 px along an axis at most"),
        (2.6, "2.6 cannot be; guess a whole number from 1 to 20"),
        (7, "off by 4"),
    ],
    "settled_first": [
        ("last", "it decides the end alone"),
        (0, "0 is none of the answers"),
        ("First", "choose one of 'first', 'last'"),
        ("both", "'both' is none of the answers"),
    ],
    "imagined_steps": [
        (1600, "each of them is imagined over four actions"),
        (800, "there are eight"),
        (200, "the plans of one round"),
        (640, "before anyone knows which are the best 20"),
        (0, "0 cannot be"),
    ],
    "luck_on_the_canvas": [
        (50, "only a disc of 2 px counts"),
        (30, "off by 25"),
        (120, "120 cannot be; guess a number from 0 to 100"),
        ("5 %", "'5 %' is no number"),
    ],
    "seeds_as_unit": [
        (tasks_counted_as_seeds, "5 seeds, 100 tasks of each, low: expected 0.52"),
        (mean_over_the_wrong_axis, "there are 5 independent numbers"),
        (divided_by_the_tasks, "share one model"),
        (quantile_of_many_seeds, "wherever n stands"),
        (only_the_half_width, "expected two numbers, low and high"),
    ],
    "more_care": [
        ("better", "each look again allows five actions"),
        ("equal", "moves the end on by one action"),
        ("Worse", "choose one of 'better', 'equal', 'worse'"),
        (-1, "-1 is none of the answers"),
    ],
    "plan_cost": [
        (start_counted, "z_0 is where the plan begins"),
        (end_left_out, "the last one too"),
        (with_a_root, "a way that ends beside the goal, terminal = 1, path = 0: expected 5, got 2.236"),
        (mean_of_the_way, "arrives with the last step, terminal = 0, path = 1: expected 10, got 3.333"),
        (without_weights, "each of the two costs has its weight"),
        (not_summed_over_latent, "expected one number, got shape (2,)"),
    ],
    "two_bugs": [
        (only_the_box_repaired, "bug, a plan from a single elite: expected finite numbers, got nan"),
        (only_the_deviation_repaired, "bug, actions that nobody can execute"),
        (clamped_after_judging, "what is judged must be what can be done"),
        (clamped_at_the_end, "the cost was asked about an action of"),
        (floor_without_the_formula, "what does the deviation divide by?"),
        (no_floor, "a search without deviation stands still"),
        (divided_by_one_at_least, "expected plans that differ in every round"),
        (dearest_first, "a goal out of reach: expected 1 at [0, 0]"),
        (deviation_never_changed, "expected"),
    ],
}
"""Exercise -> wrong answers, and words of the message about each."""
