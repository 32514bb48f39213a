"""What a probe looks at: a trained run, which knows its split, or a model with a split that is checked against it."""

from typing import Protocol, runtime_checkable

from smwm_lab.data import StateSplit
from smwm_lab.errors import InputError, check
from smwm_lab.models import WorldModel


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
    if isinstance(trained, WorldModel):
        model, own, known = trained, None, trained.training_split
    else:
        model, own, known = trained.model, trained.split, trained.split.key
    if split is None:
        if own is None:
            raise InputError("split is not given; give a run, or a model with the split it was trained with")
        return model, own
    check(
        known in (None, split.key),
        f"split ({split.key}) is not the one this model was trained with ({known}), so its held-out states may have "
        "been trained on; allowed: run.split",
    )
    return model, split
