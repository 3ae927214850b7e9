"""Public check: every written answer can be read, and this is how it is understood. Whether it is right, the hidden checks decide."""

from graders.kit import check
from graders.kit.written import readable


@check("q1.readable")
def test_choices(answers):
    """Your choices in answers.toml can be read."""
    readable(answers, "q1")


@check("q2.readable")
def test_readable(answers):
    """Your formulas in answers.toml can be read; the echo shows how they are understood."""
    readable(answers, "q2")
