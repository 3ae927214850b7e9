"""Hidden checks of question 3: a power of x on (0, 1), maximum likelihood against the method of moments."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from graders.kit import check
from graders.kit.formula.tree import Sym, free_names, substitute
from graders.proof import Options, decide
from graders.proof.marking import Answers, Marker, own_tree, settle

MARKER = Marker.load(Path(__file__).parent)


@check("q3.derivation")
def test_derivation(answers: Answers) -> None:
    """The way from the likelihood to the estimator, line by line."""
    settle(MARKER.mark(answers, "q3.derivation"))


@check("q3.mle")
def test_mle(answers: Answers) -> None:
    """The maximum likelihood estimator."""
    settle(MARKER.mark(answers, "q3.mle"))


@check("q3.moment")
def test_moment(answers: Answers) -> None:
    """The moment of order k."""
    settle(MARKER.mark(answers, "q3.moment"))


@check("q3.mean")
def test_mean(answers: Answers) -> None:
    """The mean."""
    settle(MARKER.mark(answers, "q3.mean"))


@check("q3.variance")
def test_variance(answers: Answers) -> None:
    """The variance."""
    settle(MARKER.mark(answers, "q3.variance"))


@check("q3.moments_estimator")
def test_moments_estimator(answers: Answers) -> None:
    """The method-of-moments estimator."""
    result = MARKER.mark(answers, "q3.moments_estimator")
    if result.share == 0 and _solves_her_own_mean(answers):
        result = replace(result, share=1.0, message="it follows from your own mean", kind="carried", mistake="", lesson="")
    settle(result)


def _solves_her_own_mean(answers: Answers) -> bool:
    """Error carried forward: whether her estimator, put into her own E[x], gives the sample mean."""
    mean, estimator = own_tree(answers, "q3.mean"), own_tree(answers, "q3.moments_estimator")
    if mean is None or estimator is None or mean[1] or estimator[1] or "theta" not in free_names(mean[0]):
        return False
    at_estimate = substitute(mean[0], "theta", estimator[0])
    return decide(at_estimate, Sym("xbar"), answers.parts["q3.mean"].context, Options(prove=False)).accepted


@check("q3.mle_variance")
def test_mle_variance(answers: Answers) -> None:
    """The variance of the maximum likelihood estimator."""
    settle(MARKER.mark(answers, "q3.mle_variance"))


@check("q3.bias")
def test_bias(answers: Answers) -> None:
    """The bias of the maximum likelihood estimator."""
    settle(MARKER.mark(answers, "q3.bias"))


@check("q3.asymptotic_variance")
def test_asymptotic_variance(answers: Answers) -> None:
    """The asymptotic variance of the moment estimator."""
    settle(MARKER.mark(answers, "q3.asymptotic_variance"))


@check("q3.efficiency")
def test_efficiency(answers: Answers) -> None:
    """The efficiency of the moment estimator."""
    settle(MARKER.mark(answers, "q3.efficiency"))
