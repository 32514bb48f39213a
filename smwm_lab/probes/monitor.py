"""Monitor: measurements of a model that are cheap enough to be taken twice a second while it trains.

Few states, drawn once: grids of positions of what is controlled and of what is not, and states for a linear probe.
The projection of the grids is turned onto the one before, so that it does not spin.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
from sklearn.linear_model import Ridge
from sklearn.metrics import r2_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from torch import Tensor

from smwm_lab.data import StateSplit, sample_states
from smwm_lab.models import WorldModel
from smwm_lab.models.mode import evaluating
from smwm_lab.probes.collapse.spectra import spectrum
from smwm_lab.probes.inputs.encode import to_numpy
from smwm_lab.probes.projection.procrustes import principal_plane, procrustes
from smwm_lab.seeding import generator
from smwm_lab.worlds import World


SIDE = 7
"""Nodes along each side of a grid of positions."""
NUM_FIT, NUM_TEST = 160, 64
"""States that the linear probe is fitted on and held-out states that it is tested on."""
ALPHA = 10.0
"""Ridge penalty of the probe: with the usual one so few rows would fit noise."""
PARKED = 0.12
"""Distance from the corners of the frame at which all other things rest, share of its side."""


@dataclass(frozen=True)
class MonitorReading:
    """Measurements of a model at one moment of its training."""

    sheets: dict[str, np.ndarray]
    """Name of a thing -> where its grid of positions lies in the latent plane that all share, (SIDE * SIDE, 2)."""
    spectrum: np.ndarray
    """Covariance eigenvalues of held-out latents, largest first."""
    r2: dict[str, float]
    """Name of a thing -> held-out R^2 of a linear probe of its position (or angle)."""

    @property
    def total_variance(self) -> float:
        """Sum of the eigenvalues."""
        return float(self.spectrum.sum())


class Monitor:
    """Takes readings of models of one world; the states are drawn at construction.

    probe_every: every how many readings the probe and the spectrum are computed; in between the last ones are repeated.
    """

    def __init__(self, split: StateSplit, *, seed: int = 0, probe_every: int = 1):
        self.world = split.world
        self.probe_every = probe_every
        self._sheets = sheets_of_states(self.world)
        self._drawn = self.world.observe(torch.cat(list(self._sheets.values())))
        fit = sample_states(split, NUM_FIT, held_out=False, generator=generator(seed, "glimpse fit"))
        test = sample_states(split, NUM_TEST, held_out=True, generator=generator(seed, "glimpse test"))
        self._probed = self.world.observe(torch.cat([fit, test]))
        self._targets = [_targets(self.world, state) for state in (fit, test)]
        self._looks = 0
        self._before: MonitorReading | None = None

    def look(self, model: WorldModel) -> MonitorReading:
        """Return a reading of a model, its plane aligned with that of the reading before."""
        plane = principal_plane(_encode(model, self._drawn))
        if self._before is not None:
            shown = np.concatenate(list(self._before.sheets.values()))
            plane = procrustes(plane, shown)(plane)
        sheets = dict(zip(self._sheets, np.split(plane, len(self._sheets)), strict=True))
        if self._before is None or self._looks % self.probe_every == 0:
            self._before = MonitorReading(sheets, *self._probe(model))
        else:
            self._before = MonitorReading(sheets, self._before.spectrum, self._before.r2)
        self._looks += 1
        return self._before

    def _probe(self, model: WorldModel) -> tuple[np.ndarray, dict[str, float]]:
        """Return the spectrum of held-out latents, and R^2 per thing."""
        latents = _encode(model, self._probed)
        fit, test = latents[:NUM_FIT], latents[NUM_FIT:]
        r2 = {}
        for name, known in self._targets[0].items():
            guess = make_pipeline(StandardScaler(), Ridge(alpha=ALPHA)).fit(fit, known).predict(test)
            r2[name] = float(r2_score(self._targets[1][name], guess.reshape(len(test), -1)))
        return spectrum(test), r2


def sheets_of_states(world: World) -> dict[str, Tensor]:
    """Return states in which one thing visits a grid of positions while all others rest: name -> (SIDE * SIDE, state).

    One grid for the first thing that actions move, and one for the first that they don't. A sprite has one grid.

    >>> from smwm_lab.worlds import make_world
    >>> list(sheets_of_states(make_world("combined")))
    ['red', 'magenta']
    """
    owners = world.spec.parts
    placed = {name: columns for name, columns in owners.items() if len(columns) == 2}
    moved = [name for name, columns in placed.items() if world.spec.controllable[columns[0]]]
    unmoved = [name for name in placed if name not in moved]
    return {name: _sheet(world, placed, name) for name in [*moved[:1], *unmoved[:1]]}


def _sheet(world: World, placed: Mapping[str, tuple[int, ...]], name: str) -> Tensor:
    low, high = torch.tensor(world.spec.state_low), torch.tensor(world.spec.state_high)
    state = torch.where(torch.tensor(world.spec.angles), 0.0, (low + high) / 2).repeat(SIDE * SIDE, 1)
    corners = ((PARKED, PARKED), (1 - PARKED, PARKED), (PARKED, 1 - PARKED), (1 - PARKED, 1 - PARKED))
    others = [columns for other, columns in placed.items() if other != name]
    for columns, corner in zip(others, corners, strict=False):
        for column, share in zip(columns, corner, strict=True):
            state[:, column] = (low + share * (high - low))[column].round()
    starts = world.sample_state(512, generator(0, "where things start"))[:, list(placed[name])]
    axes = [torch.linspace(float(s.min()), float(s.max()), SIDE).round() for s in starts.unbind(1)]
    state[:, list(placed[name])] = torch.cartesian_prod(*axes)
    return state


def _targets(world: World, state: Tensor) -> dict[str, np.ndarray]:
    """Return what the probe reads per thing; a sprite's x and y apart, as actions may move only one of them."""
    columns = {name: to_numpy(values) for name, values in world.targets(state).items()}
    names = world.spec.state_names
    joined = {owner: [names[c] for c in cs] for owner, cs in world.spec.parts.items() if owner != "position"}
    joined |= {name: [name] for name in names if name in ("x", "y")}
    return {owner: np.hstack([columns[name] for name in parts]) for owner, parts in joined.items()}


@torch.no_grad()
def _encode(model: WorldModel, images: Tensor) -> np.ndarray:
    device = next(model.parameters()).device
    with evaluating(model):
        return to_numpy(model.encode(images.to(device)))
