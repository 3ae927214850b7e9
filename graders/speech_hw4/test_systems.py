"""Hidden checks of question 1: who made six systems of speech processing, what for, and how they work."""

from __future__ import annotations

from pathlib import Path

from graders.kit import check
from graders.proof.marking import Answers, Marker, settle

MARKER = Marker.load(Path(__file__).parent)
SYSTEMS = ("wav2vec", "whisper", "deepspeech", "tacotron", "valle", "segan")


def settle_all(answers: Answers, aspect: str) -> None:
    """Points for each system whose aspect is right."""
    settle(*(MARKER.mark(answers, f"q1.{system}_{aspect}") for system in SYSTEMS))


@check("q1.makers")
def test_makers(answers: Answers) -> None:
    """Who made each of the six systems."""
    settle_all(answers, "maker")


@check("q1.tasks")
def test_tasks(answers: Answers) -> None:
    """What each of the six systems is for."""
    settle_all(answers, "task")


@check("q1.methods")
def test_methods(answers: Answers) -> None:
    """How each of the six systems works."""
    settle_all(answers, "method")
