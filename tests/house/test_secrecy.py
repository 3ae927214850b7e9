"""What a student receives holds nothing of the reference or of the hidden suites."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from graders.engine.course import Course
from graders.engine.release import release

COURSE = Course()
TELLING = 30  # characters; shorter lines (`return 0`, `import numpy as np`) say nothing
# Longer ones that anybody writes, and that the released kit needs itself.
IDIOMS = {
    "@dataclass(frozen=True, eq=False)",
    'with np.errstate(invalid="ignore"):',
    "def call(module: str, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:",
}


def telling_lines(paths: list[Path]) -> set[str]:
    """The lines of files that would give something away."""
    lines = (line.strip() for path in paths for line in path.read_text(encoding="utf-8").splitlines())
    return {line for line in lines if len(line) >= TELLING and not line.startswith(("import ", "from ", '"""', "#"))}


def code_lines(folder: Path) -> set[str]:
    """Telling lines of every Python file under a folder."""
    return telling_lines(sorted(folder.rglob("*.py")))


@pytest.mark.parametrize("slug", COURSE.slugs())
def test_the_kit_gives_nothing_away(slug: str, tmp_path: Path) -> None:
    path = release(COURSE.assignment(slug).folder, tmp_path)
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        released = {line.strip() for name in names for line in archive.read(name).decode(errors="replace").splitlines()}
    secret = code_lines(COURSE.reference(slug)) | code_lines(COURSE.hidden_suite(slug))
    # Signatures and docstrings are the assignment's own text: starter and reference share them.
    shared = code_lines(COURSE.starter(slug)) | code_lines(COURSE.public_suite(slug))
    assert len(secret) > 50
    assert not (secret - shared - IDIOMS) & released
    assert not [name for name in names if "/mistakes/" in name or name.startswith("reference")]


@pytest.mark.parametrize("slug", COURSE.slugs())
def test_the_starter_is_no_solution(slug: str) -> None:
    """What starter and reference share is signatures and docstrings: no statement of a function's body."""
    import ast

    def statements(folder: Path) -> set[str]:
        found = set()
        for path in sorted(folder.glob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.FunctionDef):
                    found |= {ast.unparse(step) for step in node.body if not isinstance(step, ast.Expr)}
        return found

    assert not statements(COURSE.starter(slug)) & statements(COURSE.reference(slug))
