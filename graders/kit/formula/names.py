"""Names in a formula: accents, subscripts, elements of samples, and letters that LaTeX runs together."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from . import forms
from .context import Name
from .functions import FUNCTIONS, OTHER_NAMES
from .lexer import Token
from .scripts import first_letter, push_back, subscript_text, swap_scripts
from .stream import INDEX_LETTERS
from .tree import Bin, Call, Const, Fold, Group, Index, Node, Num, Sym, walk

if TYPE_CHECKING:
    from .parser import Reader

CONSTANTS = {"pi": "pi", "e": "e", "inf": "inf", "infinity": "inf", "Infinity": "inf", "oo": "inf", "Inf": "inf"}
SPECIAL = frozenset((
    "sum", "Sum", "prod", "Prod", "product", "Product", "mean", "average", "min", "max", "minimum", "maximum", "len",
    "transpose", "hadamard", "multiply", "dot", "matmul", "where", "piecewise", "pow", "power", "square", "log2",
    "log10", "log", "sqrt", "mathds", "I", "indicator", "ind", "cbrt", "norm",
))  # fmt: skip
"""Functions with a way of their own to read their arguments; see `forms`."""

_LOOSE = "the index {0!r} belongs to no sum here: write sum(x[{0}], {0}, 1, n) or \\sum_{{{0}=1}}^{{n}} x_{0}"


def read_name(reader: Reader) -> Node:
    """The name under the cursor with its accents, subscripts and arguments."""
    token = reader.token
    if reader.latex:
        swap_scripts(reader)
        word = _latex_word(reader)
    else:
        word = reader.next().text
    return resolve_word(reader, word, token)


def resolve_word(reader: Reader, word: str, token: Token) -> Node:
    """What one spelled name stands for here.

    Raises FormulaError, with the nearest known name, where it stands for nothing.
    """
    if reader.is_bound(word):
        return Sym(word)
    if reader.sees("'"):
        primed = _primed(reader, word)
        if primed is not None:
            return primed
    name = reader.context.find(word)
    if word in ("I", "mathds") and forms.opens_condition(reader):
        return reader.read_function(word, token)
    if name is not None:
        return _declared(reader, name, token)
    element = _element(reader, word)
    if element is not None:
        return element
    sample = reader.context.find(word[:-3]) if word.endswith("bar") else None
    if sample is not None and sample.sample:
        return sample_mean(sample)
    function = OTHER_NAMES.get(word, word)
    if word in SPECIAL or function in FUNCTIONS:
        return reader.read_function(word if word in SPECIAL else function, token)
    if word in CONSTANTS:
        return Const(CONSTANTS[word])
    if len(word) == 1 and reader.adopt(word):
        return Sym(word)
    if word in INDEX_LETTERS and len(word) == 1:
        raise reader.error(_LOOSE.format(word), token)
    raise reader.unknown(word, token)


def _declared(reader: Reader, name: Name, token: Token) -> Node:
    if name.of:
        return _declared_function(reader, name, token)
    if not name.sample:
        _skip_argument(reader)
        return Sym(name.name)
    extreme = read_order_statistic(reader, name)
    if extreme is not None:
        return extreme
    if reader.take("["):
        index = reader.expression(0)
        reader.expect("]", f"after the index of {name.name}")
        return Index(name.name, index)
    return _whole_sample(reader, name, token)


def _declared_function(reader: Reader, name: Name, token: Token) -> Node:
    """`f(z)`, `f` for f at its own arguments, and `f^2(z)` for the power of f(z), as with `\\tanh^2 z`."""
    own = tuple(Sym(part) for part in name.of)
    if reader.latex and reader.sees("^"):
        before = reader.at
        reader.next()
        exponent = reader.script("exponent")
        if reader.sees("(") and reader.arguments() == own:
            return Bin("^", Group(Call(name.name, own)), exponent)
        reader.at = before  # `f^2` and `f^2(1 - z)`: a power like any other, read where powers are
        return Call(name.name, own)
    if not reader.sees("(", "["):
        return Call(name.name, own)
    args = reader.arguments()
    if len(args) != len(name.of):
        raise reader.error(f"{name.name} takes {len(name.of)} argument(s) ({', '.join(name.of)}), got {len(args)}", token)
    inner = [node for arg in args if not isinstance(arg, Call) for node in walk(arg)]  # `f(f(z))` can only mean one thing
    if any(isinstance(node, Call) and node.name == name.name for node in inner):
        raise reader.error(f"is {name.name} applied or multiplied here? Write {name.name}*(...) for the product", token)
    return Call(name.name, args)


def _skip_argument(reader: Reader) -> None:
    """`a(i)` where nothing in the question is counted and a is one number: the value for the point in question, a itself."""
    words = [token.text for token in reader.tokens[reader.at : reader.at + 3]]
    if len(words) == 3 and words[0] == "(" and words[2] == ")" and words[1] in INDEX_LETTERS and is_uncounted(reader, words[1]):
        reader.at += 3


def is_uncounted(reader: Reader, letter: str) -> bool:
    """Whether a letter counts nothing here: the question has no samples, and no such name."""
    return not reader.context.lengths() and reader.context.find(letter) is None and not reader.is_bound(letter)


def _whole_sample(reader: Reader, name: Name, token: Token) -> Node:
    """A sample without its index: every element in turn, inside `sum(...)`, `mean(...)`, `min(...)`."""
    for scope in reversed(reader.scopes):
        if scope.elementwise:
            scope.lengths.add(name.sample)
            return Index(name.name, Sym(scope.elementwise))
    raise reader.error(
        f"{name.name} is a sample {name.name}_1, ..., {name.name}_{name.sample}; write one element, {name.name}[i] or "
        f"{name.name}_i, or a statistic such as sum({name.name})",
        token,
    )


def _element(reader: Reader, word: str) -> Node | None:
    """`x_i`, `x_1`, `x1` in Python-like notation, where x is a sample."""
    base, _, suffix = word.rpartition("_")
    if not base:
        base = word.rstrip("0123456789")
        suffix = word[len(base) :]
    name = reader.context.find(base)
    if name is None or not name.sample or not suffix:
        return None
    if suffix.isdigit():
        return Index(name.name, Num(Fraction(int(suffix))))
    index = reader.context.find(suffix)
    if reader.is_bound(suffix) or (index is None and reader.adopt(suffix)):
        return Index(name.name, Sym(suffix))
    if index is None and suffix in INDEX_LETTERS:
        raise reader.error(_LOOSE.format(suffix), reader.tokens[reader.at - 1])
    return Index(name.name, Sym(index.name)) if index is not None else None


def sample_mean(name: Name) -> Node:
    """`\\bar{x}` where x is a sample and no xbar is declared."""
    total = Fold("sum", "i", Num(Fraction(1)), Sym(name.sample), Index(name.name, Sym("i")))
    return Group(Bin("/", total, Sym(name.sample)))


def _primed(reader: Reader, word: str) -> Node | None:
    """`f'(z)` and `ReLU'(z)`; a prime after anything else is left to the postfix rules."""
    start, token = reader.at, reader.token
    reader.take("'")
    name = reader.context.find(word + "prime")
    if name is not None:
        return _declared(reader, name, token)
    function = OTHER_NAMES.get(OTHER_NAMES.get(word, word) + "'")
    if function is not None:
        return reader.read_function(function, token)
    reader.at = start
    return None


# --- LaTeX --------------------------------------------------------------------------------------------------------------------


def _latex_word(reader: Reader) -> str:
    """The name under the cursor in LaTeX, with its subscript where that belongs to the name."""
    token = reader.next()
    base = _accented(reader, token.text) if token.kind == "command" else _split(reader, token)
    if reader.sees("_") and not (base in ("I", "mathds") and forms.opens_condition(reader)):
        start = reader.at
        subscript = subscript_text(reader)
        if subscript is not None and reader.context.find(base + subscript) is not None:
            return base + subscript
        name = reader.context.find(base)
        if name is None and subscript is not None and base not in SPECIAL and OTHER_NAMES.get(base, base) not in FUNCTIONS:
            return f"{base}_{subscript}"
        if name is not None and len(subscript or "") == 1 and is_uncounted(reader, str(subscript)):
            return name.name
        reader.at = start
        if name is not None and not name.sample:
            raise reader.unknown(f"{base}_{subscript or '...'}", token)
        if name is not None:
            _push_element(reader, name)
            return name.name
    return base


def _push_element(reader: Reader, name: Name) -> None:
    """Turn `x_i` into `x[i]` in the token stream, so that the index is read as any expression is; `x_{(1)}` is the minimum."""
    underscore = reader.next()
    start = reader.at
    if reader.sees("{"):
        end = reader.closing(start)
        inner = reader.tokens[start + 1 : end]
    else:
        inner = [first_letter(reader, start)]
        end = start
    position = reader.tokens[end].end
    opening = Token("operator", "[", underscore.start, underscore.end)
    reader.tokens[start - 1 : end + 1] = [opening, *inner, Token("operator", "]", position, position)]
    reader.at = start - 1


def read_order_statistic(reader: Reader, name: Name) -> Node | None:
    """`x_{(1)}`, the smallest of the sample, and `x_{(n)}`, the largest; None where the index is anything else."""
    words = [token.text for token in reader.tokens[reader.at : reader.at + 5]]
    if words in (["[", "(", "1", ")", "]"], ["[", "(", name.sample, ")", "]"]):
        reader.at += 5
        kind = "min" if words[2] == "1" else "max"
        return Fold(kind, "i", Num(Fraction(1)), Sym(name.sample), Index(name.name, Sym("i")))
    return None


def _accented(reader: Reader, accent: str) -> str:
    """`\\hat{y}` is yhat; `\\hat{\\theta}_{ML}` gets its subscript later."""
    opened = reader.take("{")
    if reader.token.kind != "name":
        raise reader.error(f"\\{accent} stands over a name, got {reader.describe(reader.token)}")
    token = reader.next()
    word = token.text
    if not opened and not token.whole:
        word = token.text[0]
        push_back(reader, token, 1)
    if opened and reader.sees("_"):
        word += subscript_text(reader) or ""
    if opened:
        reader.expect("}", f"after the name under \\{accent}")
    return word + accent


def _split(reader: Reader, token: Token) -> str:
    """The first name of letters that LaTeX runs together: `nT` is n times T, `ReLU` stays one."""
    word = token.text
    number = reader.token
    if number.kind == "number" and number.start == token.end and reader.context.find(word + number.text) is not None:
        reader.next()
        return word + number.text
    if token.whole or _is_known(reader, word):
        return word
    if reader.sees("_") and reader.context.find(word + reader.ahead().text) is not None:
        return word
    for size in range(len(word) - 1, 0, -1):
        if _is_known(reader, word[:size]) or (size == 1 and (word[0] in INDEX_LETTERS)):
            push_back(reader, token, size)
            return word[:size]
    return word


def _is_known(reader: Reader, word: str) -> bool:
    declared = reader.is_bound(word) or reader.context.find(word) is not None
    return declared or word in CONSTANTS or word in SPECIAL or OTHER_NAMES.get(word, word) in FUNCTIONS
