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

    def __len__(self) -> int:
        return len(self.states)

    def __getitem__(self, rows: Tensor | slice) -> "Trajectories":
        commands = None if self.commands is None else self.commands[rows]
        return Trajectories(self.states[rows], self.actions[rows], commands)

    def to(self, device: torch.device | str) -> "Trajectories":
        """Return the same sequences on `device`."""
        commands = None if self.commands is None else self.commands.to(device)
        return Trajectories(self.states.to(device), self.actions.to(device), commands)

    def transitions(self) -> TransitionBatch:
        """Return all one-step transitions, batch * T rows."""
        return TransitionBatch(
            self.states[:, :-1].flatten(0, 1), self.actions.flatten(0, 1), self.states[:, 1:].flatten(0, 1)
        )
