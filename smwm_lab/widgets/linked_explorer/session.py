"""The numbers behind LinkedExplorer: two tables of latents of the same states, and projections of both."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from smwm_lab.errors import InputError, check, check_instance, check_named, shown
from smwm_lab.models import WorldModel
from smwm_lab.paths import cache_dir
from smwm_lab.probes import AlignedProjections, LatentTable, procrustes
from smwm_lab.probes.inputs.latent_table import Frames
from smwm_lab.seeding import require_seed
from smwm_lab.training import Run
from smwm_lab.widgets.shared.colouring import Colouring, number_colouring
from smwm_lab.worlds import World


@dataclass(frozen=True, eq=False)
class LinkedPoints:
    """A projection of both tables."""

    points: list[np.ndarray]
    """Of each table, (n, 2); the second ones are turned onto the first, which keeps their shape."""


@dataclass(frozen=True, eq=False)
class LinkedProjections:
    """The projections of both tables, computed on first use."""

    pair: list[AlignedProjections]
    """Of each table."""

    def made(self, dim: int) -> list[str]:
        """Return the names of those that both tables have."""
        first, second = (each.made(dim) for each in self.pair)
        return [name for name in first if name in second]


class LinkedExplorerSession:
    """Two tables of latents with the same rows, a chosen row, and selected rows.

    tables: name -> table, two of them, of the same states. store: folder where projections are kept.
    """

    def __init__(self, tables: Mapping[str, LatentTable], *, store: Path | str | None = None, seed: int = 0):
        require_seed(seed)
        check_named("tables", tables, LatentTable)
        check(len(tables) == 2, f"tables are {len(tables)}; allowed: 2, the maps that are compared")
        first, second = tables.values()
        rows = f"{len(first):,} and {len(second):,} rows"
        check(len(first) == len(second), f"the maps have {rows}; allowed: the same states, row by row, in both")
        check(
            first.states.equals(second.states), "the maps are of different states; allowed: the same ones, row by row"
        )
        self.tables = dict(tables)
        pair = [AlignedProjections(table.latents, store=store, seed=seed) for table in tables.values()]
        self.projections = LinkedProjections(pair)
        self.row, self.selected = 0, np.array([], int)

    @classmethod
    def from_runs(
        cls, first: Run, second: Run, *, names: tuple[str, str], num_states: int, seed: int, anywhere: bool
    ) -> "LinkedExplorerSession":
        """Return the session of two runs of one world, on states that are drawn once."""
        for label, run in (("first", first), ("second", second)):
            check_instance(label, run, Run)
        _require_names(names)
        worlds = f"{shown(first.config.world)} and {shown(second.config.world)}"
        check(
            first.world.config == second.world.config, f"the runs are of different worlds, {worlds}; allowed: one world"
        )
        models = dict(zip(names, (first.model, second.model), strict=True))
        return cls.from_models(models, first.world, num_states=num_states, seed=seed, anywhere=anywhere)

    @classmethod
    def from_models(
        cls, models: Mapping[str, WorldModel], world: World, *, num_states: int, seed: int, anywhere: bool
    ) -> "LinkedExplorerSession":
        """Return the session of two models of one world, on states that are drawn once."""
        check_named("models", models, WorldModel)
        check(len(models) == 2, f"models are {len(models)}; allowed: 2 by name, the maps that are compared")
        tables = {
            name: LatentTable.from_model(model, world, num_states, seed=seed, anywhere=anywhere)
            for name, model in models.items()
        }
        return cls(tables, store=cache_dir() / "projections", seed=seed)

    @classmethod
    def from_arrays(
        cls,
        latents: Mapping[str, np.ndarray],
        states: pd.DataFrame | None,
        images: Frames | None,
        *,
        units: dict[str, str] | None,
        seed: int,
    ) -> "LinkedExplorerSession":
        """Return the session of two arrays of latents of the same states."""
        check_named("latents", latents)
        check(len(latents) == 2, f"latents are {len(latents)}; allowed: 2 arrays by name, the maps that are compared")
        rows = {name: len(array) if hasattr(array, "__len__") else 0 for name, array in latents.items()}
        told = " and ".join(f"{count:,} rows ({name})" for name, count in rows.items())
        check(len(set(rows.values())) == 1, f"the maps have {told}; allowed: the same states, row by row, in both")
        return cls({name: LatentTable.of(z, states, images, units=units) for name, z in latents.items()}, seed=seed)

    @property
    def table(self) -> LatentTable:
        """The first table: states and observations are those of both."""
        return next(iter(self.tables.values()))

    def projection(self, name: str, dim: int) -> tuple[LinkedPoints, list[str]]:
        """Return a projection of both tables, and what stands above each map: its name, the projection, its score."""
        first, second = (each.get(name, dim) for each in self.projections.pair)
        turned = procrustes(second.points, first.points, scaled=True)(second.points)
        titles = [
            f"{map_name}: {name}, trustworthiness {made.trustworthiness:.2f}"
            for map_name, made in zip(self.tables, (first, second), strict=True)
        ]
        return LinkedPoints([first.points, turned]), titles

    def colouring(self, name: str) -> Colouring:
        """Return the colours of the rows by a state component."""
        table = self.table
        values = table.states[name].to_numpy()
        is_angle = table.units.get(name) == "rad"
        values = np.mod(values, 2 * np.pi) if is_angle else values
        return number_colouring(values, table.label(name), cyclic=is_angle)


def _require_names(names: object) -> None:
    """Raise `InputError` unless names are two different texts."""
    two = isinstance(names, tuple | list) and len(names) == 2 and all(isinstance(name, str) for name in names)
    if not two or names[0] == names[1]:  # type: ignore[index] # of two texts
        raise InputError(f"names = {shown(names)}; allowed: two different texts, one for each map")
