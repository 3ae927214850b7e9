"""The exponents of your law have changed places. Centre density ~ p^(d/(d+2)) with p = n/V, times V, gives k_i ~
n_i^(d/(d+2)) V_i^(2/(d+2)): the *number* of points has d/(d+2), the volume the rest. In high dimensions it comes near to
proportional.
"""


def centre_law(sizes, volumes, k, d):
    shares = np.asarray(sizes, dtype=float) ** (2 / (d + 2)) * np.asarray(volumes, dtype=float) ** (d / (d + 2))
    return k * shares / shares.sum()
