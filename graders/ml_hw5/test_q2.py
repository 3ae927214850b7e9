"""Hidden checks of question 2: the method of moments with two unknowns."""

from __future__ import annotations

from pathlib import Path

from graders.kit import check
from graders.proof.marking import Answers, Marker, settle

MARKER = Marker.load(Path(__file__).parent)


@check("q2.moments")
def test_moments(answers: Answers) -> None:
    """Mean and second moment of the Gamma density."""
    settle(MARKER.mark(answers, "q2.mean"), MARKER.mark(answers, "q2.second_moment"))


@check("q2.shape")
def test_shape(answers: Answers) -> None:
    """The moment estimator of the shape."""
    settle(MARKER.mark(answers, "q2.shape"))


@check("q2.scale")
def test_scale(answers: Answers) -> None:
    """The moment estimator of the scale."""
    settle(MARKER.mark(answers, "q2.scale"))
