"""The decision itself: cancellation, tiny differences, undefined points, factors and constants, layouts, and the prover."""

from __future__ import annotations

import sys
import time

import numpy as np
import pytest

from graders.kit.errors import CourseError, FormulaError
from graders.kit.formula import Context, Name, parse, to_plain
from graders.proof import Kind, Options, decide, judge, worker
from graders.proof.points import batches, draw
from graders.proof.worker import prove

NUMERIC = Options(prove=False)


def kind(answer: str, right: str, context: Context, options: Options = NUMERIC) -> Kind:
    return judge(answer, right, context, options).verdict.kind


@pytest.mark.parametrize(
    ("answer", "right"),
    [
        ("(1 - cos(b))/b^2", "2*sin(b/2)^2/b^2"),
        ("sqrt(b^2 + 10^14) - 10^7", "b^2/(sqrt(b^2 + 10^14) + 10^7)"),
        ("ln(exp(theta + 400)) - 400", "theta"),
        ("exp(500 + a)/exp(500)", "exp(a)"),
        ("exp(900 + a)/exp(900)", "exp(a)"),
        ("(a + 10^20) - 10^20", "a"),
        ("factorial(n)/factorial(n - 1)", "n"),
        ("Gamma(n + 1)", "factorial(n)"),
        ("prod(i, i, 1, n)", "factorial(n)"),
        ("sum(i^2, i, 1, n)", "n*(n+1)*(2*n+1)/6"),
        ("sum(sum(i*j, j, 1, i), i, 1, n)", "n*(n+1)*(n+2)*(3*n+1)/24"),
        ("sum(sum(x[i]*x[j], j, 1, n), i, 1, n)", "sum(x)^2"),
        ("abs(a)", "sqrt(a^2)"),
        ("abs(a)*sign(a)", "a"),
        ("max(a, theta) + min(a, theta)", "a + theta"),
        ("relu(a) - relu(-a)", "a"),
        ("ln(1/theta)", "-ln(theta)"),
        ("theta^theta", "exp(theta*ln(theta))"),
        ("0.5*a", "a/2"),
        ("a + 10^30*10^30*10^30*10^30 - 10^120", "a"),
        ("a + exp(700*b) - exp(700*b)", "a"),
        ("(a + Gamma(theta + 900)) - Gamma(theta + 900)", "a"),
        ("0", "a - a"),
        ("(a^2 - theta^2)/(a - theta)", "a + theta"),
        ("1/(1/a)", "a"),
        ("exp(-1000*theta)", "exp(-theta)^1000"),
        ("a*0 + inf", "inf"),
    ],
)
def test_equal_forms_are_never_refuted(plain: Context, answer: str, right: str) -> None:
    assert kind(answer, right, plain) is Kind.AGREES


@pytest.mark.parametrize(
    ("answer", "right"),
    [
        ("sqrt(a^2)", "a"),
        ("sqrt(a)^2", "a"),
        ("exp(ln(a))", "a"),
        ("a + theta/10^6", "a"),
        ("a + exp(-20)*a", "a"),
        ("a*(1 + 10^(-7))", "a"),
        ("theta/n", "theta"),
        ("ind(a > 0)", "ind(a >= -0.2)"),
        ("1/0", "1"),
        ("inf", "a"),
        ("ln(-theta)", "ln(theta)"),
        ("exp(-1000*theta)", "0"),
        ("exp(-800*theta)", "exp(-801*theta)"),
        ("sum(x)", "mean(x)"),
        ("x[1]", "mean(x)"),
        ("max(x)", "x[n]"),
        ("sum(x[i]^2, i, 1, n)", "sum(x)^2"),
        ("10^300*10^300", "a"),
        ("a*ind(n < 6)", "a"),
    ],
)
def test_unequal_forms_are_never_accepted(plain: Context, answer: str, right: str) -> None:
    assert kind(answer, right, plain) is Kind.REFUTED


def test_what_cannot_be_computed_is_not_refuted(plain: Context) -> None:
    for answer in (
        "a + Gamma(theta + 9000) - Gamma(theta + 9000)",
        "exp(exp(exp(exp(theta))))",
        "sum(sum(sum(i*j*k*x[1], i, 1, 50), j, 1, 50), k, 1, 50)",
    ):
        start = time.perf_counter()
        assert kind(answer, "a", plain) is Kind.UNDECIDED
        assert time.perf_counter() - start < 5


