"""The networks of a run as ONNX, for runtimes without Python: encoder, forward model and inverse model.

Needs the extra `onnx` (onnx, onnxscript; onnxruntime opens what is written).
"""

import logging
import warnings
from importlib.util import find_spec
from pathlib import Path

import torch
from torch import Tensor, nn

from smwm_lab.errors import check
from smwm_lab.training.plain_loader import PlainModel


PACKAGES = ("onnx", "onnxscript")
FILES = {"encoder": "encoder.onnx", "forward_model": "forward_model.onnx", "inverse_model": "inverse_model.onnx"}
"""Network -> its file."""


class _Encoder(nn.Module):
    def __init__(self, model: PlainModel):
        super().__init__()
        self.model = model

    def forward(self, observation: Tensor) -> Tensor:
        return self.model.encode(observation)


class _ForwardModel(_Encoder):
    def forward(self, z: Tensor, action: Tensor) -> Tensor:  # type: ignore[override]
        return self.model.predict(z, action)


class _InverseModel(_Encoder):
    def forward(self, z: Tensor, z_next: Tensor) -> Tensor:  # type: ignore[override]
        return self.model.infer_action(z, z_next)


def require_onnx() -> None:
    """Raise `InputError` unless the packages that write ONNX are installed."""
    missing = [name for name in PACKAGES if find_spec(name) is None]
    check(not missing, f'{", ".join(missing)} not installed; pip install "smwm_lab[onnx]" brings what writes ONNX')


def write_onnx(model: PlainModel, folder: Path, *, side: int, latent_dim: int) -> None:
    """Write the three networks into a folder; the first axis of all they take and give is a batch of any size.

    encoder: observation, uint8 (n, 3, side, side) -> z, float32 (n, latent_dim); forward_model: z, action (n, A) ->
    z_next; inverse_model: z, z_next -> action, none of it for a world without actions.
    """
    image = torch.zeros(2, 3, side, side, dtype=torch.uint8)
    z, action = torch.zeros(2, latent_dim), torch.zeros(2, model.action_dim)
    _write(_Encoder(model), folder / FILES["encoder"], {"observation": image}, "z")
    _write(_ForwardModel(model), folder / FILES["forward_model"], {"z": z, "action": action}, "z_next")
    if model.action_dim:
        _write(_InverseModel(model), folder / FILES["inverse_model"], {"z": z, "z_next": z}, "action")


def _write(network: nn.Module, path: Path, inputs: dict[str, Tensor], output: str) -> None:
    exporter = logging.getLogger("torch.onnx")
    level = exporter.level
    exporter.setLevel(logging.ERROR)  # it names operators of torchvision, which is not needed
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)  # of torch's own code
            torch.onnx.export(
                network.eval(),
                tuple(value.clone() for value in inputs.values()),
                path,
                input_names=list(inputs),
                output_names=[output],
                dynamic_shapes={name: {0: torch.export.Dim.DYNAMIC} for name in inputs},
                dynamo=True,
                external_data=False,
                verbose=False,
            )
    finally:
        exporter.setLevel(level)
