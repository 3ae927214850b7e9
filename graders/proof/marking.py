"""From an assessment to the end of a check: what suites of written questions are made of.

    MARKER = Marker.load(Path(__file__).parent)             # key.toml and mistakes/*.toml of the slug

    @check("q1.mle")
    def test_mle(answers):  # its docstring is what the student reads
        settle(MARKER.mark(answers, "q1.mle"))

`answers` is the submission: `answers.parts` maps ids to parts, `answers.get(id)` gives the answer or None.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

from graders.kit import award
from graders.kit.errors import CheckFailed, CourseError, FormulaError, Undecided
from graders.kit.formula import Context, Node, Shape, parse_statement, to_plain
from graders.kit.formula.answers import Answer, Part
from graders.kit.formula.tree import free_names
from graders.kit.outcome import Finding

from .key import Assessment, Key, assess, load_key
from .mistakes import load_mistakes
from .simple import judge_choice, judge_number, read_number
from .verdict import Kind

MESSAGE_CHARACTERS = 700
"""A counter-example with matrices is long; the student reads the first part of it."""


REMEMBERED = 10_000
"""Verdicts that a marker keeps: a class of 500 writes fewer different ones, and they are small."""


class Answers(Protocol):
    """What a check sees of one submission's answers.toml."""

    @property
    def parts(self) -> Mapping[str, Part]:
        """Every part that the course asks for."""
        ...

    def get(self, part: str) -> Answer | None:
        """Her answer to a part, None where there is none."""
        ...


@dataclass(frozen=True)
class Marker:
    """Right answers and known mistakes of one assignment.

    What was decided is remembered: many students write the same, and a part and an answer decide the verdict alone.
    """

    key: Key
    decided: dict[tuple[Part, Answer | None], Assessment] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def load(cls, folder: Path) -> Marker:
        """Read `key.toml` and `mistakes/*.toml` of a suite's folder.

        Raises CourseError where a file is wrong, or a mistake belongs to a part that the key does not have.
        """
        key = load_key(folder / "key.toml")
        mistakes = [mistake for path in sorted((folder / "mistakes").glob("*.toml")) for mistake in load_mistakes(path)]
        if strange := sorted({mistake.part for mistake in mistakes} - set(key.rights)):
            raise CourseError(f"{folder / 'mistakes'}: mistakes of parts that the key does not have: {', '.join(strange)}")
        return cls(replace(key, mistakes=(*key.mistakes, *mistakes)))

    def mark(
        self, answers: Answers, part_id: str, *, right: str = "", earlier: Mapping[str, str] | None = None, carry: bool = True
    ) -> Assessment:
        """What the answer to one part earns.

        `right` is the entry of the key where it is not that of the part itself. `earlier` maps names of the context to the parts
        that they are the results of: the answer is judged with the right results first, then, where it is wrong in no known way,
        with her own (error carried forward; `carry=False` leaves that out).
        """
        part, answer = answers.parts[part_id], answers.get(part_id)
        key_part = replace(part, id=right or part_id)
        earlier = earlier or {}
        rights = {name: str(self.key.rights[source].right) for name, source in earlier.items()}
        result = self._assess(replace(key_part, context=defined(part.context, rights)), answer)
        if not carry or result.kind != Kind.REFUTED.value or result.mistake:
            return result
        hers = {name: formula for name, source in earlier.items() if (formula := _own(answers, source, name, part.context))}
        for names in _choices(tuple(hers)):
            context = defined(part.context, {**rights, **{name: hers[name] for name in names}})
            again = self._assess(replace(key_part, context=context), answer)
            if again.share == 1.0:
                return replace(again, message=f"it follows from your own {' and '.join(names)}", kind="carried")
        return result

    def _assess(self, part: Part, answer: Answer | None) -> Assessment:
        found = self.decided.get((part, answer))
        if found is None:
            found = self._judge(part, answer)
            if found.share is not None and len(self.decided) < REMEMBERED:  # what could not be decided may be next time
                self.decided[part, answer] = found
        return found

    def _judge(self, part: Part, answer: Answer | None) -> Assessment:
        result = assess(part, answer, self.key)
        if answer is None or part.kind not in ("number", "choice") or result.kind != Kind.REFUTED.value:
            return result
        for mistake in self.key.mistakes:
            if mistake.part == part.id and _is_that(part, answer.text, mistake.formula):
                return replace(result, mistake=mistake.name, lesson=mistake.lesson)
        return result