def test_a_rounded_constant_goes_to_the_ta(plain: Context) -> None:
    assert kind("3.14159265*theta", "pi*theta", plain) is Kind.UNDECIDED
    assert kind("3.14159265358979323*theta", "pi*theta", plain) is Kind.UNDECIDED
    assert kind("0.3333*theta", "theta/3", plain) is Kind.UNDECIDED
    assert kind("0.33*theta", "theta/3", plain) is Kind.REFUTED


def test_a_hole_is_no_counterexample_but_a_wrong_domain_is(plain: Context) -> None:
    verdict = judge("(n - 1)*theta/(n - 1)", "theta", plain).verdict
    assert verdict.accepted and verdict.notes
    assert judge("exp(ln(theta - 1)) + 1", "theta", plain).verdict.kind is Kind.REFUTED


def test_the_counterexample_is_one(plain: Context) -> None:
    verdict = judge("theta^2/2", "theta^3/3", plain).verdict
    assert verdict.counter is not None
    theta = float(verdict.counter.point["theta"])
    assert float(verdict.counter.got) == pytest.approx(theta**2 / 2, rel=1e-5)
    assert float(verdict.counter.wanted) == pytest.approx(theta**3 / 3, rel=1e-5)


def test_points_fulfil_the_assumptions() -> None:
    context = Context(
        (
            Name("b", low=0),
            Name("p", low=0, high=1),
            Name("n", integer=True, low=2),
            Name("i", integer=True, low=1, high="n"),
            Name("x", sample="n", low="b"),
            Name("W", shape=("D", "D")),
            Name("y", shape=("D", 1), draw="onehot"),
            Name("q", shape=("D", 1), draw="simplex"),
            Name("r"),
        ),
        conditions=("r > p", "r < 3"),
    )
    sizes = set()
    for batch in batches(context, 5):
        values = batch.values
        assert (values["x"] > values["b"][:, None]).all()
        assert ((values["p"] > 0) & (values["p"] < 1) & (values["r"] > values["p"]) & (values["r"] < 3)).all()
        assert ((values["i"] >= 1) & (values["i"] <= values["n"]) & (values["i"] % 1 == 0)).all()
        assert values["W"].shape[1] >= 2 and (values["W"] < 0).any() and (values["W"] > 0).any()
        assert not np.allclose(values["W"], np.swapaxes(values["W"], 1, 2))
        assert (values["y"].sum(axis=(1, 2)) == 1).all() and np.allclose(values["q"].sum(axis=(1, 2)), 1)
        sizes.add((int(values["n"][0]), values["W"].shape[1]))
    assert len(sizes) >= 3


def test_conditions_that_never_hold_are_the_courses_fault() -> None:
    with pytest.raises(CourseError, match="no random point"):
        draw(Context((Name("a", low=0, high=1),), conditions=("a > 2",)), 1)


def test_factor_constant_and_sign(plain: Context) -> None:
    factor = Options("factor", ("theta",), prove=False)
    assert kind("a^2*theta*exp(-theta)", "theta*exp(-theta)", plain, factor) is Kind.AGREES
    assert kind("theta^2*exp(-theta)", "theta*exp(-theta)", plain, factor) is Kind.REFUTED
    assert kind("-theta*exp(-theta)", "theta*exp(-theta)", plain, factor) is Kind.REFUTED
    assert kind("0", "theta*exp(-theta)", plain, factor) is Kind.REFUTED
    constant = Options("constant", ("theta",), prove=False)
    assert kind("theta^2 + sum(x)", "theta^2", plain, constant) is Kind.AGREES
    assert kind("theta^2 + theta*sum(x)", "theta^2", plain, constant) is Kind.REFUTED
    assert kind("-a", "a", plain, Options(either_sign=True, prove=False)) is Kind.AGREES
    assert kind("-a", "a", plain) is Kind.REFUTED
    with pytest.raises(ValueError, match="go together"):
        Options("factor")


def test_layouts(skip: Context) -> None:
    right = "W2.T @ delta2"
    either = Options(transposed=True, prove=False)
    assert kind("delta2.T @ W2", right, skip, either) is Kind.AGREES
    assert kind("delta2.T @ W2", right, skip) is Kind.REFUTED
    judged = judge("delta2 @ W2", right, skip, either)
    assert judged.verdict.accepted and "read in row layout" in judged.verdict.notes
    assert kind("W2", "W2.T", skip, either) is Kind.AGREES
    assert kind("W2", "W2.T", skip) is Kind.REFUTED
    with pytest.raises(FormulaError, match="not defined"):
        judge("delta2 @ W2", right, skip)


