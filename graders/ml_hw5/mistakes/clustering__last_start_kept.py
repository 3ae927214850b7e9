"""You return the centres of the last start. k-means finds a local optimum, another one from each start; the point of
restarting is to keep the one with the smallest J.
"""


def restarts(points, draws, rule):
    runs = [kmeans(points, seeding(points, row, rule), MAX_ITERATIONS) for row in draws]
    return {
        "cost": np.array([run["costs"][-1] for run in runs]),
        "iterations": np.array([len(run["costs"]) - 1 for run in runs]),
        "centres": runs[-1]["centres"],
    }
