"""Forms with a way of their own to be written: sums, functions, indicators, fractions, roots and cases."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import TYPE_CHECKING

from .functions import FUNCTIONS
from .lexer import Token
from .stream import INDEX_LETTERS, Bound
from .tree import Bin, Call, Compare, Fold, Group, Index, Logic, Node, Num, Piecewise, Sym, Transpose, free_names, walk

if TYPE_CHECKING:
    from .parser import Reader

ONE, TWO = Num(Fraction(1)), Num(Fraction(2))
_FOLDS = {"sum": "sum", "prod": "prod", "product": "prod", "mean": "mean", "average": "mean", "min": "min", "max": "max",
          "minimum": "min", "maximum": "max"}  # fmt: skip
_COMPARISONS = ("<", ">", "<=", ">=", "!=", "==", "=")
COMPARE = 10
_POWER = 50
_SUM_BODY = 25


def read_function(reader: Reader, name: str, token: Token) -> Node:
    """A function after its name: `ln(x)`, `\\ln x`, `\\ln^2 x`, `\\log_2 x`, `sum(x[i], i, 1, n)`, `hadamard(a, b)`."""
    if name in _FOLDS:
        return _read_fold(reader, _FOLDS[name], token)
    if name in ("I", "ind", "indicator", "mathds"):
        condition = read_indicator_group(reader)
        if condition is None:
            raise reader.error(f"{name} is an indicator and needs a comparison in brackets, such as ind(z > 0)", token)
        return condition
    base = _log_base(reader, name)
    raised: Node | None = None
    if reader.latex and reader.sees("^"):
        reader.next()
        raised = reader.script("exponent")
    args = _function_arguments(reader, name, token)
    node = _build(reader, name, args, token)
    if base is not None:
        node = Bin("/", node, Call("ln", (base,)))
    return node if raised is None else Bin("^", Group(node), raised)


def _log_base(reader: Reader, name: str) -> Node | None:
    if name in ("log2", "log10"):
        return Num(Fraction(name[3:]))
    if name in ("log", "ln") and reader.sees("_"):
        reader.next()
        return reader.script("base")
    return None


def _function_arguments(reader: Reader, name: str, token: Token) -> tuple[Node, ...]:
    if reader.sees("(", "[") or (reader.latex and reader.sees("{")):
        return reader.arguments()
    if not reader.latex:
        raise reader.error(f"{name} needs its argument in parentheses: {name}(...)", token)
    if not reader.starts_factor() and not reader.sees("-"):
        raise reader.error(f"{name} has no argument", token)
    argument = reader.expression(_POWER - 1)
    following = reader.token
    opens_sum = following.text in ("∑", "∏") or (
        following.kind == "name" and following.text in FUNCTIONS and following.text != "e"
    )
    if reader.starts_factor() and not opens_sum and following.text not in ("ln", "log", "exp"):
        raise reader.error(f"where does the argument of {name} end? Put it into parentheses: \\{name}(...)", following)
    return (argument,)


def _build(reader: Reader, name: str, args: tuple[Node, ...], token: Token) -> Node:
    """The node of a function call; some names are operators in disguise."""
    pairs = {"hadamard": ".*", "multiply": ".*", "matmul": "@", "pow": "^", "power": "^"}
    if name in pairs:
        _count(reader, name, args, 2, token)
        return Bin(pairs[name], Group(args[0]), Group(args[1]))
    if name == "dot":
        _count(reader, name, args, 2, token)
        return Call("dot", args)
    if name == "transpose":
        _count(reader, name, args, 1, token)
        return Transpose(args[0])
    if name in ("square", "cbrt"):
        _count(reader, name, args, 1, token)
        return Bin("^", Group(args[0]), TWO if name == "square" else Bin("/", ONE, Num(Fraction(3))))
    if name in ("log", "log2", "log10"):
        if name == "log" and len(args) == 2:
            return Bin("/", Call("ln", args[:1]), Call("ln", args[1:]))
        _count(reader, name, args, 1, token)
        return Call("ln", args)
    if name == "len":
        raise reader.error("write the length by its name, such as n", token)
    if name in ("piecewise", "where"):
        return _piecewise(reader, args, token)
    known = FUNCTIONS.get(name)
    if known is None:
        raise reader.unknown(name, token)
    if len(args) < known.least or (known.most is not None and len(args) > known.most):
        raise reader.error(f"{name} takes {known.least} argument(s), got {len(args)}", token)
    return Call(name, args)


def _count(reader: Reader, name: str, args: tuple[Node, ...], wanted: int, token: Token) -> None:
    if len(args) != wanted:
        raise reader.error(f"{name} takes {wanted} argument(s), got {len(args)}", token)


def _piecewise(reader: Reader, args: tuple[Node, ...], token: Token) -> Node:
    """`where(condition, a, b)`, or `piecewise(a, condition, b, condition, c)`."""
    if len(args) == 3 and isinstance(args[0], (Compare, Logic)):
        return Piecewise(((args[1], args[0]),), args[2])
    cases = tuple((args[at], args[at + 1]) for at in range(0, len(args) - 1, 2))
    if not cases or not all(isinstance(condition, (Compare, Logic)) for _, condition in cases):
        raise reader.error("write piecewise(value, condition, value, condition, other value)", token)
    return Piecewise(cases, args[-1] if len(args) % 2 else None)


def opens_indicator(reader: Reader, behind: bool = False) -> bool:
    """Whether the token under the cursor (or, with `behind`, the one just read) is the 1 of an indicator `1[z > 0]`."""
    at = reader.at - behind
    if reader.tokens[at].text != "1":
        return False
    at += 1 + (reader.tokens[min(at + 1, len(reader.tokens) - 1)].text == "_" and reader.latex)
    return at < len(reader.tokens) and reader.tokens[at].text in ("(", "[", "{") and _holds_comparison(reader, at)


def _holds_comparison(reader: Reader, opening: int) -> bool:
    inner = reader.tokens[opening + 1 : reader.closing(opening)]
    return any(token.kind == "operator" and token.text in _COMPARISONS for token in inner)


def read_indicator_group(reader: Reader) -> Node | None:
    """A bracket (or LaTeX subscript) that holds a comparison, as an indicator; None where it holds anything else."""
    reader.take("_")
    if not reader.sees("(", "[", "{"):
        return None
    if not _holds_comparison(reader, reader.at):
        return None
    node = reader.group()
    while isinstance(node, Group):
        node = node.item
    return node if isinstance(node, Call) and node.name == "ind" else None


# --- sums ---------------------------------------------------------------------------------------------------------------------


def read_big(reader: Reader, kind: str, token: Token) -> Node:
    """`\\sum_{i=1}^{n} body` and `\\sum_i body`; the body reaches to the next + or -."""
    scope, lower, upper = _limits(reader)
    reader.scopes.append(scope)
    body = reader.expression(_SUM_BODY)
    reader.scopes.pop()
    if kind != "sum":
        _check_reach(reader, kind, scope, body)
    return _close(reader, kind, scope, lower, upper, body, token)


def _check_reach(reader: Reader, kind: str, scope: Bound, body: Node) -> None:
    """`\\prod_i x_i \\theta` has two readings, inside and after the product; a sum has none, since a factor moves out of it.

    Raises FormulaError where a factor without the index ends the body.
    """
    while isinstance(body, Bin) and body.op not in ("+", "-", "^"):
        if not scope.names & free_names(body.right):
            where = reader.where.get(id(body.right), 0)
            raise reader.error(
                f"does this factor belong to the {kind}? Put parentheses: (\\{kind}_i ...) a or \\{kind}_i (... a)", where
            )
        body = body.right


def _limits(reader: Reader) -> tuple[Bound, Node | None, Node | None]:
    scope, lower, upper = Bound(), None, None
    while reader.sees("_", "^"):
        if reader.next().text == "^":
            upper = reader.script("upper limit")
            continue
        opened = reader.take("{")
        if opened and reader.ahead().text == "<=":
            lower = reader.expression(COMPARE)
            reader.expect("<=", "before the index")
        if reader.token.kind != "name":
            raise reader.error(f"a sum runs over an index such as i=1, got {reader.describe(reader.token)}")
        letter = reader.next()
        scope.names.add(letter.text)
        if opened:
            if reader.take("="):
                lower = reader.expression(0)
            elif reader.take("<="):
                upper = reader.expression(0)
            reader.expect("}", "after the limits")
    if not scope.names:
        scope.open = True
    return scope, lower, upper


def _close(reader: Reader, kind: str, scope: Bound, lower: Node | None, upper: Node | None, body: Node, token: Token) -> Node:
    """Make the fold; limits that were not written are 1 and the length of the samples indexed."""
    if not scope.names:
        raise reader.error("this sum has no index: write sum(x[i], i, 1, n) or \\sum_{i=1}^{n} x_i", token)
    variable = min(scope.names)
    if upper is None:
        lengths = scope.lengths | {
            declared.sample
            for node in walk(body)
            if isinstance(node, Index) and node.index == Sym(variable) and (declared := reader.context.find(node.name))
        }
        if len(lengths) != 1:
            raise reader.error(f"where does the sum over {variable} end? Write its limits: \\sum_{{{variable}=1}}^{{n}}", token)
        upper = Sym(lengths.pop())
    lower = lower or ONE
    if kind == "mean":
        return Group(Bin("/", Fold("sum", variable, lower, upper, body), upper))
    return Fold(kind, variable, lower, upper, body)


def _read_fold(reader: Reader, kind: str, token: Token) -> Node:
    """`sum(...)`, `mean(...)`, `min(...)`, in both notations, with an index or over whole samples."""
    if reader.latex and reader.sees("_"):
        return read_big(reader, kind, token)
    if not (reader.sees("(", "[") or (reader.latex and reader.sees("{"))):
        if reader.latex and kind in ("min", "max") and reader.starts_factor():
            return _open_fold(reader, kind, token, lambda: reader.expression(_SUM_BODY))
        raise reader.error(f"{kind} needs its argument in parentheses: {kind}(...)", token)
    commas = _top_commas(reader)
    if not commas:
        return _open_fold(reader, kind, token, lambda: reader.arguments()[0])
    binder = reader.tokens[commas[0] + 1]
    if binder.text == "(":
        binder = reader.tokens[commas[0] + 2]
    named = binder.kind == "name" and binder.text in INDEX_LETTERS
    if named and (len(commas) in (1, 3)) and (kind in ("sum", "prod", "mean") or reader.context.find(binder.text) is None):
        return _bound_fold(reader, kind, binder, token)
    if kind in ("min", "max"):
        return _listed(reader, kind, token)
    raise reader.error(f"write {kind}(x[i], i, 1, n): the body, the index, its first and its last value", token)


def _top_commas(reader: Reader) -> list[int]:
    """Where the commas of the bracket under the cursor stand, those of inner brackets left out (but for a last `(i, 1, n)`)."""
    end, depth, commas = reader.closing(reader.at), 0, []
    for at in range(reader.at, end):
        text = reader.tokens[at].text if reader.tokens[at].kind == "operator" else ""
        if text in ("(", "[", "{"):
            depth += 1
        elif text in (")", "]", "}"):
            depth -= 1
        elif text == "," and depth == 1:
            commas.append(at)
    return commas


def _bound_fold(reader: Reader, kind: str, binder: Token, token: Token) -> Node:
    """`sum(body, i, 1, n)`, sympy's `Sum(body, (i, 1, n))`, and `sum(body, i)`."""
    scope = Bound({binder.text})
    reader.next()
    reader.scopes.append(scope)
    body = reader.expression(0)
    reader.scopes.pop()
    reader.expect(",", "before the index")
    nested = reader.take("(")
    reader.next()
    lower = upper = None
    if reader.take(","):
        lower = reader.expression(0)
        reader.expect(",", "before the last index")
        upper = reader.expression(0)
    if nested:
        reader.expect(")", "after the limits")
    reader.expect(")", f"to close {kind}")
    return _close(reader, kind, scope, lower, upper, body, token)


