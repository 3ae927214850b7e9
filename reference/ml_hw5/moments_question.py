"""ML HW5, question 2: the method of moments for the Gamma density (the original text of this question is lost; this stands in).

    p(x) = x^(a - 1) exp(-x / s) / (Gamma(a) s^a),  x > 0,  shape a and scale s both unknown

Two unknowns need two moments:

    E[x] = a s                   E[x^2] = a (a + 1) s^2             Var[x] = a s^2
    a = m1^2 / (m2 - m1^2)       s = (m2 - m1^2) / m1               with m1 = mean(x), m2 = mean(x^2)

Here the method earns its place: the likelihood equation for a holds the derivative of ln Gamma(a) and has no solution in closed
form. The price: for a = 1 the moment estimator of a has over twice the variance of the MLE.
"""

import numpy as np


def method_of_moments(x):
    """Estimates (a, s) from samples along the last axis."""
    m1, m2 = np.mean(x, axis=-1), np.mean(x**2, axis=-1)
    return m1**2 / (m2 - m1**2), (m2 - m1**2) / m1


def derive():
    """The moments and the estimators by sympy: {name: expression in a, s, k, m1, m2}."""
    import sympy as sp

    a, s, x, k, m1, m2 = sp.symbols("a s x k m1 m2", positive=True)
    density = x ** (a - 1) * sp.exp(-x / s) / (sp.gamma(a) * s**a)
    moment = sp.gammasimp(sp.integrate(sp.powsimp(x**k * density), (x, 0, sp.oo)))
    mean, square = (sp.gammasimp(moment.subs(k, order)) for order in (1, 2))
    solution = sp.solve([sp.Eq(m1, mean), sp.Eq(m2, sp.expand(square))], [a, s], dict=True)[0]
    return {
        "moment": moment,
        "mean": mean,
        "second_moment": sp.factor(square),
        "variance": sp.factor(square - mean**2),
        "shape": sp.factor(solution[a]),
        "scale": sp.factor(solution[s]),
    }


def check(seed=0):
    """Differences between the formulas and numbers found without them: {what: relative difference}."""
    from scipy.integrate import quad
    from scipy.special import gamma

    a, s, rng = 2.5, 0.8, np.random.default_rng(seed)

    def moment(order):
        return quad(lambda x: x ** (order + a - 1) * np.exp(-x / s) / (gamma(a) * s**a), 0, np.inf)[0]

    shape, scale = method_of_moments(rng.gamma(a, s, size=400_000))
    found = {
        "E[x] by quadrature": a * s / moment(1),
        "E[x^2] by quadrature": a * (a + 1) * s**2 / moment(2),
        "shape from many draws": shape / a,
        "scale from many draws": scale / s,
    }
    return {what: abs(float(ratio) - 1) for what, ratio in found.items()}


if __name__ == "__main__":
    for name, expression in derive().items():
        print(f"{name:14s} {expression}")
    print(check())
