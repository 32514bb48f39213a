"""Latents beside the states and images they came from, checked once: what figures and widgets show.

LatentTable.of(latents, states, images)      any array of latents, a DataFrame and images, if there are any
LatentTable.from_model(model, world, n)        states of a world, through the encoder of a model
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

import numpy as np
import pandas as pd
import torch

from smwm_lab.errors import InputError, check, check_count, check_instance, shown
from smwm_lab.gates import real_array
from smwm_lab.models import WorldModel
from smwm_lab.probes.inputs.checks import check_rows, table_columns
from smwm_lab.probes.inputs.encode import encode_states, to_numpy
from smwm_lab.seeding import generator
from smwm_lab.worlds import World


CHUNK = 65_536
"""Rows whose distances are computed at once: a million latents would double their memory."""
ROW = "row"
"""Column that stands in for states where they are unknown."""


@runtime_checkable
class Frames(Protocol):
    """Observations by row number: an array, or an object that renders the rows it is indexed with."""

    def __len__(self) -> int:
        """Return how many there are."""

    def __getitem__(self, rows: np.ndarray) -> np.ndarray:
        """Return the observations of some rows, uint8 (k, 3, H, W)."""


class RenderedFrames:
    """Observations of world states, rendered when indexed: a thousandth of the memory of stored images."""

    def __init__(self, world: World, states: torch.Tensor):
        check_instance("world", world, World)
        world.require_inside(states)
        self.world, self.states = world, states

    def __len__(self) -> int:
        return len(self.states)

    def __getitem__(self, rows: np.ndarray) -> np.ndarray:
        return np.ascontiguousarray(self.world.observe(self.states[torch.as_tensor(np.asarray(rows))]).numpy())


@dataclass(frozen=True, eq=False, repr=False)
class LatentTable:
    """Latents, the states they belong to, and perhaps the observations; all of one length."""

    latents: np.ndarray
    """Latents, float64 (n, d), finite, no column constant."""
    states: pd.DataFrame
    """True states, float64, n rows, a column per state component."""
    frames: Frames | None = None
    """Observation of each row, uint8 (n, 3, H, W) when indexed; None for latents without images."""
    units: Mapping[str, str] = field(default_factory=dict)
    """State component -> unit, where it is known; 'rad' marks an angle."""
    has_states: bool = True
    """Whether the true states are known; if not, `states` holds the row number alone."""

    def __len__(self) -> int:
        return len(self.latents)

    def __repr__(self) -> str:
        pictured = "with" if self.frames is not None else "without"
        return f"LatentTable({len(self)} x {self.latents.shape[1]}; {', '.join(self.states)}; {pictured} images)"

    @classmethod
    def of(
        cls,
        latents: np.ndarray,
        states: pd.DataFrame | None = None,
        images: Frames | None = None,
        *,
        units: Mapping[str, str] | None = None,
    ) -> "LatentTable":
        """Return a table of latents (n, d), n rows of numeric states, and uint8 images (n, 3, H, W) if there are any.

        Where the states are unknown (None), the row number stands in for them. Raises `InputError` for NaN, infinity,
        constant latent columns, columns that are no numbers, and lengths that do not match.

        >>> LatentTable.of(np.eye(3)[:, :2], pd.DataFrame({"x": [1, 2, 3]}))
        LatentTable(3 x 2; x; without images)
        """
        z = check_rows(latents, "latents")
        constant = np.flatnonzero(np.ptp(z, axis=0) == 0)
        check(
            len(constant) == 0,
            f"{len(constant)} of {z.shape[1]} columns of the latents are constant (first: "
            f"{constant[:1]}); drop them: latents[:, np.ptp(latents, axis=0) > 0]",
        )
        has_states = states is not None
        states = pd.DataFrame({ROW: range(len(z))}) if states is None else states
        check_instance("states", states, pd.DataFrame)
        check(len(states) == len(z), f"{len(z)} latents and {len(states)} rows of states; allowed: as many of both")
        columns = {
            name: check_rows(value, f"values of state column {name!r}")[:, 0]
            for name, value in table_columns(states).items()
        }
        if images is not None:
            _check_frames(images, len(z))
        if units is not None:
            _check_units(units, list(columns))
        return cls(z, pd.DataFrame(columns), images, dict(units or {}), has_states)

    @classmethod
    def from_model(
        cls, model: WorldModel, world: World, num_states: int, *, seed: int = 0, anywhere: bool = False
    ) -> "LatentTable":
        """Return the table of different states of a world, drawn from the start region or `anywhere`.

        A world that has no more states gives fewer. Raises `InputError` for a collapsed model.
        """
        check_instance("world", world, World)
        check_count("num_states", num_states, 2, 10**9)
        drawn = world.sample_state(num_states, generator(seed, "latent table"), anywhere=anywhere)
        _, first = np.unique(drawn.numpy(), axis=0, return_index=True)
        state = drawn[torch.from_numpy(np.sort(first))]
        z = to_numpy(encode_states(model, world, state))
        check(
            bool((np.ptp(z, 0) > 0).any()),
            "all latents are one point (a collapsed model): nothing to show; train with an inverse term",
        )
        states = pd.DataFrame(state.double().numpy(), columns=list(world.spec.state_names))
        units = {name: unit for name, unit in zip(world.spec.state_names, world.spec.state_units, strict=True) if unit}
        frames = RenderedFrames(world, state) if world.spec.shows_images else None
        return cls(z, states, frames, units)

    def label(self, name: str) -> str:
        """Return a state component with its unit."""
        return f"{name}, {self.units[name]}" if name in self.units else name

    def describe(self, row: int) -> str:
        """Return the state of a row in one line."""
        check_count("row", row, 0, len(self) - 1)
        values = self.states.iloc[row]
        return ", ".join(f"{name} {value:.4g} {self.units.get(name, '')}".rstrip() for name, value in values.items())

    def observation(self, row: int) -> np.ndarray:
        """Return the observation of a row, uint8 (3, H, W)."""
        return self.observations(np.array([row]))[0]

    def observations(self, rows: np.ndarray) -> np.ndarray:
        """Return the observations of some rows, uint8 (k, 3, H, W); raise `InputError` if there are none."""
        check(self.frames is not None, "this table has no images; give some: uint8 (n, 3, H, W)")
        assert self.frames is not None
        return np.asarray(self.frames[self.row_numbers(rows)])

    def mean_observation(self, rows: np.ndarray, *, chunk: int = 1024) -> np.ndarray:
        """Return the mean observation of some rows, uint8 (3, H, W)."""
        rows = self.row_numbers(rows)
        check(len(rows) > 0, "no row is selected, so there is no mean; select some")
        parts = [rows[i : i + chunk] for i in range(0, len(rows), chunk)]
        total = sum(self.observations(part).sum(0, dtype=np.float64) for part in parts)
        return np.rint(total / len(rows)).astype(np.uint8)

    def nearest(self, latents: np.ndarray) -> np.ndarray:
        """Return the row whose latent is nearest to each of latents (k, d), int64 (k,)."""
        latents = check_rows(latents, "latents", min_rows=1, copy=False)
        width = self.latents.shape[1]
        check(latents.shape[1] == width, f"latents have {latents.shape[1]} columns; allowed: {width}, as in the table")
        best, rows = np.full(len(latents), np.inf), np.zeros(len(latents), np.int64)
        for start in range(0, len(self), CHUNK):
            part = self.latents[start : start + CHUNK]
            # |a - b|^2 = |a|^2 - 2 ab + |b|^2, (k, n): one matrix product instead of k * n * d differences
            distances = (np.einsum("ij,ij->i", part, part) - 2 * latents @ part.T) + (latents**2).sum(1)[:, None]
            near = distances.argmin(1)
            least = distances[np.arange(len(latents)), near]
            rows, best = np.where(least < best, start + near, rows), np.minimum(least, best)
        return rows

    def row_numbers(self, rows: object) -> np.ndarray:
        """Return row numbers of a caller, int64 (k,); raise `InputError` unless all are whole and there."""
        allowed = f"whole numbers (k,) from 0 to {len(self) - 1}"
        numbers = real_array("rows", rows, None, allowed=allowed)
        there = numbers.dtype.kind in "iu" and bool(((numbers >= 0) & (numbers < len(self))).all())
        check(there or len(numbers) == 0, f"rows = {shown(rows)} are not all there; allowed: {allowed}")
        return numbers.astype(np.int64)


def _check_units(units: object, names: list[str]) -> None:
    """Raise `InputError` unless units are text by the name of a state component."""
    allowed = f"a dictionary, state component -> text ({', '.join(names)})"
    if not isinstance(units, Mapping):
        raise InputError(f"units = {shown(units)} are of the type {type(units).__name__}; allowed: {allowed}")
    for name, unit in units.items():
        check(name in names, f"units name {name!r}, which is no column of the states; allowed: {', '.join(names)}")
        check(isinstance(unit, str), f"unit of {name} = {shown(unit)} is no text; allowed: {allowed}")


def _check_frames(images: Frames, rows: int) -> None:
    indexed = isinstance(images, Frames) and not isinstance(images, str | list | tuple | dict)
    check(
        indexed,
        f"images are of the type {type(images).__name__}; allowed: uint8 (n, 3, H, W), an array or RenderedFrames",
    )
    check(len(images) == rows, f"{rows} latents and {len(images)} images; allowed: as many of both, or no images")
    first = np.asarray(images[np.array([0])])
    right = first.dtype == np.uint8 and first.ndim == 4 and first.shape[1] == 3
    check(
        right,
        f"images hold {first.dtype} of shape (n, {', '.join(map(str, first.shape[1:]))}); allowed: uint8 "
        "(n, 3, H, W) (values 0 to 255, channels first: np.moveaxis(images, -1, 1))",
    )
