"""Every error of the house, in one tree.

    SanjehError
    ├── CourseError              an assignment, suite or mistake file of ours is wrong
    ├── InputError               what the user typed or pointed at cannot be used
    │   └── IntakeError          one submission cannot be read; the others go on
    ├── CheckFailed              a check compared an answer and it is wrong
    ├── StudentFault             what a student's code did; ends a check as failed (or timeout)
    │   ├── CodeRaised           her code raised an exception
    │   │   ├── PackageMissing   ... it imports a package that is not installed here
    │   │   └── ImportForbidden  ... it imports a package that the assignment rules out
    │   ├── NameMissing          there is no such file, or no such function in it
    │   ├── AnswerRejected       what came back is not plain data of a sane size
    │   ├── FormulaError         her formula cannot be read; carries the position
    │   ├── TimedOut             the call outlived its budget
    │   ├── MemoryExceeded       ... or its memory
    │   └── ProcessDied          ... or its process ended (exit, crash, signal)
    └── HouseFault               ours: ends a check as ungraded, is retried, and is shown to the TA
        ├── Undecided            no program can decide on this answer; not retried, a TA looks at it
        ├── SandboxUnavailable   this machine cannot isolate; carries the remedy
        └── SandboxBroke         the sandbox itself failed

Only the command line turns these into messages and exit codes. Every message says what was got, what was wanted and how to
mend it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .outcome import Finding


class SanjehError(Exception):
    """Root of every error that sanjeh raises on purpose."""


class CourseError(SanjehError):
    """An assignment, a suite or a mistake file of the course staff is wrong."""


class InputError(SanjehError):
    """What the user typed or pointed at cannot be used."""


class IntakeError(InputError):
    """One submission cannot be read. The message is shown to that student; the others go on."""


class CheckFailed(SanjehError):
    """A check compared the student's answer with the right one, and it is wrong."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.message)
        self.finding = finding


class StudentFault(SanjehError):
    """What a student's code did wrong; a check that meets it ends as failed.

    `str(fault)` is for the student and holds nothing that she could have smuggled data into; `detail` is for the TA and for
    public checks, is untrusted text, and must be escaped wherever it is shown.
    """

    def __init__(self, message: str, *, detail: str = "") -> None:
        super().__init__(message)
        self.detail = detail


class CodeRaised(StudentFault):
    """The student's own code raised an exception.

    `kind` is the name of the nearest built-in exception class, `file` and `line` the innermost place in the submission, or
    "" and 0 where that is unknown. `stage` is "import" or "call".
    """

    def __init__(
        self, message: str, *, kind: str = "Exception", file: str = "", line: int = 0, stage: str = "call", detail: str = ""
    ) -> None:
        super().__init__(message, detail=detail)
        self.kind = kind
        self.file = file
        self.line = line
        self.stage = stage


class PackageMissing(CodeRaised):
    """The submission imports a package that is not installed where it runs."""


class ImportForbidden(CodeRaised):
    """The submission imports a package that the assignment rules out."""


class NameMissing(StudentFault):
    """The submission has no such file, or no such function in it."""


class AnswerRejected(StudentFault):
    """What came back is not plain data of a sane size."""


class FormulaError(StudentFault):
    """A student's formula cannot be read. `str(fault)` says what is wrong and how to mend it.

    `text` is what she wrote and `position` the offset of the trouble in it, counted from 0.
    """

    def __init__(self, message: str, *, text: str = "", position: int = 0) -> None:
        super().__init__(message)
        self.text = text
        self.position = position

    def pointer(self, width: int = 72) -> str:
        """Two lines for a terminal: the part of the text around the position, and a caret below it."""
        start = max(0, self.position - width // 2)
        window = self.text[start : start + width].replace("\n", " ").replace("\t", " ")
        return window + "\n" + " " * (self.position - start) + "^"


class TimedOut(StudentFault):
    """The call outlived its budget of seconds."""


class MemoryExceeded(StudentFault):
    """The call outgrew its memory."""


class ProcessDied(StudentFault):
    """The student's process ended during the call."""


class HouseFault(SanjehError):
    """The grader, the machine or the sandbox broke: never the student's fault."""


class Undecided(HouseFault):
    """No program can decide whether this answer is right. The message is for the student too."""


class SandboxUnavailable(HouseFault):
    """This machine cannot isolate student code. The message carries the reason and the remedy."""


class SandboxBroke(HouseFault):
    """The sandbox itself failed; a fresh one may do."""
