"""In which precision convolutions run.

In training mode they run in bfloat16 where the machine multiplies it natively; in evaluation mode always in
float32. The latent itself, g and h are float32 in both modes.
"""

import contextlib

import torch
from torch import nn


def has_native_bfloat16(device: torch.device) -> bool:
    """Return whether the device multiplies bfloat16 in hardware (avx512_bf16 or amx on a CPU)."""
    if device.type == "cuda":
        return torch.cuda.is_bf16_supported(including_emulation=False)
    if device.type != "cpu":
        return False
    offered = torch.cpu.get_capabilities()
    return any(offered.get(name, False) for name in ("avx512_bf16", "amx_bf16"))


def convolution_precision(module: nn.Module, device: torch.device) -> contextlib.AbstractContextManager:
    """Return the autocast context for the convolutions of `module`."""
    if module.training and has_native_bfloat16(device):
        return torch.autocast(device.type, torch.bfloat16)
    return contextlib.nullcontext()
