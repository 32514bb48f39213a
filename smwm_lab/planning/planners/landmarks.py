"""A map of latent landmarks for goals farther away than a model can imagine.

From the offline trajectories and the frozen encoder alone: landmarks spread over the latents that were visited, an edge
where an episode went from the neighbourhood of one to that of another in one action, its length their latent
distance. The latent metric is trusted only locally; shortest paths in the graph make the far distances (as Isomap
does), and a wall that no episode crossed has no edge through it. A subgoal a few actions ahead on the path is what a
short search then aims at.

Kin: semi-parametric topological memory (arXiv 1803.00653) and search on the replay buffer (1906.05253), which learn
reachability or distances beside; sparse graphical memory (2003.06417); latent landmarks (2011.12491). Here nothing
is learned beside the world model.
"""

from dataclasses import dataclass, replace

import numpy as np
import torch
from jaxtyping import Float, Int
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components, dijkstra
from torch import Generator, Tensor

from smwm_lab.axes import Latent, Latents
from smwm_lab.config import Config, config
from smwm_lab.errors import check, check_count, check_instance, check_range
from smwm_lab.gates import require_floats, require_generator
from smwm_lab.planning.interface.gates import require_finite_tasks, require_latents
from smwm_lab.planning.interface.plan_types import Plan, Query
from smwm_lab.planning.planners.search import SearchPlanner


@config
class LandmarkConfig(Config):
    """How fine the map is and how far ahead a subgoal lies."""

    num_landmarks: int = 400
    """Nodes of the graph."""
    num_frames: int = 30_000
    """Frames of the trajectories that are encoded for it, at most."""
    min_count: int = 2
    """Times an episode must have gone between two neighbourhoods for an edge."""
    subgoal_actions: float = 1.0
    """How far ahead on the path the subgoal lies, in lengths of a strong action; far ones lie behind corners."""

    def __post_init__(self):
        check_count("num_landmarks", self.num_landmarks, 2, 20_000)
        check_count("num_frames", self.num_frames, self.num_landmarks, 10**8, "one or more per landmark")
        check_count("min_count", self.min_count, 1, 1000)
        _check_ahead(self.subgoal_actions)


def _check_ahead(subgoal_actions: float) -> None:
    check_range("subgoal_actions", subgoal_actions, 0.1, 100.0)


@dataclass(frozen=True, eq=False, repr=False)
class LandmarkGraph:
    """Landmarks, and the ways between them."""

    landmarks: Float[Tensor, "landmark latent"]
    ways: csr_matrix
    """Length of every edge (from, to), in latent units."""
    action_length: float
    """Latent length of a strong action: the 95 % quantile over the trajectories."""

    def __repr__(self) -> str:
        return f"LandmarkGraph({len(self.landmarks)} landmarks, {self.ways.nnz} edges, {self.num_parts} parts)"

    @property
    def num_parts(self) -> int:
        """Number of parts without a way between them in either direction; 1 is a whole map."""
        return int(connected_components(self.ways, directed=True, connection="weak")[0])

    def nearest(self, z: Latent) -> Int[Tensor, " batch"]:
        """Return the landmark nearest to each latent."""
        return torch.cdist(z, self.landmarks.to(z)).argmin(1)

    def towards(self, goals: Latent) -> "Routes":
        """Return the shortest ways to the landmarks nearest to goals."""
        targets, which = np.unique(self.nearest(goals).cpu().numpy(), return_inverse=True)
        length, next_hop = dijkstra(self.ways.T.tocsr(), indices=targets, return_predecessors=True)
        return Routes(self, goals, targets[which], length[which], next_hop[which])


@dataclass(frozen=True, eq=False)
class Routes:
    """For every goal, how far each landmark is from it and where to go next from there."""

    graph: LandmarkGraph
    goals: Latent
    target: np.ndarray
    """The landmark of each goal, (batch,)."""
    length: np.ndarray
    """Length of the way from each landmark to it, latent units, (batch, landmark); infinite without a way."""
    next_hop: np.ndarray
    """The next landmark on that way, (batch, landmark)."""

    def subgoals(self, z: Latent, ahead: float) -> Latent:
        """Return what to aim at from latents z: the landmark `ahead` on the way, or the goal where it is nearer.

        Without a way the goal itself: then nothing better is known than to go straight.
        """
        at = self.graph.nearest(z).cpu().numpy()
        rows = np.arange(len(at))
        lost = ~np.isfinite(self.length[rows, at])
        gone = np.zeros(len(at))
        while True:
            going = ~lost & (gone < ahead) & (at != self.target)
            if not going.any():
                break
            onward = self.next_hop[rows[going], at[going]]
            gone[going] += self.length[rows[going], at[going]] - self.length[rows[going], onward]
            at[going] = onward
        arrived = torch.from_numpy(lost | (at == self.target)).to(z.device)
        there = self.graph.landmarks.to(z)[torch.from_numpy(at).to(z.device)]
        return torch.where(arrived[:, None], self.goals, there)


