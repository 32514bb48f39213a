"""The objective: a weighted sum of named terms. The paper's method is forward + 10 * inverse."""

from dataclasses import dataclass
from typing import cast

from torch import nn

from smwm_lab.axes import Scalar
from smwm_lab.config import Config, config, later
from smwm_lab.errors import check, check_choice, check_instance, check_range
from smwm_lab.models import WorldModel
from smwm_lab.objectives.base import EncodedBatch, Term, TermConfig
from smwm_lab.objectives.multistep import MultiStepInverse, RolloutError
from smwm_lab.objectives.prediction import Forward, Inverse, InverseProbe
from smwm_lab.objectives.reconstruction import Reconstruction
from smwm_lab.objectives.sigreg import SIGReg
from smwm_lab.objectives.target_network import EMAForward, StopGradientForward
from smwm_lab.objectives.vicreg import Covariance, Variance


TERMS: dict[str, type[Term]] = {
    term.name: term
    for term in (
        Forward,
        Inverse,
        InverseProbe,
        SIGReg,
        Variance,
        Covariance,
        StopGradientForward,
        EMAForward,
        Reconstruction,
        RolloutError,
        MultiStepInverse,
    )
}
"""All terms by name; a new one needs a class and its place here."""


@config
class ObjectiveConfig(Config):
    """Which terms are summed, their weights, and their constants where they are not the usual ones.

    >>> from smwm_lab.objectives import SIGRegConfig
    >>> weights = {"forward": 1.0, "sigreg": 0.09}
    >>> ObjectiveConfig(weights=weights, terms={"sigreg": SIGRegConfig(scale_rows=256)}).terms["sigreg"].num_knots
    17
    """

    weights: dict[str, float]
    """Term name -> weight, 0 or more; a term of weight 0 is logged and not trained on."""
    terms: dict[str, TermConfig] = later(default={})
    """Term name -> its constants; a term that is not named here has the usual ones. Constants equal to the usual ones
    are dropped, so that one recipe has one fingerprint."""

    def __post_init__(self):
        check(len(self.weights) > 0, "weights = {} is empty; name at least one term")
        for name, weight in self.weights.items():
            check_choice("weights", name, tuple(TERMS))
            check_weight(name, weight)
        for name, constants in self.terms.items():
            _check_constants(name, constants, self.weights)
        changed = {name: each for name, each in self.terms.items() if each != TERMS[name].config_class()}
        object.__setattr__(self, "terms", changed)


def _check_constants(name: str, constants: TermConfig, weights: dict[str, float]) -> None:
    """Raise `InputError` unless constants belong to a term that is in the sum."""
    has = ", ".join(weights)
    check(name in weights, f"terms = {name!r} has constants and no weight; allowed: {has} (or add it to weights)")
    wanted = TERMS[name].config_class
    allowed = wanted.kind if wanted is not TermConfig else "none, the term has no constants"
    check(type(constants) is wanted, f"terms[{name!r}] is a {constants.kind}; allowed: {allowed}")


def check_weight(name: str, weight: float) -> None:
    """Raise `InputError` unless a weight is finite and at least 0."""
    check_range(f"weight of {name}", weight, 0.0, 1e6)


@dataclass(frozen=True)
class Loss:
    """The total to minimise and the unweighted value of every term."""

    total: Scalar
    terms: dict[str, Scalar]


class Objective(nn.Module):
    """Weighted sum of terms; weights may be changed between steps with `set_weight`."""

    def __init__(self, config: ObjectiveConfig, model: WorldModel):
        super().__init__()
        check_instance("config", config, ObjectiveConfig)
        check_instance("model", model, WorldModel)
        self.weights = dict(config.weights)
        self.terms = nn.ModuleList([TERMS[name](model, config.terms.get(name)) for name in self.weights])

    def forward(self, batch: EncodedBatch) -> Loss:
        """Return the loss of a batch; where no term has a gradient, the total's is 0 everywhere."""
        check_instance("batch", batch, EncodedBatch)
        values = {term.name: term(batch) for term in self._each()}
        weighted = [self.weights[name] * value for name, value in values.items() if self.weights[name] > 0]
        total = sum(weighted[1:], weighted[0]) if weighted else batch.latents.new_zeros(())
        return Loss(total if total.requires_grad else total + batch.latents.sum() * 0, values)

    def set_weight(self, name: str, weight: float) -> None:
        """Change the weight of a term that the objective has; raise `InputError` otherwise."""
        check_choice("term", name, tuple(self.weights))
        check_weight(name, weight)
        self.weights[name] = float(weight)

    def after_step(self, model: WorldModel) -> None:
        """Let terms with slow copies follow the model."""
        check_instance("model", model, WorldModel)
        for term in self._each():
            term.after_step(model)

    def _each(self) -> list[Term]:
        return cast("list[Term]", list(self.terms))
