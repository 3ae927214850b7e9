"""Speech HW5, question 1: how far apart two distributions are. Five measures between Gaussians, and MMD, each in three ways.

For densities p and q:

    KL(p||q)  = int p ln(p/q)                      not symmetric, so no distance in the sense of a metric
    TV        = 1/2 int |p - q|                    in [0, 1]
    chi2      = int (p - q)^2 / q                  infinite where q is too narrow for p
    H         = sqrt(int (sqrt p - sqrt q)^2)      in [0, sqrt 2]; "normalised", with 1/2 in front of the integral, in [0, 1]
    W2        = sqrt(min E (X - Y)^2)              over all pairs (X, Y) with X ~ p, Y ~ q: the cost of moving p onto q
    MMD^2     = E k(X, X') + E k(Y, Y') - 2 E k(X, Y)     here with the Gaussian kernel k(a, b) = exp(-(a - b)^2 / (2 h^2))

`p` and `q` are pairs (mean, standard deviation). The closed forms come first, then the same by quadrature (adding up thin
slices of the integral) and by sampling (averages over random draws). Three ways that share no formula and agree: that is what
makes a result believable. `derive` gives the closed forms with sympy.
"""

import itertools
import math

import numpy as np

NAMES = ("kl", "tv", "chi2", "hellinger", "w2")


def normal_cdf(z):
    """Phi, the distribution function of N(0, 1)."""
    return 0.5 * math.erfc(-z / math.sqrt(2))


def log_density(x, p):
    """ln of the Gaussian density."""
    mean, deviation = p
    return -0.5 * ((x - mean) / deviation) ** 2 - np.log(deviation * np.sqrt(2 * np.pi))


# Closed forms.


def kl(p, q):
    """ln(s2/s1) + (s1^2 + (m1 - m2)^2) / (2 s2^2) - 1/2."""
    (m1, s1), (m2, s2) = p, q
    return math.log(s2 / s1) + (s1**2 + (m1 - m2) ** 2) / (2 * s2**2) - 0.5


def crossings(p, q):
    """Where the two densities are equal: the roots of a quadratic, one root where the deviations are equal."""
    (m1, s1), (m2, s2) = p, q
    if s1 == s2:
        return [] if m1 == m2 else [(m1 + m2) / 2]
    a, b = 1 / s2**2 - 1 / s1**2, 2 * (m1 / s1**2 - m2 / s2**2)
    c = m2**2 / s2**2 - m1**2 / s1**2 + 2 * math.log(s2 / s1)
    root = math.sqrt(max(b * b - 4 * a * c, 0.0))
    return sorted([(-b - root) / (2 * a), (-b + root) / (2 * a)])


def tv(p, q):
    """Half the sum of |P - Q| over the intervals between the crossings; 2 Phi(|m1 - m2| / (2 s)) - 1 for equal deviations s."""
    edges = [-math.inf, *crossings(p, q), math.inf]

    def mass(one, low, high):
        return normal_cdf((high - one[0]) / one[1]) - normal_cdf((low - one[0]) / one[1])

    return 0.5 * sum(abs(mass(p, low, high) - mass(q, low, high)) for low, high in itertools.pairwise(edges))


def chi2(p, q):
    """s2^2 / (s1 sqrt(2 s2^2 - s1^2)) exp((m1 - m2)^2 / (2 s2^2 - s1^2)) - 1 where 2 s2^2 > s1^2, else infinite."""
    (m1, s1), (m2, s2) = p, q
    left = 2 * s2**2 - s1**2
    return s2**2 / (s1 * math.sqrt(left)) * math.exp((m1 - m2) ** 2 / left) - 1 if left > 0 else math.inf


def hellinger(p, q, convention="plain"):
    """sqrt(2 - 2 BC) ("plain") or sqrt(1 - BC) ("normalised"), with BC = int sqrt(p q), the overlap of the two."""
    (m1, s1), (m2, s2) = p, q
    total = s1**2 + s2**2
    overlap = math.sqrt(2 * s1 * s2 / total) * math.exp(-((m1 - m2) ** 2) / (4 * total))
    return math.sqrt((2 if convention == "plain" else 1) * max(1 - overlap, 0.0))


def w2(p, q):
    """sqrt((m1 - m2)^2 + (s1 - s2)^2): shift the mean, stretch the deviation."""
    return math.hypot(p[0] - q[0], p[1] - q[1])


def kernel_mean(p, q, h):
    """E k(X, Y) for independent X ~ p, Y ~ q: X - Y is Gaussian again, with variance s1^2 + s2^2."""
    spread = h**2 + p[1] ** 2 + q[1] ** 2
    return h / math.sqrt(spread) * math.exp(-((p[0] - q[0]) ** 2) / (2 * spread))


def mmd2(p, q, h):
    """MMD^2 with the Gaussian kernel of width h."""
    return kernel_mean(p, p, h) + kernel_mean(q, q, h) - 2 * kernel_mean(p, q, h)


# The same from the definitions, by quadrature.


