"""What a probe looks at: a trained run, which knows its split, or a model with a split that is checked against it."""

from typing import Protocol, runtime_checkable

from smwm_lab.data import StateSplit
from smwm_lab.errors import check
from smwm_lab.models import WorldModel


@runtime_checkable
class TrainedRun(Protocol):
    """A model that knows which states it was trained on; `Run` and `TrainingLoop` are such."""

    model: WorldModel

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
    run = None if isinstance(trained, WorldModel) else trained
    model = trained if run is None else run.model
    if split is None:
        check(run is not None, "split is not given; give a run, or a model with the split it was trained with")
        return model, run.split
    known = model.training_split if run is None else run.split.key
    check(
        known in (None, split.key),
        f"split ({split.key}) is not the one this model was trained with ({known}), so its held-out states may have "
        "been trained on; allowed: run.split",
    )
    return model, split
