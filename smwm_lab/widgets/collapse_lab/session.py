"""The numbers behind CollapseLab: a training run that is read while it goes, and can be steered.

    for reading in CollapseLabSession(CollapseLabConfig(world="distractor")).readings(): ...

A configuration names the regulariser and its strength (lambda). The learning rate stays constant, so that a model can
be let collapse and be brought back at any time.
"""

import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from smwm_lab.config import Config, config
from smwm_lab.errors import check, check_choice, check_range
from smwm_lab.objectives import ObjectiveConfig
from smwm_lab.probes.monitor import Monitor, MonitorReading
from smwm_lab.seeding import generator
from smwm_lab.training import REGULARISERS, Snapshot, TrainConfig, TrainingLoop, preset_config
from smwm_lab.worlds import WORLDS, World


NUM_TRANSITIONS = 20_000
BUDGET = 400_000
"""Transitions after which a run that is not stopped is over."""
UPDATES_PER_STEP = 8
"""How many updates pass between two chances to pause."""
PERIOD_S = 0.42
"""Time between the beginnings of two readings, at least."""
SHARE = 0.1
"""Share of the time that readings may take; on a slow machine they come less often ..."""
LONGEST_PERIOD_S = 2.0
"""... but never less often than this."""


@config
class CollapseLabConfig(Config):
    """What a run of the lab starts with."""

    world: str = "distractor"
    """Name of the world."""
    regulariser: str = "inverse"
    """What keeps the latent from collapsing: a name in `smwm_lab.training.regularisers.REGULARISERS`."""
    strength: float = 10.0
    """Lambda at the start."""
    learning_rate: float = 1e-3
    """Of Adam, constant after a short warm-up."""
    seed: int = 0
    """Root of all random streams."""

    def __post_init__(self):
        check_choice("world", self.world, tuple(WORLDS))
        check_choice("regulariser", self.regulariser, tuple(REGULARISERS))
        check_range("lambda", self.strength, 0.0, 1e6)
        check_range("learning rate", self.learning_rate, 1e-8, 1.0)
        check_range("seed", self.seed, 0, 2**63 - 1)

    def train_config(self) -> TrainConfig:
        """Return the configuration of the training run."""
        objective = ObjectiveConfig(weights=REGULARISERS[self.regulariser].weights(self.strength))
        quick = preset_config(self.world, "quick", objective=objective, seed=self.seed, budget=BUDGET)
        return quick.replace(
            num_transitions=NUM_TRANSITIONS,
            learning_rate=self.learning_rate,
            decay=False,
            sector=1.0,
            warmup_fraction=100 / quick.num_steps,
        )


@dataclass(frozen=True)
class Reading:
    """Where a run stands and what its latents show."""

    transitions: int
    """Transitions seen."""
    seconds: float
    """Time spent in updates."""
    strength: float
    """Lambda in force."""
    inverse_over_variance: float
    """L_inv / Var(a) on the training batches since the reading before; NaN in a world without actions."""
    forward_loss: float
    """Forward loss on the same batches; NaN at the start."""
    monitor_reading: MonitorReading
    """The latents of few states."""
    finished: bool
    """Whether the budget is spent."""


class CollapseLabSession:
    """A run of the lab; nothing is trained before it is iterated."""

    def __init__(self, config: CollapseLabConfig):
        self.config = config
        self.strength = config.strength
        self.regulariser = REGULARISERS[config.regulariser]
        training = config.train_config()
        self.loop = TrainingLoop(training, num_snapshots=max(1, training.num_steps // UPDATES_PER_STEP))
        self.world = self.loop.world
        self._monitor = Monitor(self.loop.split, seed=config.seed, probe_every=2)
        self._losses: list[dict[str, float]] = []
        self._snapshot: Snapshot | None = None
        self.action_variance = _action_variance(self.world, training)

    @property
    def transitions(self) -> int:
        """Transitions seen so far."""
        return self.loop.step * self.loop.config.batch_size

    @property
    def hidden(self) -> tuple[str, ...]:
        """Names of the things that no action moves, as readings name them."""
        controllable = self.world.spec.controllable
        owners = {**self.world.spec.parts, **{name: (i,) for i, name in enumerate(self.world.spec.state_names)}}
        return tuple(name for name, columns in owners.items() if not any(controllable[c] for c in columns))

    def set_strength(self, strength: float) -> None:
        """Change lambda from the next update on; raises `InputError` for what is no weight."""
        weights = self.regulariser.weights(strength)
        for term, weight in weights.items():
            self.loop.set_weight(term, weight)
        self.strength = strength

    def readings(self, *, period_s: float = PERIOD_S, clock: Callable[[], float] = time.monotonic) -> Iterator:
        """Train, and yield at every chance to pause: a `Reading` if one is due, else None.

        period_s: time between two readings at least, on `clock`; 0 gives one at every chance.
        """
        due = -math.inf
        for snapshot in self.loop:
            self._snapshot = snapshot
            self._losses += [snapshot.losses] if snapshot.losses else []
            began = clock()
            if began < due and not snapshot.finished:
                yield None
                continue
            reading = self.read()
            wait = min(LONGEST_PERIOD_S, (clock() - began) / SHARE) if period_s else 0.0
            due = began + max(period_s, wait)
            yield reading

    def read(self) -> Reading:
        """Return where the run stands now; between two chances to pause only."""

        def mean(term: str) -> float:
            values = [row[term] for row in losses if term in row]
            return sum(values) / len(values) if values else math.nan

        check(self._snapshot is not None, "nothing to read yet; iterate `readings` first")
        losses, self._losses = self._losses, []
        return Reading(
            transitions=self._snapshot.transitions,
            seconds=self._snapshot.seconds,
            strength=self.strength,
            inverse_over_variance=mean("inverse_probe") / self.action_variance,
            forward_loss=mean(self.regulariser.forward),
            monitor_reading=self._monitor.look(self.loop.model),
            finished=self._snapshot.finished,
        )


def transitions_per_second(readings: Sequence[Reading]) -> float:
    """Return the speed of training over the last few readings, time for reading and drawing left out."""
    first, last = readings[max(0, len(readings) - 5)], readings[-1]
    seconds = last.seconds - first.seconds
    return (last.transitions - first.transitions) / seconds if seconds > 0 else math.nan


def strength_text(strength: float) -> str:
    """Return lambda as a short label.

    >>> strength_text(10.0)
    'λ = 10'
    """
    return f"λ = {strength:g}"


def describe(readings: Sequence[Reading]) -> str:
    """Return in one line where a run stands."""
    last = readings[-1]
    parts = [
        f"{last.transitions:,} transitions",
        strength_text(last.strength),
        f"L_inv/Var(a) {last.inverse_over_variance:.3f}",
        f"variance {last.monitor_reading.total_variance:.2g}",
        f"{transitions_per_second(readings):,.0f} transitions/s",
    ]
    return " | ".join(part for part in parts if "nan" not in part)


def _action_variance(world: World, config: TrainConfig) -> float:
    """Return the variance of the actions that a run is trained on, a mean over components; NaN without actions."""
    stream = generator(config.seed, "variance of actions")
    if config.source == "walks":
        trajectories = world.sample_trajectories(256, config.episode_length, stream)
        labels = trajectories.commands if config.action_label == "commanded" else trajectories.actions
        assert labels is not None, "trajectories of a policy have commands"
        actions = labels[trajectories.holds(1)]
    else:
        actions = world.sample_transitions(4096, stream).action
    return float(actions.var(0, correction=0).mean()) if actions.numel() else math.nan
