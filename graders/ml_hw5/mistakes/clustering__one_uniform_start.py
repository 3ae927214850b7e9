"""Your experiment starts once, with uniform centres. These fall in proportion to the points, and afterwards centres hardly
ever cross the gap between two regions; so you see the start and not the optimum. Use several k-means++ starts and keep the
best.
"""


def density_experiment(points, regions, volumes, draws):
    regions = np.asarray(regions)
    sizes = np.bincount(regions, minlength=len(volumes))
    k, d = np.shape(draws)[1], np.shape(points)[1]
    centres = restarts(points, draws[:1], "uniform")["centres"]
    home = regions[squared_distances(points, centres).argmin(axis=0)]
    found = np.bincount(home, minlength=len(volumes))
    return {"found": found, "law": centre_law(sizes, volumes, k, d), "proportional": proportional_law(sizes, k)}
