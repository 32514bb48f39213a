"""What happens in a world, as tensors: one step, pairs of states with the action between them, trajectories."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from smwm_lab.axes import Action, Actions, State, States
from smwm_lab.errors import check, shown


@dataclass(frozen=True)
class Step:
    """What one step did."""

    state: State
    action: Action
    """The realised action: what really happened after walls and collisions."""


@dataclass(frozen=True)
class TransitionBatch:
    """Pairs of states with the realised action between them (o_t, a_t, o_{t+1} once rendered)."""

    state: State
    action: Action
    next_state: State

    @classmethod
    def cat(cls, parts: Sequence["TransitionBatch"]) -> "TransitionBatch":
        """Return the transitions of all parts, at least one, in their order."""
        whole = isinstance(parts, Sequence) and len(parts) > 0 and all(isinstance(p, TransitionBatch) for p in parts)
        check(whole, f"parts = {shown(parts)} hold no transitions; allowed: a list of one or more TransitionBatch")
        columns = zip(*((part.state, part.action, part.next_state) for part in parts), strict=True)
        return cls(*(torch.cat(column) for column in columns))

    def __len__(self) -> int:
        return len(self.state)

    def __getitem__(self, rows: Tensor | slice) -> "TransitionBatch":
        return TransitionBatch(self.state[rows], self.action[rows], self.next_state[rows])

    def to(self, device: torch.device | str) -> "TransitionBatch":
        """Return the same transitions on `device`."""
        return TransitionBatch(self.state.to(device), self.action.to(device), self.next_state.to(device))


@dataclass(frozen=True)
class Trajectories:
    """Sequences of states (batch, T+1, state) with the realised actions (batch, T, action) between them."""

    states: States
    actions: Actions
    commands: Actions | None = None
    """The actions as asked for, before walls and collisions; None where they were not kept."""
    num_steps: Tensor | None = None
    """Steps until each sequence ended, int64 (batch,), 0 to T; None where all have T. Beyond its end a sequence repeats
    its last state, with actions of 0."""

    def __len__(self) -> int:
        return len(self.states)

    def __getitem__(self, rows: Tensor | slice) -> "Trajectories":
        return Trajectories(*(None if column is None else column[rows] for column in self._columns))  # type: ignore[arg-type]

    def to(self, device: torch.device | str) -> "Trajectories":
        """Return the same sequences on `device`."""
        return Trajectories(*(None if column is None else column.to(device) for column in self._columns))  # type: ignore[arg-type]

    @property
    def _columns(self) -> tuple[Tensor | None, ...]:
        return self.states, self.actions, self.commands, self.num_steps

    def transitions(self) -> TransitionBatch:
        """Return all one-step transitions before the ends of their sequences, batch * T rows or fewer."""
        every = TransitionBatch(
            self.states[:, :-1].flatten(0, 1), self.actions.flatten(0, 1), self.states[:, 1:].flatten(0, 1)
        )
        return every if self.num_steps is None else every[self.holds(1).flatten()]

    def holds(self, length: int) -> Tensor:
        """Return bool (batch, T + 1 - length): whether `length` steps from each frame on lie before the end.

        >>> some = Trajectories(torch.zeros(1, 4, 2), torch.zeros(1, 3, 1), num_steps=torch.tensor([2]))
        >>> some.holds(2).tolist()
        [[True, False]]
        """
        first = torch.arange(self.states.shape[1] - length, device=self.states.device)
        if self.num_steps is None:
            return torch.ones(len(self), len(first), dtype=torch.bool, device=self.states.device)
        return first + length <= self.num_steps[:, None]
