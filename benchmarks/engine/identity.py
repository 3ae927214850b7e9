"""When two runs are the same run: one hash of task, config, seed, size, device, data, and the code that is compared.

Versions of packages and the machine do not enter: they are in the record, and a table shows them; else no run could be continued
after an update. Code is compared without comments, docstrings and blank lines, so that a better comment repeats nothing.
"""

from __future__ import annotations

import ast
import hashlib
import io
import json
import tokenize
from collections.abc import Iterable, Sequence
from pathlib import Path

from benchmarks.engine.record import DataUsed
from benchmarks.engine.task import HOUSE, Case, Task

VERSION = 1
"""Raise it when the ingredients change: all identities become new ones."""
LENGTH = 32
"""Hex digits kept: 128 bits."""


def identify(task: Task, case: Case, seed: int, size: str, device: str, data: Sequence[DataUsed], code: str) -> str:
    """Give the identity of one run."""
    parts = {
        "identity": VERSION,
        "task": [task.name, task.version],
        "config": case.config,
        "seed": seed,
        "size": size,
        "device": device,
        "data": sorted([one.name, one.fingerprint] for one in data),
        "code": code,
    }
    spelt = json.dumps(parts, sort_keys=True, ensure_ascii=False, allow_nan=False)
    return hashlib.sha256(spelt.encode("utf-8")).hexdigest()[:LENGTH]


def code_fingerprint(files: Iterable[Path]) -> str:
    """Hash what files do: names relative to the house, and their code without comments and docstrings."""
    sha = hashlib.sha256()
    for path in sorted(set(files)):
        name = path.relative_to(HOUSE).as_posix() if path.is_relative_to(HOUSE) else path.name
        text = path.read_text(encoding="utf-8")
        sha.update(f"{name}\0{essence(text) if path.suffix == '.py' else text}\0".encode())
    return sha.hexdigest()[:LENGTH]


def essence(source: str) -> str:
    """Strip comments, docstrings, blank lines and trailing spaces from Python source."""
    lines = source.splitlines()
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            row, column = token.start
            lines[row - 1] = lines[row - 1][:column]
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and ast.get_docstring(
            node, False
        ):
            doc = node.body[0]
            for row in range(doc.lineno, (doc.end_lineno or doc.lineno) + 1):
                lines[row - 1] = ""
    return "\n".join(line.rstrip() for line in lines if line.strip())
