"""Forms with a way of their own to be written: functions, indicators, fractions, roots and cases."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from . import folds
from .functions import FUNCTIONS
from .lexer import Token
from .tree import Bin, Call, Compare, Group, Logic, Node, Num, Piecewise, Transpose

if TYPE_CHECKING:
    from .parser import Reader

ONE, TWO = Num(Fraction(1)), Num(Fraction(2))
_COMPARISONS = ("<", ">", "<=", ">=", "!=", "==", "=")
_POWER = 50


def read_function(reader: Reader, name: str, token: Token) -> Node:
    """A function after its name: `ln(x)`, `\\ln x`, `\\ln^2 x`, `\\log_2 x`, `sum(x[i], i, 1, n)`, `hadamard(a, b)`."""
    if name in folds.KINDS:
        return folds.read_fold(reader, folds.KINDS[name], token)
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


def opens_condition(reader: Reader) -> bool:
    """Whether a bracket or subscript under the cursor compares, outside its own inner brackets: `I(z > 0)`, `I_{z > 0}`."""
    at = reader.at + (reader.latex and reader.sees("_"))
    if at >= len(reader.tokens) or reader.tokens[at].text not in ("(", "[", "{"):
        return False
    end = reader.closing(at)
    if reader.tokens[at + 1].text == "{" and reader.closing(at + 1) == end - 1:
        at, end = at + 1, end - 1
    level = 0
    for token in reader.tokens[at + 1 : end]:
        if token.kind == "operator":
            level += (token.text in ("(", "[", "{")) - (token.text in (")", "]", "}"))
            if level == 0 and token.text in _COMPARISONS:
                return True
    return False


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
