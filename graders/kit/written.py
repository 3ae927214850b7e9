"""The written answers of a submission, as a check sees them: its `answers.toml` beside the assignment's `formulas.toml`.

Nothing is read before a check asks, so that a file that cannot be read is the student's fault within that check.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path

from .checks import award, ensure
from .errors import AnswerRejected, InputError, NameMissing
from .formula.answers import Answer, Part, echo, read_answers, read_parts

FILE = "answers.toml"


class WrittenAnswers:
    """`parts` is what the course asks for, `get(part)` what she answered, `problems` what is wrong with her file."""

    def __init__(self, assignment: Path, files: Mapping[str, bytes]) -> None:
        self._assignment = assignment
        self._files = files

    @cached_property
    def parts(self) -> Mapping[str, Part]:
        """Every part that the course asks for. Raises CourseError where `formulas.toml` is wrong."""
        return read_parts(self._assignment / "formulas.toml")

    @property
    def problems(self) -> tuple[str, ...]:
        """Faults of the file that concern single parts, each beginning with the part's name."""
        return self._read[1]

    def get(self, part: str) -> Answer | None:
        """Her answer to a part, None where there is none. Raises StudentFault where the file is missing or cannot be read."""
        return self._read[0].get(part)

    @cached_property
    def _read(self) -> tuple[Mapping[str, Answer], tuple[str, ...]]:
        if FILE not in self._files:
            raise NameMissing(f"There is no {FILE}; write your answers into the {FILE} of the starter and hand it in.")
        try:
            return read_answers(self._files[FILE].decode("utf-8-sig"), self.parts)
        except UnicodeDecodeError as error:
            place = self._files[FILE].count(b"\n", 0, error.start) + 1
            raise AnswerRejected(f"{FILE} is not UTF-8 text from line {place} on; save it as UTF-8.") from None
        except InputError as error:
            raise AnswerRejected(str(error)) from None


def readable(answers: WrittenAnswers, question: str) -> None:
    """The public check of written answers: all can be read, and this is how they are understood; says nothing of right or wrong.

    Awards the share of the question's parts that have an answer.
    """
    parts = [part for name, part in answers.parts.items() if name.startswith(f"{question}.")]
    given = [(part, answer) for part in parts if (answer := answers.get(part.id))]
    lines = [line for part, answer in given for line in echo(part, answer)]
    faults = [problem for problem in answers.problems if problem.startswith(f"{question}.")]
    faults += [f"{line.part}, line {line.line}: {line.problem}\n{line.pointer}" for line in lines if line.problem]
    ensure(given or faults, "There is no answer yet. Write your formulas into answers.toml; its examples show how.")
    ensure(not faults, "Some answers cannot be read:\n" + "\n".join(faults))
    understood = "\n".join(
        f"{line.part}: {line.plain}" + (f"\n    in LaTeX: {line.latex}" if line.latex else "") for line in lines
    )
    award(len(given) / len(parts), f"{len(given)} of {len(parts)} parts have an answer. They are understood as:\n{understood}")
