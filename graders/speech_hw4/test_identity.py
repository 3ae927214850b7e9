"""Hidden checks of the written parts: the slope of the bipolar sigmoid by its own value, and the sigmoid as a tanh."""

from __future__ import annotations

from pathlib import Path

from graders.kit import check
from graders.proof.marking import Answers, Marker, settle

MARKER = Marker.load(Path(__file__).parent)


@check("q2.bipolar_identity")
def test_bipolar_identity(answers: Answers) -> None:
    """The slope of the bipolar sigmoid, in any form."""
    settle(MARKER.mark(answers, "q2.bipolar_identity"))


@check("q2.bipolar_tanh")
def test_bipolar_tanh(answers: Answers) -> None:
    """The number c with which the bipolar sigmoid is tanh(c z)."""
    settle(MARKER.mark(answers, "q2.bipolar_tanh"))
