"""Compare two formulas at random points: float64 first, high precision wherever float64 cannot tell.

A difference counts only when it stands in two precisions. A point where the right formula is undefined is no evidence. A point
where only the student's is undefined refutes her if the formula stays undefined all around it; a hole (0/0 at one n) does not.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from graders.kit.formula import CannotCompute, Node, evaluate
from graders.kit.formula.functions import Array
from graders.kit.formula.tree import Const, Num, free_names, walk

from .points import Batch, batches, describe, move, redraw, show_value
from .precise import digits_lost, precise, precise_values
from .sides import Side
from .verdict import Counterexample, Kind, Options, Verdict

CLOSE = 1e-9
"""Relative difference that float64 rounding may leave."""

EXACT = 1e-28
"""Relative difference that 50 digits may leave."""

ROUNDED = 5e-4
"""A formula with decimals in it (two digits behind the point or more) that differs by less than this at every point, so that it
agrees to about three digits, may be right but for rounding: the TA decides (`0.577` for Euler's constant)."""

ROUGH = 2e-2
"""Below this relative difference such a formula is refuted, with the question whether a number in it is rounded (`0.33` for 1/3)."""

ENOUGH = 12
"""Points that must agree before an answer is accepted."""

_DIGITS = (40, 80)
_SPARE = 40
_MOST = 3000
_MAX_PRECISE = 6


@dataclass
class Tally:
    """What the points said so far."""

    agreed: int = 0
    holes: int = 0
    undefined: list[tuple[Batch, int, Array]] = field(default_factory=list)
    unresolved: int = 0
    worst: float = 0.0
    counter: Counterexample | None = None
    doubtful: bool = False


def compare(student: Side, right: Side, options: Options) -> Verdict:
    """The verdict of the points alone: agrees, refuted or undecided."""
    signs = (1, -1) if options.either_sign else (1,)
    verdicts = [_compare(Side(student.tree, student.context, student.rows, sign), right, options) for sign in signs]
    return next((verdict for verdict in verdicts if verdict.accepted), verdicts[0])


def _compare(student: Side, right: Side, options: Options) -> Verdict:
    tally = Tally()
    try:
        drawn = batches(right.context, options.seed)
        for number, batch in enumerate(drawn):
            twin = redraw(right.context, batch, options.free_of, options.seed + number) if options.up_to else None
            refuted = _one_batch(student, right, options, batch, twin, tally, sure=number < 2)
            if refuted is not None:
                return refuted
            if tally.counter is not None:
                break
    except CannotCompute as fault:
        return Verdict(Kind.UNDECIDED, tally.agreed, f"the values are out of reach: {fault}")
    return _conclude(student, right, tally)


def _conclude(student: Side, right: Side, tally: Tally) -> Verdict:
    if tally.counter is not None:
        if tally.worst < ROUNDED and _has_decimals(student.tree):
            reason = f"equal to {tally.worst:.0e} only: is a decimal in it rounded? Write the exact number"
            return Verdict(Kind.UNDECIDED, tally.agreed, reason, tally.counter)
        rough = "; is a decimal in it rounded?" if tally.worst < ROUGH and _has_decimals(student.tree) else ""
        return Verdict(Kind.REFUTED, tally.agreed, f"not equal {tally.counter}{rough}", tally.counter)
    if tally.doubtful:
        return Verdict(Kind.UNDECIDED, tally.agreed, "equal to 10 digits but not beyond: is a number in it rounded?")
    solid = len(tally.undefined)
    integers = any(name.integer for name in right.context.names)
    if solid and not (integers and tally.agreed >= 3 * solid and tally.agreed >= ENOUGH):
        batch, at, wanted = tally.undefined[0]
        counter = _counter(right, student, batch, at, "undefined", show_value(wanted))
        return Verdict(Kind.REFUTED, tally.agreed, f"undefined where it should not be, {counter}", counter)
    if tally.agreed < ENOUGH or tally.unresolved > tally.agreed:
        return Verdict(Kind.UNDECIDED, tally.agreed, "too few points could be computed")
    notes = ("undefined at some integers where the right formula is defined",) if solid else ()
    return Verdict(Kind.AGREES, tally.agreed, f"agrees at {tally.agreed} random points", notes=notes)


def _one_batch(
    student: Side, right: Side, options: Options, batch: Batch, twin: Batch | None, tally: Tally, *, sure: bool
) -> Verdict | None:
    """Tally one batch; a verdict only where the shapes already refute."""
    got, wanted = _pair(student, right, options, dict(batch.values), dict(twin.values) if twin else None)
    if got.shape != wanted.shape:
        swapped = got.ndim == 3 and np.swapaxes(got, 1, 2).shape == wanted.shape
        if not (options.transposed and swapped):
            return Verdict(Kind.REFUTED, 0, f"the answer is {_shape(got)}, wanted {_shape(wanted)}")
        got = np.swapaxes(got, 1, 2)
    elif options.transposed and got.ndim == 3 and got.shape[1] == got.shape[2]:
        got = _better_orientation(got, wanted)
    flat_got, flat_wanted = got.reshape(len(got), -1), wanted.reshape(len(wanted), -1)
    state = _states(flat_got, flat_wanted, options)
    tally.agreed += int((state == "agree").sum())
    rows = [int(row) for row in np.flatnonzero(state == "check")]
    if sure and not rows:
        rows = [int(row) for row in np.flatnonzero(state == "agree")[:1]]
        tally.agreed -= len(rows)
    if rows:
        tally.unresolved += max(0, len(rows) - _MAX_PRECISE)
        _look_closer(student, right, options, batch, twin, rows[:_MAX_PRECISE], tally)
    return None


def _pair(
    student: Side, right: Side, options: Options, values: dict[str, Array], other: dict[str, Array] | None, digits: int = 0
) -> tuple[Array, Array]:
    """What is compared: the two values, or what is left of them once a free factor or summand is out."""

    def value(side: Side, at: dict[str, Array]) -> Array:
        seen = side.values(at)
        array = precise(side.tree, seen, side.context, digits) if digits else evaluate(side.tree, seen, side.context)
        return array * side.factor

    got, wanted = value(student, values), value(right, values)
    if other is None:
        return got, wanted
    got_other, wanted_other = value(student, other), value(right, other)
    with np.errstate(all="ignore"):
        if options.up_to == "constant":
            left, right_side = got - got_other, wanted - wanted_other
        else:
            apart = ((got * wanted <= 0) | (got_other * wanted_other <= 0)) & (wanted != 0)
            left, right_side = got * wanted_other, wanted * got_other
            left, right_side = np.where(apart, left + 1 + abs(left), left), np.where(apart, right_side * 0, right_side)
        infinite = _infinite(got) | _infinite(wanted)  # no factor or summand leads from infinity to a number
        return np.where(infinite, got, left), np.where(infinite, wanted, right_side)


def _infinite(values: Array) -> Array:
    """Where a value is infinite (not where it is undefined), in either precision."""
    return np.asarray((values == values) & (values - values != 0))


def _states(got: Array, wanted: Array, options: Options) -> Array:
    """`agree`, `check` or `skip` for every point in float64."""
    with np.errstate(all="ignore"):
        scale = np.maximum(np.abs(got), np.abs(wanted)).max(axis=1, keepdims=True)
        close = (np.isfinite(scale) & (np.abs(got - wanted) <= CLOSE * scale)) | (got == wanted)
    agree = close.all(axis=1) & ~np.isnan(got).any(axis=1)
    lost = np.isnan(wanted).any(axis=1) & np.isnan(got).any(axis=1)
    return np.where(agree, "agree", np.where(lost, "skip", "check"))


def _better_orientation(got: Array, wanted: Array) -> Array:
    other = np.swapaxes(got, 1, 2)
    with np.errstate(all="ignore"):
        return other if np.nansum(np.abs(other - wanted)) < np.nansum(np.abs(got - wanted)) else got


def _look_closer(
    student: Side, right: Side, options: Options, batch: Batch, twin: Batch | None, rows: list[int], tally: Tally
) -> None:
    """Decide single points in two precisions, and in a third where numbers so large met that two may be wrong together."""
    found: list[tuple[Array, Array]] = []
    wanted_digits = list(_DIGITS)
    for digits in wanted_digits:
        try:
            values = precise_values(right.context, batch, rows, digits)
            other = precise_values(right.context, twin, rows, digits) if twin else None
            got, wanted = _pair(student, right, options, values, other, digits)
        except CannotCompute:
            tally.unresolved += len(rows)
            return
        if got.shape != wanted.shape or (options.transposed and got.ndim == 3 and got.shape[1] == got.shape[2]):
            got = _fitting(got, wanted)
        found.append((got.reshape(len(rows), -1), wanted.reshape(len(rows), -1)))
        lost = digits_lost(digits, student.tree, right.tree)
        if digits == _DIGITS[-1] and lost > _SPARE:
            if lost > _MOST:
                tally.unresolved += len(rows)
                return
            wanted_digits.append(100 * (lost // 100 + 2))
    for place, row in enumerate(rows):
        _settle(student, right, batch, row, [(got[place], wanted[place]) for got, wanted in found], tally)


def _fitting(got: Array, wanted: Array) -> Array:
    other = np.swapaxes(got, 1, 2)
    if got.shape != wanted.shape:
        return other
    return other if abs(other - wanted).sum() < abs(got - wanted).sum() else got


def _settle(student: Side, right: Side, batch: Batch, row: int, found: list[tuple[Array, Array]], tally: Tally) -> None:
    got, wanted = found[-1]
    if not _all_finite(wanted):
        if not _all_finite(got) and all(str(a) == str(b) for a, b in zip(got, wanted, strict=True)):
            tally.agreed += 1
        elif _means_infinity(right.tree) and not any(entry != entry for entry in (*got, *wanted)):
            tally.worst = np.inf
            tally.counter = _counter(right, student, batch, row, _shown(student, batch, row), _shown(right, batch, row))
        return
    if not _all_finite(got):
        if _hole(student, right, batch, row):
            tally.holes += 1
        else:
            tally.undefined.append((batch, row, np.array([float(entry) for entry in wanted]).squeeze()))
        return
    coarse, fine = float(_distance(*found[0])), float(_distance(*found[-1]))
    if fine <= EXACT or fine <= coarse * 1e-15:
        tally.agreed += 1
        return
    if fine < CLOSE * 1e-3:
        tally.doubtful = True
        return
    tally.worst = max(tally.worst, fine)
    if tally.counter is None or len(tally.counter.got) > 40:
        shown = [_shown(student, batch, row), _shown(right, batch, row)]
        tally.counter = _counter(right, student, batch, row, *shown)


def _distance(got: Array, wanted: Array) -> float:
    """Largest difference, relative to the largest entry."""
    scale = max(max(abs(entry) for entry in got), max(abs(entry) for entry in wanted))
    return 0.0 if scale == 0 else max(abs(a - b) for a, b in zip(got, wanted, strict=True)) / scale


def _all_finite(values: Array) -> bool:
    return all(entry - entry == 0 for entry in values)


def _hole(student: Side, right: Side, batch: Batch, row: int) -> bool:
    """Whether the student's formula is defined just beside the point."""
    for scale in (1e-2, 1e-4):
        near = move(right.context, batch, row, scale, row)
        values = evaluate(student.tree, student.values(dict(near.values)), student.context)
        if np.isfinite(values.reshape(len(values), -1)).all(axis=1).any():
            return True
    return False


def _shown(side: Side, batch: Batch, row: int) -> str:
    value = evaluate(side.tree, side.values(dict(batch.values)), side.context)
    return show_value(value[row] * side.factor)


def _counter(right: Side, student: Side, batch: Batch, row: int, got: str, wanted: str) -> Counterexample:
    names = free_names(right.tree) | free_names(student.tree) | set(right.context.lengths())
    return Counterexample(describe(right.context, batch, row, frozenset(names)), got, wanted)


def _shape(value: Array) -> str:
    return "a scalar" if value.ndim == 1 else "an array of " + "×".join(str(size) for size in value.shape[1:])


def _means_infinity(tree: Node) -> bool:
    """Whether infinity is written in the formula: then it is a value, not a point where the formula is undefined."""
    return any(node == Const("inf") for node in walk(tree))


def _has_decimals(tree: Node) -> bool:
    return any(isinstance(node, Num) and node.value.denominator >= 100 for node in walk(tree))
