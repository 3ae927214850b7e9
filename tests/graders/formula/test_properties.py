"""Properties of random formulas: what is printed reads back, equal rewrites are equal, changes are noticed, nothing hangs."""

from __future__ import annotations

import time
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from graders.kit.errors import FormulaError
from graders.kit.formula import Context, Name, Node, evaluate, parse, parse_statement, to_latex, to_plain
from graders.kit.formula.tree import Bin, Call, Compare, Fold, Index, Neg, Num, Piecewise, Sym, Transpose, free_names, substitute
from graders.proof import Kind, Options, decide
from graders.proof.points import batches

NUMERIC = Options(prove=False)

SCALARS = Context(
    (Name("a"), Name("b", low=0), Name("theta", low=0), Name("n", integer=True, low=1), Name("x", sample="n", low=0))
)
ARRAYS = Context(
    (Name("s"), Name("v", shape=("D", 1)), Name("w", shape=("D", 1)), Name("A", shape=("D", "D")), Name("B", shape=("D", "D")))
)

numbers = st.builds(
    Num, st.one_of(st.integers(0, 30).map(Fraction), st.integers(1, 99).map(lambda hundredths: Fraction(hundredths, 100)))
)
names = st.sampled_from(["a", "b", "theta", "n"]).map(Sym)


