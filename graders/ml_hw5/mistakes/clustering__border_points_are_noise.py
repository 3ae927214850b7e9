"""Your clusters hold core points only, and border points count as noise. A point within eps of a core point belongs to that
cluster, even if it is no core point itself; noise is what no core point reaches.
"""


def dbscan(points, eps, min_pts):
    near = neighbourhoods(points, eps)
    core = near.sum(axis=1) >= min_pts
    labels = np.full(len(near), NOISE)
    for number, seed in enumerate(np.flatnonzero(core)):
        if labels[seed] != NOISE:
            continue
        labels[seed], waiting = number, [seed]
        while waiting:
            fresh = np.flatnonzero(near[waiting.pop()] & (labels == NOISE) & core)
            labels[fresh] = number
            waiting += list(fresh)
    return renumbered(labels)
