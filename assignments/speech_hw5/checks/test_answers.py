"""Public checks: every answer can be read, and this is how it is understood. Whether it is right, the hidden checks decide."""

from graders.kit import check
from graders.kit.written import readable


@check("q1.readable")
def test_question_one(answers):
    """Every answer to question 1 can be read; the echo shows how it is understood."""
    readable(answers, "q1")


@check("q2.readable")
def test_question_two(answers):
    """Every answer to question 2 can be read; the echo shows how it is understood."""
    readable(answers, "q2")