def _scalar(inner: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    compare = st.builds(Compare, st.sampled_from(["<", ">", "<=", ">=", "!="]), inner, inner)
    one = Num(Fraction(1))
    body = inner.map(lambda node: Bin("*", Index("x", Sym("i")), node))
    return st.one_of(
        st.builds(Bin, st.sampled_from(["+", "-", "*", "/", "^"]), inner, inner),
        st.builds(Neg, inner),
        st.builds(
            lambda name, arg: Call(name, (arg,)), st.sampled_from(["exp", "ln", "sqrt", "abs", "tanh", "Phi", "relu"]), inner
        ),
        st.builds(lambda name, a, b: Call(name, (a, b)), st.sampled_from(["min", "max"]), inner, inner),
        compare.map(lambda condition: Call("ind", (condition,))),
        st.builds(lambda kind, body: Fold(kind, "i", one, Sym("n"), body), st.sampled_from(["sum", "prod", "min", "max"]), body),
        st.builds(lambda a, condition, b: Piecewise(((a, condition),), b), inner, compare, inner),
        inner.map(lambda node: Call("factorial", (node,))),
    )


scalars = st.recursive(st.one_of(numbers, names), _scalar, max_leaves=8)

matrices = st.recursive(
    st.sampled_from([Sym("A"), Sym("B")]),
    lambda inner: st.one_of(
        st.builds(Bin, st.sampled_from(["+", "-", "@", ".*"]), inner, inner),
        inner.map(Transpose),
        inner.map(Neg),
        st.just(Call("diag", (Sym("v"),))),
        inner.map(lambda node: Bin("*", Sym("s"), node)),
    ),
    max_leaves=5,
)
columns = st.recursive(
    st.sampled_from([Sym("v"), Sym("w")]),
    lambda inner: st.one_of(
        st.builds(Bin, st.sampled_from(["+", "-", ".*"]), inner, inner),
        st.builds(lambda matrix, vector: Bin("@", matrix, vector), matrices, inner),
        inner.map(Neg),
        inner.map(lambda node: Call("ind", (Compare(">", node, Num(Fraction(0))),))),
        inner.map(lambda node: Bin("*", Num(Fraction(2)), node)),
    ),
    max_leaves=5,
)


def _read(text: str, context: Context, notation: str) -> Node:
    try:
        return parse(text, context, notation)
    except FormulaError as fault:
        if "too large" in str(fault):
            assume(False)
        raise AssertionError(f"{text!r} does not read back: {fault} at {fault.position}") from fault


@given(scalars)
def test_scalar_round_trip(tree: Node) -> None:
    assert _read(to_plain(tree), SCALARS, "plain") == tree
    assert _read(to_latex(tree), SCALARS, "latex") == tree


@given(columns)
def test_array_round_trip(tree: Node) -> None:
    assert _read(to_plain(tree), ARRAYS, "plain") == tree
    assert _read(to_latex(tree), ARRAYS, "latex") == tree


def _is_tame(tree: Node, context: Context) -> bool:
    """Whether the values are finite, of moderate size and not constant almost everywhere."""
    for batch in batches(context, NUMERIC.seed)[:3]:
        values = evaluate(tree, dict(batch.values), context)
        if not (np.isfinite(values).all() and (np.abs(values) < 1e6).all() and (np.abs(values) > 1e-6).all()):
            return False
    return True


REWRITES = [
    lambda t: Bin("-", Bin("+", t, Sym("a")), Sym("a")),
    lambda t: Bin("/", Bin("*", t, Sym("theta")), Sym("theta")),
    lambda t: Call("ln", (Call("exp", (t,)),)),
    lambda t: Neg(Bin("*", Neg(Num(Fraction(1))), t)),
    lambda t: Bin("+", Bin("/", t, Num(Fraction(3))), Bin("*", Bin("/", Num(Fraction(2)), Num(Fraction(3))), t)),
    lambda t: Bin("*", t, Bin("/", Fold("sum", "j", Num(Fraction(1)), Sym("n"), Num(Fraction(1))), Sym("n"))),
    lambda t: Bin("*", t, Bin("+", Bin("^", Call("sinh", (Sym("b"),)), Num(Fraction(0))), Num(Fraction(0)))),
    lambda t: Piecewise(((t, Compare(">", Sym("a"), Num(Fraction(0)))),), t),
]


@given(scalars, st.sampled_from(range(len(REWRITES))))
def test_equal_rewrites_are_accepted(tree: Node, which: int) -> None:
    assume(_is_tame(tree, SCALARS))
    verdict = decide(REWRITES[which](tree), tree, SCALARS, NUMERIC)
    assert verdict.kind is Kind.AGREES, (to_plain(tree), which, verdict)


CHANGES = [
    lambda t: Bin("+", t, Bin("*", Num(Fraction(1, 1000)), Sym("theta"))),
    lambda t: Bin("*", t, Num(Fraction(2))),
    Neg,
    lambda t: Bin("-", t, Num(Fraction(1))),
    lambda t: Bin("*", t, Bin("+", Num(Fraction(1)), Call("ind", (Compare(">", Sym("b"), Num(Fraction(1))),)))),
    lambda t: Bin("+", t, Bin("/", Sym("a"), Sym("n"))),
]


@given(scalars, st.sampled_from(range(len(CHANGES))))
def test_changes_are_refuted(tree: Node, which: int) -> None:
    assume(_is_tame(tree, SCALARS))
    verdict = decide(CHANGES[which](tree), tree, SCALARS, NUMERIC)
    assert not verdict.accepted, (to_plain(tree), which, verdict)
    assert verdict.kind is Kind.REFUTED or which == 0 or "could be computed" in verdict.reason


@given(columns, st.sampled_from(["transpose sum", "distribute", "diag"]))
def test_matrix_rewrites_are_accepted(tree: Node, which: str) -> None:
    rewrites = {
        "transpose sum": Transpose(Bin("+", Transpose(tree), Bin("-", Transpose(tree), Transpose(tree)))),
        "distribute": Bin(
            "-", Bin("@", Bin("+", Call("diag", (Sym("v"),)), Call("diag", (Sym("w"),))), tree), Bin(".*", Sym("v"), tree)
        ),
        "diag": Bin("@", Call("diag", (Sym("w"),)), tree),
    }
    wanted = tree if which == "transpose sum" else Bin(".*", tree, Sym("w"))
    assert decide(rewrites[which], wanted, ARRAYS).accepted


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    start = time.perf_counter()
    try:
        statement = parse_statement(text, SCALARS)
    except FormulaError as fault:
        assert 0 <= fault.position <= len(text)
    else:
        assert statement.sides
    assert time.perf_counter() - start < 2


PIECES = st.sampled_from(
    ["\\frac", "{", "}", "(", ")", "\\sum_i", "_", "^", "x_i", "x", "n", "theta", "\\theta", "1", "2.5", "+", "-", "*", "/", "**", "|", "‖",
     "[", "]", ",", "=", "\\ln", "ln", "\\left(", "\\right)", "\\begin{cases}", "&", "\\\\", "\\end{cases}", "'", "!", "\\hat", "<", "∑",
     "²", ".T", "@", "\\odot", "sum(", "min", "1[", "\\mathbb{1}", "e", "\\prime", "T", " "]
)  # fmt: skip


@given(st.lists(PIECES, max_size=25))
def test_any_mixture_of_pieces_is_read_or_refused(pieces: list[str]) -> None:
    for text in ("".join(pieces), " ".join(pieces)):
        for notation in ("auto", "latex", "plain"):
            try:
                statement = parse_statement(text, SCALARS, notation)
            except FormulaError as fault:
                assert 0 <= fault.position <= len(text)
            else:
                for side in statement.sides:
                    assert parse(to_plain(side), SCALARS, "plain") == side


@pytest.mark.parametrize(
    "text",
    [
        "(" * 100_000,
        "a+" * 200_000,
        "\\frac{1}{" * 3000,
        "-" * 3900 + "a",
        "a^" * 1900 + "a",
        "\\sqrt{" * 600 + "a" + "}" * 600,
        "9" * 3999,
        "sum(" * 900 + "x" + ")" * 900,
        "|" * 3999,
        "1[" * 1900,
        "x_{x_{" * 600,
        "\\hat" * 900,
        "!" * 3999,
        "a!" + "!" * 2000,
        "{" * 3999,
        "1e" + "9" * 20,
        "((9!)!)!",
        "2^(3^(4^(5^6)))",
        "a'" + "'" * 3000,
        "\\begin{cases}" * 250,
        "ln(" * 1300,
        "<" * 3999,
        "a<" * 1900 + "a",
        "a=" * 1900 + "a",
    ],
    ids=lambda text: text[:16],
)
def test_hostile_sizes_are_refused_in_bounded_time(text: str) -> None:
    start = time.perf_counter()
    with pytest.raises(FormulaError) as caught:
        parse_statement(text, SCALARS)
    assert time.perf_counter() - start < 1.5
    assert len(str(caught.value)) < 500


def test_substitution_does_not_capture() -> None:
    tree = parse("sum(x[i]*a, i, 1, n)", SCALARS)
    index = Context((*SCALARS.names, Name("i", integer=True, low=1)))
    value = parse("i + theta", index)
    replaced = substitute(tree, "a", value)
    assert free_names(replaced) == {"x", "n", "i", "theta"}
