"""Derived names put in by their definitions, so that a formula stands on what was given."""

from __future__ import annotations

from graders.kit.formula import Context, Node, definitions
from graders.kit.formula.tree import Call, Sym, rebuild, substitute


class CannotTranslate(Exception):
    """The formula has a part that sympy is not asked about."""


def inline(tree: Node, context: Context) -> Node:
    """The tree with every derived name and declared function replaced by its definition."""
    trees = definitions(context)
    for name in reversed(context.names):
        if name.formula and not name.of:
            tree = substitute(tree, name.name, trees[name.name])
        elif name.of:
            tree = _apply(tree, name.name, name.of, trees[name.name])
    return tree


def _apply(tree: Node, function: str, parameters: tuple[str, ...], body: Node) -> Node:
    tree = rebuild(tree, lambda child: _apply(child, function, parameters, body))
    if not (isinstance(tree, Call) and tree.name == function):
        return tree
    for parameter in parameters:
        body = substitute(body, parameter, Sym(parameter + "#"))
    for parameter, arg in zip(parameters, tree.args, strict=True):
        body = substitute(body, parameter + "#", arg)
    return body
