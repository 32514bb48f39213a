"""Which sizes networks may have; past them a layer takes more memory than any machine that this is made for."""

from smwm_lab.errors import check_count


LARGEST_SIDE = 4096
"""Side of the largest images, px."""
WIDEST_CHANNELS = 8192
"""Channels of the widest convolution."""
LONGEST_PAST = 64
"""Latents, and actions, before now that a forward model may take."""
SIZES = {"latent_dim": (1, 4096), "hidden_dim": (1, 8192), "depth": (1, 16), "action_dim": (0, 256)}
"""Size of a network -> smallest and largest value."""


def check_size(name: str, value: int) -> None:
    """Raise `InputError` unless a size in `SIZES` is a whole number in its range."""
    check_count(name, value, *SIZES[name])


def check_past(past_frames: int, past_actions: int) -> None:
    """Raise `InputError` unless both lengths of a past are whole numbers in their range."""
    for name, value in (("past_frames", past_frames), ("past_actions", past_actions)):
        check_count(name, value, 0, LONGEST_PAST)