def _open_fold(reader: Reader, kind: str, token: Token, read: Callable[[], Node]) -> Node:
    """`sum(ln(x))` or `\\min x_i`: the index is the one met inside, or runs over whole samples."""
    letter = next(letter for letter in INDEX_LETTERS if not reader.is_bound(letter) and reader.context.find(letter) is None)
    scope = Bound(open=True, elementwise=letter)
    reader.scopes.append(scope)
    body = read()
    reader.scopes.pop()
    if scope.lengths:
        scope.names.add(letter)
    if not scope.names and kind in ("sum", "mean"):
        if reader.token.text == "for":
            raise reader.error("write sum(x[i], i, 1, n) instead of a Python loop", token)
        return Call("total" if kind == "sum" else "average", (body,))
    return _close(reader, kind, scope, None, None, body, token)


def _listed(reader: Reader, kind: str, token: Token) -> Node:
    """`max(a, b)`, and `min(x_1, ..., x_n)` with dots."""
    commas = _top_commas(reader)
    dotted = any(reader.tokens[at + 1].text in ("…", ".") for at in commas)
    if not dotted:
        return Call(kind, reader.arguments())
    reader.next()
    first = last = reader.expression(0)
    while not reader.sees(")", "}", "]"):
        if not reader.take(",", ".", "…"):
            last = reader.expression(0)
    reader.next()
    if isinstance(first, Index) and isinstance(last, Index) and first.name == last.name:
        return Fold(kind, "i", first.index, last.index, Index(first.name, Sym("i")))
    raise reader.error(f"write {kind}(x_1, ..., x_n) over one sample", token)


