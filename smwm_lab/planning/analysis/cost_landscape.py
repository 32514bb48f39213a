"""What a planner sees when it looks at two action components at a time: the cost over a slice of the box."""

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from smwm_lab.axes import Actions, Latent
from smwm_lab.errors import InputError, check, check_count, shown
from smwm_lab.gates import require_floats
from smwm_lab.planning.interface.gates import require_finite_tasks, require_same_kind
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
    what varies along x and y. Raises `InputError` for several tasks, and for a component that the plan lacks.

    >>> from smwm_lab.planning import LinearDynamics, TerminalDistance
    >>> flat = cost_landscape(LinearDynamics(torch.eye(2)), torch.zeros(1, 2), TerminalDistance(torch.zeros(1, 2)),
    ...                       torch.zeros(1, 1, 2), resolution=3)
    >>> flat.cost.tolist()
    [[2.0, 1.0, 2.0], [1.0, 0.0, 1.0], [2.0, 1.0, 2.0]]
    """
    objective = RolloutCost(model, z, cost)
    _require_slice(z, actions, first, second)
    check_count("resolution", resolution, 2, 501)
    values = torch.linspace(-1, 1, resolution, device=z.device)
    y, x = torch.meshgrid(values, values, indexing="ij")
    candidates = actions[:, None].repeat(1, resolution**2, 1, 1)
    candidates[0, :, first[0], first[1]], candidates[0, :, second[0], second[1]] = x.flatten(), y.flatten()
    paid = objective(candidates)[0].unflatten(0, (resolution, resolution))
    here = (float(actions[0][first]), float(actions[0][second]))
    return Landscape(values.cpu(), paid.cpu(), here)


def _require_slice(z: Latent, actions: Actions, first: tuple[int, int], second: tuple[int, int]) -> None:
    """Raise `InputError` unless actions are the plan of one task, and have two different components of these names."""
    require_floats("actions", actions, None, None, None)
    check(len(z) == len(actions) == 1, f"{len(z)} tasks and {len(actions)} plans; allowed: one at a time")
    require_same_kind("actions", actions, "z", z)
    require_finite_tasks(actions, "the actions of the plan")
    time, dim = actions.shape[1:]
    for name, pair in (("first", first), ("second", second)):
        if not isinstance(pair, tuple) or len(pair) != 2:
            raise InputError(f"{name} = {shown(pair)}; allowed: (time, component)")
        check_count("time of the slice", pair[0], 0, time - 1)
        check_count("component of the slice", pair[1], 0, dim - 1)
    check(first != second, f"first = second = {first}; allowed: two different components")
