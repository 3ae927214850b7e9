"""Known wrong formulas, each with a name and what it teaches.

Written in TOML, in the order in which they are tried:

    [[mistakes]]
    part = "q3.mean"
    name = "integrated over (0, infinity)"
    formula = "1/(2*theta)"
    lesson = "The density lives on (0, 1); ..."
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from graders.kit.errors import CourseError, FormulaError
from graders.kit.formula import Context, parse, parse_statement

from .numeric import compare
from .sides import Side, row_context
from .verdict import Options, Verdict


@dataclass(frozen=True)
class Mistake:
    """One wrong formula of one question part, its name and its lesson (English; `lesson_fa` Persian)."""

    part: str
    name: str
    formula: str
    lesson: str
    lesson_fa: str = ""


def load_mistakes(path: Path) -> tuple[Mistake, ...]:
    """The mistakes of a TOML file.

    Raises CourseError where an entry lacks a field or has one too many.
    """
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as fault:
        raise CourseError(f"{path}: {fault}") from fault
    return tuple(read_mistake(table, str(path)) for table in data.get("mistakes", ()))


def read_mistake(table: Mapping[str, Any], where: str) -> Mistake:
    """One entry.

    Raises CourseError where a field is missing or unknown.
    """
    try:
        return Mistake(**table)
    except TypeError as fault:
        raise CourseError(f"{where}: a mistake has part, name, formula, lesson and lesson_fa: {fault}") from fault


def explain(
    text: str,
    verdict: Verdict,
    part: str,
    mistakes: Iterable[Mistake],
    context: Context,
    options: Options,
    notation: str = "auto",
) -> Verdict:
    """The verdict with the name and lesson of the first mistake whose formula equals the student's; the same where none does."""
    if verdict.accepted:
        return verdict
    side = _side(text, context, options, notation)
    if side is None:
        return verdict
    plain = replace(options, prove=False)
    for mistake in mistakes:
        if mistake.part != part:
            continue
        wrong = Side(parse(mistake.formula, context), context)
        if compare(side, wrong, plain).accepted:
            return replace(verdict, mistake=mistake.name, lesson=mistake.lesson)
    return verdict


def _side(text: str, context: Context, options: Options, notation: str) -> Side | None:
    try:
        return Side(parse_statement(text, context, notation).answer, context)
    except FormulaError:
        if not options.transposed:
            return None
    rows = row_context(context)
    try:
        return Side(parse_statement(text, rows, notation).answer, rows, rows=True)
    except FormulaError:
        return None