def opens_mean(reader: Reader) -> bool:
    """Whether a bar stands over a formula (`\\overline{\\ln x}`), not over a name."""
    if not (reader.token.kind == "command" and reader.token.text == "bar" and reader.ahead().text == "{"):
        return False
    inside = reader.tokens[reader.at + 2 : reader.closing(reader.at + 1)]
    simple = len(inside) >= 1 and inside[0].kind == "name" and (len(inside) == 1 or inside[1].text == "_")
    return not simple or (reader.context.find(inside[0].text) is None and inside[0].text in FUNCTIONS)


def read_mean(reader: Reader) -> Node:
    """A bar over a formula: its mean over the sample."""
    token = reader.next()
    return _open_fold(reader, "mean", token, lambda: reader.arguments()[0])


# --- LaTeX commands -----------------------------------------------------------------------------------------------------------


def read_command(reader: Reader) -> Node:
    """`\\frac`, `\\sqrt` and `\\begin{cases}`."""
    token = reader.next()
    if token.text == "frac":
        above = reader.script("numerator")
        return Group(Bin("/", above, reader.script("denominator")))
    if token.text == "sqrt":
        root = None
        if reader.take("["):
            root = reader.expression(0)
            reader.expect("]", "after the degree of the root")
        radicand = reader.script("radicand")
        return Call("sqrt", (radicand,)) if root is None else Bin("^", Group(radicand), Group(Bin("/", ONE, Group(root))))
    if token.text == "begin":
        return _cases(reader, token)
    raise reader.error(f"\\{token.text} is not part of the notation here", token)


