"""The training loop, a generator of snapshots that can be paused, steered and continued.

    for snapshot in TrainingLoop(config): ...          # leave the loop to pause, iterate again to go on
    loop.set_weight("inverse", 0.0)                    # steer between two snapshots

One Adam over all networks, both losses reach the encoder (arXiv 2606.20104). States and actions are stored,
observations are rendered per batch on the device.
"""

import contextlib
import time
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from smwm_lab.errors import NonFiniteLoss, check_count, check_instance
from smwm_lab.models import WorldModel
from smwm_lab.models.number_encoders import NumberEncoder
from smwm_lab.objectives import EncodedBatch, Loss, Objective
from smwm_lab.seeding import generator, stream_seed
from smwm_lab.training.config import TrainConfig
from smwm_lab.training.device import choose_device
from smwm_lab.training.noise import draws_dropout, dropout_stream
from smwm_lab.training.transitions import draw_windows
from smwm_lab.training.window_order import WindowOrder
from smwm_lab.worlds import Trajectories


ADAPTED_TO = 4096
"""States whose observations set the scale of an encoder of numbers, those of them that training may see."""
_ADAM_STATE = {"step", "exp_avg", "exp_avg_sq"}


@dataclass(frozen=True)
class Snapshot:
    """Where a run stands."""

    step: int
    """Updates done."""
    transitions: int
    """Transitions seen."""
    seconds: float
    """Time spent in updates, and in drawing the states and actions before the first (again after each resume)."""
    losses: dict[str, float]
    """Mean of each unweighted term since the snapshot before; empty at step 0."""
    weights: dict[str, float]
    """Weights in force."""
    finished: bool
    """Whether the budget is spent."""

    def __str__(self) -> str:
        losses = "  ".join(f"{name} {value:.2e}" for name, value in self.losses.items())
        return f"step {self.step}  {self.transitions} transitions  {losses}"


