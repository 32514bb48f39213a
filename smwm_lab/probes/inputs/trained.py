"""What a probe looks at: a trained run, which knows its split, or a model with a split that is checked against it."""

from typing import Protocol, runtime_checkable

import torch

from smwm_lab.data import StateSplit
from smwm_lab.errors import InputError, check, check_instance
from smwm_lab.models import WorldModel
from smwm_lab.worlds import World


@runtime_checkable
class TrainedRun(Protocol):
    """A model that knows which states it was trained on; `Run` and `TrainingLoop` are such."""

    @property
    def model(self) -> WorldModel:
        """The model."""

    @property
    def split(self) -> StateSplit:
        """Which states were held out."""


Trained = WorldModel | TrainedRun


def model_and_split(trained: Trained, split: StateSplit | None) -> tuple[WorldModel, StateSplit]:
    """Return the model and the split to judge it on.

    trained: a run, whose own split is taken, or a model. split: needed for a model; beside a run or a model of a run it
    must be the one it was trained with. Raises `InputError` where it is another: its held-out states are then states
    that the model was trained on.
    """
    check_instance("trained", trained, (WorldModel, TrainedRun), "a run, or a model with its split")
    if split is not None:
        check_instance("split", split, StateSplit, "of a run: run.split")
    if isinstance(trained, WorldModel):
        model, own, known = trained, None, trained.training_split
    else:
        model, own, known = trained.model, trained.split, trained.split.key
    if split is None:
        if own is None:
            raise InputError("split is not given; give a run, or a model with the split it was trained with")
        require_model("trained", model, own.world)
        return model, own
    check(
        known in (None, split.key),
        f"split ({split.key}) is not the one this model was trained with ({known}), so its held-out states may have "
        "been trained on; allowed: run.split",
    )
    require_model("trained", model, split.world)
    return model, split


def require_model(name: str, model: object, world: World | None = None) -> WorldModel:
    """Return a model of a caller; raise `InputError` for what is none, or has NaN weights, or sees other images.

    world: the one whose images it is to look at, if that is known.
    """
    check_instance(name, model, WorldModel)
    assert isinstance(model, WorldModel)
    finite = torch.stack([torch.isfinite(value).all() for value in model.parameters()])
    check(bool(finite.all()), f"{name} has weights that are NaN or infinite; allowed: finite ones (train it anew)")
    if world is not None:
        seen, shown = model.config.observation_shape, world.spec.observation_shape
        check(seen == shown, f"{name} sees {seen}, this world shows {shown}; allowed: the model's own world")
    return model


def require_actions(name: str, model: WorldModel, world: World) -> None:
    """Raise `InputError` unless a model takes the actions of a world."""
    expected, found = world.spec.action_dim, model.config.action_dim
    check(
        expected == found,
        f"{name} takes {found} actions, this world has {expected}; allowed: the world it was trained on",
    )