def _cases(reader: Reader, token: Token) -> Node:
    """`\\begin{cases} a & x > 0 \\\\ b & \\text{otherwise} \\end{cases}`."""
    _environment(reader, token)
    cases: list[tuple[Node, Node]] = []
    otherwise: Node | None = None
    while not (reader.token.kind == "command" and reader.token.text == "end"):
        value = reader.expression(0)
        reader.take(",")
        reader.expect("&", "between a value and its condition")
        if reader.token.kind == "name" and reader.token.text in ("if", "for", "when"):
            reader.next()
        if reader.token.kind == "name" and reader.token.text.strip(" .,") in ("otherwise", "else", "o.w", "ow"):
            reader.next()
            otherwise = value
        else:
            cases.append((value, reader.condition()))
        if not reader.take("\\\\"):
            break
    if not (reader.token.kind == "command" and reader.token.text == "end"):
        raise reader.error(f"expected \\\\ or \\end{{cases}}, got {reader.describe(reader.token)}")
    _environment(reader, reader.next())
    if not cases or any(not isinstance(condition, (Compare, Logic)) for _, condition in cases):
        raise reader.error("each case needs a condition, such as x > 0", token)
    return Piecewise(tuple(cases), otherwise)


def _environment(reader: Reader, token: Token) -> None:
    inside = [reader.token.text, *(reader.ahead(step).text for step in range(1, 12))]
    end = inside.index("}") if "}" in inside else 0
    if inside[0] != "{" or "".join(inside[1:end]) != "cases":
        raise reader.error("only \\begin{cases} is part of the notation", token)
    reader.at += end + 1
