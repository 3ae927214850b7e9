"""You expect centres in proportion to the points. The optimum does not do that: its density of centres goes with
p^(d/(d+2)), so a dense region gets more centres, but *less* than proportionally: k_i ~ n_i^(d/(d+2)) V_i^(2/(d+2)). J
counts squared distances, and in the thin region these are long; that is worth some centres. About proportional is what a
single uniform start gives, since centres seldom cross a gap.
"""


def centre_law(sizes, volumes, k, d):
    return k * np.asarray(sizes) / np.sum(sizes)
