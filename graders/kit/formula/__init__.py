"""Formulas that students write: read safely, checked, printed back and computed. Needs NumPy and nothing else.

context = Context((Name("theta", low=0), Name("n", integer=True, low=1), Name("x", sample="n", low=0)))
tree = parse(r"-\\frac1n \\sum_i \\ln x_i", context)
to_plain(tree)                      # '-(1/n*sum(ln(x[i]), i, 1, n))'
"""

from __future__ import annotations

from ..errors import FormulaError
from .context import Context, Name
from .evaluate import FLOAT64, Arithmetic, CannotCompute, evaluate
from .printing import to_latex, to_plain
from .reading import conditions, definitions, parse, parse_shaped, shapes_of
from .statement import Statement, parse_statement, parse_statements
from .tree import Node, Shape

__all__ = [
    "FLOAT64",
    "Arithmetic",
    "CannotCompute",
    "Context",
    "FormulaError",
    "Name",
    "Node",
    "Shape",
    "Statement",
    "conditions",
    "definitions",
    "evaluate",
    "parse",
    "parse_shaped",
    "parse_statement",
    "parse_statements",
    "shapes_of",
    "to_latex",
    "to_plain",
]
