"""Hidden checks of questions 5 and 6: silhouette, the update of k-means, the seeding of k-means++."""

from __future__ import annotations

from pathlib import Path

from graders.kit import check
from graders.proof.marking import Answers, Marker, settle

MARKER = Marker.load(Path(__file__).parent)


@check("q5.silhouette")
def test_silhouette(answers: Answers) -> None:
    """The silhouette of a point."""
    settle(MARKER.mark(answers, "q5.silhouette"))


@check("q5.example")
def test_example(answers: Answers) -> None:
    """The silhouette of one point of a worked example: a, b and s."""
    settle(MARKER.mark(answers, "q5.a"), MARKER.mark(answers, "q5.b"), MARKER.mark(answers, "q5.value"))


@check("q6.centre")
def test_centre(answers: Answers) -> None:
    """The best centre of a cluster, derived line by line."""
    settle(MARKER.mark(answers, "q6.centre"))


@check("q6.drop")
def test_drop(answers: Answers) -> None:
    """By how much the cost falls when the centre moves to the mean."""
    settle(MARKER.mark(answers, "q6.drop"))


@check("q6.seeding")
def test_seeding(answers: Answers) -> None:
    """The probability of a point to be the next centre in k-means++."""
    settle(MARKER.mark(answers, "q6.seeding"))
