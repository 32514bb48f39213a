"""Perception: what an agent makes of the state of a world: frames through an encoder, or the state itself."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from smwm_lab.axes import Latent, Latents, State, States
from smwm_lab.errors import check, check_callable, check_instance
from smwm_lab.gates import require_floats, require_memory, require_tensor
from smwm_lab.models import ModelConfig
from smwm_lab.models.mode import evaluating
from smwm_lab.planning.interface.gates import require_able, require_dynamics
from smwm_lab.planning.interface.protocols import Planner, PlanningModel, past_sizes
from smwm_lab.planning.models.oracle import OracleModel
from smwm_lab.worlds import World


CHUNK = 512
"""States encoded at once."""


@dataclass(frozen=True, eq=False)
class Perception:
    """State -> observation -> latent.

    >>> from smwm_lab.worlds import make_world
    >>> sees = Perception.oracle(OracleModel(make_world("single_dot")))
    >>> sees(torch.tensor([[10.0, 20.0]])).tolist()
    [[10.0, 20.0]]
    """

    observe: Callable[[State], Tensor]
    """What the world shows of states (n, state): frames, or the states themselves."""
    encode: Callable[[Tensor], Latent]
    """What the model makes of that, (n, latent)."""
    device: torch.device = torch.device("cpu")
    """Where latents are computed."""
    past_frames: int = 0
    """Latents before now that the model takes, one per action; see `recent_past`."""
    past_actions: int = 0
    """Actions before now that the model takes."""

    def __post_init__(self):
        check_callable("observe", self.observe, "states (n, state) -> what is seen of them")
        check_callable("encode", self.encode, "what is seen -> latents (n, latent)")
        check_instance("device", self.device, torch.device, 'torch.device("cpu") is one')

    @classmethod
    def through(cls, model: PlanningModel, world: World) -> "Perception":
        """See frames of the world through the encoder of a model; the true state if the model is the oracle.

        The encoder runs in evaluation mode and is left in its own. Raises `InputError` for a model of frames or actions
        of another size than the world's.
        """
        check_instance("world", world, World, "make_world gives one")
        require_dynamics(model, PlanningModel)
        if isinstance(model, OracleModel):
            _require_same_world(model.world, world)
            return cls.oracle(model)
        _require_fit(model, world)
        device = device_of(model)

        @torch.no_grad()
        def encode(observation: Tensor) -> Latent:
            with evaluating(model):
                return model.encode(observation)

        return cls(lambda state: world.observe(state.to(device)), encode, device, *past_sizes(model))

    @classmethod
    def oracle(cls, model: OracleModel) -> "Perception":
        """Take the true state for what is seen."""
        check_instance("model", model, OracleModel)
        return cls(lambda state: state, model.encode)

    def __call__(self, state: State) -> Latent:
        """Return the latents of states."""
        require_tensor("states", state, "torch.as_tensor gives one; float32 (n, state)")
        require_memory("states", state)
        return self.encode(self.observe(state))

    @torch.no_grad()
    def encode_trajectories(self, states: States) -> Latents:
        """Return the latents of trajectories (trajectories, frames, state)."""
        require_floats("states", states, None, None, None)
        parts = [self(part) for part in states.flatten(0, 1).split(CHUNK)]
        return torch.cat(parts).unflatten(0, states.shape[:2])


@dataclass(frozen=True, eq=False)
class Agent:
    """Perception and planner: what sees and what decides."""

    perception: Perception
    planner: Planner

    def __post_init__(self):
        check_instance("perception", self.perception, Perception, "Perception.through(model, world) gives one")
        require_able("planner", self.planner, Planner, "decide and receding_horizon")


def device_of(model: object) -> torch.device:
    """Return where the weights of a model lie; the CPU for one without."""
    weights = model.parameters() if isinstance(model, torch.nn.Module) else iter(())
    first = next(weights, None)
    return torch.device("cpu") if first is None else first.device


def _require_same_world(own: World, world: World) -> None:
    if own is not world:
        check(
            own.config == world.config,
            f"the model is the truth of another world ({own.config.kind}); allowed: OracleModel of this one",
        )


def _require_fit(model: PlanningModel, world: World) -> None:
    sizes = getattr(model, "config", None)
    if not isinstance(sizes, ModelConfig):
        return  # an analytic model has no sizes to compare
    spec = world.spec
    expected, found = (spec.observation_shape[1], spec.action_dim), (sizes.side, sizes.action_dim)
    check(
        expected == found,
        f"the model sees {found[0]} px and takes {found[1]} actions, this world has {expected[0]} px and "
        f"{expected[1]} actions; use a run of this world",
    )
