"""Exercises of notebook 02: the loss in four lines, where its slope goes, what falls first, and the collapse alarm."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.nn import Module

from smwm_lab.exercises.compare import same_values
from smwm_lab.exercises.exercise import Choice, Guess, NotYet, Task
from smwm_lab.models import ModelConfig, WorldModel
from smwm_lab.objectives import EncodedBatch, Objective, ObjectiveConfig


SMALL = ModelConfig(side=16, channels=(8,), latent_dim=6, hidden_dim=16, depth=1)
NAMES = ("L_fwd", "L_inv", "L")
REASONS = {
    "L_fwd": "the mean of (g(z, a) - z')², over the batch and all dimensions",
    "L_inv": "the mean of (h(z, z') - a)², over the batch and all components",
    "L": "L = L_fwd + lam * L_inv",
}


def check_four_lines(answer: Callable[..., Any]) -> str:
    """Check `loss(f, g, h, o, a, o_next, lam)` against the library's objective: values, and slopes in the encoder."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        model = WorldModel(SMALL).eval()  # in float32; some machines train in a shorter format
        frames = torch.randint(0, 256, (2, 12, 3, SMALL.side, SMALL.side), dtype=torch.uint8)
        action = torch.rand(12, 2) * 2 - 1
    for lam in (10.0, 0.5):
        f, g, h = (_function(part) for part in (model.encoder, model.forward_model, model.inverse_model))
        found = answer(f, g, h, frames[0], action, frames[1], lam)
        if not isinstance(found, tuple | list) or len(found) != len(NAMES):
            raise NotYet(f"expected three numbers, {', '.join(NAMES)}, got {type(found).__name__}")
        latents = model.encode(frames.flatten(0, 1)).unflatten(0, (2, -1))
        objective = Objective(ObjectiveConfig(weights={"forward": 1.0, "inverse": lam}), model)
        library = objective(EncodedBatch(model, frames, latents, action[None]))
        expected = (library.terms["forward"], library.terms["inverse"], library.total)
        for name, ours, theirs in zip(NAMES, expected, found, strict=True):
            same_values(f"{name} with lam = {lam:g}", theirs, ours, why=REASONS[name])
        _same_slopes(model, library.total, found[2])
    return "both losses, their sum, and its slope in every weight of the encoder are the library's"


def _function(part: Module) -> Callable[..., Tensor]:
    """Return a network as a function: a module would be copied for the learner, and its slopes lie in the copy."""
    return lambda *inputs: part(*inputs)


def _same_slopes(model: WorldModel, ours: Tensor, theirs: object) -> None:
    if not isinstance(theirs, Tensor) or not theirs.requires_grad:
        raise NotYet("L is right, but nothing can be learned from it: it has no slope; keep it a tensor (no .item())")
    weights = list(model.encoder.parameters())
    expected = torch.autograd.grad(ours, weights)
    found = torch.autograd.grad(theirs, weights, allow_unused=True)
    steepest = max(float(slope.abs().max()) for slope in expected)
    for slope, other in zip(expected, found, strict=True):
        apart = float((slope - (0 if other is None else other)).abs().max())
        if not apart <= 1e-4 * steepest:
            raise NotYet(
                f"L is right, but its slope in the encoder's weights is off by {apart:.1e}, where the steepest is "
                f"{steepest:.1e}; both losses reach f, by z and by z': nothing is detached"
            )


def check_alarm(answer: Callable[..., Any]) -> str:
    """Check `alarm(guessed, actions)`, both (n, action_dim): L_inv over what guessing the mean action would cost."""
    chance = torch.Generator().manual_seed(0)
    actions = torch.randn(5, 2, generator=chance) * torch.tensor([1.0, 0.2]) + torch.tensor([2.0, -1.0])
    mean = actions.mean(0).expand_as(actions)
    guessed = actions + torch.randn(5, 2, generator=chance) * 0.5
    cases = (
        ("every action guessed right", actions, 0.0, "the error is 0"),
        (
            "always the mean action",
            mean,
            1.0,
            "Var(a) is what this guess costs: around the mean of each component, over n",
        ),
        (
            "guesses with errors",
            guessed,
            _ratio(guessed, actions),
            "the mean of squared errors over the mean of variances",
        ),
    )
    for words, given, expected, why in cases:
        same_values(words, answer(given, actions), expected, why=why)
    return "0 for every action guessed right, 1 for always guessing the mean"


def _ratio(guessed: Tensor, actions: Tensor) -> float:
    return float((guessed - actions).square().mean() / actions.var(0, correction=0).mean())


EXERCISES = (
    Task(
        name="four_lines",
        notebook="02",
        title="the loss in four lines",
        hints=(
            "One line for the latents, one for each loss, one for the sum.",
            "`(x - y).pow(2).mean()` is a mean squared difference, over the batch and all dimensions.",
            "f is called twice, g and h once each, h with the earlier latent first; nothing is detached.",
        ),
        check=check_four_lines,
    ),
    Choice(
        name="detached_target",
        notebook="02",
        title="what detaching the target changes",
        hints=("`detach` returns a tensor with the same values. What does it leave out?",),
        options={
            "loss": "a detached tensor has the same values, so the loss is the same",
            "slope": "the values stay, but the way back to the encoder through z' is cut",
            "both": "the slope changes, but a detached tensor has the same values, and so has the loss",
            "neither": "the encoder made z' as well: with that way back cut its slope is another",
        },
    ),
    Guess(
        name="alarm_at_start",
        notebook="02",
        title="L_inv / Var(a) before anything is learned",
        hints=(
            "Knowing nothing, which one action would you always guess, to be least wrong in the mean?",
            "The mean squared error of always guessing the mean has a name.",
        ),
        low=0,
        high=10,
        close=0.25,
        traps={
            0.0: "0 would be every action guessed right",
            0.5: "half of the variance would have to be explained, and nothing is known yet",
            10.0: "10 is λ, which weighs L_inv and does not change it",
            2.0: "that would be two random actions compared; always guessing the mean costs half of it",
        },
    ),
    Choice(
        name="falls_first",
        notebook="02",
        title="which loss falls first",
        hints=("Which of the two could be made smaller by an encoder that knows nothing at all?",),
        options={
            "forward": "latents that shrink are easier to predict, and shrinking is easily learned",
            "inverse": "h cannot read an action from latents that are nearly equal; they must come apart first",
            "together": "at first they pull in opposite directions: one shrinks the latents, the other spreads them",
        },
    ),
    Task(
        name="collapse_alarm",
        notebook="02",
        title="the alarm L_inv / Var(a)",
        hints=(
            "L_inv is the mean of squared differences between guessed and true actions.",
            "Var(a) is the same for someone who always guesses the mean action, the mean of each component.",
            "Take the mean over rows (dim 0) for that guess, and over everything for the squared differences.",
        ),
        check=check_alarm,
    ),
)
