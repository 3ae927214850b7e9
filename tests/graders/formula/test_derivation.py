"""Derivations line by line: the first wrong line, the points that follow from hers, and exact derivatives underneath."""

from __future__ import annotations

import numpy as np
import pytest

from graders.kit.errors import CourseError
from graders.kit.formula import Context, evaluate, parse
from graders.proof.calculus import derivative
from graders.proof.derivation import Derivation, follow
from graders.proof.points import batches, complete
from graders.proof.steps import Fit, Step

LIKELIHOOD = "prod(theta*b^theta*x[i]^(-(theta+1)), i, 1, n)"
STEPS = (
    Step("logarithm", "logarithm", 2),
    Step("score", "differentiate", 3, "theta"),
    Step("estimate", "solve", 1, "theta"),
)

RIGHT = [
    r"L(\theta)=\theta^n b^{n\theta}\prod_i x_i^{-(\theta+1)}",
    r"\ell(\theta)=n\ln\theta+n\theta\ln b-(\theta+1)\sum_i\ln x_i",
    r"\frac{d\ell}{d\theta}=\frac n\theta+n\ln b-\sum\ln x_i",
    r"\frac n\theta+n\ln b-\sum\ln x_i=0",
    r"\frac{n}{\theta}=\sum\ln x_i-n\ln b",
    r"n = \theta\left(\sum\ln x_i-n\ln b\right)",
    r"\hat\theta=\frac{n}{\sum_i \ln(x_i/b)}=\frac nT",
]


@pytest.fixture(scope="module")
def task(pareto: Context) -> Derivation:
    return Derivation(pareto, LIKELIHOOD, STEPS, carried=0.5)


def test_a_right_derivation_earns_everything(task: Derivation) -> None:
    verdict = follow(RIGHT, task)
    assert verdict.first_wrong == 0 and verdict.complete
    assert verdict.earned == {"logarithm": 2, "score": 3, "estimate": 1}


@pytest.mark.parametrize("dropped", range(len(RIGHT) - 1))
def test_lines_may_be_left_out(task: Derivation, dropped: int) -> None:
    assert follow([line for number, line in enumerate(RIGHT) if number != dropped], task).complete


def test_only_the_result_is_enough_where_it_follows(task: Derivation) -> None:
    assert follow(["theta = n/T"], task).complete


def test_the_first_wrong_line_is_named_and_the_rest_judged_from_it(task: Derivation) -> None:
    lines = [
        r"\ell=n\ln\theta+n\theta\ln b-(\theta+1)\sum_i\ln x_i",
        r"\frac n\theta-\sum\ln x_i=0",
        r"\hat\theta=\frac{n}{\sum_i \ln x_i}",
    ]
    verdict = follow(lines, task)
    assert verdict.first_wrong == 2
    assert [line.fit for line in verdict.lines] == [Fit.FOLLOWS, Fit.WRONG, Fit.FOLLOWS]
    assert verdict.earned == {"logarithm": 2, "score": 0, "estimate": 0.5}
    assert "line 1" in verdict.lines[1].reason


def test_the_unknown_may_stand_on_the_right(task: Derivation) -> None:
    assert follow([RIGHT[1], RIGHT[2], r"\frac nT = \theta"], task).complete
    assert follow([RIGHT[1], RIGHT[2], r"\frac Tn = \theta"], task).first_wrong == 3


def test_a_wrong_first_step_leaves_the_others(task: Derivation) -> None:
    lines = [r"\ell=n\ln\theta+n\ln b-(\theta+1)\sum_i\ln x_i", r"\frac n\theta-\sum\ln x_i=0", r"\theta=\frac{n}{\sum \ln x_i}"]
    verdict = follow(lines, task)
    assert verdict.first_wrong == 1
    assert verdict.earned == {"logarithm": 0, "score": 1.5, "estimate": 0.5}


def test_a_trivial_continuation_earns_nothing(task: Derivation) -> None:
    assert follow(["theta", "1"], task).points == 0


def test_an_unreadable_line_is_passed_over(task: Derivation) -> None:
    verdict = follow([RIGHT[1], "and therefore (", RIGHT[2]], task)
    assert verdict.first_wrong == 2
    assert verdict.lines[1].fit is Fit.UNREADABLE and "character" in verdict.lines[1].reason
    assert verdict.earned["score"] == 1.5


def test_no_lines_and_repeated_lines(task: Derivation) -> None:
    assert follow([], task).points == 0
    assert follow([RIGHT[0]] * 40, task).points == 0