def test_a_scalar_where_a_vector_was_asked(skip: Context) -> None:
    verdict = judge("y.T @ yhat", "yhat - y", skip).verdict
    assert verdict.kind is Kind.REFUTED and "scalar" in verdict.reason


def test_an_equation_where_a_value_was_asked(pareto: Context) -> None:
    assert judge("n/theta - T = 0", "n/T", pareto).verdict.kind is Kind.UNDECIDED
    assert judge("n = theta*T", "n/T", pareto).verdict.kind is Kind.UNDECIDED
    assert judge("theta = T/n", "n/T", pareto).verdict.kind is Kind.REFUTED
    assert judge("theta = n/T", "n/T", pareto).verdict.accepted
    assert judge(r"\hat\theta = \frac{n}{S - n\ln b} = \frac nT", "n/T", pareto).verdict.accepted


@pytest.mark.parametrize(
    ("answer", "right"),
    [
        ("n*ln(theta) + n*theta*ln(b) - (theta+1)*sum(ln(x[j]), j, 1, n)", "sum(ln(theta*b^theta/x[i]^(theta+1)), i, 1, n)"),
        ("ln(prod(x))", "sum(ln(x))"),
        ("n/(beta + T) + (alpha - 1)/(beta + T)", "(alpha + n - 1)/(beta + T)"),
    ],
)
def test_sums_are_proved_for_every_n(pareto: Context, answer: str, right: str) -> None:
    verdict = judge(answer, right, pareto, Options(seconds=10)).verdict
    assert verdict.kind is Kind.PROVED


def test_matrix_identities_are_proved_for_every_size(skip: Context) -> None:
    student = r"(I + W_1^\top\operatorname{diag}(1[z_1>0]))(\delta_1 + W_2^\top(\delta_1\odot 1[z_2>0]))"
    verdict = judge(student, "delta3 + W1.T @ (delta3 .* ind(z1 > 0))", skip, Options(seconds=10)).verdict
    assert verdict.kind is Kind.PROVED


def test_the_prover_never_proves_what_is_wrong(pareto: Context, skip: Context) -> None:
    patient = Options(seconds=10)
    for answer, right, context in [
        ("(alpha + n)/(beta + T)", "(alpha + n - 1)/(beta + T)", pareto),
        ("sum(ln(x))*n", "sum(ln(x))", pareto),
        ("sum(x[i]^2, i, 1, n)", "sum(x[i], i, 1, n)^2", pareto),
        ("W1 @ delta1", "W1.T @ delta1", skip),
        ("W1 @ W2 @ x", "W2 @ W1 @ x", skip),
        ("(W1 @ x) .* y", "W1 @ (x .* y)", skip),
    ]:
        assert not prove(parse(answer, context), parse(right, context), context, patient)


def test_a_slow_proof_is_stopped_and_the_next_one_works(plain: Context) -> None:
    monstrous = parse("(" + " + ".join(f"sin({k}*a + b)^{k + 9}" for k in range(1, 14)) + ")^9", plain)
    start = time.perf_counter()
    assert not prove(monstrous, parse("a", plain), plain, Options(seconds=0.5))
    assert time.perf_counter() - start < 25
    assert prove(parse("(a + b)^2", plain), parse("a^2 + 2*a*b + b^2", plain), plain, Options(seconds=15))


def test_a_dead_prover_is_replaced(plain: Context) -> None:
    assert prove(parse("a + a", plain), parse("2*a", plain), plain, Options(seconds=15))
    worker.stop()
    assert prove(parse("a + a", plain), parse("2*a", plain), plain, Options(seconds=15))


def test_the_grading_process_does_not_load_sympy(plain: Context) -> None:
    import subprocess

    code = "import sys, graders.proof, graders.proof.key; sys.exit('sympy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False, cwd=worker._HOME).returncode == 0


def test_decide_takes_trees(plain: Context) -> None:
    verdict = decide(parse("2*a", plain), parse("a + a", plain), plain)
    assert verdict.kind is Kind.PROVED and verdict.points >= 12
    assert to_plain(parse("2*a", plain)) == "2*a"
