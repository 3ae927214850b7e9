"""In your DBSCAN border points lead on to further points. Only core points may: a border point has too few neighbours, it
is where a cluster ends. So your clusters run together over thin bridges and swallow noise. Add the neighbours of a point
only if that point is a core point.
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
            fresh = np.flatnonzero(near[waiting.pop()] & (labels == NOISE))
            labels[fresh] = number
            waiting += list(fresh)
    return renumbered(labels)
