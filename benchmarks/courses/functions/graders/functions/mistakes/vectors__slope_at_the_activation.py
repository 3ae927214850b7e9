"""The derivative is taken at the activation instead of at z, so the sigmoid is applied twice."""


def slope(z):
    """The derivative at the wrong place."""
    f = bipolar(bipolar(z))
    return 0.5 * (1 + f) * (1 - f)
