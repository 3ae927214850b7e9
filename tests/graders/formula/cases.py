"""The corpus of answers, read from `corpus.toml`."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

from graders.engine.proof import Options
from graders.kit.formula import Context

CORPUS = Path(__file__).with_name("corpus.toml")


@dataclass(frozen=True)
class Case:
    """One answer: the question it answers, the right formula, and whether it is right, wrong or unreadable."""

    question: str
    context: Context
    right: str
    options: Options
    answer: str
    expected: str
    why: str


def contexts(path: Path = CORPUS) -> dict[str, Context]:
    """The contexts of the corpus by name."""
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    return {name: Context.from_dict(table) for name, table in data["contexts"].items()}


def cases(path: Path = CORPUS) -> list[Case]:
    """Every answer of the corpus."""
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    known = contexts(path)
    found = []
    for question in data["questions"]:
        options = Options(
            up_to=question.get("up_to", ""),
            free_of=tuple(question.get("free_of", ())),
            transposed=question.get("transposed", False),
        )
        for expected in ("right", "wrong", "unreadable"):
            for answer, why in question.get(expected, ()):
                context = known[question["context"]]
                found.append(Case(question["id"], context, question["answer"], options, answer, expected, why))
    return found