def build_graph(latents: Latents, config: LandmarkConfig, *, generator: Generator) -> LandmarkGraph:
    """Build the map from the latents of offline trajectories (trajectories, frames, latent).

    Raises `InputError` if there are too few frames, or latents that are not finite or all the same.
    """
    require_floats("latents", latents, None, None, None)
    check(latents.shape[1] > 1, "latents have 1 frame per trajectory; allowed: 2 or more, with a move between them")
    check_instance("config", config, LandmarkConfig)
    require_generator(generator)
    require_finite_tasks(latents, "the latents of the trajectories")
    frames = latents.flatten(0, 1)
    check(
        len(frames) >= config.num_landmarks,
        f"{len(frames)} frames are too few for {config.num_landmarks} landmarks; allowed: as many or more",
    )
    steps = (latents[:, 1:] - latents[:, :-1]).norm(dim=2).flatten()
    length = float(torch.quantile(steps[:1_000_000], 0.95))
    check(length > 0, "the latents of the trajectories never move: a collapsed model has no map; train with lambda > 0")
    landmarks = frames[spread_out(frames, config.num_landmarks, generator)]
    label = torch.cat([torch.cdist(part, landmarks).argmin(1) for part in frames.split(8192)])
    ways = _edges(label.unflatten(0, latents.shape[:2]), landmarks, config.min_count)
    return LandmarkGraph(landmarks, ways, length)


def spread_out(points: Latent, num: int, generator: Generator) -> Tensor:
    """Return rows of points that lie far apart: each the one farthest from those before (Gonzalez 1985).

    >>> sorted(spread_out(torch.tensor([[0.0], [1.0], [9.0], [10.0]]), 2, torch.Generator()).tolist())
    [0, 3]
    """
    anywhere = int(torch.randint(len(points), (1,), generator=generator, device=generator.device))
    chosen = [int((points - points[anywhere]).square().sum(1).argmax())]
    gap = (points - points[chosen[0]]).square().sum(1)
    while len(chosen) < num:
        chosen.append(int(gap.argmax()))
        gap = torch.minimum(gap, (points - points[chosen[-1]]).square().sum(1))
    return torch.tensor(chosen, device=points.device)


def _edges(label: Tensor, landmarks: Tensor, min_count: int) -> csr_matrix:
    """Return the ways that trajectories with landmark labels (trajectories, frames) went, with their latent lengths."""
    count = len(landmarks)
    before, after = label[:, :-1].flatten(), label[:, 1:].flatten()
    moved = before != after
    pairs, seen = torch.unique(before[moved] * count + after[moved], return_counts=True)
    pairs = pairs[seen >= min_count]
    start, end = (pairs // count).cpu(), (pairs % count).cpu()
    length = (landmarks[start] - landmarks[end]).norm(dim=1).cpu().double().clamp_min(1e-9)
    return csr_matrix((length.numpy(), (start.numpy(), end.numpy())), shape=(count, count))


@dataclass(frozen=True, eq=False)
class LandmarkPlanner:
    """Looks up the way on the map, and searches only for its next piece."""

    graph: LandmarkGraph
    local: SearchPlanner
    """Reaches subgoals."""
    subgoal_actions: float = 1.0
    """How far ahead subgoals lie, in lengths of a strong action."""

    def __post_init__(self):
        check_instance("graph", self.graph, LandmarkGraph, "build_graph gives one")
        check_instance("local", self.local, SearchPlanner)
        _check_ahead(self.subgoal_actions)

    @property
    def receding_horizon(self) -> int:
        """Actions executed before the next decision."""
        return self.local.receding_horizon

    def decide(self, query: Query) -> Plan:
        """Return a plan to the next subgoal of every task."""
        check_instance("query", query, Query)
        return self.local.decide(replace(query, goal=self.subgoals(query.z, query.goal)))

    def subgoals(self, z: Latent, goal: Latent) -> Latent:
        """Return what the planner aims at from z on its way to the goal."""
        require_latents("z", z, "goal", goal)
        wide, found = self.graph.landmarks.shape[1], z.shape[1]
        check(found == wide, f"z have {found} columns; allowed: {wide}, as the landmarks have")
        for latents in (z, goal):
            require_finite_tasks(latents, "the latents to go from and to")
        return self.graph.towards(goal).subgoals(z, self.subgoal_actions * self.graph.action_length)
