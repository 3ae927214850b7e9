"""Speech HW5, question 2: what depth does to the gradient, with and without skip connections.

A network of L layers of one width, h = ReLU(W h_before), with the skip h = ReLU(W h_before) + h_before. Its scores h_L go through
softmax and cross-entropy. On the way back, each layer multiplies the error by W^T M (M: which neurons are active), which is
small more often than not, and a product of many such factors vanishes. With a skip the factor is I + W^T M: the 1 carries the
error down unharmed. The other side of it: the product may now grow, which is why ResNets normalise.
"""

import numpy as np

WIDTH = 16
SCALE = 1 / np.sqrt(WIDTH)  # deviation of a weight: keeps a linear layer's signal equally large; ReLU then drops half of it
DEPTHS = tuple(range(2, 31))


def gradient_norm(depth, skip, rng):
    """Norm of dJ/dx of one random network at one random input."""
    weights = rng.normal(0, SCALE, size=(depth, WIDTH, WIDTH))
    h, masks = rng.normal(size=WIDTH), []
    for W in weights:
        z = W @ h
        masks.append(z > 0)
        h = np.maximum(z, 0) + (h if skip else 0)
    powers = np.exp(h - h.max())
    delta = powers / powers.sum() - np.eye(WIDTH)[rng.integers(WIDTH)]
    for W, mask in zip(weights[::-1], masks[::-1], strict=True):
        delta = W.T @ (delta * mask) + (delta if skip else 0)
    return float(np.linalg.norm(delta))


def norms(depths=DEPTHS, networks=40, seed=0):
    """Median norm of dJ/dx over random networks: {"depth": (n,), "plain": (n,), "skip": (n,)}."""
    rng = np.random.default_rng(seed)
    data = {"depth": np.array(depths)}
    for name, skip in (("plain", False), ("skip", True)):
        data[name] = np.array([np.median([gradient_norm(depth, skip, rng) for _ in range(networks)]) for depth in depths])
    return data


def plot(data):
    """The curves on a logarithmic axis as SVG text: a file of that text opens in any browser."""
    left, top, width, height = 70, 20, 480, 280
    logs = {name: np.log10(data[name]) for name in ("plain", "skip")}
    low = np.floor(min(values.min() for values in logs.values()))
    high = np.ceil(max(values.max() for values in logs.values()))
    first, last = data["depth"][0], data["depth"][-1]

    def place(depth, log):
        return left + width * (depth - first) / (last - first), top + height * (high - log) / (high - low)

    parts = ['<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 600 350" font-family="sans-serif" font-size="12">']
    for exponent in np.arange(low, high + 1, max(1, (high - low) // 8)):
        y = place(first, exponent)[1]
        parts.append(f'<line x1="{left}" y1="{y:.1f}" x2="{left + width}" y2="{y:.1f}" stroke="#ddd"/>')
        parts.append(f'<text x="{left - 8}" y="{y + 4:.1f}" text-anchor="end">1e{exponent:.0f}</text>')
    for depth in (first, *range(5, last, 5), last):
        parts.append(f'<text x="{place(depth, low)[0]:.1f}" y="{top + height + 18}" text-anchor="middle">{depth}</text>')
    for name, colour in (("plain", "#c0392b"), ("skip", "#2471a3")):
        places = [place(depth, log) for depth, log in zip(data["depth"], logs[name], strict=True)]
        line = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        parts.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts.append(f'<text x="{left + width - 4}" y="{places[-1][1] - 8:.1f}" text-anchor="end" fill="{colour}">{name}</text>')
    parts.append(f'<text x="{left + width / 2}" y="{top + height + 40}" text-anchor="middle">layers</text>')
    parts.append(f'<text x="{left}" y="{top - 6}">norm of the gradient by the input (median)</text></svg>')
    return "\n".join(parts)


if __name__ == "__main__":
    from pathlib import Path

    curves = norms()
    for depth, plain, skip in zip(curves["depth"], curves["plain"], curves["skip"], strict=True):
        print(f"{depth:3d} layers: plain {plain:9.2e}   skip {skip:9.2e}")
    Path("vanishing.svg").write_text(plot(curves), encoding="utf-8")
