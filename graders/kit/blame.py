"""What a submission did wrong, as a record of few fields, and the words for it.

A `Blame` is made where the student's code runs and may travel from there, so each field is small and can be checked against
the submission's own files; `fault` turns it into the error with its message. Only `detail` is free text.
"""

from __future__ import annotations

import builtins
from dataclasses import dataclass

from .errors import CodeRaised, ImportForbidden, MemoryExceeded, NameMissing, PackageMissing, StudentFault

KINDS = frozenset(name for name, value in vars(builtins).items() if isinstance(value, type) and issubclass(value, BaseException))
MAX_DETAIL = 4000


@dataclass(frozen=True)
class Blame:
    """One fault of a submission.

    `what`: raised | package | forbidden | notebook | file | function | nofunction | cell. `module` and `function` were asked for.
    `kind` is the nearest built-in exception; `file`, `cell` (0 outside notebooks) and `line` (0: unknown) the innermost place in
    the submission; `stage` is import or call; `name` the package in question; `hint` a name of the submission that comes near.
    """

    what: str
    module: str
    function: str
    kind: str = "Exception"
    file: str = ""
    cell: int = 0
    line: int = 0
    stage: str = "call"
    name: str = ""
    hint: str = ""
    detail: str = ""

    @property
    def place(self) -> str:
        """`mlp.py, line 12` or `work.ipynb, cell 3, line 2`; empty where unknown."""
        cell = f", cell {self.cell}" if self.cell else ""
        return self.file and f"{self.file}{cell}" + (f", line {self.line}" if self.line else "")


class Blamed(Exception):
    """Carries a Blame up to whoever turns it into a fault."""

    def __init__(self, blame: Blame) -> None:
        super().__init__(blame.what)
        self.blame = blame


def fault(blame: Blame, files: tuple[str, ...] = ()) -> StudentFault:
    """The error for a Blame. `files` are the submission's, for the message about a missing one."""
    wanted = f"`{blame.module}.{blame.function}`"
    near = f" Did you mean `{blame.hint}`?" if blame.hint else ""
    if blame.what == "file":
        have = ", ".join(files[:12]) or "no Python file"
        return NameMissing(
            f"There is no {blame.module}.py (wanted: {wanted}); the submission has {have}.{near}", detail=blame.detail
        )
    if blame.what == "function":
        where = blame.file or f"{blame.module}.py"
        return NameMissing(f"{where} has no function `{blame.function}`.{near}", detail=blame.detail)
    if blame.what == "nofunction":
        return NameMissing(f"{wanted} is there, but is not a function; define it with `def`.", detail=blame.detail)
    if blame.kind == "MemoryError":
        return MemoryExceeded(f"{wanted} ran out of memory{_at(blame)}.", detail=blame.detail)
    return _raised(blame, wanted, near)


def _raised(blame: Blame, wanted: str, near: str) -> CodeRaised:
    form: type[CodeRaised] = CodeRaised
    if blame.what == "package":
        form = PackageMissing
        name = f"`{blame.name}`" if blame.name else "a package"
        message = f"{name} is imported{_at(blame)}, but is neither installed here nor a file of the submission.{near}"
        message = message[0].upper() + message[1:]
    elif blame.what == "forbidden":
        form = ImportForbidden
        message = f"This assignment rules `{blame.name}` out; it is imported{_at(blame)}. Write that part yourself."
    elif blame.what == "notebook":
        message = f"{blame.file} cannot be read as a notebook; save it again from Jupyter, or hand in .py files."
    elif blame.what == "cell":
        message = f"{wanted} is missing, because {blame.file}, cell {blame.cell}, which defines it, fails{_in_cell(blame)}."
    elif blame.kind == "NotImplementedError":
        message = f"{wanted} is not written yet: NotImplementedError{_at(blame)}."
    elif blame.stage == "import":
        message = f"{blame.module} could not be imported: {blame.kind}{_at(blame)}."
    else:
        message = f"{wanted} raised {blame.kind}{_at(blame)}."
    return form(
        message,
        kind=blame.kind,
        file=blame.file,
        line=blame.line,
        stage=blame.stage,
        detail=blame.detail,
    )


def _at(blame: Blame) -> str:
    return f" at {blame.place}" if blame.place else ""


def _in_cell(blame: Blame) -> str:
    return f" with {blame.kind}" + (f" at its line {blame.line}" if blame.line else "")
