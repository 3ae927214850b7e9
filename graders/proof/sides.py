"""The two formulas of a comparison, each with the names it is written in."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from graders.kit.formula import Context, Name, Node, shapes_of
from graders.kit.formula.functions import Array
from graders.kit.formula.tree import Shape


@dataclass(frozen=True)
class Side:
    """A formula to compare. `rows` marks one written in row layout: its vectors are the transposed columns of the context."""

    tree: Node
    context: Context
    rows: bool = False
    factor: int = 1

    def values(self, values: dict[str, Array]) -> dict[str, Array]:
        """The values of the names as this side sees them."""
        if not self.rows:
            return values
        return {name: np.swapaxes(value, 1, 2) if _is_column(value) else value for name, value in values.items()}


def _is_column(value: Array) -> bool:
    return value.ndim == 3 and value.shape[2] == 1


def row_context(context: Context) -> Context:
    """The names of a context in row layout: columns become rows, derived names are given."""
    shapes = shapes_of(context)
    names = []
    for name in context.names:
        shape: Shape = shapes[name.name]
        shape = shape[::-1] if 1 in shape else shape
        if name.of:
            names.append(name)
        else:
            names.append(Name(name.name, shape=shape, sample=name.sample, aliases=name.aliases, latex=name.latex))
    return Context(tuple(names))
