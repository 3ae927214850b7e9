"""What the names of a formula mean: declared by the course for each question, shipped to the student with the handout.

A context is a list of names in an order in which later ones may be defined by earlier ones. It is written in TOML:

    [contexts.pareto.names]
    theta = { low = 0, aliases = ["t"], meaning = "the parameter" }
    b = { low = 0 }
    n = { integer = true, low = 1 }
    x = { sample = "n", low = "b" }                     # x_1, ..., x_n
    T = { formula = "sum(ln(x[i]/b), i, 1, n)" }        # derived
    W1 = { shape = ["D", "D"] }
    f = { of = ["z"], formula = "2/(1 + exp(-z)) - 1" }  # a function
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from typing import Any

from ..errors import CourseError
from .tree import Shape, Size

DRAWS = ("", "onehot", "simplex", "identity")
"""How the values of an array are drawn: mixed signs, one 1 among 0s, positive with sum 1, or the identity matrix."""

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*\Z")


@dataclass(frozen=True)
class Name:
    """One declared name.

    `low` and `high` bound a scalar (or every entry of a sample) from both sides, each a number or the name of an earlier scalar;
    bounds of integers are included, others are not. `sample` is the name of the length where this is a sample x_1, ..., x_n.
    `shape` is that of an array, or of each element of a sample. `formula` (Python-like notation) defines a derived name, and
    with `of` a function of the names listed.
    """

    name: str
    low: float | str | None = None
    high: float | str | None = None
    integer: bool = False
    sample: str = ""
    shape: Shape = ()
    draw: str = ""
    formula: str = ""
    of: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    latex: str = ""
    meaning: str = ""


@dataclass(frozen=True)
class Context:
    """Declared names, and `conditions` (comparisons in Python-like notation) that every point must fulfil."""

    names: tuple[Name, ...]
    conditions: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _validate(self)

    def find(self, written: str) -> Name | None:
        """The declared name that `written` spells (underscores do not count; aliases do), or None."""
        return _lookup(self).get(key(written))

    def spellings(self) -> tuple[str, ...]:
        """Every declared name and alias, for suggestions."""
        return tuple(word for name in self.names for word in (name.name, *name.aliases))

    def lengths(self) -> tuple[str, ...]:
        """Names of the sizes that samples and arrays have, in order of appearance."""
        sizes = [size for name in self.names for size in (name.sample, *name.shape) if isinstance(size, str) and size]
        return tuple(dict.fromkeys(sizes))

    def transposed(self) -> Context:
        """The same names in row layout: every column vector becomes a row, matrices stay as they are."""
        rows = (replace(name, shape=name.shape[::-1]) if 1 in name.shape and not name.formula else name for name in self.names)
        return replace(self, names=tuple(rows))

    def defining(self, name: str, formula: str) -> Context:
        """The same context with `name` derived by another formula: a student's own earlier result carried forward."""
        if self.find(name) is None:
            raise CourseError(f"there is no name {name!r} in this context to define anew; it has {', '.join(self.spellings())}")
        return replace(self, names=tuple(replace(old, formula=formula) if old.name == name else old for old in self.names))

    def to_dict(self) -> dict[str, Any]:
        """Plain data that `from_dict` reads back."""
        default = asdict(Name(""))
        names = {}
        for name in self.names:
            fields = {field: value for field, value in asdict(name).items() if field != "name" and value != default[field]}
            names[name.name] = {field: list(value) if isinstance(value, tuple) else value for field, value in fields.items()}
        return {"names": names, "conditions": list(self.conditions)}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Context:
        """A context from a TOML table `{names = {...}, conditions = [...]}`.

        Raises CourseError where a field is unknown or a declaration contradicts itself.
        """
        unknown = set(data) - {"names", "conditions"}
        if unknown:
            raise CourseError(f"a context has the keys names and conditions, not {', '.join(sorted(unknown))}")
        names = []
        for name, fields in data.get("names", {}).items():
            strange = set(fields) - set(Name.__dataclass_fields__)
            if strange:
                raise CourseError(f"name {name!r}: unknown field {', '.join(sorted(strange))}")
            frozen: dict[str, Any] = {
                field: tuple(value) if isinstance(value, list) else value for field, value in fields.items()
            }
            names.append(Name(name, **frozen))
        return cls(tuple(names), tuple(data.get("conditions", ())))


def key(written: str) -> str:
    """What two spellings of one name share: `W_1`, `W_{1}` and `W1` are one name; capitals count."""
    return written.replace("_", "").replace("{", "").replace("}", "")


@lru_cache(maxsize=512)
def _lookup(context: Context) -> dict[str, Name]:
    return {key(word): name for name in context.names for word in (name.name, *name.aliases)}


def _validate(context: Context) -> None:
    seen: dict[str, str] = {}
    earlier: set[str] = set()
    for name in context.names:
        for word in (name.name, *name.aliases):
            if not _NAME.match(word):
                raise CourseError(f"{word!r} is no name: letters, digits and underscores, a letter first")
            if seen.setdefault(key(word), name.name) != name.name:
                raise CourseError(f"{word!r} is declared twice, by {seen[key(word)]} and by {name.name}")
        _validate_one(name, earlier)
        earlier.add(name.name)


def _validate_one(name: Name, earlier: set[str]) -> None:
    if name.draw not in DRAWS:
        raise CourseError(f"name {name.name}: draw is one of {', '.join(DRAWS[1:])}, not {name.draw!r}")
    if len(name.shape) not in (0, 2):
        raise CourseError(f"name {name.name}: a shape is [rows, columns], not {list(name.shape)}")
    if name.of and not name.formula:
        raise CourseError(f"name {name.name}: a function needs its formula")
    if name.formula and not name.of and (name.sample or name.shape or name.low is not None or name.high is not None):
        raise CourseError(f"name {name.name}: a derived name has no bounds, shape or sample of its own")
    if name.sample and name.sample not in earlier:
        raise CourseError(f"name {name.name}: declare its length {name.sample!r} before it, as an integer from 1")
    for bound in (name.low, name.high):
        if isinstance(bound, str) and bound not in earlier:
            raise CourseError(f"name {name.name}: the bound {bound!r} is not declared before it")


def show(shape: Shape) -> str:
    """`D×D`, `D×1`, or `a scalar`."""
    return "×".join(_show(size) for size in shape) if shape else "a scalar"


def _show(size: Size) -> str:
    return str(size)
