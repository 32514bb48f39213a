"""A model as stable-worldmodel's planners ask for it (`get_cost`), so that their harness can judge a run of ours."""

from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from smwm_lab.axes import Candidates, Costs
from smwm_lab.errors import InputError, check, check_instance
from smwm_lab.models import WorldModel
from smwm_lab.planning.interface.cost import TerminalDistance
from smwm_lab.planning.plan import RolloutCost


class CostModel(nn.Module):
    """The networks of a run behind stable-worldmodel's protocol `Costable`: cost of candidates by where they lead.

    For its `CEMSolver(model=CostModel(run.model), ...)`. The cost is |z_T - z_goal|^2, z_T rolled out from the last
    frame of `pixels`, z_goal that of `goal` (arXiv 2606.20104).
    """

    def __init__(self, model: WorldModel):
        super().__init__()
        check_instance("model", model, WorldModel, "run.model is one")
        check(model.config.encoder != "mlp", "the model is for numbers; allowed: one that sees images")
        self.model = model.eval()

    @torch.no_grad()
    def get_cost(self, info_dict: dict[str, Any], action_candidates: Candidates) -> Costs:
        """Return the cost of candidates (batch, candidate, time, action), float32 (batch, candidate).

        info_dict: `pixels` and `goal`, (batch, candidate, time, H, W, 3) or (..., 3, H, W), uint8, or floats in
        [0, 1]; only the first candidate's and the last time's are looked at, as all candidates share them. Raises
        `InputError` for anything else.
        """
        z, goal = (self.model.encode(self._images(name, info_dict)) for name in ("pixels", "goal"))
        actions = action_candidates.to(z)
        return RolloutCost(self.model, z, TerminalDistance(goal))(actions)

    def criterion(self, info_dict: dict[str, Any], action_candidates: Candidates) -> Costs:
        """Return the same as `get_cost`; the protocol has both names."""
        return self.get_cost(info_dict, action_candidates)

    def _images(self, name: str, info_dict: dict[str, Any]) -> Tensor:
        """Return the images of a key as the encoder takes them, uint8 (batch, 3, side, side)."""
        allowed = "allowed: images (batch, candidate, time, H, W, 3) or (..., 3, H, W), uint8 or floats in [0, 1]"
        given = info_dict.get(name)
        check(given is not None, f"info_dict has no {name!r}; it has {', '.join(map(str, info_dict))}; {allowed}")
        images = torch.as_tensor(np.asarray(given)) if not isinstance(given, Tensor) else given
        if images.ndim != 6 or 3 not in (images.shape[-1], images.shape[-3]):
            raise InputError(f"{name} are {images.dtype} {tuple(images.shape)}; {allowed}")
        seen = images[:, 0, -1]
        seen = seen if seen.shape[-3] == 3 else seen.movedim(-1, 1)
        if seen.dtype == torch.uint8:
            seen = seen.float()
        else:
            whole = seen.is_floating_point() and bool(((seen >= 0) & (seen <= 1)).all())
            check(whole, f"{name} are {images.dtype} outside [0, 1] (normalised?); {allowed}")
            seen = seen * 255
        side = self.model.config.side
        seen = functional.interpolate(seen, (side, side), mode="area") if seen.shape[-1] != side else seen
        device = next(self.model.parameters()).device
        return seen.round().to(device, torch.uint8)
