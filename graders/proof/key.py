"""The answer key of an assignment's written parts, and the assessment of one answer by it.

The key is hidden (`graders/<slug>/key.toml`); the parts it answers are public (`formulas.toml`, see `graders.kit.formula.answers`).

    [parts."q1.mle"]
    right = "n/T"
    [parts."q1.posterior"]
    right = "theta^(alpha+n-1) * exp(-(beta+T)*theta)"
    up_to = "factor"
    free_of = ["theta"]
    [parts."q1.derivation"]
    right = "prod(theta*b^theta/x[i]^(theta+1), i, 1, n)"      # where the derivation starts
    carried = 0.5
    steps = [{ name = "logarithm", operator = "logarithm", points = 1 }, ...]
    [parts."q2.value"]
    right = 0.34991
    rtol = 1e-3
    [parts."q2.name"]
    right = ["KL", "Kullback-Leibler"]
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from graders.kit.errors import CourseError, FormulaError
from graders.kit.formula import Context
from graders.kit.formula.answers import Answer, Part

from .decide import judge, with_constant
from .derivation import Derivation, DerivationVerdict, follow
from .mistakes import Mistake, explain, read_mistake
from .simple import judge_choice, judge_number, judge_text
from .steps import Fit, Step
from .verdict import Kind, Options, Verdict


@dataclass(frozen=True)
class Right:
    """What is right for one part, and how equal an answer has to be."""

    part: str
    right: str | float | tuple[str, ...]
    options: Options = field(default_factory=Options)
    steps: tuple[Step, ...] = ()
    carried: float = 1.0
    rtol: float = 1e-3
    atol: float = 0.0
    units: Mapping[str, float] = field(default_factory=dict)
    rejected: tuple[str, ...] = ()


@dataclass(frozen=True)
class Key:
    """All right answers of an assignment and its known mistakes."""

    rights: Mapping[str, Right]
    mistakes: tuple[Mistake, ...] = ()


@dataclass(frozen=True)
class Assessment:
    """What one answer earns. `share` is of the part's points, in [0, 1]; None where nobody but a TA can say.

    `understood` is the answer as it was read. `lines` tells a derivation's lines apart.
    """

    share: float | None
    message: str
    understood: str = ""
    got: str = ""
    wanted: str = ""
    inputs: str = ""
    mistake: str = ""
    lesson: str = ""
    kind: str = ""
    derivation: DerivationVerdict | None = None


def load_key(path: Path) -> Key:
    """A key file.

    Raises CourseError where it is wrong.
    """
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as fault:
        raise CourseError(f"{path}: {fault}") from fault
    rights = {name: _right(name, table) for name, table in data.get("parts", {}).items()}
    return Key(rights, tuple(read_mistake(table, str(path)) for table in data.get("mistakes", ())))


def _right(name: str, table: Mapping[str, Any]) -> Right:
    settings = {option: table[option] for option in ("up_to", "transposed", "either_sign", "prove", "seconds") if option in table}
    plain = {option: table[option] for option in ("carried", "rtol", "atol", "units") if option in table}
    unknown = set(table) - {"right", "free_of", "steps", "rejected", *settings, *plain}
    if unknown or "right" not in table:
        raise CourseError(f"key of {name}: it needs right, and does not know {', '.join(sorted(unknown)) or 'nothing else'}")
    try:
        options = Options(free_of=tuple(table.get("free_of", ())), **settings)
        steps = tuple(Step(**step) for step in table.get("steps", ()))
    except (TypeError, ValueError) as fault:
        raise CourseError(f"key of {name}: {fault}") from fault
    right = tuple(table["right"]) if isinstance(table["right"], list) else table["right"]
    return Right(name, right, options, steps, rejected=tuple(table.get("rejected", ())), **plain)


def assess(part: Part, answer: Answer | None, key: Key, definitions: Mapping[str, str] | None = None) -> Assessment:
    """What one part's answer earns.

    `definitions` puts her own earlier results in the place of the right ones (error carried forward): name to formula.
    Raises CourseError where the key does not fit the part; never anything for what a student wrote.
    """
    right = key.rights.get(part.id)
    if right is None:
        raise CourseError(f"the key has no answer for {part.id}")
    if answer is None:
        return Assessment(0.0, "there is no answer", kind="missing")
    try:
        if part.kind == "lines":
            return _derivation(part, answer, right)
        if part.kind == "formula":
            return _formula(_carried(part.context, definitions or {}), part, answer, right, key)
        return _of(_simple(part, answer, right), answer.text.strip())
    except FormulaError as fault:
        message = f"this cannot be read, at character {fault.position + 1}: {fault}"
        return Assessment(0.0, message, answer.lines[0] if answer.lines else "", kind="unreadable")


def _carried(context: Context, definitions: Mapping[str, str]) -> Context:
    for name, formula in definitions.items():
        context = context.defining(name, formula)
    return context


def _formula(context: Context, part: Part, answer: Answer, right: Right, key: Key) -> Assessment:
    judged = judge(answer.text, str(right.right), context, right.options, answer.notation)
    names = with_constant(context, right.options)
    verdict = explain(answer.text, judged.verdict, part.id, key.mistakes, names, right.options, answer.notation)
    return _of(verdict, judged.understood)


def _simple(part: Part, answer: Answer, right: Right) -> Verdict:
    wanted = right.right
    if part.kind == "number":
        if isinstance(wanted, (str, tuple)):
            raise CourseError(f"key of {part.id}: a number is wanted")
        return judge_number(answer.text, float(wanted), rtol=right.rtol, atol=right.atol, units=right.units)
    names = (wanted,) if isinstance(wanted, str) else wanted
    if not isinstance(names, tuple):
        raise CourseError(f"key of {part.id}: a text or a list of texts is wanted")
    return judge_choice(answer.text, names) if part.kind == "choice" else judge_text(answer.text, names, right.rejected)


def _of(verdict: Verdict, understood: str) -> Assessment:
    share = {Kind.REFUTED: 0.0, Kind.UNDECIDED: None}.get(verdict.kind, 1.0)
    counter = verdict.counter
    place = ", ".join(f"{name} = {value}" for name, value in counter.point.items()) if counter else ""
    return Assessment(
        share,
        verdict.reason,
        understood,
        counter.got if counter else "",
        counter.wanted if counter else "",
        place,
        verdict.mistake,
        verdict.lesson,
        verdict.kind.value,
    )


def _derivation(part: Part, answer: Answer, right: Right) -> Assessment:
    task = Derivation(with_constant(part.context, right.options), str(right.right), right.steps, right.carried, right.options)
    verdict = follow(list(answer.lines), task, answer.notation)
    share = verdict.points / verdict.max_points if verdict.max_points else 0.0
    understood = "\n".join(line.understood or line.text for line in verdict.lines)
    wrong = next((line for line in verdict.lines if line.fit in (Fit.WRONG, Fit.UNREADABLE)), None)
    missing = [name for name, points in verdict.earned.items() if points == 0]
    message = "every line follows" if wrong is None else f"line {wrong.number} {wrong.reason}"
    if missing:
        message += f"; not seen: {', '.join(missing)}"
    kind = "undecided" if verdict.undecided else "complete" if verdict.complete else "incomplete"
    return Assessment(None if verdict.undecided else share, message, understood, kind=kind, derivation=verdict)
