"""Exercises of notebook 05: straight and bent maps, neighbours kept, what a seed changes, and turning maps alike."""

from collections.abc import Callable
from typing import Any

import numpy as np

from smwm_lab.exercises.compare import same_values
from smwm_lab.exercises.exercise import Choice, Guess, NotYet, Task


def check_overlap(answer: Callable[..., Any]) -> str:
    """Check `neighbour_overlap(latents, points, k)`, the mean share of k nearest neighbours that are in both sets."""
    chance = np.random.default_rng(0)
    latents = chance.normal(size=(60, 5))
    line = np.array([[0.0], [1.0], [2.1], [3.3], [4.6], [6.0]])
    moved = np.array([[0.0], [1.0], [2.1], [3.3], [-2.0], [6.0]])  # the last but one goes to the other end
    same_values(
        "a map that is the latent itself, k = 5",
        answer(latents, latents, 5),
        1.0,
        why="every neighbour is kept, so the share is 1",
    )
    same_values(
        "a mirrored and ten times larger map, k = 5",
        answer(latents, -10 * latents, 5),
        1.0,
        why="which points are nearest does not change with size or side; do you compare distances?",
    )
    same_values(
        "six points on a line of which one moved, k = 2",
        answer(line, moved, 2),
        _overlap(line, moved, 2),
        why="is a point its own neighbour, or does the order of the neighbours count? neither should",
    )
    for k in (1, 4, 10):
        points = latents[:, :2] + 0.1 * chance.normal(size=(60, 2))
        expected = _overlap(latents, points, k)
        same_values(
            f"a map of two of five columns, k = {k}",
            answer(latents, points, k),
            expected,
            why="divide by k for each point, and take the mean over points",
        )
    return "6 cases, also with one and with ten neighbours"


def check_align(answer: Callable[..., Any]) -> str:
    """Check `align(points, target)`, points (n, 2) shifted, turned and mirrored onto target, at their own size."""
    chance = np.random.default_rng(0)
    target = chance.normal(size=(40, 2)) * [3.0, 1.0] + [5.0, -2.0]
    turn = np.array([[np.cos(2.0), -np.sin(2.0)], [np.sin(2.0), np.cos(2.0)]])
    centred = target - target.mean(0)
    same_values("a map that lies on the target already", answer(target, target), target, why="nothing should move")
    same_values(
        "the target, turned", answer(centred @ turn + target.mean(0), target), target, why="a turn should be undone"
    )
    same_values(
        "the target, turned and shifted",
        answer(centred @ turn + [30.0, 10.0], target),
        target,
        why="turn around the mean of the points, then put them around the mean of the target",
    )
    same_values(
        "the target, mirrored",
        answer(centred * [1.0, -1.0] + target.mean(0), target),
        target,
        why="left and right mean nothing on a map of UMAP, so mirroring is allowed",
    )
    same_values(
        "the target, twice as large",
        answer(2 * centred + target.mean(0), target),
        2 * centred + target.mean(0),
        why="shift, turn and mirror only: a difference in size is a difference",
    )
    found = answer(centred @ turn + 0.5 * chance.normal(size=target.shape), target)
    if not np.shape(found) == target.shape or float(((np.asarray(found) - target) ** 2).mean()) > 0.5:
        raise NotYet("a turned map with noise: it should come to lie near the target, and does not")
    return "6 cases, also mirrored, shifted and of another size"


def _overlap(latents: np.ndarray, points: np.ndarray, k: int) -> float:
    """Return the share of nearest neighbours that are kept, from all distances."""
    shares = []
    near, far = (_distances(x).argsort(1)[:, :k] for x in (latents, points))
    for before, after in zip(near, far, strict=True):
        shares.append(len(set(before.tolist()) & set(after.tolist())) / k)
    return float(np.mean(shares))


def _distances(points: np.ndarray) -> np.ndarray:
    """Return distances between points, (n, n), infinite from each point to itself."""
    apart = np.linalg.norm(points[:, None] - points[None], axis=2)
    np.fill_diagonal(apart, np.inf)
    return apart


EXERCISES = (
    Choice(
        name="straight_map",
        notebook="05",
        title="on which map a straight ruler reads best",
        hints=("Which of the three only turns the cloud and looks at it from one side?",),
        options={
            "PCA": "it is a straight view of the cloud; a flat sheet that is seen from its broad side stays flat",
            "UMAP": "it places neighbours side by side and is free to tear and bend everything else",
            "t-SNE": "it looks after near neighbours only; how far apart two pieces lie means next to nothing",
        },
    ),
    Guess(
        name="umap_keeps",
        notebook="05",
        title="neighbours that UMAP keeps",
        hints=("To keep neighbours is what UMAP is made for, but the sheet tears.",),
        low=0,
        high=1,
        close=0.1,
        traps={
            1.0: "it tries, but wherever the sheet tears, and in the order within a crowd, neighbours are lost",
            0.5: "that is about what it keeps of handwritten digits (section 5); a flat sheet is easier",
            0.0: "a shuffled map would have that; neighbours are what UMAP is made for",
        },
    ),
    Choice(
        name="moves_more",
        notebook="05",
        title="which map changes more with the seed",
        hints=("What holds the points in place if there is no structure?",),
        options={
            "latent": "its neighbours are the same for both seeds and hold the sheet together",
            "noise": "no point has a place where it belongs, so the random start decides where it ends",
            "equal": "the seed is the same kind of change, but what it changes depends on the data",
        },
    ),
    Task(
        name="neighbour_overlap",
        notebook="05",
        title="a score of neighbours, written",
        hints=(
            "NearestNeighbors(n_neighbors=k).fit(x).kneighbors(return_distance=False) has the k nearest of each point.",
            "Without an argument kneighbors leaves each point itself out; with x as argument it comes first.",
            "For each point count what np.intersect1d of its two rows holds, divide by k, and take the mean.",
        ),
        check=check_overlap,
    ),
    Task(
        name="align",
        notebook="05",
        title="two bugs of an alignment",
        hints=(
            "Draw what it does to a triangle that was shifted, and to one that was mirrored.",
            "One bug is in the last line: around which mean should the turned points lie?",
            "The other forces a determinant of +1; which maps does that exclude?",
        ),
        check=check_align,
    ),
)
