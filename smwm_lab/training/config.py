"""What defines a training run."""

from smwm_lab.config import Config, config, later
from smwm_lab.data import Region, StateSplit, split_by_region, split_by_state
from smwm_lab.data.curriculum import require_span
from smwm_lab.data.recordings import RecordedWorld
from smwm_lab.data.widening import require_images
from smwm_lab.errors import check, check_choice, check_range
from smwm_lab.models import ModelConfig
from smwm_lab.objectives import ObjectiveConfig
from smwm_lab.training.refit_config import RefitConfig
from smwm_lab.training.schedule import learning_rate
from smwm_lab.worlds import WorldConfig, make_world


RECORDED = RecordedWorld.config_class
"""A run is read with the configuration class of its world, so those that no world's name leads to are known here."""
SOURCES = ("pairs", "walks")
ACTION_LABELS = ("realised", "commanded")


@config
class TrainConfig(Config):
    """World, networks, objective and recipe; equal configurations give equal runs on one machine."""

    world: WorldConfig
    """The world whose transitions are learned."""
    model: ModelConfig
    """Sizes of the networks; side and action_dim must be the world's."""
    objective: ObjectiveConfig
    """Terms and weights of the loss."""
    budget: int
    """Transitions seen in all, counted with repetition."""
    num_transitions: int
    """Transitions in the data set; at least one batch."""
    source: str = "pairs"
    """Where transitions come from: pairs (drawn independently in the start region, the paper's toy protocol) or walks
    (episodes of the world's behaviour policy, which cover the canvas)."""
    episode_length: int = 1
    """Steps of an episode of walks; 1 for pairs."""
    length: int = 1
    """Steps T of a training window, T+1 frames: more than 1 for terms that look ahead; 1 for pairs."""
    action_label: str = "realised"
    """Which action a walk records at walls: realised (what remained of it) or commanded (what was asked for: only so
    can the forward model learn that walls stop it)."""
    batch_size: int = 32
    """Transitions per update: batch_size / length windows."""
    learning_rate: float = 1e-3
    """Peak learning rate of Adam."""
    adam_beta2: float = 0.98
    """Decay of Adam's average of squared gradients; below the usual 0.999 for short runs."""
    warmup_fraction: float = 0.05
    """Share of the steps over which the learning rate rises from 0."""
    decay: bool = True
    """Whether the learning rate falls linearly to 0 after the warm-up; constant otherwise (the paper)."""
    sector: float = 1.0
    """Share of the full circle from which the angles of start states come at first; 1 is the full circle throughout."""
    sector_opens: tuple[float, ...] = (0.3, 0.8)
    """From which to which share of the budget the sector opens to the full circle; unused at sector 1."""
    held_out_fraction: float = 0.1
    """Share of state cells kept out of training."""
    seed: int = 0
    """Root of all random streams."""
    region: Region | None = later(None)
    """Region of states kept out of training, in place of `held_out_fraction` of the cells."""
    widening: float = later(default=1.0)
    """Share of the windows that training starts with, those whose images resemble a typical one; 1 is all of them."""
    widening_opens: tuple[float, ...] = later(default=(0.2, 0.8))
    """From which to which share of the budget the share of windows rises to 1; unused at widening 1."""
    refit: RefitConfig | None = later(None)
    """The second stage, in which the forward model is trained again behind the frozen encoder; None for none."""

    def __post_init__(self):
        check_range("batch_size", self.batch_size, 2, 1 << 20)
        check_range("budget", self.budget, self.batch_size, 10**12, "it holds at least one batch")
        check_range("num_transitions", self.num_transitions, self.batch_size, 10**9, "it holds at least one batch")
        check_range("learning_rate", self.learning_rate, 1e-8, 1.0)
        check_range("adam_beta2", self.adam_beta2, 0.5, 0.999999)
        check_range("warmup_fraction", self.warmup_fraction, 0.0, 0.9)
        self._check_sector()
        self._check_widening()
        check_range("held_out_fraction", self.held_out_fraction, 0.001, 0.5)
        check_range("seed", self.seed, 0, 2**63 - 1)
        self._check_source()
        self._check_refit()
        if self.region is not None:
            self.make_split()  # refuses components that the world lacks
        spec = make_world(self.world).spec
        given = (self.model.observation_shape, self.model.action_dim)
        fits = (spec.observation_shape, spec.action_dim)
        check(
            given == fits,
            f"model for observations {given[0]} and action_dim = {given[1]} does not fit the world; "
            f"allowed: {fits[0]} and {fits[1]} (side, or input_shape where they are no images)",
        )

    def _check_sector(self) -> None:
        check_range("sector", self.sector, 0.01, 1.0)
        require_span("sector_opens", self.sector_opens)
        check(
            self.sector == 1 or (self.num_transitions == self.budget and self.source == "pairs"),
            f"sector = {self.sector:g} orders pairs, each seen once; allowed: num_transitions = budget (now "
            f"{self.num_transitions} and {self.budget}) and source = 'pairs' (now {self.source!r}), or sector = 1",
        )

    def _check_widening(self) -> None:
        check_range("widening", self.widening, 0.001, 1.0)
        require_span("widening_opens", self.widening_opens)
        if self.widening < 1:
            require_images(make_world(self.world))
            check(
                self.sector == 1,
                f"widening = {self.widening:g} and sector = {self.sector:g} both put the data in order; allowed: one "
                "of them below 1",
            )

    def _check_source(self) -> None:
        check_choice("source", self.source, SOURCES)
        check_choice("action_label", self.action_label, ACTION_LABELS)
        check_range("episode_length", self.episode_length, 1, 10_000)
        check_range("length", self.length, 1, self.episode_length, "a window fits into its episode")
        plain = (self.episode_length, self.length, self.action_label) == (1, 1, "realised")
        check(
            self.source == "walks" or plain,
            f"source = 'pairs' has no episodes: episode_length = {self.episode_length}, length = {self.length}, "
            f"action_label = {self.action_label!r} need source = 'walks'",
        )
        check(
            self.length > self.model.memory,
            f"length = {self.length} holds no transition with its past: past_frames = {self.model.past_frames}, "
            f"past_actions = {self.model.past_actions}; allowed: length from {self.model.memory + 1} on, or no past",
        )
        check(
            self.batch_size % self.length == 0 and self.batch_size >= 2 * self.length,
            f"batch_size = {self.batch_size} does not hold whole windows of {self.length} steps; "
            f"allowed: multiples of {self.length} from {2 * self.length} on",
        )

    def _check_refit(self) -> None:
        if self.refit is None:
            return
        check(
            self.source == "walks" and self.refit.length <= self.episode_length,
            f"refit needs windows of {self.refit.length} steps (the past and its {self.refit.steps} steps), source = "
            f"{self.source!r} has episodes of {self.episode_length}; allowed: source = 'walks' with episode_length "
            f"from {self.refit.length} on",
        )

    @property
    def final_model(self) -> ModelConfig:
        """Sizes of the networks at the end: those of `model`, with the memory that the second stage gives."""
        if self.refit is None:
            return self.model
        return self.model.replace(past_frames=self.refit.past_frames, past_actions=self.refit.past_actions)

    def make_split(self) -> StateSplit:
        """Return which states the run may see in training, and which are held out."""
        world = make_world(self.world)
        if self.region is not None:
            return split_by_region(world, self.region)
        return split_by_state(world, seed=self.seed, fraction=self.held_out_fraction)

    @property
    def num_steps(self) -> int:
        """Number of updates."""
        return self.budget // self.batch_size

    def learning_rate_at(self, step: int) -> float:
        """Return the learning rate of an update, counted from 0."""
        warmup = self.warmup_fraction
        return learning_rate(self.learning_rate, step, self.num_steps, warmup_fraction=warmup, decay=self.decay)
