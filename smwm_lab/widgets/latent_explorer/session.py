"""The numbers behind LatentExplorer: a table of latents, projections of it, and traversals through it."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import torch

from smwm_lab.data import StateSplit
from smwm_lab.errors import InputError, check, check_callable, check_instance
from smwm_lab.gates import real_array
from smwm_lab.paths import cache_dir
from smwm_lab.probes import AlignedProjections, DecoderProbe, LatentTable, Projection, along_actions
from smwm_lab.probes.images.traversals import (
    NUM_STEPS,
    TraversalOffsets,
    principal_traversals,
    traversal_offsets,
)
from smwm_lab.probes.inputs.latent_table import RenderedFrames
from smwm_lab.probes.inputs.trained import model_and_split
from smwm_lab.seeding import require_seed
from smwm_lab.training import Run
from smwm_lab.widgets.latent_explorer.imagined_path import ImaginedPath, Imagining
from smwm_lab.widgets.latent_explorer.neighbours import Neighbours, neighbours
from smwm_lab.widgets.latent_explorer.words import rows_with
from smwm_lab.widgets.shared.colouring import Colouring, word_colouring
from smwm_lab.widgets.shared.selection_history import SelectionHistory


Decode = Callable[[np.ndarray], np.ndarray]
"""Latents (k, d) -> images in [0, 1], (k, 3, H, W)."""


class LatentExplorerSession:
    """What is shown and where: a row, a traversal from it, a step of the traversal, and selected rows.

    decode: latents -> images. words: further columns, name -> text (n,). traversals: beside those along
    principal components. store: folder where projections are kept; None to make them anew.
    """

    def __init__(
        self,
        table: LatentTable,
        *,
        decode: Decode | None = None,
        traversals: Sequence[TraversalOffsets] = (),
        words: Mapping[str, np.ndarray] | None = None,
        store: Path | str | None = None,
        seed: int = 0,
    ):
        require_seed(seed)
        self.table, self.decode = table, None if decode is None else checked_decode(decode)
        self.projections = AlignedProjections(table.latents, store=store, seed=seed)
        known = (*principal_traversals(table.latents), *traversals)
        self.traversals = {traversal.name: traversal for traversal in known}
        self.row, self.selections = 0, SelectionHistory()
        self.words = dict(words or {})
        self._colourings = {name: word_colouring(column, name) for name, column in self.words.items()}
        self.imagining: Imagining | None = None
        self._asked: tuple[str, int, int] | None = None
        self.shown_projection = ("PCA", 2)
        self.traversal = next(iter(self.traversals.values()))
        self.step = self.traversal.middle

    @classmethod
    def from_run(
        cls,
        run: Run,
        *,
        num_states: int,
        decoder: DecoderProbe | None,
        split: StateSplit | None,
        seed: int,
        anywhere: bool,
    ) -> "LatentExplorerSession":
        """Return the session of different states of a run's world; projections are kept in the cache folder."""
        check_instance("run", run, Run)
        if decoder is not None:
            check_instance("decoder", decoder, DecoderProbe, "fit_decoder gives one")
            check(
                hasattr(decoder, "decoder_"), "the decoder probe is not fitted; call fit, or take that of fit_decoder"
            )
        split = model_and_split(run, split)[1]
        table = LatentTable.from_model(run.model, run.world, num_states, seed=seed, anywhere=anywhere)
        traversals: Sequence[TraversalOffsets] = ()
        if run.world.spec.action_dim:
            start = torch.zeros(table.latents.shape[1])
            along = along_actions(run.model, split, start=start, num_steps=NUM_STEPS, seed=seed)
            traversals = traversal_offsets(along)
        decode = None if decoder is None else decoding(decoder)
        session = cls(table, decode=decode, traversals=traversals, store=cache_dir() / "projections", seed=seed)
        assert isinstance(table.frames, RenderedFrames)
        session.imagining = Imagining(run.model, run.world, table.frames.states)
        return session

    @property
    def selected(self) -> np.ndarray:
        """Numbers of the selected rows, (k,)."""
        return self.selections.rows

    @property
    def columns(self) -> list[str]:
        """Names of what rows can be coloured by: state components, then columns of words."""
        return [*self.table.states, *self.words]

    @property
    def selection(self) -> pd.DataFrame:
        """States of the selected rows, indexed by row number."""
        return self.table.states.iloc[self.selected]

    def projection(self, name: str, dim: int) -> tuple[Projection, str]:
        """Return a projection and its title, scores included."""
        made = self.projections.get(name, dim)
        scores = f"trustworthiness {made.trustworthiness:.2f}, neighbours kept {made.neighbourhood_preservation:.2f}"
        return made, f"{name}: {scores}"

    def colour(self, name: str) -> tuple[np.ndarray, str, bool]:
        """Return the values of a column, what they mean, and whether they are an angle; of words their colours."""
        if name in self.words:
            return self._colourings[name].codes.astype(np.float64), name, False
        values = self.table.states[name].to_numpy()
        is_angle = self.table.units.get(name) == "rad"
        return np.mod(values, 2 * np.pi) if is_angle else values, self.table.label(name), is_angle

    def word_colours(self, name: str) -> Colouring | None:
        """Return the colours of a column of words; None for a state component."""
        return self._colourings.get(name)

    def describe(self, row: int) -> str:
        """Return state and words of a row in one line."""
        words = (f"{name} {column[row]}" for name, column in self.words.items())
        return ", ".join([self.table.describe(row), *words])

    def find(self, query: str) -> np.ndarray:
        """Return the rows with a text in a column of words, or with a number in any other column."""
        return rows_with(self.words, self.table.states, query)

    def latents_along(self, traversal: TraversalOffsets) -> np.ndarray:
        """Return the latents of a traversal from the row, (steps, d)."""
        return self.table.latents[self.row] + traversal.moves

    def rows_along(self, traversal: TraversalOffsets) -> np.ndarray:
        """Return the row whose latent is nearest to each step of a traversal from the row, (steps,)."""
        return self.table.nearest(self.latents_along(traversal))

    def path(self) -> np.ndarray:
        """Return the rows along the chosen traversal, (steps,)."""
        return self.rows_along(self.traversal)

    def neighbours(self, k: int) -> Neighbours:
        """Return the k nearest rows of the row, among the latents and among the true states."""
        return neighbours(self.table, self.row, k)

    def imagine(self, choice: str | None, *, num_steps: int, seed: int) -> None:
        """Follow these actions from the row, from now on; None for none."""
        self._asked = None if choice is None else (choice, num_steps, seed)

    def imagined(self) -> ImaginedPath | None:
        """Return the real and the imagined path from the row, if actions are followed."""
        if self._asked is None or self.imagining is None:
            return None
        choice, num_steps, seed = self._asked
        return self.imagining.follow(self.row, choice, num_steps=num_steps, seed=seed)

    def imagined_points(self, name: str = "", dim: int = 0) -> tuple[np.ndarray, ...]:
        """Return where the real and the imagined path lie in a projection, two of (T + 1, dim); () if there are none.

        The projection that is shown, if none is named.
        """
        followed = self.imagined()
        if followed is None:
            return ()
        name, dim = (name, dim) if name else self.shown_projection
        return tuple(self.projections.place(name, dim, each) for each in (followed.real, followed.imagined))

    def imagined_words(self) -> str:
        """Return what the two paths are, and how far they lie apart, in words."""
        followed = self.imagined()
        if followed is None:
            return "Choose actions at `imagine`: what the model imagines against what happens, as two lines on the map."
        # two independent latents lie the root of twice the total variance apart
        spread = float(np.sqrt(2 * self.table.latents.var(0).sum()))
        told = f"Black: real; pink, dashed: imagined. {followed.describe(spread)}"
        exact = self.shown_projection[0] == "PCA"
        return told if exact else f"{told} On this map each lies among the points of its nearest latents."

    def select_range(self, name: str, low: float, high: float) -> np.ndarray:
        """Return the rows whose state component lies in [low, high]."""
        values = self.colour(name)[0]
        return np.flatnonzero((values >= low) & (values <= high))


def checked_decode(decode: Decode) -> Decode:
    """Return a caller's function with a check of what it paints: an `InputError` says what is wrong with it."""
    check_callable("decode", decode, "latents (k, d) -> images in [0, 1], (k, 3, H, W)")

    def checked(latents: np.ndarray) -> np.ndarray:
        try:
            made = decode(latents)
        except InputError:
            raise
        except Exception as error:
            reason = f"{type(error).__name__}: {error}".partition("\n")[0]
            raise InputError(f"decode fails on latents {latents.shape} ({reason}); mend it, or give none") from error
        images = real_array("images of decode", made, len(latents), 3, None, None, allowed="(k, 3, H, W) in [0, 1]")
        whole = images.dtype == np.uint8 or bool(((images > -1) & (images < 2)).all())  # a little beyond is cut off
        check(whole, "images of decode hold NaN or are far from [0, 1]; allowed: numbers from 0 to 1 (divide by 255)")
        return images

    return checked


def decoding(decoder: DecoderProbe) -> Decode:
    """Return a fitted decoder probe as a function of arrays."""
    return lambda latents: decoder.decode(torch.from_numpy(latents).float()).numpy()
