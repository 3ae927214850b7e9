"""ML HW5, question 1: the Pareto density p(x) = theta b^theta x^-(theta + 1), x >= b, with b known.

With T = sum_i ln(x_i / b), everything about theta that n observations say is in n and T:

    likelihood          prod_i theta b^theta x_i^-(theta + 1)
    log-likelihood      n ln theta + n theta ln b - (theta + 1) sum_i ln x_i = n ln theta - theta T + (free of theta)
    score               n / theta - T
    second derivative   -n / theta^2 < 0 everywhere: the zero of the score is the one maximum
    MLE                 n / T            on average n / (n - 1) theta, a little too large

Prior Gamma(alpha, beta) (shape and rate), proportional to theta^(alpha - 1) exp(-beta theta), the same shape as the likelihood:

    posterior           Gamma(alpha + n, beta + T)
    MAP                 (alpha + n - 1) / (beta + T)       where alpha + n > 1
    posterior mean      (alpha + n) / (beta + T)

Limits: MAP = MLE for alpha = 1 and beta -> 0 (a flat prior), and MAP -> MLE as n grows. Infinite prior parameters do the opposite:
with (alpha - 1) / beta = m held, MAP -> m, and the data no longer count. alpha -> infinity alone: MAP -> infinity; beta alone: 0.
"""

import numpy as np


def mle(x, b):
    """n / sum ln(x / b) for a sample (n,)."""
    return len(x) / np.sum(np.log(x / b))


def posterior(x, b, alpha, beta):
    """Shape and rate of the Gamma posterior."""
    return alpha + len(x), beta + np.sum(np.log(x / b))


def map_estimate(x, b, alpha, beta):
    """The mode of the posterior."""
    shape, rate = posterior(x, b, alpha, beta)
    return (shape - 1) / rate


def derive():
    """Every result by sympy: {name: expression in theta, b, n, T, alpha, beta, m}. S stands for sum ln x_i, so T = S - n ln b."""
    import sympy as sp

    theta, b, n, alpha, beta, T, m = sp.symbols("theta b n alpha beta T m", positive=True)
    S = T + n * sp.log(b)
    log_likelihood = n * sp.log(theta) + n * theta * sp.log(b) - (theta + 1) * S
    score = sp.expand(sp.diff(log_likelihood, theta))
    log_posterior = log_likelihood + (alpha - 1) * sp.log(theta) - beta * theta
    mode = sp.solve(sp.diff(log_posterior, theta), theta)[0]
    # E[theta]: the two integrals are Gamma functions, Gamma(a + 1) / Gamma(a) = a
    shape = sp.simplify(theta * sp.diff(log_posterior, theta) + (beta + T) * theta) + 1
    return {
        "log_likelihood": log_likelihood,
        "score": score,
        "second_derivative": sp.diff(score, theta),
        "mle": sp.solve(score, theta)[0],
        "mode": sp.simplify(mode),
        "mean": sp.simplify(shape / (beta + T)),
        "mode_flat_prior": sp.limit(mode.subs(alpha, 1), beta, 0),
        "mode_strong_prior": sp.limit(mode.subs(alpha, 1 + m * beta), beta, sp.oo),
        "mode_large_alpha": sp.limit(mode, alpha, sp.oo),
        "mode_large_beta": sp.limit(mode, beta, sp.oo),
        # n -> infinity with T / n -> 1 / theta, as the law of large numbers says
        "mode_many_data": sp.limit(mode.subs(T, n / theta), n, sp.oo),
    }


def check(seed=0):
    """Differences between the formulas and numbers found without them: {what: relative difference}."""
    from scipy.optimize import minimize_scalar

    rng = np.random.default_rng(seed)
    theta, b, n, alpha, beta = 2.3, 1.7, 40, 3.0, 2.0
    x = b * (1 - rng.random(n)) ** (-1 / theta)  # the inverse of the distribution function 1 - (b / x)^theta

    def log_likelihood(t):
        return np.sum(np.log(t) + t * np.log(b) - (t + 1) * np.log(x))

    def log_posterior(t):
        return log_likelihood(t) + (alpha - 1) * np.log(t) - beta * t

    def top(function):
        return minimize_scalar(lambda t: -function(t), bounds=(1e-3, 20), method="bounded", options={"xatol": 1e-10}).x

    grid = np.linspace(1e-3, 20, 20_001)
    weights = np.exp([log_posterior(t) - log_posterior(theta) for t in grid])
    shape, rate = posterior(x, b, alpha, beta)
    many = b * (1 - rng.random((40_000, n))) ** (-1 / theta)
    found = {
        "mle is the top of the likelihood": mle(x, b) / top(log_likelihood),
        "MAP is the top of the posterior": map_estimate(x, b, alpha, beta) / top(log_posterior),
        "posterior mean": (shape / rate) / (np.sum(grid * weights) / np.sum(weights)),
        "E[mle] = n / (n - 1) theta": np.mean(n / np.log(many / b).sum(axis=1)) / (n / (n - 1) * theta),
    }
    return {what: abs(float(ratio) - 1) for what, ratio in found.items()}


if __name__ == "__main__":
    for name, expression in derive().items():
        print(f"{name:18s} {expression}")
    print(check())
