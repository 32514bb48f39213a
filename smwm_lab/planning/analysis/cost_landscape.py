"""What a planner sees when it looks at two action components at a time: the cost over a slice of the box."""

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from smwm_lab.axes import Actions, Latent
from smwm_lab.errors import check, check_range
from smwm_lab.planning.interface.protocols import Cost, Dynamics
from smwm_lab.planning.plan import RolloutCost


@dataclass(frozen=True, eq=False)
class Landscape:
    """Cost over two components of a plan, all others as they are."""

    values: Float[Tensor, " resolution"]
    """Values of either component, from -1 to 1."""
    cost: Float[Tensor, "resolution resolution"]
    """Rows: the second component; columns: the first."""
    here: tuple[float, float]
    """The plan's own values of the two."""


def cost_landscape(
    model: Dynamics,
    z: Latent,
    cost: Cost,
    actions: Actions,
    *,
    first: tuple[int, int] = (0, 0),
    second: tuple[int, int] = (0, 1),
    resolution: int = 41,
) -> Landscape:
    """Return the cost of one task's plan as two of its components vary over the box.

    z: (1, latent); actions: (1, time, action), the plan around which to look. first, second: (time, component) of
    what varies along x and y.

    >>> from smwm_lab.planning import LinearDynamics, TerminalDistance
    >>> flat = cost_landscape(LinearDynamics(torch.eye(2)), torch.zeros(1, 2), TerminalDistance(torch.zeros(1, 2)),
    ...                       torch.zeros(1, 1, 2), resolution=3)
    >>> flat.cost.tolist()
    [[2.0, 1.0, 2.0], [1.0, 0.0, 1.0], [2.0, 1.0, 2.0]]
    """
    check(len(z) == len(actions) == 1, f"{len(z)} tasks; allowed: one at a time")
    check_range("resolution", resolution, 2, 501)
    check(first != second, f"first = second = {first}; allowed: two different components")
    time, dim = actions.shape[1:]
    for step, component in (first, second):
        check_range("time of the slice", step, 0, time - 1)
        check_range("component of the slice", component, 0, dim - 1)
    values = torch.linspace(-1, 1, resolution, device=z.device)
    y, x = torch.meshgrid(values, values, indexing="ij")
    candidates = actions[:, None].repeat(1, resolution**2, 1, 1)
    candidates[0, :, first[0], first[1]], candidates[0, :, second[0], second[1]] = x.flatten(), y.flatten()
    paid = RolloutCost(model, z, cost)(candidates)[0].unflatten(0, (resolution, resolution))
    here = (float(actions[0][first]), float(actions[0][second]))
    return Landscape(values.cpu(), paid.cpu(), here)
