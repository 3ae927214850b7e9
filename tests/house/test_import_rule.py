"""Imports go down only. The source is walked, imports inside functions included."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

HOUSE = Path(__file__).resolve().parents[2]
ROOMS = ("assignments", "benchmarks", "graders", "reference", "reports", "seeds")
RECORD_TYPES = (
    "graders.kit.outcome",
    "graders.kit.assignment",
    "graders.engine.records",
    "benchmarks.engine.findings",
    "seeds.figures",
)
SUITE_MAY = ("graders.kit", "graders.proof", "reference", "seeds")


def allowed(file: str) -> tuple[str, ...]:
    """The prefixes of ours that a file of the house may import."""
    parts = file.split("/")
    if parts[0] == "seeds":
        return ("seeds",)
    if parts[0] == "reports":
        return ("reports", *RECORD_TYPES)
    if parts[0] == "benchmarks":
        return ("benchmarks", "reference", "seeds", "graders")  # thresholds are calibrated on the suites themselves
    if parts[0] == "assignments":
        return ("graders.kit",)
    if parts[0] == "reference":
        return ()
    if parts[:2] == ["graders", "kit"]:
        return ("graders.kit",)
    if parts[:2] == ["graders", "proof"]:
        return ("graders.proof", "graders.kit")
    if parts[:2] == ["graders", "engine"]:
        return ("graders.engine", "graders.proof", "graders.kit", "seeds")
    if len(parts) > 2:
        return (*SUITE_MAY, f"graders.{parts[1]}")
    return ("",)  # graders.cli and the files beside it may import everything


def imports(path: Path) -> Iterator[str]:
    """Every module that a file imports, relative ones made absolute."""
    package = path.relative_to(HOUSE).with_suffix("").parts[:-1]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            module = ".".join([*base, *([node.module] if node.module else [])])
            yield from (f"{module}.{alias.name}" for alias in node.names)


def trespasses(file: str, found: Iterator[str]) -> list[str]:
    """The imports of ours that the rule does not allow in this file."""
    ours = [name for name in found if name.split(".")[0] in ROOMS]
    may = allowed(file)
    return [name for name in ours if not any(name == prefix or name.startswith(f"{prefix}.") or not prefix for prefix in may)]


def sources() -> list[Path]:
    """Every Python file of the product; hostile submissions and the benchmarks' own courses are not of the house."""
    found = [path for room in ROOMS for path in sorted((HOUSE / room).rglob("*.py"))]
    return [path for path in found if "hostile" not in path.parts and "courses" not in path.parts]


def test_nobody_imports_upwards() -> None:
    found = {str(path.relative_to(HOUSE)): imports(path) for path in sources()}
    broken = {file: bad for file, names in found.items() if (bad := trespasses(file, names))}
    assert not broken
    assert len(found) > 30


@pytest.mark.parametrize(
    ("file", "module"),
    [
        ("seeds/x.py", "graders.kit.errors"),
        ("graders/kit/x.py", "graders.engine.ledger"),
        ("graders/engine/x.py", "reports.render"),
        ("reports/x.py", "graders.engine.ledger"),
        ("reference/speech_hw4/x.py", "seeds.determinism"),
        ("graders/speech_hw4/x.py", "graders.engine.session"),
        ("assignments/speech_hw4/checks/x.py", "reference.speech_hw4.mlp"),
    ],
)
def test_the_rule_bites(file: str, module: str) -> None:
    assert trespasses(file, iter([module])) == [module]


NAMES = {"IPython": "ipython", "markdown_it": "markdown-it-py", "mdit_py_plugins": "mdit-py-plugins", "xdist": "pytest-xdist"}
COME_ALONG = {"markupsafe", "_pytest", "execnet"}  # with jinja2, pytest and pytest-xdist


def test_what_is_imported_at_once_is_a_dependency() -> None:
    """A module of the product that imports an optional package at its head breaks for everyone who has not installed it."""
    declared = tomllib.loads((HOUSE / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    dependencies = {re.split(r"[<>=\[]", line)[0].lower() for line in declared}
    missing: dict[str, list[str]] = {}
    for path in sources():
        room = path.relative_to(HOUSE).parts[0]
        if room not in {"graders", "reports", "seeds"}:
            continue
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and not node.level:
                names = [node.module or ""]
            for name in {name.split(".")[0] for name in names} - set(ROOMS) - set(sys.stdlib_module_names) - COME_ALONG:
                if NAMES.get(name, name).lower() not in dependencies and name not in {"kit", "inside"}:
                    missing.setdefault(name, []).append(str(path.relative_to(HOUSE)))
    assert not missing
    assert "sympy" in dependencies


def test_the_kit_imports_itself_relatively() -> None:
    """It is called `kit` in the sandbox and `graders.kit` in a student's folder."""
    for path in sorted((HOUSE / "graders" / "kit").rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        absolute = [
            node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("graders")
        ]
        assert not absolute, path
