"""Random points inside a context's assumptions.

Scalars without bounds take both signs; positive ones stay within about 0.2 and 4, so that powers and exponentials keep their
digits; integers are small; arrays have mixed signs and at least two rows (a missing transpose or a swapped order must show).
Values are rounded to three decimals: a counter-example is read by a person.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from graders.kit.errors import CourseError
from graders.kit.formula import FLOAT64, Arithmetic, CannotCompute, Context, Name, conditions, definitions, evaluate
from graders.kit.formula.functions import Array

SIZES = (3, 2, 5, 1, 4, 6)
"""Lengths of samples, one batch each. Array dimensions are at least 2."""

POINTS = 8
"""Points of one batch."""

_TRIES = 60


@dataclass(frozen=True)
class Batch:
    """Points of common sizes: `base` holds what was drawn, `values` the derived names too."""

    base: Mapping[str, Array]
    values: Mapping[str, Array]

    def __len__(self) -> int:
        return next((len(value) for value in self.values.values()), 0)


def draw(context: Context, seed: int, size_number: int = 0, points: int = POINTS) -> Batch:
    """One batch that fulfils the context's conditions.

    Raises CourseError where the conditions are hardly ever met.
    """
    rng = np.random.default_rng([seed, size_number])
    sizes = _sizes(context, size_number)
    wanted = conditions(context)
    kept: list[dict[str, Array]] = []
    count = 0
    for _ in range(_TRIES):
        base = _draw_base(context, sizes, rng, points)
        values = complete(context, base)
        good = np.ones(points, dtype=bool)
        for condition in wanted:
            good &= evaluate(condition, values, context) == 1
        if good.any():
            kept.append({name: value[good] for name, value in base.items()})
            count += int(good.sum())
        if count >= points:
            break
    else:
        if not kept:
            raise CourseError(f"no random point fulfils {', '.join(context.conditions)}; bound the names more closely")
    base = {name: np.concatenate([part[name] for part in kept])[:points] for name in kept[0]}
    return Batch(base, complete(context, base))


@lru_cache(maxsize=64)
def batches(context: Context, seed: int) -> tuple[Batch, ...]:
    """The batches that a decision uses: several sizes, or several draws where nothing has a size."""
    return tuple(draw(context, seed, number) for number in range(len(SIZES)))


def redraw(context: Context, batch: Batch, names: tuple[str, ...], seed: int) -> Batch:
    """The same points with the named scalars drawn anew."""
    rng = np.random.default_rng([seed, 77])
    base = dict(batch.base)
    for name in context.names:
        if name.name in names:
            if name.formula or name.shape or name.sample:
                raise CourseError(f"{name.name} is no free scalar: an answer cannot be graded up to what does not depend on it")
            base[name.name] = _scalar(name, base, rng, len(batch))
    return Batch(base, complete(context, base))


def move(context: Context, batch: Batch, at: int, scale: float, seed: int) -> Batch:
    """Copies of one point with every continuous value moved a little: what happens around it."""
    rng = np.random.default_rng([seed, 99])
    base: dict[str, Array] = {}
    for name in context.names:
        if name.formula:
            continue
        value = np.repeat(batch.base[name.name][at : at + 1], 4, axis=0)
        if not name.integer and not name.draw:
            value = value * (1 + scale * rng.uniform(-1, 1, value.shape))
        base[name.name] = value
    return Batch(base, complete(context, base))


def complete(context: Context, base: Mapping[str, Array], arithmetic: Arithmetic = FLOAT64) -> dict[str, Array]:
    """`base` with the derived names computed, in the order of the context.

    Raises CourseError where a definition of the course cannot be computed.
    """
    values = dict(base)
    trees = definitions(context)
    for name in context.names:
        if name.formula and not name.of:
            try:
                values[name.name] = evaluate(trees[name.name], values, context, arithmetic)
            except CannotCompute as fault:
                raise CourseError(f"the definition of {name.name} cannot be computed: {fault}") from fault
    return values


def _sizes(context: Context, number: int) -> dict[str, int]:
    """A size for every length; those of arrays are at least 2 and differ from one another."""
    sizes: dict[str, int] = {}
    dimensions = {size for name in context.names for size in name.shape if isinstance(size, str)}
    for position, length in enumerate(context.lengths()):
        size = SIZES[(number + position) % len(SIZES)]
        sizes[length] = max(2, min(size, 4)) if length in dimensions else size
    return sizes


def _draw_base(context: Context, sizes: Mapping[str, int], rng: np.random.Generator, points: int) -> dict[str, Array]:
    base: dict[str, Array] = {}
    for name in context.names:
        if name.formula:
            continue
        if name.name in sizes:
            base[name.name] = np.full(points, float(sizes[name.name]))
        elif name.sample or name.shape:
            base[name.name] = _array(name, base, sizes, rng, points)
        else:
            base[name.name] = _scalar(name, base, rng, points)
    return base


def _scalar(name: Name, base: Mapping[str, Array], rng: np.random.Generator, points: int) -> Array:
    return _entries(name, base, rng, (points,))


def _array(name: Name, base: Mapping[str, Array], sizes: Mapping[str, int], rng: np.random.Generator, points: int) -> Array:
    shape = tuple(sizes[size] if isinstance(size, str) else size for size in name.shape)
    if name.draw == "identity":
        return np.broadcast_to(np.eye(shape[0]), (points, *shape)).copy()
    if name.draw == "onehot":
        return np.eye(shape[0])[rng.integers(0, shape[0], points)].reshape(points, *shape)
    if name.draw == "simplex":
        return rng.dirichlet(np.full(shape[0], 2.0), points).reshape(points, *shape)
    full = (points, *((sizes[name.sample],) if name.sample else ()), *shape)
    return _entries(name, base, rng, full)


def _entries(name: Name, base: Mapping[str, Array], rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """Independent values between the bounds, which are left out (included for integers)."""
    low, high = _bound(name.low, base, shape), _bound(name.high, base, shape)
    if name.integer:
        lowest = np.zeros(shape) if low is None else np.ceil(low)
        highest = lowest + 5 if high is None else np.floor(high)
        return np.floor(lowest + rng.random(shape) * (highest - lowest + 1))
    if low is not None and high is not None:
        return _rounded(low + (high - low) * rng.uniform(0.04, 0.96, shape))
    if low is not None:
        return _rounded(low + np.exp(rng.normal(0, 0.75, shape)))
    if high is not None:
        return _rounded(high - np.exp(rng.normal(0, 0.75, shape)))
    return _rounded(rng.normal(0, 1.4, shape) + 0.05)


def _rounded(values: Array) -> Array:
    """Three decimals where that keeps the value off its bounds."""
    rounded = np.round(values, 3)
    return np.where(np.abs(rounded - values) < 0.05 * np.abs(values), rounded, values)


def _bound(bound: float | str | None, base: Mapping[str, Array], shape: tuple[int, ...]) -> Array | None:
    if bound is None:
        return None
    value = base[bound].reshape(-1, *[1] * (len(shape) - 1)) if isinstance(bound, str) else np.array(float(bound))
    return np.broadcast_to(value, shape)


def describe(context: Context, batch: Batch, at: int, wanted: frozenset[str]) -> dict[str, str]:
    """The point as a person reads it: the names in `wanted` and the sizes, later names left out where they are derived."""
    point: dict[str, str] = {}
    for name in context.names:
        if name.name in wanted and name.name in batch.values:
            point[name.name] = show_value(batch.values[name.name][at])
    return point


def show_value(value: object) -> str:
    """A number with six digits; an array as nested lists with four."""
    array = np.asarray(value)
    if array.ndim == 0:
        number = float(array)
        return str(int(number)) if number.is_integer() and abs(number) < 1e15 else f"{number:.6g}"
    if array.ndim == 2 and array.shape[1] == 1:
        return "(" + ", ".join(f"{float(entry):.4g}" for entry in array[:, 0]) + ")"
    if array.ndim == 1:
        return "(" + ", ".join(f"{float(entry):.4g}" for entry in array) + ")"
    return "[" + ", ".join(show_value(row) for row in array) + "]"


def restricted(context: Context, name: str, value: float) -> Context:
    """The context with an integer scalar held at one value."""
    names = tuple(replace(old, low=value, high=value) if old.name == name else old for old in context.names)
    return replace(context, names=names)
