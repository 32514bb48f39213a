"""What defines the second stage of a run: the forward model, trained again behind a frozen encoder."""

from smwm_lab.config import Config, config
from smwm_lab.errors import check_range
from smwm_lab.models.sizes import check_past


@config
class RefitConfig(Config):
    """A new forward model, perhaps with memory, trained on multi-step rollouts of cached latents."""

    past_frames: int = 0
    """Latents before now that the new forward model takes beside z."""
    past_actions: int = 0
    """Actions before now that the new forward model takes beside a."""
    steps: int = 5
    """Steps of the rollouts that are compared with the true latents."""
    budget: int = 2_000_000
    """Transitions seen in all, counted with repetition: each window has `steps`."""
    windows_per_update: int = 256
    """Windows in one update."""
    learning_rate: float = 1e-3
    """Peak learning rate of Adam; it rises and falls as in the first stage."""
    max_windows: int = 20_000
    """Windows that are encoded, at most; of 8 latents of 64 numbers they take 41 MB."""

    def __post_init__(self):
        check_past(self.past_frames, self.past_actions)
        check_range("steps", self.steps, 1, 100)
        check_range("windows_per_update", self.windows_per_update, 2, 1 << 20)
        check_range("budget", self.budget, self.windows_per_update * self.steps, 10**12, "it holds at least one update")
        check_range("learning_rate", self.learning_rate, 1e-8, 1.0)
        check_range("max_windows", self.max_windows, self.windows_per_update, 10**8, "they fill at least one update")

    @property
    def memory(self) -> int:
        """Steps before now that the new forward model looks back on."""
        return max(self.past_frames, self.past_actions)

    @property
    def length(self) -> int:
        """Steps of its windows: the past, and the rollout."""
        return self.memory + self.steps

    @property
    def num_steps(self) -> int:
        """Number of updates."""
        return self.budget // (self.windows_per_update * self.steps)
