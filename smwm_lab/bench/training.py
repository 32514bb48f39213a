"""Training against the plain loop (float32, NCHW, eager Adam), and against the machine's own GEMM."""

import time
from collections.abc import Callable

import torch
from torch.utils.flop_counter import FlopCounterMode

from smwm_lab.bench.result import BenchResult, paired_rates
from smwm_lab.data import sample_transitions
from smwm_lab.models import WorldModel
from smwm_lab.models.precision import has_native_bfloat16
from smwm_lab.objectives import EncodedBatch, Objective
from smwm_lab.probes import collapse_report
from smwm_lab.seeding import generator
from smwm_lab.training import TrainConfig, TrainingLoop, choose_device, preset_config


QUALITY = 0.05
"""Held-out L_inv / Var(a) that counts as learned in the race."""


class PlainLoop:
    """The same recipe in the plainest form: float32, NCHW, eager, unfused Adam, same data."""

    def __init__(self, config: TrainConfig, device: torch.device):
        self.config, self.device, self.step = config, device, 0
        self.split = config.make_split()
        self.world = self.split.world
        stream = generator(config.seed, "bench")
        self.data = sample_transitions(self.split, config.num_transitions, held_out=False, generator=stream).to(device)
        self.order = generator(config.seed, "bench order")
        twin = TrainingLoop(config)  # for the same initial weights
        self.model = WorldModel(config.model).to(device)
        self.model.load_state_dict(twin.model.state_dict())
        self.model.to(memory_format=torch.contiguous_format).eval()  # type: ignore[call-overload] # evaluation mode: float32 throughout
        self.objective = Objective(config.objective, self.model)
        self.optimizer = torch.optim.Adam(
            self.model.parameters(), lr=config.learning_rate, betas=(0.9, config.adam_beta2), foreach=False
        )

    def update(self) -> int:
        """Do one step; return how many transitions it took."""
        for group in self.optimizer.param_groups:
            group["lr"] = self.config.learning_rate_at(min(self.step, self.config.num_steps - 1))
        rows = torch.randint(len(self.data), (self.config.batch_size,), generator=self.order)
        batch = self.data[rows.to(self.device)]
        frames = torch.stack([self.world.render(state) for state in (batch.state, batch.next_state)]).contiguous()
        z = torch.stack([self.model.encode(frame) for frame in frames])
        loss = self.objective(EncodedBatch(self.model, frames, z, batch.action[None]))
        self.optimizer.zero_grad()
        loss.total.backward()
        self.optimizer.step()
        self.step += 1
        return self.config.batch_size


def bench_training(batch_size: int = 32) -> BenchResult:
    """Transitions per second on single_dot, by default at the batch of the quick recipe."""
    config, device = preset_config("single_dot").replace(batch_size=batch_size), choose_device()
    ours, plain = paired_rates(our_update(config, device), PlainLoop(config, device).update)
    name = f"training, batch {batch_size}"
    return BenchResult(name, ours, plain, "transitions/s", ours / plain, "float32 NCHW eager loop")


def bench_flops() -> BenchResult:
    """Achieved FLOP/s of a training step against a 2048 x 2048 matrix product in the precision of the encoder."""
    config, device = preset_config("single_dot"), choose_device()
    loop = TrainingLoop(config, device=device)
    with FlopCounterMode(display=False) as counter:
        loop._update()
    per_transition = counter.get_total_flops() / config.batch_size
    kind = torch.bfloat16 if has_native_bfloat16(device) else torch.float32
    matrix = torch.randn(2048, 2048, generator=generator(0, "bench matrix")).to(device, kind)

    def product() -> int:
        matrix @ matrix
        _wait(device)
        return 2 * 2048**3

    trained, ceiling = paired_rates(our_update(config, device), product)
    achieved = trained * per_transition
    name = str(kind).removeprefix("torch.")
    return BenchResult("share of GEMM", achieved / 1e9, ceiling / 1e9, "GFLOP/s", achieved / ceiling, f"{name} matmul")


def bench_quality() -> BenchResult:
    """Seconds of training until held-out L_inv / Var(a) <= 0.05 on single_dot, same recipe and seed."""
    config, device = preset_config("single_dot"), choose_device()
    loop = TrainingLoop(config, device=device, num_snapshots=config.num_steps // 20)
    ours = next((s.seconds for s in loop if s.step and _good(loop)), float("nan"))
    plain, spent = PlainLoop(config, device), 0.0
    while plain.step < config.num_steps:
        started = time.perf_counter()
        for _ in range(20):
            plain.update()
        _wait(device)
        spent += time.perf_counter() - started
        if _good(plain):
            break
    else:
        spent = float("nan")
    return BenchResult("time to quality", ours, spent, "s", spent / ours, f"plain loop to L_inv/Var(a) <= {QUALITY:g}")


def _good(loop: TrainingLoop | PlainLoop) -> bool:
    return collapse_report(loop, num_transitions=500, judge=False).inverse_over_variance <= QUALITY


def our_update(config: TrainConfig, device: torch.device) -> Callable[[], int]:
    """Return one step of our loop as a function that returns the number of its transitions."""
    loop = TrainingLoop(config, device=device)

    def update() -> int:
        loop._update()
        loop.step += 1
        _wait(device)
        return config.batch_size

    return update


def _wait(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize(device)
