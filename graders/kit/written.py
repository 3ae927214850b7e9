"""The written answers of a submission, as a check sees them: its `answers.toml` beside the assignment's `formulas.toml`.

Nothing is read before a check asks, so that a file that cannot be read is the student's fault within that check.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path

from .errors import AnswerRejected, InputError, NameMissing
from .formula.answers import Answer, Part, read_answers, read_parts

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
            raise AnswerRejected(f"{FILE} cannot be read as TOML.", detail=str(error)) from None
