"""ML HW5, question 3: p(x) = (1 / theta) x^((1 - theta) / theta) on (0, 1).

Substitute u = -ln x: u has the density (1 / theta) exp(-u / theta), the exponential with mean theta. Hence

    MLE                    -1/n sum ln x_i      mean theta (unbiased), variance theta^2 / n
    E[x^k]                 1 / (1 + k theta)    the integral runs over (0, 1), where the density lives
    E[x], Var[x]           1 / (1 + theta),     theta^2 / ((1 + theta)^2 (1 + 2 theta))
    method of moments      1 / xbar - 1         from xbar = 1 / (1 + theta)
    its asymptotic variance theta^2 (1 + theta)^2 / ((1 + 2 theta) n)       by the delta method
    its efficiency         (1 + 2 theta) / (1 + theta)^2 <= 1               variance of the MLE over its own

By Jensen's inequality the moment estimator is too large on average: 1 / xbar is convex.
"""

import numpy as np


def mle(x):
    """-mean(ln x), for samples along the last axis."""
    return -np.mean(np.log(x), axis=-1)


def method_of_moments(x):
    """1 / mean(x) - 1, for samples along the last axis."""
    return 1 / np.mean(x, axis=-1) - 1


def draw(theta, size, rng):
    """Random numbers of this density: the distribution function is x^(1 / theta), so u^theta has it."""
    return (1 - rng.random(size)) ** theta


def derive():
    """Every result by sympy, {name: expression in theta, k, n, mean}; `mean` is the sample mean."""
    import sympy as sp

    theta, x, k, n, mean, u = sp.symbols("theta x k n mean u", positive=True)
    density = x ** ((1 - theta) / theta) / theta
    moment = sp.simplify(sp.integrate(sp.powsimp(x**k * density), (x, 0, 1)))
    variance = sp.factor(moment.subs(k, 2) - moment.subs(k, 1) ** 2)
    estimator = sp.solve(sp.Eq(mean, moment.subs(k, 1)), theta)[0]
    # Delta method: the variance of g(mean) is g'(E x)^2 Var(x) / n
    asymptotic = sp.factor(sp.diff(estimator, mean).subs(mean, moment.subs(k, 1)) ** 2 * variance / n)
    # One observation, u = -ln x: the score (u - theta) / theta^2 has its zero at u; of n, at the mean of the u_i
    score = sp.diff(-sp.log(theta) - u * (1 - theta) / theta, theta)
    exponential = sp.exp(-u / theta) / theta
    return {
        "moment": moment,
        "mean": moment.subs(k, 1),
        "variance": variance,
        "mle_of_one": sp.solve(score, theta)[0],
        "mle_mean": sp.integrate(u * exponential, (u, 0, sp.oo)),
        "mle_variance": sp.simplify(sp.integrate((u - theta) ** 2 * exponential, (u, 0, sp.oo)) / n),
        "method_of_moments": sp.expand(estimator),
        "asymptotic_variance": asymptotic,
        "efficiency": sp.factor(theta**2 / n / asymptotic),
    }


def check(seed=0):
    """Differences between the formulas and numbers found without them: {what: relative difference}."""
    from scipy.integrate import quad
    from scipy.optimize import minimize_scalar

    theta, n, rng = 0.5, 400, np.random.default_rng(seed)
    samples = draw(theta, (20_000, n), rng)
    one = samples[0]
    top = minimize_scalar(
        lambda t: np.sum(np.log(t) - (1 - t) / t * np.log(one)), bounds=(0.01, 5), method="bounded", options={"xatol": 1e-10}
    )
    third = quad(lambda x: x**3 * x ** ((1 - theta) / theta) / theta, 0, 1)[0]
    found = {
        "mle is the top of the likelihood": mle(one) / top.x,
        "E[x^3] by quadrature": (1 / (1 + 3 * theta)) / third,
        "E[x] by sampling": (1 / (1 + theta)) / samples.mean(),
        "variance by sampling": theta**2 / ((1 + theta) ** 2 * (1 + 2 * theta)) / samples.var(),
        "the MLE is unbiased": mle(samples).mean() / theta,
        "variance of the MLE": mle(samples).var() / (theta**2 / n),
        "variance of the moment estimator": method_of_moments(samples).var()
        / (theta**2 * (1 + theta) ** 2 / ((1 + 2 * theta) * n)),
    }
    return {what: abs(float(ratio) - 1) for what, ratio in found.items()}


if __name__ == "__main__":
    for name, expression in derive().items():
        print(f"{name:20s} {expression}")
    print(check())
