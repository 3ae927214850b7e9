"""Values against NumPy and against high precision; undefined is nan and never an exception."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from graders.kit.formula import CannotCompute, Context, Name, evaluate, parse
from graders.proof.points import batches
from graders.proof.precise import precise, precise_values


def values(plain: Context) -> dict[str, Any]:
    rng = np.random.default_rng(3)
    return {
        "a": np.array([-1.5, 0.0, 2.0]),
        "b": np.array([0.5, 1.0, 3.0]),
        "theta": np.array([0.2, 1.0, 2.5]),
        "n": np.full(3, 4.0),
        "x": rng.uniform(0.1, 2, (3, 4)),
    }


@pytest.mark.parametrize(
    ("text", "function"),
    [
        ("sum(ln(x[i]), i, 1, n)", lambda v: np.log(v["x"]).sum(axis=1)),
        ("prod(x)", lambda v: v["x"].prod(axis=1)),
        ("mean(x^2)", lambda v: (v["x"] ** 2).mean(axis=1)),
        ("max(x) - min(x)", lambda v: np.ptp(v["x"], axis=1)),
        ("x[2]*x[n]", lambda v: v["x"][:, 1] * v["x"][:, 3]),
        ("sum(x[i]*x[i+1], i, 1, n-1)", lambda v: (v["x"][:, :-1] * v["x"][:, 1:]).sum(axis=1)),
        ("sum(i, i, 3, 2)", lambda v: np.zeros(3)),
        ("-a^2", lambda v: -(v["a"] ** 2)),
        ("2^-1 + 2**3**2", lambda v: np.full(3, 0.5 + 512)),
        ("6/3*2", lambda v: np.full(3, 4.0)),
        ("a - b - theta", lambda v: v["a"] - v["b"] - v["theta"]),
        ("log2(8) + log10(b) + log(9, 3)", lambda v: 5 + np.log10(v["b"])),
        ("ind(0 < a) + ind(a < 3 and b > 0.7)", lambda v: (v["a"] > 0) + ((v["a"] < 3) & (v["b"] > 0.7)) * 1.0),
        ("|a| + relu(a) + sign(a)", lambda v: np.abs(v["a"]) + np.maximum(v["a"], 0) + np.sign(v["a"])),
        ("sigmoid(a) + softplus(a)", lambda v: 1 / (1 + np.exp(-v["a"])) + np.log1p(np.exp(v["a"]))),
        ("4! + Gamma(5)", lambda v: np.full(3, 48.0)),
        ("2*Phi(1) - 1", lambda v: np.full(3, math.erf(1 / math.sqrt(2)))),
    ],
)
def test_scalars_against_numpy(plain: Context, text: str, function: Any) -> None:
    at = values(plain)
    assert np.allclose(evaluate(parse(text, plain), at, plain), function(at), rtol=1e-13)


def test_latex_precedence(plain: Context) -> None:
    at = values(plain)
    pairs = [
        (r"\frac12 a^2 b", 0.5 * at["a"] ** 2 * at["b"]),
        (r"-\theta^{-1}b", -at["b"] / at["theta"]),
        (r"\sum_{i=1}^{n} x_i + a", at["x"].sum(axis=1) + at["a"]),
        (r"a\sum_i x_i b", at["a"] * at["x"].sum(axis=1) * at["b"]),
        (r"\sum_i (x_i - a)^2 / n", ((at["x"] - at["a"][:, None]) ** 2).mean(axis=1)),
        (r"\ln^2 b", np.log(at["b"]) ** 2),
        (r"\sqrt[3]{b}\,e^{-b}", np.cbrt(at["b"]) * np.exp(-at["b"])),
        (r"\frac{a}{b}\theta", at["a"] / at["b"] * at["theta"]),
        (r"n\ln\theta\ln b", 4 * np.log(at["theta"]) * np.log(at["b"])),
        (r"|a||b|", np.abs(at["a"]) * at["b"]),
        (r"\frac1{1+\frac1{1+b}}", 1 / (1 + 1 / (1 + at["b"]))),
    ]
    for text, wanted in pairs:
        assert np.allclose(evaluate(parse(text, plain), at, plain), wanted, rtol=1e-13), text


def test_arrays_against_numpy() -> None:
    context = Context(
        (Name("v", shape=("D", 1)), Name("w", shape=("D", 1)), Name("A", shape=("D", "D")), Name("B", shape=("D", "K")))
    )
    rng = np.random.default_rng(1)
    at = {
        "v": rng.normal(size=(2, 3, 1)),
        "w": rng.normal(size=(2, 3, 1)),
        "A": rng.normal(size=(2, 3, 3)),
        "B": rng.normal(size=(2, 3, 2)),
    }
    swap = at["A"].transpose(0, 2, 1)
    pairs = {
        "A.T @ (v .* w)": swap @ (at["v"] * at["w"]),
        "diag(v) @ B": at["v"] * at["B"],
        "v.T @ A @ w": np.einsum("pij,pik,pkl->p", at["v"], at["A"], at["w"]),
        "A^2 @ v": at["A"] @ at["A"] @ at["v"],
        "A^-1 @ v": np.linalg.solve(at["A"], at["v"]),
        "det(A) + trace(A)": np.linalg.det(at["A"]) + np.trace(at["A"], axis1=1, axis2=2),
        "norm(v)^2 + sum(w)": (at["v"] ** 2).sum(axis=(1, 2)) + at["w"].sum(axis=(1, 2)),
        "softmax(v)": np.exp(at["v"]) / np.exp(at["v"]).sum(axis=1, keepdims=True),
        "dot(v, w)*v + 1": (at["v"] * at["w"]).sum(axis=1, keepdims=True) * at["v"] + 1,
        "v*(w > 0)": at["v"] * (at["w"] > 0),
        "v/w": at["v"] / at["w"],
    }
    for text, wanted in pairs.items():
        got = evaluate(parse(text, context), at, context)
        assert got.shape == wanted.shape and np.allclose(got, wanted, rtol=1e-10), text


def test_undefined_is_nan(plain: Context) -> None:
    at = values(plain)
    for text in ("ln(a - 5)", "sqrt(-b)", "(-b)^0.5", "x[9]", "x[1.5]", "factorial(-1)", "0/0"):
        assert np.isnan(evaluate(parse(text, plain), at, plain)).all(), text


def test_work_is_bounded(plain: Context) -> None:
    at = values(plain)
    with pytest.raises(CannotCompute):
        evaluate(parse("sum(sum(sum(sum(i*j*k*l, l, 1, 30), k, 1, 30), j, 1, 30), i, 1, 30)", plain), at, plain)
    with pytest.raises(CannotCompute):
        evaluate(parse("sum(1/i^2, i, 1, inf)", plain), at, plain)
    with pytest.raises(CannotCompute):
        evaluate(parse("sum(i, i, 1, 10^9)", plain), at, plain)


@pytest.mark.parametrize(
    "text",
    ["sum(ln(x[i]), i, 1, n)*theta^b/n", "Phi(a) + erf(b) + Gamma(theta + 1) + 3!", "sinh(a)*cosh(b) - tanh(theta)",
     "abs(a)*sign(a) + relu(a)",
     "softplus(a) + sigmoid(b)*sigmoid_prime(a)", "min(a, b, theta) + max(x)", "piecewise(a, a > 0, b)", "arctan(a) + sin(b)*cos(a)/tan(b)",
     "lngamma(theta) + ind(a > b) + pi + e^a", "prod(x[i]^theta, i, 1, n)"],
)  # fmt: skip
def test_float64_and_high_precision_agree(plain: Context, text: str) -> None:
    tree = parse(text, plain)
    for batch in batches(plain, 9)[:2]:
        coarse = evaluate(tree, dict(batch.values), plain)[:3]
        fine = precise(tree, precise_values(plain, batch, [0, 1, 2], 40), plain, 40)
        assert np.allclose(coarse, fine.astype(float), rtol=1e-11)


def test_high_precision_recomputes_what_is_derived(pareto: Context) -> None:
    batch = batches(pareto, 4)[0]
    fine = precise_values(pareto, batch, [0, 1], 60)
    residual = precise(parse("T - sum(ln(x[i]), i, 1, n) + n*ln(b)", pareto), fine, pareto, 60)
    assert all(abs(value) < 1e-55 for value in residual)
