"""Your cost of a run is J of its starting centres, the first entry of the history. To compare seedings by what k-means
makes of them, take the last entry. (The first one is interesting too: k-means++ promises something about it already.)
"""


def restarts(points, draws, rule):
    runs = [kmeans(points, seeding(points, row, rule), MAX_ITERATIONS) for row in draws]
    costs = np.array([run["costs"][0] for run in runs])
    iterations = np.array([len(run["costs"]) - 1 for run in runs])
    return {"cost": costs, "iterations": iterations, "centres": runs[int(costs.argmin())]["centres"]}
