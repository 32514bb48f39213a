"""What can keep a latent from collapsing, as one table: loss terms, their shares, and the usual strength.

regulariser_objective("sigreg")            forward + 0.09 * SIGReg, h as an observer
regulariser_objective("inverse", 1.0)      forward + 1 * inverse: the paper's method at lambda = 1
"""

from dataclasses import dataclass

from smwm_lab.errors import check_choice
from smwm_lab.objectives import ObjectiveConfig
from smwm_lab.objectives.objective import check_weight


@dataclass(frozen=True)
class Regulariser:
    """One way against collapse: loss terms, and what the strength (lambda) multiplies."""

    label: str
    """Its name in menus and figures."""
    scaled: dict[str, float]
    """Term -> its share of the strength; empty where there is nothing to scale."""
    usual: float
    """The usual strength: common choices, none of them tuned; 0 where there is nothing to scale."""
    forward: str = "forward"
    """The forward term."""

    def weights(self, strength: float) -> dict[str, float]:
        """Return the weights of all terms that any strength needs, so that the strength can change during a run.

        The inverse model h always learns: where no inverse term trains the encoder, on detached latents
        (`inverse_probe`), so that L_inv / Var(a) measures what the latents hold of the actions.
        """
        scaled = {term: share * strength for term, share in self.scaled.items()}
        observed = 0.0 if scaled.get("inverse", 0.0) > 0 else 1.0
        return {self.forward: 1.0, **scaled, "inverse_probe": observed}

    def objective(self, strength: float) -> ObjectiveConfig:
        """Return the objective of a run at one strength: of the two terms that train h, the one in force."""
        weights = self.weights(strength)
        idle = [name for name in ("inverse", "inverse_probe") if weights.get(name) == 0]
        return ObjectiveConfig(weights={name: weight for name, weight in weights.items() if name not in idle})


REGULARISERS = {
    "inverse": Regulariser("inverse (SMWM)", {"inverse": 1.0}, 10.0),
    "sigreg": Regulariser("SIGReg", {"sigreg": 1.0}, 0.09),
    "vicreg": Regulariser("VICReg", {"variance": 1.0, "covariance": 0.04}, 1.0),
    "reconstruction": Regulariser("reconstruction", {"reconstruction": 1.0}, 10.0),
    "none": Regulariser("none", {}, 0.0),
    "ema_target": Regulariser("EMA target", {}, 0.0, forward="forward_ema"),
    "stop_gradient": Regulariser("stop-gradient", {}, 0.0, forward="forward_stop_gradient"),
}
"""Name -> what it adds to the forward term, or puts in its place."""


def regulariser_objective(name: str, strength: float | None = None) -> ObjectiveConfig:
    """Return the objective of a name in `REGULARISERS`; strength: 0 or more, the usual one if None.

    Raises `InputError` for another name and for a strength that is no weight.

    >>> regulariser_objective("vicreg").weights
    {'forward': 1.0, 'variance': 1.0, 'covariance': 0.04, 'inverse_probe': 1.0}
    """
    check_choice("regulariser", name, tuple(REGULARISERS))
    chosen = REGULARISERS[name]
    if strength is not None:
        check_weight(next(iter(chosen.scaled), name), strength)
    return chosen.objective(chosen.usual if strength is None else strength)
