"""Wrong answers to the exercises of notebook 05: the mistakes that people make, and what each is told."""

import numpy as np
from sklearn.neighbors import NearestNeighbors


MEASURED = {"straight_map": "PCA", "umap_keeps": 0.79, "moves_more": "noise"}
"""Guess or choice -> what the notebook measures."""


def nearest(x, k, *given):
    return NearestNeighbors(n_neighbors=k).fit(x).kneighbors(*given, return_distance=False)


def each_its_own_neighbour(latents, points, k):
    before, after = nearest(latents, k, latents), nearest(points, k, points)
    return np.mean([len(np.intersect1d(a, b)) / k for a, b in zip(before, after, strict=True)])


def same_order_wanted(latents, points, k):
    return np.mean(nearest(latents, k) == nearest(points, k))


def share_of_the_union(latents, points, k):
    rows = zip(nearest(latents, k), nearest(points, k), strict=True)
    return np.mean([len(np.intersect1d(a, b)) / len(np.union1d(a, b)) for a, b in rows])


def count_and_not_share(latents, points, k):
    rows = zip(nearest(latents, k), nearest(points, k), strict=True)
    return np.mean([len(np.intersect1d(a, b)) for a, b in rows])


def one_per_point(latents, points, k):
    rows = zip(nearest(latents, k), nearest(points, k), strict=True)
    return np.array([len(np.intersect1d(a, b)) / k for a, b in rows])


def distances_compared(latents, points, k):
    before, after = (NearestNeighbors(n_neighbors=k).fit(x).kneighbors()[0] for x in (latents, points))
    return float(np.isclose(before, after).mean())


def turned(points, target, *, mirrors=True):
    u, _, vt = np.linalg.svd((points - points.mean(0)).T @ (target - target.mean(0)))
    if not mirrors:
        u = u @ np.diag([1.0, np.linalg.det(u @ vt)])
    return (points - points.mean(0)) @ (u @ vt)


def never_mirrors(points, target):
    return turned(points, target, mirrors=False) + target.mean(0)


def stays_where_it_was(points, target):
    return turned(points, target) + points.mean(0)


def stays_at_the_origin(points, target):
    return turned(points, target)


def brought_to_one_size(points, target):
    found = turned(points, target)
    wanted = target - target.mean(0)
    return found * np.linalg.norm(wanted) / np.linalg.norm(found) + target.mean(0)


def returns_the_target(points, target):
    return target


def turned_the_wrong_way(points, target):
    u, _, vt = np.linalg.svd((points - points.mean(0)).T @ (target - target.mean(0)))
    return (points - points.mean(0)) @ (u @ vt).T + target.mean(0)


WRONG = {
    "straight_map": [
        ("UMAP", "free to tear and bend"),
        ("t-SNE", "near neighbours only"),
        ("pca", "choose one of 'PCA', 'UMAP', 't-SNE'"),
        (0, "0 is none of the answers"),
    ],
    "umap_keeps": [
        (1, "wherever the sheet tears"),
        (0, "a shuffled map would have that"),
        (0.5, "handwritten digits"),
        (79, "79 cannot be; guess a number from 0 to 1"),
        (0.3, "off by 0.49"),
    ],
    "moves_more": [
        ("latent", "hold the sheet together"),
        ("equal", "depends on the data"),
        ("Noise", "choose one of 'latent', 'noise', 'equal'"),
        (True, "is none of the answers"),
    ],
    "neighbour_overlap": [
        (each_its_own_neighbour, "is a point its own neighbour"),
        (same_order_wanted, "of which one moved, k = 2: expected"),
        (share_of_the_union, "of which one moved, k = 2: expected"),
        (count_and_not_share, "every neighbour is kept, so the share is 1"),
        (one_per_point, "expected one number, got shape (60,)"),
        (distances_compared, "do you compare distances?"),
    ],
    "align": [
        (never_mirrors, "mirroring is allowed"),
        (stays_where_it_was, "around the mean of the target"),
        (stays_at_the_origin, "nothing should move"),
        (brought_to_one_size, "a difference in size is a difference"),
        (returns_the_target, "a difference in size is a difference"),
        (turned_the_wrong_way, "a turn should be undone"),
    ],
}
"""Exercise -> wrong answers, and words of the message about each."""
