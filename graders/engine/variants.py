"""The known mistakes of an assignment as submissions: the reference with one mistake in it, code or written answer."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from graders.kit.mistakes import load as load_overlays
from graders.kit.written import FILE
from graders.proof.mistakes import load_mistakes as load_formulas

from .course import Course

Files = dict[str, bytes]


@dataclass(frozen=True)
class Variant:
    """A submission that makes one known mistake. `title` is unique and fit for a file name; `file` is where the mistake is."""

    title: str
    file: str
    mistake: str
    lesson: str
    files: Files


def reference_files(course: Course, slug: str) -> Files:
    """The wanted files of the reference, and what lies in folders that its questions claim."""
    folder = course.reference(slug)
    assignment = course.assignment(slug)
    claimed = {name for question in assignment.questions for name in question.files if name.endswith("/")}
    within = [path for name in sorted(claimed) for path in sorted((folder / name).rglob("*")) if path.is_file()]
    files = {name: (folder / name).read_bytes() for name in assignment.files}
    return files | {path.relative_to(folder).as_posix(): path.read_bytes() for path in within}


def variants(course: Course, slug: str) -> Iterator[Variant]:
    """Every known mistake that one file or one answer can show, in the order of the mistakes' files."""
    right = reference_files(course, slug)
    for overlay in load_overlays(course.mistakes(slug), course.reference(slug)).known:
        files = {**right, **{name: text.encode() for name, text in overlay.sources.items() if name in right}}
        yield Variant(
            f"Mistake {overlay.file} {overlay.name}".replace("_", " "), overlay.file, overlay.name, overlay.lesson, files
        )
    if FILE in right:
        yield from _written(course, slug, right)


def _written(course: Course, slug: str, right: Files) -> Iterator[Variant]:
    """Mistakes in a written answer. A derivation has no single wrong answer; the suites' own tests have its wrong lines."""
    answers = tomllib.loads(right[FILE].decode("utf-8"))
    for path in sorted(course.mistakes(slug).glob("*.toml")):
        for mistake in load_formulas(path):
            if wrong := _wrong_answers(answers, mistake.part, mistake.formula):
                title = "".join(c if c.isalnum() or c in " -.,'" else " " for c in f"Mistake {mistake.part} {mistake.name}")
                files = {**right, FILE: answers_file({**answers, **wrong})}
                yield Variant(" ".join(title.split()), path.name, mistake.name, mistake.lesson, files)


def _wrong_answers(answers: dict[str, dict[str, Any]], part: str, formula: str) -> dict[str, dict[str, Any]]:
    """The answers that make a mistake; none where it is in a derivation.

    A mistake of part `q1.distance.KL` is one in `q1.distance` of those who chose KL in its companion, `q1.distance_name`.
    """
    if "answer" in answers.get(part, {}):
        return {part: {"answer": formula}}
    base, _, choice = part.rpartition(".")
    companions = [name for name in answers if name.startswith(f"{base}_")]
    if "answer" not in answers.get(base, {}) or len(companions) != 1:
        return {}
    return {base: {"answer": formula}, companions[0]: {"answer": choice}}


def answers_file(answers: dict[str, dict[str, Any]]) -> bytes:
    """Written answers as TOML. A JSON string is a TOML string as long as it holds no character beyond the first plane."""
    lines = []
    for part, table in answers.items():
        lines.append(f"[{json.dumps(part)}]")
        lines += [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in table.items()]
    return "\n".join(lines).encode()
