"""Speech HW5, question 2: the gradient through two layers with skip connections, derived and checked.

Column vectors, every size D:

    z1 = W1 x + b1     h1 = ReLU(z1)     d     = h1 + x       (first skip)
    z2 = W2 d + b2     h2 = ReLU(z2)     theta = h2 + d       (second skip)
    yhat = softmax(theta)                J = -sum_k y_k ln yhat_k

The answer, with M = diag(1[z > 0]) and sum(y) = 1:

    delta1 = dJ/dtheta = yhat - y
    delta2 = dJ/dz2    = delta1 . 1[z2 > 0]              (elementwise)
    delta3 = dJ/dd     = delta1 + W2^T delta2            (the skip is the term without W2)
    dJ/dx              = delta3 + W1^T (delta3 . 1[z1 > 0])
                       = (I + W1^T M1) (I + W2^T M2) (yhat - y)

`derive` shows this with sympy for D = 2 and every one of the 16 patterns of active neurons; `check` compares the matrix form with
finite differences for larger D. At exactly z = 0 ReLU has no derivative, and any value in [0, 1] may stand for it.
"""

import itertools

import numpy as np


def forward(params, x):
    """All quantities of the forward pass: x (D,) -> a dictionary of (D,) arrays."""
    z1 = params["W1"] @ x + params["b1"]
    d = np.maximum(z1, 0) + x
    z2 = params["W2"] @ d + params["b2"]
    theta = np.maximum(z2, 0) + d
    powers = np.exp(theta - theta.max())  # the largest is taken off so that exp cannot overflow
    return {"z1": z1, "d": d, "z2": z2, "theta": theta, "yhat": powers / powers.sum()}


def loss(params, x, y):
    """Cross-entropy J of one sample; ln(softmax) written so that a tiny probability does not become ln(0)."""
    theta = forward(params, x)["theta"]
    top = theta.max()
    return float(np.sum(y) * (top + np.log(np.sum(np.exp(theta - top)))) - y @ theta)


def gradients(params, x, y):
    """delta1, delta2, delta3 and dJ/dx, each (D,)."""
    passed = forward(params, x)
    delta1 = np.sum(y) * passed["yhat"] - y  # with sum(y) = 1 this is yhat - y
    delta2 = delta1 * (passed["z2"] > 0)
    delta3 = delta1 + params["W2"].T @ delta2
    dx = delta3 + params["W1"].T @ (delta3 * (passed["z1"] > 0))  # the mask first, then W1^T: in the order of the way back
    return {"delta1": delta1, "delta2": delta2, "delta3": delta3, "dx": dx}


def closed_form(params, x, y):
    """dJ/dx as one product of matrices: (I + W1^T M1) (I + W2^T M2) (yhat - y)."""
    passed, unit = forward(params, x), np.eye(len(x))
    first = unit + params["W1"].T @ np.diag((passed["z1"] > 0).astype(float))
    second = unit + params["W2"].T @ np.diag((passed["z2"] > 0).astype(float))
    return first @ second @ (passed["yhat"] - y)


def derive():
    """What is left of (derivative minus formula) for D = 2: {pattern of (z1, z2): [8 expressions]}; every one of them is 0.

    Inside one pattern ReLU is linear, h = m . z with a constant mask m, and sympy can differentiate.
    """
    return {pattern: _leftovers(pattern) for pattern in itertools.product((0, 1), repeat=4)}


def _leftovers(pattern):
    import sympy as sp

    W1, W2 = sp.Matrix(2, 2, sp.symbols("u11 u12 u21 u22")), sp.Matrix(2, 2, sp.symbols("v11 v12 v21 v22"))
    x, b1, b2 = (sp.Matrix(sp.symbols(f"{name}1 {name}2")) for name in ("x", "p", "q"))
    y1 = sp.Symbol("y1")
    y = sp.Matrix([y1, 1 - y1])  # the shares of one sample sum to 1
    masks = sp.diag(*pattern[:2]), sp.diag(*pattern[2:])

    # Each derivative belongs to the part of the network above its variable: what lies below does not move.
    theta, z2, d = (sp.Matrix(sp.symbols(f"{name}1 {name}2")) for name in ("theta", "z", "d"))
    theta_of_z2 = masks[1] * z2 + d
    theta_of_d = masks[1] * (W2 * d + b2) + d
    theta_of_x = theta_of_d.subs(dict(zip(d, masks[0] * (W1 * x + b1) + x, strict=True)), simultaneous=True)

    powers = sp.symbols("power1 power2", positive=True)
    yhat = sp.Matrix(powers) / sum(powers)

    def slope(scores, variables):
        """dJ/dvariables, with the two exp(scores) named power1 and power2 so that only fractions are left."""
        cost = sp.log(sp.exp(scores[0]) + sp.exp(scores[1])) - (y.T * scores)[0]
        named = dict(zip((sp.exp(score) for score in scores), powers, strict=True))
        return sp.Matrix([sp.diff(cost, variable).xreplace(named) for variable in variables])

    delta1 = yhat - y
    delta2 = masks[1] * delta1
    delta3 = delta1 + W2.T * delta2
    dx = delta3 + W1.T * (masks[0] * delta3)
    found = (slope(theta, theta), slope(theta_of_z2, z2), slope(theta_of_d, d), slope(theta_of_x, x))
    formulas = (delta1, delta2, delta3, dx)
    return [sp.cancel(sp.together(entry)) for a, b in zip(found, formulas, strict=True) for entry in a - b]


def random_problem(rng, size):
    """Parameters, x and one-hot y. Mixed signs, and matrices that are not symmetric: a forgotten transpose must show."""
    params = {name: rng.normal(size=(size, size)) for name in ("W1", "W2")}
    params.update({name: rng.normal(size=size) for name in ("b1", "b2")})
    return params, rng.normal(size=size), np.eye(size)[rng.integers(size)]


def finite_differences(params, x, y, step=1e-6):
    """dJ/dx by moving each entry of x a little to both sides."""
    moves = step * np.eye(len(x))
    return np.array([(loss(params, x + move, y) - loss(params, x - move, y)) / (2 * step) for move in moves])


def check(seed=0, problems=30):
    """Largest differences over random problems: {"finite differences": ..., "closed form": ...}."""
    rng = np.random.default_rng(seed)
    found = {"finite differences": 0.0, "closed form": 0.0}
    for _ in range(problems):
        params, x, y = random_problem(rng, int(rng.integers(2, 7)))
        passed = forward(params, x)
        if min(np.abs(passed["z1"]).min(), np.abs(passed["z2"]).min()) < 1e-3:
            continue  # a neuron at the kink of ReLU: the two sides of a finite difference see different slopes
        dx = gradients(params, x, y)["dx"]
        found["finite differences"] = max(found["finite differences"], np.abs(dx - finite_differences(params, x, y)).max())
        found["closed form"] = max(found["closed form"], np.abs(dx - closed_form(params, x, y)).max())
    return found


if __name__ == "__main__":
    for pattern, leftovers in derive().items():
        print(pattern, "all equal" if not any(leftovers) else leftovers)
    print(check())
