"""Hidden checks of question 1: the Pareto density, from the likelihood to the limits of the MAP estimate."""

from __future__ import annotations

from pathlib import Path

from graders.kit import check
from graders.proof.marking import Answers, Marker, settle

MARKER = Marker.load(Path(__file__).parent)
POSTERIOR = {"A": "q1.posterior_shape", "B": "q1.posterior_rate"}


@check("q1.likelihood")
def test_likelihood(answers: Answers) -> None:
    """The likelihood of n Pareto observations."""
    settle(MARKER.mark(answers, "q1.likelihood"))


@check("q1.loglikelihood")
def test_loglikelihood(answers: Answers) -> None:
    """Its logarithm, up to what does not depend on theta."""
    settle(MARKER.mark(answers, "q1.loglikelihood"))


@check("q1.score")
def test_score(answers: Answers) -> None:
    """The derivative of the log-likelihood in theta."""
    settle(MARKER.mark(answers, "q1.score"))


@check("q1.mle")
def test_mle(answers: Answers) -> None:
    """The maximum likelihood estimator."""
    settle(MARKER.mark(answers, "q1.mle"))


@check("q1.second")
def test_second(answers: Answers) -> None:
    """The second derivative, which shows that it is a maximum."""
    settle(MARKER.mark(answers, "q1.second"))


@check("q1.derivation")
def test_derivation(answers: Answers) -> None:
    """The way from the likelihood to the estimator, line by line."""
    settle(MARKER.mark(answers, "q1.derivation"))


@check("q1.posterior")
def test_posterior(answers: Answers) -> None:
    """The posterior under a Gamma prior, up to a factor free of theta."""
    settle(MARKER.mark(answers, "q1.posterior"))


@check("q1.posterior_parameters")
def test_posterior_parameters(answers: Answers) -> None:
    """Shape and rate of the posterior."""
    settle(MARKER.mark(answers, "q1.posterior_shape"), MARKER.mark(answers, "q1.posterior_rate"))


@check("q1.map")
def test_map(answers: Answers) -> None:
    """The MAP estimator."""
    settle(MARKER.mark(answers, "q1.map", earlier=POSTERIOR))


@check("q1.mean")
def test_mean(answers: Answers) -> None:
    """The posterior mean."""
    settle(MARKER.mark(answers, "q1.mean", earlier=POSTERIOR))


@check("q1.limit_flat")
def test_limit_flat(answers: Answers) -> None:
    """The MAP estimator for alpha = 1 and beta -> 0."""
    settle(MARKER.mark(answers, "q1.limit_flat"))


@check("q1.limit_both")
def test_limit_both(answers: Answers) -> None:
    """The MAP estimator for infinite alpha and beta with (alpha - 1)/beta = m held."""
    settle(MARKER.mark(answers, "q1.limit_both"))


@check("q1.limits")
def test_limits(answers: Answers) -> None:
    """Infinite alpha alone, infinite beta alone, infinitely many data."""
    settle(MARKER.mark(answers, "q1.limit_alpha"), MARKER.mark(answers, "q1.limit_beta"), MARKER.mark(answers, "q1.limit_data"))