def quadrature(name, p, q):
    """One of `NAMES` from its integral."""
    from scipy.integrate import quad
    from scipy.special import ndtri

    if name == "w2":  # in one dimension the cheapest pairs are equal quantiles
        gap = quad(lambda u: (p[0] + p[1] * ndtri(u) - q[0] - q[1] * ndtri(u)) ** 2, 0, 1, epsabs=1e-12, limit=500)[0]
        return math.sqrt(gap)

    def integrand(x):
        a, b = log_density(x, p), log_density(x, q)
        return {
            "kl": math.exp(a) * (a - b),
            "tv": 0.5 * abs(math.exp(a) - math.exp(b)),
            "chi2": math.exp(2 * a - b) - 2 * math.exp(a) + math.exp(b),
            "hellinger": (math.exp(a / 2) - math.exp(b / 2)) ** 2,
        }[name]

    reach = 14 * max(p[1], q[1])
    low, high = min(p[0], q[0]) - reach, max(p[0], q[0]) + reach
    value = quad(integrand, low, high, points=[p[0], q[0], *crossings(p, q)], limit=500, epsabs=1e-12)[0]
    return math.sqrt(value) if name == "hellinger" else value


# The same from random draws.


def sampling(name, p, q, rng, draws=400_000):
    """One of `NAMES` as an average over random numbers."""
    x = rng.normal(*p, size=draws)
    ratio = log_density(x, p) - log_density(x, q)  # ln(p/q) at draws of p
    if name == "kl":
        return float(np.mean(ratio))
    if name == "tv":
        return float(np.mean(np.maximum(1 - np.exp(-ratio), 0)))
    if name == "chi2":
        return float(np.mean(np.exp(ratio)) - 1)
    if name == "hellinger":
        return math.sqrt(2 - 2 * float(np.mean(np.exp(-ratio / 2))))
    y = rng.normal(*q, size=draws)
    return math.sqrt(float(np.mean((np.sort(x) - np.sort(y)) ** 2)))  # sorted against sorted: the cheapest pairs


def mmd2_unbiased(x, y, h):
    """MMD^2 of two samples (n,), (m,): averages over pairs of *different* elements. May fall below 0 where p = q."""

    def kernel(a, b):
        return np.exp(-((a[:, None] - b[None, :]) ** 2) / (2 * h**2))

    n, m = len(x), len(y)
    within_x = (kernel(x, x).sum() - n) / (n * (n - 1))  # k(x, x) = 1: the n pairs of an element with itself are left out
    within_y = (kernel(y, y).sum() - m) / (m * (m - 1))
    return float(within_x + within_y - 2 * kernel(x, y).mean())


# Where the closed forms come from.


def derive():
    """The closed forms by sympy, {name: expression in m1, m2, s1, s2, h}. All but TV rest on one Gaussian integral."""
    import sympy as sp

    m1, m2, x, z = sp.symbols("m1 m2 x z", real=True)
    s1, s2, h = sp.symbols("s1 s2 h", positive=True)

    def exponent(mean, variance):
        return -((x - mean) ** 2) / (2 * variance)

    def whole(power):
        """int exp(-A x^2 + B x + C) dx = sqrt(pi / A) exp(B^2 / (4 A) + C), by completing the square."""
        quadratic = sp.expand(power)
        A, B, C = -quadratic.coeff(x, 2), quadratic.coeff(x, 1), quadratic.coeff(x, 0)
        return sp.sqrt(sp.pi / sp.factor(A)) * sp.exp(sp.factor(B**2 / (4 * A) + C))

    def mean(polynomial):
        """E of a polynomial of degree 2 in z ~ N(0, 1): z -> 0, z^2 -> 1."""
        expanded = sp.expand(polynomial)
        return expanded.coeff(z, 0) + expanded.coeff(z, 2)

    def kernel_mean(difference, variance):
        """E exp(-x^2 / (2 h^2)) for x = X - Y ~ N(difference, variance)."""
        return whole(exponent(0, h**2) + exponent(difference, variance)) / sp.sqrt(2 * sp.pi * variance)

    p, q = exponent(m1, s1**2), exponent(m2, s2**2)  # the densities are exp(p) / (s1 sqrt(2 pi)) and exp(q) / (s2 sqrt(2 pi))
    root = sp.sqrt(2 * sp.pi)
    return {
        "kl": sp.log(s2 / s1) + mean((p - q).subs(x, m1 + s1 * z)),
        "tv": sp.erf(sp.Abs(m1 - m2) / (2 * s1) / sp.sqrt(2)),  # for s1 = s2: 2 Phi(z) - 1 = erf(z / sqrt 2)
        "chi2": whole(2 * p - q) * s2 / (s1**2 * root) - 1,
        "hellinger": sp.sqrt(2 - 2 * whole(p / 2 + q / 2) / (sp.sqrt(s1 * s2) * root)),
        "w2": sp.sqrt(sp.factor(mean((m1 + s1 * z - m2 - s2 * z) ** 2))),
        "mmd2": kernel_mean(0, 2 * s1**2) + kernel_mean(0, 2 * s2**2) - 2 * kernel_mean(m1 - m2, s1**2 + s2**2),
    }


PAIRS = (((0.0, 1.0), (1.0, 1.0)), ((0.0, 1.0), (1.0, 1.5)), ((1.0, 0.8), (-0.5, 1.2)))


def check(seed=0):
    """{(name, pair): (closed form, quadrature, sampling)} for every measure and pair of Gaussians."""
    rng = np.random.default_rng(seed)
    closed = {"kl": kl, "tv": tv, "chi2": chi2, "hellinger": hellinger, "w2": w2}
    return {
        (name, number): (closed[name](p, q), quadrature(name, p, q), sampling(name, p, q, rng))
        for name in NAMES
        for number, (p, q) in enumerate(PAIRS)
    }


if __name__ == "__main__":
    for (name, number), values in check().items():
        print(f"{name:10s} {PAIRS[number]}: " + "  ".join(f"{value:.6f}" for value in values))
