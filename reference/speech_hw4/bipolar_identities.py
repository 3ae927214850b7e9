"""Speech HW4, question 2: the slope of the bipolar sigmoid by its own value, and the sigmoid as a hyperbolic tangent.

    f(z) = 2 / (1 + e^-z) - 1,    f'(z) = 2 e^-z / (1 + e^-z)^2

From the first, 1 + f = 2 / (1 + e^-z) and 1 - f = 2 e^-z / (1 + e^-z). Their product is twice the slope:

    f'(z) = (1 + f(z)) (1 - f(z)) / 2

Multiplied by e^(z/2) above and below, f = (1 - e^-z) / (1 + e^-z) becomes tanh(z/2), whose slope (1 - tanh(z/2)^2) / 2 is the
same. The factor 1/2 is the inner derivative of z/2; tanh(z) itself has none.
"""

import numpy as np
from mlp import bipolar, bipolar_derivative


def derive():
    """Both identities by sympy, as differences that are zero; and 1 + f times 1 - f over the slope, which is 2."""
    import sympy as sp

    z = sp.symbols("z", real=True)
    f = 2 / (1 + sp.exp(-z)) - 1
    slope = sp.diff(f, z)
    return {
        "slope - (1 + f)(1 - f)/2": sp.simplify(slope - (1 + f) * (1 - f) / 2),
        "f - tanh(z/2)": sp.simplify((f - sp.tanh(z / 2)).rewrite(sp.exp)),
        "(1 + f)(1 - f)/slope": sp.simplify((1 + f) * (1 - f) / slope),
    }


def check(seed=0):
    """Differences between the identities and numbers found without them, with the functions of mlp.py: {what: difference}."""
    z = np.random.default_rng(seed).normal(0, 3, size=200)
    step = 1e-5
    measured = (bipolar(z + step) - bipolar(z - step)) / (2 * step)
    return {
        "slope by f": float(np.abs((1 + bipolar(z)) * (1 - bipolar(z)) / 2 - measured).max()),
        "slope of mlp.py": float(np.abs(bipolar_derivative(z) - measured).max()),
        "tanh": float(np.abs(bipolar(z) - np.tanh(z / 2)).max()),
    }


if __name__ == "__main__":
    for name, expression in derive().items():
        print(f"{name:26s} {expression}")
    print(check())
