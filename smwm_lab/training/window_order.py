"""WindowOrder: which windows of the training data each update sees."""

import torch
from torch import Tensor

from smwm_lab.data.widening import widening_order
from smwm_lab.seeding import generator
from smwm_lab.training.config import TrainConfig


class WindowOrder:
    """The order of a configuration's windows: shuffled anew in each pass, as they lie, or widening.

    It depends on nothing but configuration and step, so that a run goes on where it stopped.
    """

    def __init__(self, config: TrainConfig, count: int, device: torch.device):
        """count: of the windows in the data, which lie in the order of `draw_windows`."""
        self.config, self.count, self.device = config, count, device
        self.size = config.batch_size // config.length
        self._pass: tuple[int, Tensor] | None = None

    def at(self, step: int) -> Tensor:
        """Return the windows of an update, int64 (size,)."""
        epoch, place = divmod(step, self._steps_per_pass)
        if self._pass is None or self._pass[0] != epoch:
            self._pass = (epoch, self._order(epoch).to(self.device))
        return self._pass[1][place * self.size : (place + 1) * self.size]

    @property
    def _steps_per_pass(self) -> int:
        return self.config.num_steps if self.config.widening < 1 else self.count // self.size

    def _order(self, epoch: int) -> Tensor:
        config = self.config
        if config.sector < 1:
            return torch.arange(self.count)
        stream = generator(config.seed, "order", epoch)
        if config.widening == 1:
            return torch.randperm(self.count, generator=stream)
        draws = config.num_steps * self.size
        return widening_order(self.count, draws, share=config.widening, opens=config.widening_opens, generator=stream)
