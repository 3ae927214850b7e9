"""The geometry of the charts: scales with round ticks, and the coordinates of lines and bands. Templates draw with them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Scale:
    """A stretch of numbers, and the round ones in it to mark. `logarithmic` scales hold numbers above 0."""

    low: float
    high: float
    ticks: tuple[float, ...]
    logarithmic: bool = False

    def at(self, value: float, length: float = 1.0) -> float:
        """Where a number lies on an axis of that length; what lies outside is held at the ends."""
        low, high, place = (math.log(one) if self.logarithmic else one for one in (self.low, self.high, max(value, self.floor)))
        return round(length * min(1.0, max(0.0, (place - low) / (high - low))), 2)

    @property
    def floor(self) -> float:
        """The lowest number that can be placed."""
        return self.low if self.logarithmic else -math.inf


def linear(values: Iterable[float], *, most_ticks: int = 5) -> Scale:
    """A scale that holds all finite values, from a round number to a round number."""
    known = [value for value in values if math.isfinite(value)] or [0.0, 1.0]
    low, high = min(known), max(known)
    if high - low < 1e-12:
        low, high = low - 0.5 * (abs(low) or 1.0), high + 0.5 * (abs(high) or 1.0)
    step = _round_step((high - low) / most_ticks)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    ticks = tuple(round(step * place, 12) for place in range(first, last + 1))
    return Scale(ticks[0], ticks[-1], ticks)


def logarithmic(values: Iterable[float]) -> Scale:
    """A scale of powers of ten around all values above 0."""
    known = [value for value in values if math.isfinite(value) and value > 0] or [1.0]
    first, last = math.floor(math.log10(min(known))), math.ceil(math.log10(max(known)))
    last = max(last, first + 1)
    step = max(1, (last - first) // 6)
    return Scale(10.0**first, 10.0**last, tuple(10.0**power for power in range(first, last + 1, step)), logarithmic=True)


def _round_step(rough: float) -> float:
    """The smallest of 1, 2, 2.5, 5 times a power of ten that is `rough` or more."""
    power = 10.0 ** math.floor(math.log10(rough))
    return next(factor * power for factor in (1.0, 2.0, 2.5, 5.0, 10.0) if factor * power >= rough * (1 - 1e-9))


def line(values: Sequence[float], scale: Scale, width: float, height: float) -> str:
    """The points of a polyline, one value after the other from left to right, as SVG wants them."""
    return " ".join(
        f"{x:g},{height - scale.at(value, height):g}" for x, value in zip(_steps(len(values), width), values, strict=True)
    )


def band(low: Sequence[float], high: Sequence[float], scale: Scale, width: float, height: float) -> str:
    """The points of the polygon between two lines."""
    back = line(high, scale, width, height).split()
    return " ".join([line(low, scale, width, height), *reversed(back)])


def _steps(count: int, width: float) -> list[float]:
    return [round(width * place / max(1, count - 1), 2) for place in range(count)]
