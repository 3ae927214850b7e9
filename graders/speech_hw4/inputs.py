"""Random input for the hidden checks of speech HW4, and a way to compare what is not one call of one function."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graders.kit import ensure
from graders.kit.proxy import Function

Array = NDArray[np.float64]
Params = list[dict[str, Array]]


def observed(value: Any, name: str) -> Function:
    """Something measured on a submission, dressed as a function, so that `same` can compare it and name the mistake.

    Random weights cannot be compared with other random weights; their deviation can, and so can where training leads from them.
    """
    return Function(lambda module, function, args, kwargs: value, "mlp", name)


def random_clip(rng: np.random.Generator, n_samples: int, sample_rate: int) -> Array:
    """A clip (n,) in [-1, 1]: a gliding tone with overtones, a touch of noise, and a nearly silent stretch at the end."""
    time = np.arange(n_samples) / sample_rate  # s
    pitch = rng.uniform(90, 250) * (1 + 0.2 * np.sin(2 * np.pi * rng.uniform(1, 3) * time))  # Hz
    phase = 2 * np.pi * np.cumsum(pitch) / sample_rate
    voice = sum(rng.uniform(0.2, 1.0) / k * np.sin(k * phase + rng.uniform(0, 6)) for k in range(1, 12))
    clip = np.asarray(voice) + 0.03 * rng.normal(size=n_samples)
    clip[int(0.8 * n_samples) :] *= 1e-5
    loudest: Array = 0.9 * clip / np.abs(clip).max()
    return loudest


def random_clips(rng: np.random.Generator, lengths: tuple[int, ...], width: int) -> list[Array]:
    """Feature matrices (T_i, width), none of them near zero on average."""
    return [rng.normal(rng.normal(0, 2, size=width), 1.0, size=(length, width)) for length in lengths]


def random_network(rng: np.random.Generator, sizes: tuple[int, ...]) -> Params:
    """Weights that keep the neurons between idle and saturated, and biases that matter: [{"W": (n_in, n_out), "b": (n_out,)}]."""
    return [
        {"W": rng.normal(0, 1.5 / np.sqrt(n_in), size=(n_in, n_out)), "b": rng.normal(0, 0.5, size=n_out)}
        for n_in, n_out in pairwise(sizes)
    ]


def random_sample(rng: np.random.Generator, n_inputs: int, n_outputs: int, activation: str) -> tuple[Array, Array]:
    """An input (n_inputs,) and its target (n_outputs,), one class right."""
    target = np.full(n_outputs, -1.0 if activation == "bipolar" else 0.0)
    target[rng.integers(n_outputs)] = 1.0
    return rng.normal(size=n_inputs), target


def numbers(value: Any, shape: tuple[int, ...], what: str, hint: str = "") -> Array:
    """A student's answer as an array of this shape; -1 stands for any length. Fails the check where it is no such thing."""
    try:
        array = np.asarray(value, dtype=float)
    except (TypeError, ValueError):
        array = np.empty(0)
    fits = array.ndim == len(shape) and all(want in (-1, have) for have, want in zip(array.shape, shape, strict=True))
    size = tuple("any" if length == -1 else length for length in shape)
    ensure(fits, f"{what} should be numbers of shape {size}.", got=value, wanted=size)
    ensure(np.isfinite(array).all(), f"{what} holds NaN or infinity.{hint}", got=value)
    return array


def layers(value: Any, sizes: list[int], what: str) -> Params:
    """A student's network, checked to be [{"W": (n_in, n_out), "b": (n_out,)}, ...] for these widths."""
    pairs = list(pairwise(sizes))
    is_list = isinstance(value, list | tuple) and len(value) == len(pairs)
    ensure(is_list, f"{what} should be a list of {len(pairs)} layers, each with W and b.", got=value)
    params = []
    for number, (layer, (n_in, n_out)) in enumerate(zip(value, pairs, strict=True), start=1):
        ensure(isinstance(layer, dict) and {"W", "b"} <= set(layer), f"Layer {number} of {what} should have W and b.", got=layer)
        weights = numbers(layer["W"], (n_in, n_out), f"W of layer {number} of {what}")
        params.append({"W": weights, "b": numbers(layer["b"], (n_out,), f"b of layer {number} of {what}")})
    return params


def trained(value: Any, sizes: list[int], epochs: int) -> Params:
    """The network in what `train` returned, after a look at the curves beside it."""
    complete = isinstance(value, dict) and {"params", "mse", "accuracy"} <= set(value)
    ensure(complete, "train should return a dictionary with params, mse and accuracy.", got=value)
    for name in ("mse", "accuracy"):
        hint = " The training ran away: look at the scale of the first weights, then at the gradient."
        numbers(value[name], (epochs,), f"{name} of train (one number for each epoch)", hint)
    return layers(value["params"], sizes, "the trained network")
