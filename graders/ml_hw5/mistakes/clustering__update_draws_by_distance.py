"""Your update draws one of the cluster's points, with a probability that grows with D^2, as the new centre. D^2 belongs to
the *seeding* of k-means++ alone. After that k-means is the usual one: each centre moves to the mean of its points. With
drawn centres J rises again and again, and nothing ever comes to rest.
"""


def update(points, labels, centres):
    points, moved = np.asarray(points, dtype=float), np.array(centres, dtype=float)
    rng = np.random.default_rng(0)
    for number in range(len(moved)):
        own = points[labels == number]
        squares = ((own - moved[number]) ** 2).sum(axis=1)
        if squares.sum() > 0:
            moved[number] = own[rng.choice(len(own), p=squares / squares.sum())]
    return moved
