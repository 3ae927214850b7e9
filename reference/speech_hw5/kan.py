"""Speech HW5, question 1.4: a Kolmogorov-Arnold layer and an MLP of as many parameters, on a formula and on real features.

Kolmogorov and Arnold: every continuous f on [0, 1]^n is a sum of 2n + 1 functions of sums of functions of single inputs. An MLP has fixed
functions on its nodes and learns the weights of its edges; a KAN (Liu and others 2024) learns a function on every edge, and its nodes only
add. Here each edge holds

    phi(x) = w silu(x) + sum_i c_i B_i(x)

with cubic B-splines B_i on a fixed grid: n_in n_out (grid + 4) parameters to a layer, and no bias. Outside the grid the splines are 0 and
silu goes on alone. What the authors say themselves: a KAN trains about ten times slower than an MLP of equal size. `compare` reports error
and time of both, whoever wins.
"""

import itertools
import time

import torch
from torch import nn

DEGREE = 3


def bsplines(x, knots, degree=DEGREE):
    """Values of the B-splines over `knots` (K,) at x (...,): shape (..., K - degree - 1), by the recursion of Cox and de Boor."""
    x = x.unsqueeze(-1)
    values = ((x >= knots[:-1]) & (x < knots[1:])).to(x.dtype)
    for order in range(1, degree + 1):
        left = (x - knots[: -order - 1]) / (knots[order:-1] - knots[: -order - 1])
        right = (knots[order + 1 :] - x) / (knots[order + 1 :] - knots[1:-order])
        values = left * values[..., :-1] + right * values[..., 1:]
    return values


class KANLayer(nn.Module):
    """(N, n_in) -> (N, n_out), a learned function on each of the n_in n_out edges."""

    def __init__(self, n_in, n_out, grid=5, low=-2.0, high=2.0):
        super().__init__()
        step = (high - low) / grid
        self.register_buffer("knots", low + step * torch.arange(-DEGREE, grid + DEGREE + 1))
        self.base = nn.Parameter(torch.randn(n_out, n_in) * (2 / (n_in + n_out)) ** 0.5)
        self.splines = nn.Parameter(0.1 * torch.randn(n_out, n_in * (grid + DEGREE)) / n_in**0.5)

    def forward(self, x):
        """Sum over the inputs of each edge's function."""
        return nn.functional.silu(x) @ self.base.T + bsplines(x, self.knots).flatten(1) @ self.splines.T


def kan(widths, grid=5):
    """A stack of layers, e.g. widths [2, 5, 1]."""
    return nn.Sequential(*[KANLayer(a, b, grid) for a, b in itertools.pairwise(widths)])


def mlp(widths):
    """Linear layers with SiLU between them."""
    layers = []
    for a, b in itertools.pairwise(widths):
        layers += [nn.Linear(a, b), nn.SiLU()]
    return nn.Sequential(*layers[:-1])


def count(network):
    """Numbers that are trained."""
    return sum(parameter.numel() for parameter in network.parameters())


def equal_mlp(n_in, n_out, parameters, hidden_layers=2):
    """The MLP with equal hidden layers whose number of parameters comes nearest to `parameters`."""
    return min(
        (mlp([n_in, *[width] * hidden_layers, n_out]) for width in range(1, 400)), key=lambda net: abs(count(net) - parameters)
    )


def fit(network, inputs, targets, steps=500, rate=0.01, batch=256, seed=0):
    """Adam with a cosine; mean squared error for float targets, cross-entropy for labels. Returns seconds of processor time."""
    draw = torch.Generator().manual_seed(seed)
    loss_of = nn.functional.mse_loss if targets.dtype.is_floating_point else nn.functional.cross_entropy
    optimizer = torch.optim.Adam(network.parameters(), rate)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
    start = time.process_time()
    for _ in range(steps):
        rows = torch.randint(len(inputs), (min(batch, len(inputs)),), generator=draw)
        optimizer.zero_grad()
        loss_of(network(inputs[rows]), targets[rows]).backward()
        optimizer.step()
        schedule.step()
    return time.process_time() - start


def formula(n, seed):
    """n points of f(a, b) = exp(sin(pi a) + b^2) on [-1, 1]^2, the authors' own example: inputs (n, 2), values (n, 1)."""
    points = 2 * torch.rand(n, 2, generator=torch.Generator().manual_seed(seed)) - 1
    return points, torch.exp(torch.sin(torch.pi * points[:, :1]) + points[:, 1:] ** 2)


def score(network, inputs, targets):
    """Root mean squared error for float targets, accuracy for labels."""
    with torch.no_grad():
        found = network(inputs)
    if targets.dtype.is_floating_point:
        return float((found - targets).square().mean().sqrt())
    return float((found.argmax(1) == targets).float().mean())


def compare(train, test, widths, seed=0, steps=500, hidden_layers=2):
    """Both networks on the same data: {"kan"|"mlp": {"score", "parameters", "seconds"}}."""
    (inputs, targets), results = train, {}
    torch.manual_seed(seed)
    networks = {"kan": kan(widths)}
    networks["mlp"] = equal_mlp(widths[0], widths[-1], count(networks["kan"]), hidden_layers)
    for name, network in networks.items():
        seconds = fit(network, inputs, targets, steps, seed=seed)
        results[name] = {"score": score(network, *test), "parameters": count(network), "seconds": seconds}
    return results


if __name__ == "__main__":
    torch.set_num_threads(1)
    for seed in range(3):
        print(seed, compare(formula(1000, seed), formula(1000, seed + 100), [2, 5, 1], seed))
