"""The functions a formula may use: how they are written, and how they are computed in float64.

All logarithms are natural. Real numbers only: outside its real domain a function gives nan, never a complex number.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[Any]


@dataclass(frozen=True)
class Known:
    """One function: its name, the number of arguments (`most` None: any number), how shapes pass, and its LaTeX head."""

    name: str
    least: int = 1
    most: int | None = 1
    shape: str = "elementwise"
    latex: str = ""


def _table(*entries: Known) -> dict[str, Known]:
    return {entry.name: entry for entry in entries}


FUNCTIONS: dict[str, Known] = _table(
    Known("exp", latex=r"\exp"),
    Known("ln", latex=r"\ln"),
    Known("sqrt", latex=r"\sqrt"),
    Known("abs"),
    Known("sign", latex=r"\operatorname{sign}"),
    Known("sin", latex=r"\sin"),
    Known("cos", latex=r"\cos"),
    Known("tan", latex=r"\tan"),
    Known("arctan", latex=r"\arctan"),
    Known("sinh", latex=r"\sinh"),
    Known("cosh", latex=r"\cosh"),
    Known("tanh", latex=r"\tanh"),
    Known("sigmoid", latex=r"\operatorname{sigmoid}"),
    Known("sigmoid_prime", latex=r"\operatorname{sigmoid}'"),
    Known("tanh_prime", latex=r"\tanh'"),
    Known("relu", latex=r"\operatorname{ReLU}"),
    Known("relu_prime", latex=r"\operatorname{ReLU}'"),
    Known("softplus", latex=r"\operatorname{softplus}"),
    Known("Phi", latex=r"\Phi"),
    Known("erf", latex=r"\operatorname{erf}"),
    Known("Gamma", latex=r"\Gamma"),
    Known("lngamma", latex=r"\operatorname{lngamma}"),
    Known("factorial"),
    Known("min", 2, None, latex=r"\min"),
    Known("max", 2, None, latex=r"\max"),
    Known("ind", shape="condition", latex=r"\mathbb{1}"),
    Known("diag", shape="diagonal", latex=r"\operatorname{diag}"),
    Known("trace", shape="square to scalar", latex=r"\operatorname{tr}"),
    Known("det", shape="square to scalar", latex=r"\det"),
    Known("inv", shape="square", latex=r"\operatorname{inv}"),
    Known("norm", shape="to scalar", latex=r"\operatorname{norm}"),
    Known("total", shape="to scalar", latex=r"\operatorname{total}"),
    Known("softmax", shape="vector", latex=r"\operatorname{softmax}"),
)

OTHER_NAMES: dict[str, str] = {
    "log": "ln", "Log": "ln", "Ln": "ln", "Exp": "exp", "Abs": "abs", "absolute": "abs", "sgn": "sign", "atan": "arctan",
    "ReLU": "relu", "Relu": "relu", "RELU": "relu", "expit": "sigmoid", "logistic": "sigmoid", "sigma": "sigmoid",
    "gamma_function": "Gamma",
    "gammaln": "lngamma", "loggamma": "lngamma", "gamma": "Gamma", "minimum": "min", "maximum": "max", "indicator": "ind",
    "tr": "trace", "Tr": "trace", "Diag": "diag", "Softmax": "softmax", "heaviside": "ind", "fabs": "abs", "normcdf": "Phi",
    "relu'": "relu_prime", "sigmoid'": "sigmoid_prime", "tanh'": "tanh_prime",
}  # fmt: skip
"""Other spellings, each of one function of the table."""


def _each(function: Callable[[float], float]) -> Callable[[Array], Array]:
    """A float function from `math`, applied to every entry; outside its domain nan, beyond float64 inf."""

    def guarded(value: float) -> float:
        try:
            return function(value)
        except ValueError:
            return math.nan
        except OverflowError:
            return math.inf

    table = np.vectorize(guarded, otypes=[np.float64])
    return lambda values: np.asarray(table(values), dtype=np.float64)


def sigmoid(z: Array) -> Array:
    """Logistic function 1 / (1 + exp(-z)) without overflow."""
    return np.asarray(0.5 * (1 + np.tanh(0.5 * z)))


def _gamma(value: float) -> float:
    return math.nan if value <= 0 and value == math.floor(value) else math.gamma(value)


NUMPY: dict[str, Callable[..., Array]] = {
    "exp": np.exp,
    "ln": np.log,
    "sqrt": np.sqrt,
    "abs": np.abs,
    "sign": np.sign,
    "sin": np.sin,
    "cos": np.cos,
    "tan": np.tan,
    "arctan": np.arctan,
    "sinh": np.sinh,
    "cosh": np.cosh,
    "tanh": np.tanh,
    "sigmoid": sigmoid,
    "sigmoid_prime": lambda z: sigmoid(z) * sigmoid(-z),
    "tanh_prime": lambda z: 1 - np.tanh(z) ** 2,
    "relu": lambda z: np.where(z > 0, z, 0.0 * z),
    "relu_prime": lambda z: np.where(np.isnan(z), np.nan, (z > 0).astype(np.float64)),
    "softplus": lambda z: np.logaddexp(0.0, z),
    "Phi": _each(lambda z: 0.5 * math.erfc(-z / math.sqrt(2))),
    "erf": _each(math.erf),
    "Gamma": _each(_gamma),
    "lngamma": _each(lambda z: math.nan if z <= 0 else math.lgamma(z)),
    "factorial": _each(lambda z: _gamma(z + 1)),
}
"""Elementwise functions of one argument in float64."""
