"""What planning asks of a model, of a cost, and of what decides.

rollout(z, a[T]) -> z[T+1]        all that a plan needs; an analytic dynamics has it too
rollout(z, a[T], past) -> z[T+1]  of a model with memory: one whose past_frames or past_actions are above 0
encode(o) -> z                    to act in a world that is seen
infer_action(z, z') -> a          only where the inverse head acts or proposes
"""

from typing import Protocol, runtime_checkable

from smwm_lab.axes import (
    Action,
    Actions,
    CandidateLatents,
    Candidates,
    Costs,
    Latent,
    Latents,
    Observation,
)
from smwm_lab.planning.interface.plan_types import Plan, Query


@runtime_checkable
class Dynamics(Protocol):
    """A latent dynamics; implement this to plan with a model of your own."""

    def rollout(self, z: Latent, actions: Actions) -> Latents:
        """Return T+1 latents, the first of them z itself."""


@runtime_checkable
class PlanningModel(Dynamics, Protocol):
    """A latent dynamics with the encoder that belongs to it; implement this to act in a world that is seen."""

    def encode(self, observation: Observation) -> Latent:
        """Return the latents of uint8 images."""


@runtime_checkable
class InverseHead(Protocol):
    """A model that infers the action between two latents; implement this to act or propose by the inverse head."""

    def infer_action(self, z: Latent, z_next: Latent) -> Action:
        """Return the guess of the actions."""


@runtime_checkable
class InvertibleDynamics(Dynamics, InverseHead, Protocol):
    """A latent dynamics with an inverse head; needed where the head proposes what a search starts from."""


@runtime_checkable
class Cost(Protocol):
    """What is minimised."""

    def __call__(self, latents: CandidateLatents, actions: Candidates) -> Costs:
        """Return the cost of every candidate from its imagined latents and its actions."""


@runtime_checkable
class CandidateCost(Protocol):
    """A cost with model and start latents inside: what a solver sees."""

    def __call__(self, candidates: Candidates) -> Costs:
        """Return the cost of every candidate."""


@runtime_checkable
class Planner(Protocol):
    """What decides: from latents and goal latents to the next actions of every task."""

    @property
    def receding_horizon(self) -> int:
        """How many actions of a plan are executed before the next decision."""

    def decide(self, query: Query) -> Plan:
        """Return a plan of one or more actions per task."""


def past_sizes(model: object) -> tuple[int, int]:
    """Return how many latents and how many actions before now a model takes; 0 and 0 for one that says nothing."""
    return getattr(model, "past_frames", 0), getattr(model, "past_actions", 0)
