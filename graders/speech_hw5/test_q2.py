"""Hidden checks of question 2: the gradient through skip connections, part by part.

A part may use the results of the parts before it by name. What follows correctly from a wrong earlier result earns its points:
an error costs once.
"""

from __future__ import annotations

from pathlib import Path

from graders.kit import check
from graders.proof.marking import Answers, Marker, settle

MARKER = Marker.load(Path(__file__).parent)
DELTA1 = {"delta1": "q2.delta1"}
DELTA2 = {**DELTA1, "delta2": "q2.delta2"}
DELTA3 = {**DELTA2, "delta3": "q2.delta3"}


@check("q2.delta1")
def test_delta1(answers: Answers) -> None:
    """delta1 = dJ/dtheta, through cross-entropy and softmax."""
    settle(MARKER.mark(answers, "q2.delta1"))


@check("q2.delta2")
def test_delta2(answers: Answers) -> None:
    """delta2 = dJ/dz2, back through ReLU."""
    settle(MARKER.mark(answers, "q2.delta2", earlier=DELTA1))


@check("q2.delta3")
def test_delta3(answers: Answers) -> None:
    """delta3 = dJ/dd, where the second layer and the skip around it meet."""
    settle(MARKER.mark(answers, "q2.delta3", earlier=DELTA2))


@check("q2.dx")
def test_dx(answers: Answers) -> None:
    """dJ/dx, through the first layer and its skip."""
    settle(MARKER.mark(answers, "q2.dx", earlier=DELTA3))