class TrainingLoop:
    """Trains `model` on the world of a configuration; iterate to advance, stop iterating to pause."""

    def __init__(
        self,
        config: TrainConfig,
        *,
        device: torch.device | str = "cpu",
        num_snapshots: int = 100,
        compile: bool = False,
    ):
        """Make networks, data and optimiser; nothing is trained yet.

        num_snapshots: how many snapshots a whole run yields at least, evenly spaced, beside the one at step 0.
        compile: compile the networks with torch.compile (slow to start; for long runs; needs a C++ compiler).
        """
        check_instance("config", config, TrainConfig, "preset_config gives one")
        check_count("num_snapshots", num_snapshots, 1, 1 << 20)
        self.config = config
        self.device = choose_device(device)
        self.split = config.make_split()
        self.world = self.split.world
        self.step = 0
        self.seconds = 0.0
        self._snapshot_every = max(1, config.num_steps // num_snapshots)
        self._data: Trajectories | None = None
        self._order: WindowOrder | None = None
        self._make_networks()
        if compile:
            features = dict(self.model.encoder.named_children()).get("features", self.model.encoder)
            for network in (features, self.model.forward_model, self.model.inverse_model):
                network.compile()

    def _make_networks(self) -> None:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(stream_seed(self.config.seed, "initial weights"))
            self.model = WorldModel(self.config.model)
            self.objective = Objective(self.config.objective, self.model)
        self.model.training_split = self.split.key
        if isinstance(self.model.encoder, NumberEncoder):
            rows = self.world.sample_state(ADAPTED_TO, generator(self.config.seed, "input scale"))
            self.model.encoder.adapt(self.world.observe(rows[self.split.is_training(rows)]))
        self.model.to(self.device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.objective.to(self.device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        self._trained = [p for p in (*self.model.parameters(), *self.objective.parameters()) if p.requires_grad]
        self._draws = draws_dropout(self.model)
        self.optimizer = torch.optim.Adam(
            self._trained, lr=self.config.learning_rate, betas=(0.9, self.config.adam_beta2), fused=True
        )

    def __iter__(self) -> Iterator[Snapshot]:
        if self.step == 0:
            yield self._snapshot({})
        values: list[Tensor] = []
        while self.step < self.config.num_steps:
            started = time.perf_counter()
            values.append(self._update())
            self.step += 1
            due = self.step % self._snapshot_every == 0 or self.step == self.config.num_steps
            losses = self._mean_losses(values) if due else {}
            self.seconds += time.perf_counter() - started
            if due:
                values = []
                yield self._snapshot(losses)

    def set_weight(self, term: str, weight: float) -> None:
        """Change the weight of a loss term from the next update on."""
        self.objective.set_weight(term, weight)

    def _snapshot(self, losses: dict[str, float]) -> Snapshot:
        return Snapshot(
            step=self.step,
            transitions=self.step * self.config.batch_size,
            seconds=self.seconds,
            losses=losses,
            weights=dict(self.objective.weights),
            finished=self.step >= self.config.num_steps,
        )

    def _update(self) -> Tensor:
        """Do one step; return the unweighted terms, float (terms,), still on the device."""
        for group in self.optimizer.param_groups:
            group["lr"] = self.config.learning_rate_at(self.step)
        with self._noise():
            loss = self._loss(self._batch())
        self.optimizer.zero_grad(set_to_none=True)
        loss.total.backward()
        self.optimizer.step()
        self.objective.after_step(self.model)
        return torch.stack([value.detach() for value in loss.terms.values()])

    def _noise(self) -> contextlib.AbstractContextManager:
        if not self._draws:
            return contextlib.nullcontext()
        return dropout_stream(self.device, self.config.seed, "dropout", self.step)

    def _loss(self, windows: Trajectories) -> Loss:
        """Encode all frames of the windows (batch, T+1), by time first, and apply the objective."""
        frames = self.world.render(windows.states.transpose(0, 1).flatten(0, 1))  # (batch, T+1, s) -> ((T+1) batch, s)
        z = self.model.encode(frames)
        by_time = (-1, len(windows))
        return self.objective(
            EncodedBatch(
                self.model,
                observations=frames.unflatten(0, by_time),  # ((T+1) batch, ...) -> (T+1, batch, ...)
                latents=z.unflatten(0, by_time),
                actions=windows.actions.transpose(0, 1),
            )
        )

    def _mean_losses(self, values: list[Tensor]) -> dict[str, float]:
        """Return the mean of each term; raise `NonFiniteLoss` for the first step that was not finite."""
        table = torch.stack(values).cpu()
        names = list(self.objective.weights)
        bad = torch.nonzero(~torch.isfinite(table))
        if len(bad):
            row, column = (int(i) for i in bad[0])
            step = self.step - len(values) + row + 1
            raise NonFiniteLoss(
                f"step {step}: the loss term {names[column]} is {float(table[row, column])}; "
                f"lower learning_rate (now {self.config.learning_rate:g}) or the weights"
            )
        return dict(zip(names, table.double().mean(0).tolist(), strict=True))

    def _batch(self) -> Trajectories:
        """Return the windows of the present step."""
        if self._data is None:
            self._data = draw_windows(self.config).to(self.device)
            self._order = WindowOrder(self.config, len(self._data), self.device)
        assert self._order is not None, "it is made with the data"
        return self._data[self._order.at(self.step)]

    def state_dict(self) -> dict[str, Tensor]:
        """Return everything a paused run needs to go on bit for bit, as flat tensors."""
        tensors = {f"model.{k}": v for k, v in self.model.state_dict().items()}
        tensors |= {f"objective.{k}": v for k, v in self.objective.state_dict().items()}
        for i, parameter in enumerate(self._trained):
            for key, value in self.optimizer.state.get(parameter, {}).items():
                tensors[f"optimizer.{i}.{key}"] = value
        tensors["progress"] = torch.tensor([self.step, self.seconds], dtype=torch.float64)
        tensors["weights"] = torch.tensor(list(self.objective.weights.values()), dtype=torch.float64)
        return tensors

    def load_state_dict(self, tensors: dict[str, Tensor]) -> None:
        """Continue from `state_dict`; raise KeyError or RuntimeError if it belongs to other networks."""
        self.model.load_state_dict(_under("model.", tensors))
        self.objective.load_state_dict(_under("objective.", tensors))
        for i, parameter in enumerate(self._trained):
            stored = _under(f"optimizer.{i}.", tensors)
            unknown = sorted(set(stored) ^ _ADAM_STATE)
            if stored and unknown:
                raise KeyError(f"optimizer.{i}.{unknown[0]}")
            if stored:
                self.optimizer.state[parameter] = {
                    # fused Adam wants its step counter on the device of the parameter, and its averages laid out alike
                    key: value.to(self.device).clone() if key == "step" else torch.empty_like(parameter).copy_(value)
                    for key, value in stored.items()
                }
        step, self.seconds = tensors["progress"].tolist()
        self.step = int(step)
        self.objective.weights = dict(zip(self.objective.weights, tensors["weights"].tolist(), strict=True))


def _under(prefix: str, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    return {key.removeprefix(prefix): value for key, value in tensors.items() if key.startswith(prefix)}
