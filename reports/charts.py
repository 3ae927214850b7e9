"""The geometry of the charts: scales with round ticks, and the coordinates of lines and bands. Templates draw with them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

DECADES = 3
MOST_TICKS = 7
ROUNDS = 200
"""Most rounds of `apart`: so many marks may not fit without overlap."""


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


def fitting(values: Iterable[float]) -> Scale:
    """A linear scale, or a logarithmic one where none is negative and the positive ones span more than `DECADES` powers of ten."""
    known = [value for value in values if math.isfinite(value)]
    positive = [value for value in known if value > 0]
    wide = len(positive) > 1 and min(known) >= 0 and max(positive) > min(positive) * 10.0**DECADES
    return logarithmic(known) if wide else linear(known)


def logarithmic(values: Iterable[float]) -> Scale:
    """A scale around all values above 0: of 1, 2, 5, 10, ... where these are few, else of powers of ten."""
    known = [value for value in values if math.isfinite(value) and value > 0] or [1.0]
    first, last = math.floor(math.log10(min(known)) + 1e-9), math.ceil(math.log10(max(known)) - 1e-9)
    fine = [float(f"{factor}e{power}") for power in range(first, last + 1) for factor in (1, 2, 5)]
    low = max(tick for tick in fine if tick <= min(known) * (1 + 1e-9))
    high = min((tick for tick in fine if tick >= max(known) * (1 - 1e-9) and tick > low), default=10.0 * low)
    ticks = tuple(tick for tick in fine if low <= tick <= high) or (low,)
    if 1 < len(ticks) <= MOST_TICKS:
        return Scale(low, high, ticks, logarithmic=True)
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


def labelled(scale: Scale, length: float, room: float) -> list[float]:
    """The ticks of an axis of that length whose labels, each `room` wide, stand free of each other; first and last among them."""
    kept: list[float] = []
    for tick in scale.ticks:
        if kept and scale.at(tick, length) - scale.at(kept[-1], length) < room:
            if tick is not scale.ticks[-1] or len(kept) == 1:
                continue
            kept.pop()
        kept.append(tick)
    return kept


def rows(places: Sequence[float], room: float) -> list[int]:
    """For labels in the middle of these places, in order, each `room` wide: in which row below each other none covers another."""
    ends: list[float] = []
    chosen = []
    for place in places:
        row = next((row for row, end in enumerate(ends) if place - room / 2 >= end), len(ends))
        ends[row : row + 1] = [place + room / 2]
        chosen.append(row)
    return chosen


def apart(
    points: Sequence[tuple[float, float]], distance: float, box: tuple[float, float, float, float]
) -> list[tuple[float, float]]:
    """The points pushed away from each other, in `box` (left, top, right, bottom), until marks of that diameter do not overlap."""
    moved = [list(point) for point in points]
    left, top, right, bottom = box
    for _ in range(ROUNDS):
        quiet = True
        for k, one in enumerate(moved):
            for other in moved[:k]:
                dx, dy = one[0] - other[0], one[1] - other[1]
                length = math.hypot(dx, dy)
                if length >= distance - 1e-6:
                    continue
                quiet = False
                angle = math.atan2(dy, dx) if length > 1e-9 else float(k)  # any direction, but always the same
                push = (distance - length) / 2
                one[0], one[1] = one[0] + push * math.cos(angle), one[1] + push * math.sin(angle)
                other[0], other[1] = other[0] - push * math.cos(angle), other[1] - push * math.sin(angle)
        for point in moved:
            point[0], point[1] = min(max(point[0], left), right), min(max(point[1], top), bottom)
        if quiet:
            break
    return [(round(x, 2), round(y, 2)) for x, y in moved]
