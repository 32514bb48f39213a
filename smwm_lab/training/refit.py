"""The second stage of a run: the encoder is frozen, and the forward model is trained again on cached latents.

Latents that no longer move are encoded once, so an update costs a small part of one of the first stage, and rollouts of
several steps, from a past of several frames, can be learned in seconds. The inverse model stays as it is.
"""

import time
from collections.abc import Iterator

import torch
from torch import Tensor

from smwm_lab.data import StateSplit, sample_windows
from smwm_lab.errors import NonFiniteLoss
from smwm_lab.models import Past, WorldModel
from smwm_lab.objectives.base import squared_error
from smwm_lab.probes.inputs.encode import encode_states
from smwm_lab.seeding import generator, stream_seed
from smwm_lab.training.config import TrainConfig
from smwm_lab.training.loop import Snapshot
from smwm_lab.training.noise import dropout_stream
from smwm_lab.training.schedule import learning_rate
from smwm_lab.worlds import Trajectories


LOSS = "refit"
"""Column of the metrics: mean squared error of the rollouts."""


class Refit:
    """Trains a new forward model behind the encoder of a model; iterate to the end, then take `model`.

    model: with the weights of the first stage; it is left as it is. split: the training side of it is used.
    """

    def __init__(self, model: WorldModel, config: TrainConfig, split: StateSplit, *, num_snapshots: int = 100):
        assert config.refit is not None, "a configuration with a second stage"
        self.config, self.recipe, self.split = config, config.refit, split
        device = next(model.parameters()).device
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(stream_seed(config.seed, "refit weights"))
            self.model = WorldModel(config.final_model)
        for part in ("encoder", "inverse_model"):
            getattr(self.model, part).load_state_dict(getattr(model, part).state_dict())
        self.model.training_split = split.key
        self.model.to(device, memory_format=torch.channels_last).eval()  # type: ignore[call-overload]
        self._snapshot_every = max(1, self.recipe.num_steps // num_snapshots)
        self._order: tuple[int, Tensor] | None = None

    def __iter__(self) -> Iterator[Snapshot]:
        recipe, network, seconds = self.recipe, self.model.forward_model, 0.0
        started = time.perf_counter()
        latents, actions = self._encoded()
        betas = (0.9, self.config.adam_beta2)
        optimizer = torch.optim.Adam(network.parameters(), lr=recipe.learning_rate, betas=betas, fused=True)
        network.train()
        values: list[Tensor] = []
        for step in range(recipe.num_steps):
            optimizer.param_groups[0]["lr"] = self._rate(step)
            rows = self._rows(step, len(latents)).to(latents.device)
            with dropout_stream(latents.device, self.config.seed, "refit dropout", step):
                loss = self._loss(latents[rows], actions[rows])
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            optimizer.step()
            values.append(loss.detach())
            done = step + 1
            if done % self._snapshot_every == 0 or done == recipe.num_steps:
                seconds += time.perf_counter() - started
                yield self._snapshot(done, seconds, values)
                values, started = [], time.perf_counter()
        network.eval()

    def _encoded(self) -> tuple[Tensor, Tensor]:
        """Return latents (windows, T+1, d) and actions (windows, T, A) of training windows, on the model's device."""
        recipe, device = self.recipe, next(self.model.parameters()).device
        count = min(max(self.config.num_transitions // recipe.length, recipe.windows_per_update), recipe.max_windows)
        windows = sample_windows(
            self.split,
            count,
            length=recipe.length,
            episode_length=self.config.episode_length,
            held_out=False,
            generator=generator(self.config.seed, "refit windows"),
        )
        frames = windows.states.flatten(0, 1)
        # windows of a recording overlap: a frame that occurs in several is encoded once
        states, place = torch.unique(frames, dim=0, return_inverse=True)
        z = encode_states(self.model, self.split.world, states)[place].unflatten(0, windows.states.shape[:2])
        return z.to(device), self._labels(windows).to(device)

    def _labels(self, windows: Trajectories) -> Tensor:
        assert windows.commands is not None, "windows of a policy have commands"
        return windows.commands if self.config.action_label == "commanded" else windows.actions

    def _loss(self, latents: Tensor, actions: Tensor) -> Tensor:
        """Return the mean squared error of the rollouts of some windows, from the frame where their past is whole."""
        start = self.recipe.memory
        sizes = {"num_latents": self.recipe.past_frames, "num_actions": self.recipe.past_actions}
        past = Past.within(latents, actions, start, **sizes) if start else None
        rolled = self.model.rollout(latents[:, start], actions[:, start:], past)
        return squared_error(rolled[:, 1:], latents[:, start + 1 :])

    def _rate(self, step: int) -> float:
        recipe, warmup, decay = self.recipe, self.config.warmup_fraction, self.config.decay
        return learning_rate(recipe.learning_rate, step, recipe.num_steps, warmup_fraction=warmup, decay=decay)

    def _rows(self, step: int, count: int) -> Tensor:
        """Return the windows of an update: its place in the shuffled order of its epoch."""
        size = self.recipe.windows_per_update
        epoch, place = divmod(step, count // size)
        if self._order is None or self._order[0] != epoch:
            stream = generator(self.config.seed, "refit order", epoch)
            self._order = (epoch, torch.randperm(count, generator=stream))
        return self._order[1][place * size : (place + 1) * size]

    def _snapshot(self, step: int, seconds: float, values: list[Tensor]) -> Snapshot:
        table = torch.stack(values).cpu().double()
        bad = torch.nonzero(~torch.isfinite(table))
        if len(bad):
            at = step - len(values) + int(bad[0]) + 1
            raise NonFiniteLoss(
                f"refit, step {at}: the loss is {float(table[bad[0]])}; lower its learning_rate (now "
                f"{self.recipe.learning_rate:g})"
            )
        return Snapshot(
            step=step,
            transitions=step * self.recipe.windows_per_update * self.recipe.steps,
            seconds=seconds,
            losses={LOSS: float(table.mean())},
            weights={LOSS: 1.0},
            finished=step == self.recipe.num_steps,
        )
