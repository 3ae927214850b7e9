"""Is an answer the right one? Plain data against plain data, with a message that a student can act on.

Arrays are compared relative to the largest magnitude of the *wanted* array: |got − wanted| ≤ atol + rtol·max|wanted|. That
takes float32 and any order of summation, and is not fooled by a relative test on entries near zero.
"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import Any

import numpy as np
from numpy.typing import NDArray

RTOL = 1e-4
ATOL = 1e-8
SHOWN_ENTRIES = 6
SHOWN_CHARACTERS = 300
SHOWN_LEAVES = 8


@dataclass(frozen=True)
class Difference:
    """How an answer differs. `brief` holds nothing that the student's code chose, so that a hidden check may show it: no value,
    no key and no odd shape of hers, through which hidden inputs could leave. `text` says it in full.
    """

    brief: str
    text: str


def difference(got: Any, wanted: Any, *, rtol: float = RTOL, atol: float = ATOL, place: str = "the answer") -> Difference | None:
    """Say how `got` differs from `wanted`, or None where it does not.

    Lists and tuples are interchangeable, numbers and zero-dimensional arrays too, nested lists of numbers pass for arrays;
    a dictionary may have more keys than wanted. NaN and infinity are right only where the wanted answer has the same.
    """
    if isinstance(wanted, dict):
        return _dictionary(got, wanted, rtol, atol, place)
    if isinstance(wanted, (list, tuple)) and not _numeric(wanted):
        return _sequence(got, wanted, rtol, atol, place)
    if wanted is None or isinstance(wanted, (str, bytes)):
        same_kind = got is None if wanted is None else isinstance(got, type(wanted))
        if same_kind and got == wanted:
            return None
        text = f"{place} is {shown(got)}, wanted {shown(wanted)}"
        if same_kind and isinstance(wanted, str) and len(wanted.split()) > 1 and got.split():
            text += f"; word by word: {word_by_word(wanted, got)}"
        return Difference(f"{place} is not the right one", text)
    return _array(got, np.asarray(wanted), rtol, atol, place)


def word_by_word(wanted: str, got: str) -> str:
    """Align two texts: word→other where one stands for another, [-word-] where one is missing, {+word+} where one is too many."""
    one, other = wanted.split(), got.split()
    words: list[str] = []
    for kind, first, last, begin, end in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        if kind == "equal":
            words += one[first:last]
            continue
        for left, right in zip_longest(one[first:last], other[begin:end]):
            words.append(f"{left}→{right}" if left and right else f"[-{left}-]" if left else f"{{+{right}+}}")
    text = " ".join(words)
    return text if len(text) <= SHOWN_CHARACTERS else f"{text[:SHOWN_CHARACTERS]} …"


def shown(value: Any) -> str:
    """A short text for a value: small things whole, arrays by type, shape and first entries, structures of arrays leaf by leaf."""
    if isinstance(value, np.ndarray) and value.ndim:
        head = np.array2string(value.ravel()[:SHOWN_ENTRIES], precision=6, separator=", ", threshold=SHOWN_ENTRIES)
        dots = " …" if value.size > SHOWN_ENTRIES else ""
        return f"array of shape {value.shape}, {value.dtype}: {head}{dots}"
    if isinstance(value, np.ndarray | np.generic):
        value = value.item()
    if isinstance(value, float):
        return f"{value:.8g}"
    if isinstance(value, (list, tuple, dict)) and any(isinstance(leaf, np.ndarray) for _, leaf in _leaves(value)):
        lines = [f"{place}: {shown(leaf)}" for place, leaf in _leaves(value)]
        return "\n".join(lines[:SHOWN_LEAVES] + ["…"] * (len(lines) > SHOWN_LEAVES))
    if isinstance(value, list | tuple):
        inner = ", ".join(shown(item) for item in value[:SHOWN_ENTRIES]) + (", …" if len(value) > SHOWN_ENTRIES else "")
        return _cut(f"[{inner}]" if isinstance(value, list) else f"({inner})")
    if isinstance(value, dict):
        return _cut("{" + ", ".join(f"{key!r}: {shown(item)}" for key, item in value.items()) + "}")
    return _cut(repr(value))


def _leaves(value: Any, place: str = "") -> list[tuple[str, Any]]:
    """What a structure holds, each with its place: `[0]['W']`."""
    if isinstance(value, dict):
        return [leaf for key, item in value.items() for leaf in _leaves(item, f"{place}[{key!r}]")]
    if isinstance(value, (list, tuple)) and not _numeric(value):
        return [leaf for index, item in enumerate(value) for leaf in _leaves(item, f"{place}[{index}]")]
    return [(place, value)]


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


def _dictionary(got: Any, wanted: dict[Any, Any], rtol: float, atol: float, place: str) -> Difference | None:
    if not isinstance(got, dict):
        return _other_kind(place, got, f"a dictionary with the keys {', '.join(map(repr, wanted))}")
    if missing := [key for key in wanted if key not in got]:
        lacks = f"{place} lacks {', '.join(map(repr, missing))}"
        return Difference(lacks, f"{lacks}; it has {_cut(', '.join(map(repr, got))) or 'no key'}")
    for key, value in wanted.items():
        if found := difference(got[key], value, rtol=rtol, atol=atol, place=f"{place}[{key!r}]"):
            return found
    return None


def _sequence(got: Any, wanted: list[Any] | tuple[Any, ...], rtol: float, atol: float, place: str) -> Difference | None:
    if isinstance(got, np.ndarray) and got.ndim:
        got = list(got)
    if not isinstance(got, (list, tuple)):
        return _other_kind(place, got, f"a list of {len(wanted)}")
    if len(got) != len(wanted):
        return Difference(f"{place} does not have {len(wanted)} items", f"{place} has {len(got)} items, wanted {len(wanted)}")
    for index, (one, other) in enumerate(zip(got, wanted, strict=True)):
        if found := difference(one, other, rtol=rtol, atol=atol, place=f"{place}[{index}]"):
            return found
    return None


def _other_kind(place: str, got: Any, wanted: str) -> Difference:
    return Difference(f"{place} is {kind(got)}, wanted {wanted}", f"{place} is {kind(got)}, wanted {wanted}")


def kind(value: Any) -> str:
    """What a value is, in words and without its size: "a dictionary", "an array", ..."""
    if isinstance(value, np.ndarray) and value.ndim:
        return "an array"
    if isinstance(value, np.ndarray | np.generic):
        value = value.item()
    names = {dict: "a dictionary", list: "a list", tuple: "a tuple", str: "a string", bool: "a truth value", bytes: "bytes"}
    if value is None:
        return "None (does the function end in a return?)"
    return names.get(type(value), "a number")


def _array(got: Any, wanted: NDArray[Any], rtol: float, atol: float, place: str) -> Difference | None:
    goal = f"an array of shape {wanted.shape}" if wanted.ndim else "a number"
    if isinstance(got, (list, tuple)) and not _numeric(got) and len(got):
        return _other_kind(place, got, f"{goal}; it is no rectangular block of numbers")
    if got is None or isinstance(got, (str, bytes, dict)):
        return _other_kind(place, got, goal)
    have = np.asarray(got)
    if have.shape != wanted.shape:
        return _other_shape(place, have, wanted)
    if np.iscomplexobj(have) and not np.iscomplexobj(wanted):
        return _other_kind(place, got, "real numbers; these are complex")
    return _entries(have.astype(_wide(have)), wanted.astype(_wide(wanted)), rtol, atol, place)


def _other_shape(place: str, have: NDArray[Any], wanted: NDArray[Any]) -> Difference:
    full = f"{place} has shape {have.shape}, wanted {wanted.shape}"
    if have.ndim > 1 and have.T.shape == wanted.shape:
        return Difference(f"{full}; it looks transposed", f"{full}; it looks transposed")
    known = {0, 1, *wanted.shape}
    return Difference(full if set(have.shape) <= known else f"{place} has another shape than the wanted {wanted.shape}", full)


def _entries(have: NDArray[Any], want: NDArray[Any], rtol: float, atol: float, place: str) -> Difference | None:
    matched = (have == want) | (np.isnan(have) & np.isnan(want))
    odd = ~np.isfinite(have) & ~matched
    if odd.any():
        index = _first(odd)
        text = f"{place}{_at(index)} is {shown(have[index])}, which is no finite number"
        return Difference(f"{place} holds NaN or infinity", text)
    with np.errstate(invalid="ignore"):
        error = np.where(matched, 0.0, np.where(np.isfinite(want), np.abs(have - want), np.inf))
    bound = atol + rtol * float(np.abs(want[np.isfinite(want)]).max(initial=0.0))
    wrong = int((error > bound).sum())
    if not wrong:
        return None
    index = np.unravel_index(int(np.argmax(error)), error.shape)
    share = "" if error.size == 1 else f"; {wrong} of {error.size} entries differ"
    text = f"{place}{_at(index)} is {shown(have[index])}, wanted {shown(want[index])}{share}"
    return Difference(f"{place} is wrong{' in every entry' if 1 < error.size == wrong else ''}", text)


def _wide(array: NDArray[Any]) -> Any:
    return np.complex128 if np.iscomplexobj(array) else np.float64


def _first(mask: NDArray[np.bool_]) -> tuple[Any, ...]:
    return np.unravel_index(int(np.argmax(mask)), mask.shape)


def _at(index: tuple[Any, ...]) -> str:
    return f"[{', '.join(str(int(i)) for i in index)}]" if index else ""