def settle(*results: Assessment) -> None:
    """End a check by what its answers earn, each weighing the same.

    Raises CheckFailed where they earn nothing, Undecided (the check stays ungraded) where only a TA can decide one of them.
    """
    if any(result.share is None for result in results):
        reasons = "; ".join(result.message for result in results if result.share is None)
        raise Undecided(f"This answer could not be decided, a TA looks at it: {reasons}")
    share = sum(result.share or 0.0 for result in results) / len(results)
    if share > 0:
        award(min(share, 1.0), " / ".join(_words(result, teach=True) for result in results))
        return
    message = " / ".join(_words(result) for result in results)
    first = next((result for result in results if result.mistake), results[0])
    raise CheckFailed(
        Finding(
            message=message,
            got=first.got,
            wanted=first.wanted,
            inputs=first.inputs,
            mistake=first.mistake,
            lesson=first.lesson,
        )
    )


def defined(context: Context, formulas: Mapping[str, str]) -> Context:
    """The context with some of its free names standing for formulas.

    Raises CourseError where it has no such name.
    """
    if missing := set(formulas) - {name.name for name in context.names}:
        raise CourseError(f"the context does not have {', '.join(sorted(missing))}")
    names = []
    for name in context.names:
        if name.name in formulas:
            name = replace(name, formula=formulas[name.name], low=None, high=None, integer=False, shape=(), draw="")
        names.append(name)
    return replace(context, names=tuple(names))


def own_tree(answers: Answers, part_id: str) -> tuple[Node, Shape] | None:
    """Her formula for a part and its shape; None where there is none that can be read."""
    answer = answers.get(part_id)
    if answer is None:
        return None
    try:
        statement = parse_statement(answer.text, answers.parts[part_id].context, answer.notation)
    except FormulaError:
        return None
    return statement.answer, statement.shapes[-1]


def _own(answers: Answers, source: str, name: str, context: Context) -> str:
    """Her formula for an earlier result, to stand for its name; "" where it cannot (unreadable, of another shape, a constant)."""
    found = own_tree(answers, source)
    wanted = next(declared.shape for declared in context.names if declared.name == name)
    if found is None or found[1] != wanted or not free_names(found[0]) or name in free_names(found[0]):
        return ""
    return to_plain(found[0])


def _choices(names: tuple[str, ...]) -> list[tuple[str, ...]]:
    """Which earlier results may be hers, the most recent first."""
    chosen = [pick for size in range(1, len(names) + 1) for pick in itertools.combinations(reversed(names), size)]
    return [tuple(name for name in names if name in pick) for pick in chosen]


def _is_that(part: Part, text: str, mistake: str) -> bool:
    if part.kind == "choice":
        return judge_choice(text, mistake).accepted
    return judge_number(text, read_number(mistake)).accepted


def _words(result: Assessment, *, teach: bool = False) -> str:
    """What the student reads about one answer: the verdict, then her answer as it was understood.

    `teach` adds the lesson of a known mistake, where the finding has no place for it.
    """
    read = f" Read as: {result.understood}" if result.understood and result.kind not in ("unreadable", "missing") else ""
    lesson = f" This is a known mistake ({result.mistake}): {result.lesson}" if result.mistake and teach else ""
    return f"{result.message[:MESSAGE_CHARACTERS]}.{lesson}{read}"[: 2 * MESSAGE_CHARACTERS]
