"""The names of array axes, used in every signature and checked while tests run.

Batch comes first, then time, then candidate, then content. T actions go with T+1 observations.
Annotations are jaxtyping types; `tests/conftest.py` turns them into run-time checks with beartype.
"""

from jaxtyping import Float, Int, UInt8
from torch import Tensor


Images = UInt8[Tensor, "batch channel height width"]
"""Images, RGB, 0..255; channels_last in memory where a world renders them."""
Observation = Images | Float[Tensor, "batch *number"]
"""What is observed: images, or vectors and windows of numbers."""
Image = Float[Tensor, "batch channel height width"]
"""Images as floats in [0, 1]: what the decoder returns."""
State = Float[Tensor, "batch state"]
"""True world states, float32, in world units (px, rad)."""
Action = Float[Tensor, "batch action"]
"""Actions in [-1, 1] per component; their units belong to the world."""
Latent = Float[Tensor, "batch latent"]
"""Latents z."""
States = Float[Tensor, "batch frame state"]
"""State sequences over time: T+1 frames."""
Actions = Float[Tensor, "batch time action"]
"""Action sequences over time: T steps between T+1 frames."""
Latents = Float[Tensor, "batch frame latent"]
"""Latent sequences over time: T+1 frames."""
Scalar = Float[Tensor, ""]
"""A loss."""
Index = Int[Tensor, " batch"]
"""Row numbers, int64."""
Candidates = Float[Tensor, "batch candidate time action"]
"""Action sequences a planner compares, per task."""
CandidateLatents = Float[Tensor, "batch candidate frame latent"]
"""Imagined latents of candidates: T+1 frames."""
Costs = Float[Tensor, "batch candidate"]
"""Cost of each candidate; smaller is better."""
