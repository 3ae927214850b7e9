"""You expect as many centres per volume everywhere, as if density did not matter. A dense region gets more centres per
volume: the density of centres goes with p^(d/(d+2)), which gives k_i ~ n_i^(d/(d+2)) V_i^(2/(d+2)). Even is the limit only
for d = 0.
"""


def centre_law(sizes, volumes, k, d):
    return k * np.asarray(volumes) / np.sum(volumes)
