"""Noise whose power falls with frequency as f^-beta along time (Timmer & Koenig 1995)."""

import torch
from torch import Generator

from smwm_lab.axes import Actions, Candidates
from smwm_lab.errors import check_count, check_range
from smwm_lab.gates import require_floats, require_generator
from smwm_lab.planning.solvers.base import normal_like


def coloured_noise(mean: Actions, num: int, beta: float, generator: Generator) -> Candidates:
    """Draw (batch, num, time, action) of variance 1 at every time; beta 0 is white, 2 is a smoothed random walk.

    mean: (batch, time, action), for shape and device. Raises `InputError` for a mean without a number, num below 1,
    beta outside 0 to 8.

    >>> from smwm_lab.seeding import generator
    >>> coloured_noise(torch.zeros(2, 7, 3), 5, 2.0, generator(0, "doc")).shape
    torch.Size([2, 5, 7, 3])
    """
    require_floats("mean", mean, None, None, None)
    check_count("num", num, 1, 1 << 20)
    check_range("beta", beta, 0.0, 8.0)
    require_generator(generator)
    time = mean.shape[1]
    frequency = torch.fft.rfftfreq(time, device=mean.device).clamp_min(1 / time)
    scale = frequency ** (-beta / 2)
    # of a real signal the constant, and at even length the last, coefficient is real: sqrt(2) gives it equal power
    real = torch.full_like(scale, 1.0)
    real[0] = 2**0.5
    power = torch.full_like(scale, 4.0)
    power[0] = 2.0
    imaginary = torch.ones_like(scale)
    imaginary[0] = 0.0
    if time % 2 == 0:
        real[-1], imaginary[-1], power[-1] = 2**0.5, 0.0, 2.0
    scale = scale / (power * scale.square()).sum().sqrt() * time
    shape = mean[:, : len(scale)]
    spectrum = torch.complex(
        normal_like(shape, num, generator) * (real * scale)[:, None],
        normal_like(shape, num, generator) * (imaginary * scale)[:, None],
    )
    return torch.fft.irfft(spectrum, n=time, dim=2)
