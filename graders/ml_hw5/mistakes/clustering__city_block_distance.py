"""Your assignment adds up absolute differences of the coordinates. The update takes means, and a mean is best for *squared*
distances only; so your two steps lower two different costs, and J may rise. Add up the squares of the differences.
"""


def assign(points, centres):
    points, centres = np.asarray(points, dtype=float), np.asarray(centres, dtype=float)
    return np.abs(points[:, None, :] - centres[None, :, :]).sum(axis=2).argmin(axis=1)
