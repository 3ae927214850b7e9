"""The centre of a cluster without points jumps to the origin in your update. That place means nothing for the data, and it
can raise J as soon as somebody is assigned to it. The handout lets such a centre stay where it was; start from a copy of
the old centres in place of zeros.
"""


def update(points, labels, centres):
    points, moved = np.asarray(points, dtype=float), np.zeros(np.shape(centres))
    for number in range(len(moved)):
        own = points[labels == number]
        if len(own):
            moved[number] = own.mean(axis=0)
    return moved
