"""The bundled class of `sanjeh demo`: every kind of submission that a real inbox holds, made from the assignment's own parts.

Right ones (the reference as files, as notebooks, as a zip), the untouched starter, submissions with a known mistake each (some of every
file's, or all), broken files, and the hostile ones of `hostile/`, each laid over the reference. The layout is Moodle's bulk download.
"""

from __future__ import annotations

import ast
import io
import json
import shutil
import tomllib
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from graders.kit.assignment import Assignment
from graders.kit.errors import InputError
from graders.kit.written import FILE

from .course import Course
from .variants import Files, Variant, answers_file, reference_files, variants

HOSTILE = Path(__file__).with_name("hostile")
HOSTILE_FORMULAS = {
    "Hostile tower of powers": "9**9**9**9",
    "Hostile nesting": "(" * 5000 + "1" + ")" * 5000,
    "Hostile call": "__import__('os').system('true')",
    "Hostile megabyte": "1+" * 60_000 + "1",
}
FIRST_ID = 1001
MISTAKES = 8
"""Known mistakes of each file in the class, unless told otherwise."""


def write_class(course: Course, slug: str, inbox: Path, mistakes: int = MISTAKES) -> Path:
    """Write the class to `inbox`, replacing one that an earlier demo wrote there. Raises InputError where it is something else.

    `mistakes` is how many known mistakes of each file are in it; 0 is all.
    """
    marker = inbox.with_name(inbox.name + ".made-by-sanjeh-demo")
    if inbox.exists():
        if not marker.exists():
            raise InputError(f"{inbox} exists and was not made by `sanjeh demo`; choose another folder with -o")
        shutil.rmtree(inbox)
    inbox.mkdir(parents=True)
    marker.touch()
    for number, (name, files) in enumerate(_submissions(course, slug, mistakes), start=FIRST_ID):
        folder = inbox / f"{name}_{number}_assignsubmission_file_"
        folder.mkdir()
        for path, content in files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(content)
    return inbox


def _submissions(course: Course, slug: str, mistakes: int) -> Iterator[tuple[str, Files]]:
    assignment = course.assignment(slug)
    right = reference_files(course, slug)
    last = assignment.files[-1]
    yield "Reference", right
    yield "Starter", _files(course.starter(slug))
    yield "Zip in a folder", {"homework.zip": _zip(right)}
    yield "سارا احمدی", right
    yield "=cmd(), Mallory", right
    for variant in chosen(list(variants(course, slug)), mistakes):
        yield variant.title, variant.files
    yield "Empty files", dict.fromkeys(assignment.files, b"")
    yield "Syntax error", {**right, last: right[last] + b"\ndef broken(:\n"}
    yield "Not code", {"report.pdf": b"%PDF-1.4 not really"}
    yield "Broken zip", {"homework.zip": _zip(right)[:200]}
    if last.endswith(".py"):  # an assignment of written answers alone has no code
        yield "Notebook", _notebooks(assignment, right)
        yield from _code(right, last)
    if FILE in right:
        answers = tomllib.loads(right[FILE].decode())
        for name, formula in HOSTILE_FORMULAS.items():
            yield name, {**right, FILE: answers_file({part: {"answer": formula} for part in answers})}


def chosen(known: Sequence[Variant], each: int) -> list[Variant]:
    """So many variants of each file (0: all), spread evenly over its mistakes, in their order."""
    if not each:
        return list(known)
    by_file: dict[str, list[Variant]] = {}
    for variant in known:
        by_file.setdefault(variant.file, []).append(variant)
    picked = {id(own[round(place)]) for own in by_file.values() for place in _spread(len(own), each)}
    return [variant for variant in known if id(variant) in picked]


def _spread(size: int, count: int) -> list[float]:
    """`count` places from 0 to `size` - 1 at equal distances, or all."""
    return (
        [float(place) for place in range(size)] if size <= count else [place * (size - 1) / (count - 1) for place in range(count)]
    )


def _code(right: Files, last: str) -> Iterator[tuple[str, Files]]:
    """What only code can do wrong."""
    yield "Missing package", {**right, last: b"import a_package_that_nobody_has\n" + _after_future(right[last])}
    if len(right) > 1:
        yield "One file missing", {last: right[last]}
    for path in sorted(HOSTILE.glob("*.py")):
        yield f"Hostile {path.stem}".replace("_", " "), {**right, last: right[last] + b"\n\n" + path.read_bytes()}


def _notebooks(assignment: Assignment, right: Files) -> Files:
    """The reference as one notebook for each question that has code, since questions may use a name each in its own way."""
    files = {name: content for name, content in right.items() if not name.endswith(".py")}
    for question in assignment.questions:
        if code := {name: right[name] for name in question.files if name.endswith(".py")}:
            files[f"{question.id}.ipynb"] = notebook(code)
    return files


def _files(folder: Path) -> Files:
    return {
        path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.suffix in {".py", ".ipynb", ".toml", ".csv"}
    }


def notebook(files: Files) -> bytes:
    """Files of code as one notebook, as a student would hand it in: a magic, a cell that fails, and a cell per definition."""
    cells = ["%matplotlib inline\n!pip install numpy", "print(a_name_from_a_cell_that_was_deleted)"]
    own = {Path(name).stem for name in files}
    for content in files.values():
        text = content.decode()
        for node in ast.parse(text).body:
            sibling = isinstance(node, ast.ImportFrom) and node.module in own
            future = isinstance(node, ast.ImportFrom) and node.module == "__future__"
            if not sibling and not future:
                start = min([node.lineno, *[line.lineno for line in getattr(node, "decorator_list", [])]])
                cells.append("\n".join(text.splitlines()[start - 1 : node.end_lineno]))
    empty: dict[str, object] = {"cell_type": "code", "metadata": {}, "execution_count": None, "outputs": []}
    rows = [{**empty, "id": f"cell-{number}", "source": cell} for number, cell in enumerate(cells)]
    return json.dumps({"cells": rows, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()


def _after_future(content: bytes) -> bytes:
    """The file without its `from __future__` lines, so that other lines may stand before it."""
    return b"\n".join(line for line in content.splitlines() if not line.startswith(b"from __future__"))


def _zip(files: Files) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(f"my homework/{name}", content)
    return buffer.getvalue()
