"""Public checks: every answer can be read, and this is how it is understood. Whether it is right, the hidden checks decide."""

from graders.kit import award, check, ensure
from graders.kit.formula.answers import echo


def readable(answers, question):
    """Read every answer to one question; earn the share of its parts that have an answer."""
    parts = [part for name, part in answers.parts.items() if name.startswith(f"{question}.")]
    given = [(part, answers.get(part.id)) for part in parts if answers.get(part.id)]
    lines = [line for part, answer in given for line in echo(part, answer)]
    faults = [problem for problem in answers.problems if problem.startswith(f"{question}.")]
    faults += [f"{line.part}, line {line.line}: {line.problem}\n{line.pointer}" for line in lines if line.problem]
    ensure(given or faults, "There is no answer yet. Write your formulas into answers.toml; its examples show how.")
    ensure(not faults, "Some answers cannot be read:\n" + "\n".join(faults))
    understood = "\n".join(f"{line.part}: {line.plain}" for line in lines)
    award(len(given) / len(parts), f"{len(given)} of {len(parts)} parts have an answer. They are understood as:\n{understood}")


@check("q1.readable")
def test_question_one(answers):
    """Every answer to question 1 can be read; the echo shows how it is understood."""
    readable(answers, "q1")


@check("q2.readable")
def test_question_two(answers):
    """Every answer to question 2 can be read; the echo shows how it is understood."""
    readable(answers, "q2")


@check("q3.readable")
def test_question_three(answers):
    """Every answer to question 3 can be read; the echo shows how it is understood."""
    readable(answers, "q3")


@check("q5.readable")
def test_question_five(answers):
    """Every answer to question 5 can be read; the echo shows how it is understood."""
    readable(answers, "q5")


@check("q6.readable")
def test_question_six(answers):
    """Every answer to question 6 can be read; the echo shows how it is understood."""
    readable(answers, "q6")
