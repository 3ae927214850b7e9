"""Is an answer the right one? Plain data against plain data, with a message that a student can act on.

Arrays are compared relative to the largest magnitude of the *wanted* array: |got − wanted| ≤ atol + rtol·max|wanted|. That
takes float32 and any order of summation, and is not fooled by a relative test on entries near zero.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

RTOL = 1e-4
ATOL = 1e-8
SHOWN_ENTRIES = 6
SHOWN_CHARACTERS = 300


def difference(got: Any, wanted: Any, *, rtol: float = RTOL, atol: float = ATOL, place: str = "the answer") -> str:
    """Say how `got` differs from `wanted`, or "" where it does not.

    Lists and tuples are interchangeable, numbers and zero-dimensional arrays too, nested lists of numbers pass for arrays;
    a dictionary may have more keys than wanted. NaN and infinity are right only where the wanted answer has the same.
    """
    if isinstance(wanted, dict):
        return _dictionary(got, wanted, rtol, atol, place)
    if isinstance(wanted, (list, tuple)) and not _numeric(wanted):
        return _sequence(got, wanted, rtol, atol, place)
    if wanted is None or isinstance(wanted, (str, bytes)):
        same_kind = got is None if wanted is None else isinstance(got, type(wanted))
        return "" if same_kind and got == wanted else f"{place} is {shown(got)}, wanted {shown(wanted)}"
    return _array(got, np.asarray(wanted), rtol, atol, place)


def shown(value: Any) -> str:
    """A short text for a value: small things whole, arrays by type, shape and first entries."""
    if isinstance(value, np.ndarray) and value.ndim:
        head = np.array2string(value.ravel()[:SHOWN_ENTRIES], precision=6, separator=", ", threshold=SHOWN_ENTRIES)
        dots = " …" if value.size > SHOWN_ENTRIES else ""
        return f"array of shape {value.shape}, {value.dtype}: {head}{dots}"
    if isinstance(value, np.ndarray | np.generic):
        value = value.item()
    if isinstance(value, float):
        return f"{value:.8g}"
    if isinstance(value, list | tuple):
        inner = ", ".join(shown(item) for item in value[:SHOWN_ENTRIES]) + (", …" if len(value) > SHOWN_ENTRIES else "")
        return _cut(f"[{inner}]" if isinstance(value, list) else f"({inner})")
    if isinstance(value, dict):
        return _cut("{" + ", ".join(f"{key!r}: {shown(item)}" for key, item in value.items()) + "}")
    return _cut(repr(value))


def _cut(text: str) -> str:
    return text if len(text) <= SHOWN_CHARACTERS else text[: SHOWN_CHARACTERS - 1] + "…"


def _numeric(value: Any) -> bool:
    """Whether a list is a rectangular block of numbers, so that it may stand for an array."""
    if isinstance(value, (bool, int, float, complex, np.number, np.bool_)):
        return True
    if isinstance(value, np.ndarray):
        return False  # a list of arrays is a structure; only nested plain numbers are a block
    return isinstance(value, (list, tuple)) and len(value) > 0 and all(_numeric(item) for item in value) and _even(value)


def _even(value: list[Any] | tuple[Any, ...]) -> bool:
    lengths = {len(item) if isinstance(item, (list, tuple)) else -1 for item in value}
    return len(lengths) == 1


def _dictionary(got: Any, wanted: dict[Any, Any], rtol: float, atol: float, place: str) -> str:
    if not isinstance(got, dict):
        return f"{place} is {kind(got)}, wanted a dictionary with the keys {', '.join(map(repr, wanted))}"
    if missing := [key for key in wanted if key not in got]:
        return f"{place} lacks {', '.join(map(repr, missing))}; it has {', '.join(map(repr, got)) or 'no key'}"
    for key, value in wanted.items():
        if text := difference(got[key], value, rtol=rtol, atol=atol, place=f"{place}[{key!r}]"):
            return text
    return ""


def _sequence(got: Any, wanted: list[Any] | tuple[Any, ...], rtol: float, atol: float, place: str) -> str:
    if isinstance(got, np.ndarray) and got.ndim:
        got = list(got)
    if not isinstance(got, (list, tuple)):
        return f"{place} is {kind(got)}, wanted a list of {len(wanted)}"
    if len(got) != len(wanted):
        return f"{place} has {len(got)} items, wanted {len(wanted)}"
    for index, (one, other) in enumerate(zip(got, wanted, strict=True)):
        if text := difference(one, other, rtol=rtol, atol=atol, place=f"{place}[{index}]"):
            return text
    return ""


def kind(value: Any) -> str:
    """What a value is, in words: "a dictionary", "an array of shape (3, 4)", ..."""
    if isinstance(value, np.ndarray) and value.ndim:
        return f"an array of shape {value.shape}"
    if isinstance(value, np.ndarray | np.generic):
        value = value.item()
    names = {dict: "a dictionary", list: "a list", tuple: "a tuple", str: "a string", bool: "a truth value", bytes: "bytes"}
    if value is None:
        return "None (does the function end in a return?)"
    if isinstance(value, (list, tuple)):
        return f"{names[type(value)]} of {len(value)}"
    return names.get(type(value), "a number")


def _array(got: Any, wanted: NDArray[Any], rtol: float, atol: float, place: str) -> str:
    if isinstance(got, (list, tuple)) and not _numeric(got) and len(got):
        return f"{place} is {kind(got)} that is no rectangular block of numbers, wanted {_wanted_array(wanted)}"
    if got is None or isinstance(got, (str, bytes, dict)):
        return f"{place} is {kind(got)}, wanted {_wanted_array(wanted)}"
    have = np.asarray(got)
    if have.shape != wanted.shape:
        hint = "; it looks transposed" if have.T.shape == wanted.shape and have.ndim > 1 else ""
        return f"{place} has shape {have.shape}, wanted {wanted.shape}{hint}"
    if np.iscomplexobj(have) and not np.iscomplexobj(wanted):
        return f"{place} is complex, wanted real numbers"
    have, want = have.astype(_wide(have)), wanted.astype(_wide(wanted))
    matched = (have == want) | (np.isnan(have) & np.isnan(want))
    odd = ~np.isfinite(have) & ~matched
    if odd.any():
        index = _first(odd)
        return f"{place}{_at(index)} is {shown(have[index])}, which is no finite number"
    with np.errstate(invalid="ignore"):
        error = np.where(matched, 0.0, np.where(np.isfinite(want), np.abs(have - want), np.inf))
    scale = float(np.abs(want[np.isfinite(want)]).max(initial=0.0))
    if not error.size or error.max() <= atol + rtol * scale:
        return ""
    index = np.unravel_index(int(np.argmax(error)), error.shape)
    wrong = int((error > atol + rtol * scale).sum())
    share = "" if error.size == 1 else f"; {wrong} of {error.size} entries differ"
    return f"{place}{_at(index)} is {shown(have[index])}, wanted {shown(want[index])}{share}"


def _wide(array: NDArray[Any]) -> Any:
    return np.complex128 if np.iscomplexobj(array) else np.float64


def _wanted_array(wanted: NDArray[Any]) -> str:
    return f"an array of shape {wanted.shape}" if wanted.ndim else "a number"


def _first(mask: NDArray[np.bool_]) -> tuple[Any, ...]:
    return np.unravel_index(int(np.argmax(mask)), mask.shape)


def _at(index: tuple[Any, ...]) -> str:
    return f"[{', '.join(str(int(i)) for i in index)}]" if index else ""
