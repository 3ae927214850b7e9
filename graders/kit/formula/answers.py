"""`answers.toml`: what a student hands in for the written questions, and what each part asks for.

Her file has one table per part:

    ["q1.mle"]
    answer = '\\frac{n}{\\sum_i \\ln(x_i/b)}'      # single quotes: a backslash stays a backslash
    ["q1.derivation"]
    lines = ['n*ln(theta) - theta*T', 'n/theta - T = 0', 'theta = n/T']
    ["q1.distance"]
    answer = "Kullback-Leibler"

The course's file (`formulas.toml`, public) declares the contexts and says for each part what kind of answer it wants.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import CourseError, FormulaError, InputError
from .context import Context
from .statement import parse_statement, parse_statements

KINDS = ("formula", "lines", "number", "choice", "text")

MAX_BYTES = 200_000
"""Size of an answers file."""

MAX_LINES = 40
"""Lines of one derivation."""

MAX_TEXT = 2000
"""Characters of a short text."""


@dataclass(frozen=True)
class Part:
    """What one question part wants. `choices` lists the allowed choices, `unit` is that of a number ("" for none)."""

    id: str
    kind: str
    context: Context
    title: str = ""
    choices: tuple[str, ...] = ()
    unit: str = ""


@dataclass(frozen=True)
class Answer:
    """What she wrote for one part: one line, or several for a derivation. Never parsed here but for its type."""

    part: str
    lines: tuple[str, ...]
    notation: str = "auto"

    @property
    def text(self) -> str:
        """The only line."""
        return self.lines[0]


@dataclass(frozen=True)
class Echo:
    """One answer line as it was understood. `problem` is empty where it could be read; `pointer` shows the position."""

    part: str
    line: int
    written: str
    plain: str = ""
    latex: str = ""
    problem: str = ""
    pointer: str = ""


def read_parts(path: Path) -> dict[str, Part]:
    """The course's `formulas.toml`.

    Raises CourseError where it is wrong.
    """
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as fault:
        raise CourseError(f"{path}: {fault}") from fault
    contexts = {name: Context.from_dict(table) for name, table in data.get("contexts", {}).items()}
    return {name: _part(name, table, contexts) for name, table in data.get("parts", {}).items()}


def _part(name: str, table: Mapping[str, Any], contexts: Mapping[str, Context]) -> Part:
    unknown = set(table) - {"kind", "context", "title", "choices", "unit"}
    if unknown:
        raise CourseError(f"part {name}: unknown key {', '.join(sorted(unknown))}")
    kind = table.get("kind", "formula")
    if kind not in KINDS:
        raise CourseError(f"part {name}: kind is one of {', '.join(KINDS)}, not {kind!r}")
    wanted = table.get("context", "")
    if wanted and wanted not in contexts:
        raise CourseError(f"part {name}: there is no context {wanted!r}")
    if kind in ("formula", "lines") and not wanted:
        raise CourseError(f"part {name}: a formula needs a context")
    context = contexts[wanted] if wanted else Context(())
    return Part(name, kind, context, table.get("title", ""), tuple(table.get("choices", ())), table.get("unit", ""))


def read_answers(text: str, parts: Mapping[str, Part]) -> tuple[dict[str, Answer], tuple[str, ...]]:
    """Her answers by part, and what is wrong with the file (unknown parts, wrong types), each naming its part.

    Raises InputError, with line and column, where the text is no TOML or too large.
    """
    if len(text.encode("utf-8", "replace")) > MAX_BYTES:
        raise InputError(f"answers.toml is larger than {MAX_BYTES // 1000} kB")
    try:
        data = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as fault:
        hint = "; put formulas into single quotes, since a backslash in double quotes is special" if "\\" in text else ""
        raise InputError(f"answers.toml cannot be read: {str(fault) or 'nested too deeply'}{hint}") from fault
    answers: dict[str, Answer] = {}
    problems: list[str] = []
    for name, table in _tables(data):
        if name not in parts:
            problems.append(f"{name}: there is no such part; the parts are {', '.join(parts)}")
            continue
        try:
            answers[name] = _answer(parts[name], table)
        except InputError as fault:
            problems.append(f"{name}: {fault}")
    return {name: answer for name, answer in answers.items() if any(line.strip() for line in answer.lines)}, tuple(problems)


def _tables(data: Mapping[str, Any], prefix: str = "", level: int = 0) -> list[tuple[str, Mapping[str, Any]]]:
    """Tables that hold an answer; `[q1.mle]` and `["q1.mle"]` are the same part."""
    found: list[tuple[str, Mapping[str, Any]]] = []
    for name, value in data.items():
        full = f"{prefix}.{name}" if prefix else name
        if not isinstance(value, dict):
            found.append((full, {"answer": value}))
        elif level >= 4 or any(
            entry in value and not isinstance(value[entry], dict) for entry in ("answer", "lines", "notation")
        ):
            found.append((full, value))
        else:
            found.extend(_tables(value, full, level + 1))
    return found


def _answer(part: Part, table: Mapping[str, Any]) -> Answer:
    unknown = set(table) - {"answer", "lines", "notation"}
    if unknown:
        raise InputError(f"unknown key {', '.join(sorted(unknown))}; a part has answer (or lines) and notation")
    notation = table.get("notation", "auto")
    if notation not in ("auto", "latex", "plain"):
        raise InputError(f"notation is auto, latex or plain, not {notation!r}")
    value = table.get("lines", table.get("answer"))
    if part.kind == "lines":
        lines = value.splitlines() if isinstance(value, str) else value
        if not isinstance(lines, list) or not all(isinstance(line, str) for line in lines):
            raise InputError("this part is a derivation: lines = ['...', '...']")
        if len(lines) > MAX_LINES:
            raise InputError(f"{len(lines)} lines; at most {MAX_LINES}")
        _check_escapes("\n".join(lines))
        return Answer(part.id, tuple(line for line in lines if line.strip()), notation)
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        raise InputError(f"the answer is one {part.kind}, in quotes; got {type(value).__name__}")
    text = str(value)
    _check_escapes(text)
    if part.kind in ("text", "choice") and len(text) > MAX_TEXT:
        raise InputError(f"{len(text)} characters; at most {MAX_TEXT}")
    allowed = {"", *(choice.casefold() for choice in part.choices)}  # "" is no answer yet
    if part.kind == "choice" and part.choices and text.strip().casefold() not in allowed:
        raise InputError(f"{text[:40]!r} is none of the choices {', '.join(part.choices)}")
    return Answer(part.id, (text,), notation)


def _check_escapes(text: str) -> None:
    """`"\\theta"` in double quotes is a tab and `heta`: say so instead of reading on."""
    if re.search(r"[\x08\x0c\x1b]|[\t\r][a-z]", text):
        raise InputError("a backslash was read as an escape: put the formula into single quotes, '...'")


def echo(part: Part, answer: Answer) -> tuple[Echo, ...]:
    """Every line as it was understood, in both notations, or what is wrong with it and where."""
    if part.kind not in ("formula", "lines"):
        return tuple(Echo(part.id, number, line, line) for number, line in enumerate(answer.lines, 1))
    return tuple(_echo(part, answer, number, line) for number, line in enumerate(answer.lines, 1))


def _echo(part: Part, answer: Answer, number: int, line: str) -> Echo:
    try:
        if part.kind == "lines":
            statements = parse_statements(line, part.context, answer.notation)
        else:
            statements = (parse_statement(line, part.context, answer.notation),)
    except FormulaError as fault:
        problem = f"{fault} (character {fault.position + 1})"
        return Echo(part.id, number, line, problem=problem, pointer=fault.pointer())
    plain = " => ".join(statement.echo() for statement in statements)
    latex = r" \Rightarrow ".join(statement.to_latex(part.context) for statement in statements)
    return Echo(part.id, number, line, plain, latex)


__all__ = ["Answer", "Echo", "Part", "echo", "read_answers", "read_parts"]