def test_a_wrong_solution_is_found(task: Derivation) -> None:
    verdict = follow([RIGHT[1], RIGHT[2], "theta = T/n"], task)
    assert verdict.first_wrong == 3 and verdict.earned["estimate"] == 0


def test_an_equation_with_another_solution_is_found(task: Derivation) -> None:
    verdict = follow([*RIGHT[1:4], r"n = \sum\ln x_i - n \theta \ln b"], task)
    assert verdict.first_wrong == 4


def test_limits_and_substitution(pareto: Context) -> None:
    given = "(alpha + n - 1)/(beta + T)"
    to_ml = Derivation(pareto, given, (Step("flat", "substitute", 1, "alpha", "1"), Step("vague", "limit", 1, "beta", "0")))
    assert follow([r"\frac{n}{\beta+T}", "n/T"], to_ml).complete
    assert follow([r"\frac{n}{\beta+T}", "1/T"], to_ml).first_wrong == 2
    assert follow(["(alpha-1)/beta"], to_ml).first_wrong == 1
    growing = Derivation(pareto, given, (Step("strong prior", "limit", 1, "alpha", "inf"),))
    assert follow([r"\infty"], growing).complete
    assert follow(["n/T"], growing).first_wrong == 1
    vanishing = Derivation(pareto, given, (Step("strong rate", "limit", 1, "beta", "inf"),))
    assert follow(["0"], vanishing).complete
    assert follow(["n/T"], vanishing).first_wrong == 1


def test_a_kernel_line_may_drop_factors(pareto: Context) -> None:
    from graders.proof import Options

    loose = Options("factor", ("theta",), prove=False)
    given = "theta^(alpha-1)*exp(-beta*theta)*prod(theta*b^theta/x[i]^(theta+1), i, 1, n)"
    steps = (Step("logarithm", "logarithm", 1), Step("score", "differentiate", 1, "theta"), Step("mode", "solve", 1, "theta"))
    task = Derivation(pareto, given, steps, options=loose)
    lines = [
        r"p(\theta|x)\propto\theta^{\alpha+n-1}e^{-(\beta+T)\theta}",
        r"(\alpha+n-1)\ln\theta-(\beta+T)\theta",
        r"\frac{\alpha+n-1}{\theta}-(\beta+T)=0",
        r"\hat\theta_{MAP}=\frac{\alpha+n-1}{\beta+T}",
    ]
    assert follow(lines, task).complete


def test_steps_are_checked() -> None:
    with pytest.raises(CourseError, match="operator"):
        Step("x", "integrate", 1, "theta")
    with pytest.raises(CourseError, match="variable"):
        Step("x", "solve", 1)
    with pytest.raises(CourseError, match="target"):
        Step("x", "limit", 1, "theta")


@pytest.mark.parametrize(
    "formula",
    [
        "theta^3*exp(-2*theta)/ln(theta + 3)",
        "n*ln(theta) - theta*T",
        LIKELIHOOD,
        "sum(exp(-theta*x[i])/x[i]^theta, i, 1, n)",
        "sqrt(theta)*tanh(theta) + sigmoid(theta*b)*sinh(theta) - cosh(theta)",
        "theta^theta + b^theta + theta^b",
        "abs(theta - 2)*sin(theta)*cos(2*theta) + arctan(theta) + Phi(theta) + softplus(theta)",
        "piecewise(theta^2, theta < 1, 2*theta) + relu(theta - 1)*ind(theta > 0.5)",
        "alpha + 3",
        "1/(beta + theta)^2 - (-theta)",
    ],
)
def test_derivatives_against_differences(pareto: Context, formula: str) -> None:
    tree = parse(formula, pareto)
    exact = derivative(tree, "theta", pareto)
    for batch in batches(pareto, 3)[:3]:
        step = 1e-6
        moved = []
        for sign in (1, -1):
            base = dict(batch.base) | {"theta": batch.base["theta"] + sign * step}
            moved.append(evaluate(tree, complete(pareto, base), pareto))
        got = evaluate(exact, dict(batch.values), pareto)
        numeric = (moved[0] - moved[1]) / (2 * step)
        near_kink = np.abs(batch.base["theta"][:, None] - np.array([0.5, 1, 2])).min(axis=1) < 1e-5
        assert np.allclose(got[~near_kink], numeric[~near_kink], rtol=2e-5, atol=1e-7 * np.abs(numeric).max())
