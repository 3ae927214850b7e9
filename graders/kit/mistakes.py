"""Known mistakes as data: `mistakes/<file>__<name>.py` lays a wrong definition over a reference file.

The docstring of such a file is the feedback. The rest is appended to the reference file, so that every other function of that
file calls the wrong one, just as in a submission that holds the mistake. Only the staff's own code runs here.
"""

from __future__ import annotations

import ast
import copy
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from .compare import difference
from .errors import CourseError, HouseFault
from .loading import CodeFolder, variant
from .proxy import Function


@dataclass(frozen=True)
class Mistake:
    """One known mistake: the reference file that it changes, its name, its lesson, and the changed sources."""

    file: str
    name: str
    lesson: str
    sources: dict[str, str]

    @cached_property
    def code(self) -> CodeFolder:
        """The reference with this mistake in it, loaded when first asked for."""
        return CodeFolder(self.sources)


@dataclass(frozen=True)
class Mistakes:
    """Every known mistake of an assignment."""

    known: tuple[Mistake, ...]

    def named(self, stem: str) -> Mistake:
        """The mistake of the file `<stem>.py`. Raises CourseError where there is none."""
        for mistake in self.known:
            if f"{mistake.file}__{mistake.name}" == stem:
                return mistake
        raise CourseError(f"a suite names the mistake {stem!r}; mistakes/ has no {stem}.py")

    def explain(
        self, right: Function, args: tuple[Any, ...], kwargs: dict[str, Any], got: Any, wanted: Any, rtol: float, atol: float
    ) -> Mistake | None:
        """The first mistake that turns the right function into one that gives the student's answer, or None.

        Mistakes in the function's own file are tried first.
        """
        for mistake in sorted(self.known, key=lambda one: one.file != right.module):
            answer = _answer(mistake, right, args, kwargs)
            if answer is None or not difference(answer[0], wanted, rtol=rtol, atol=atol):
                continue
            if not difference(got, answer[0], rtol=rtol, atol=atol):
                return mistake
        return None


def _answer(mistake: Mistake, right: Function, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any] | None:
    """The mistaken answer in a tuple of one, or None where the mistake breaks on this input."""
    try:
        return (mistake.code.function(right.module, right.name)(*copy.deepcopy(args), **copy.deepcopy(kwargs)),)
    except HouseFault:
        raise
    except Exception:  # a wrong variant may raise anything on an input that it was not made for
        return None


def load(folder: Path, reference: Path) -> Mistakes:
    """Read every mistake of `folder` against the reference files. Raises CourseError naming the file at fault."""
    if not folder.is_dir():
        return Mistakes(())
    sources = {path.name: path.read_text(encoding="utf-8") for path in sorted(reference.glob("*.py"))}
    return Mistakes(tuple(_mistake(path, sources) for path in sorted(folder.glob("*.py"))))


def _mistake(path: Path, sources: dict[str, str]) -> Mistake:
    file, separator, name = path.stem.partition("__")
    text = path.read_text(encoding="utf-8")
    if not separator or f"{file}.py" not in sources:
        raise CourseError(f"{path}: the name must be <reference file>__<mistake>.py; the reference has {', '.join(sources)}")
    lesson = ast.get_docstring(ast.parse(text, str(path)))
    if not lesson:
        raise CourseError(f"{path} has no docstring; it is the feedback that the student reads")
    return Mistake(file=file, name=name, lesson=lesson, sources=variant(sources, f"{file}.py", text))
