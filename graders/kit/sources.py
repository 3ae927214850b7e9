"""The source files of a submission or of the reference: reading them, and laying a known mistake over one."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from pathlib import Path


def read_sources(path: Path) -> dict[str, bytes]:
    """The `.py` and `.ipynb` files of a folder and of the packages (folders with `__init__.py`) in it, or the one file."""
    if path.is_file():
        return {path.name: path.read_bytes()}
    sources: dict[str, bytes] = {}
    for entry in sorted(path.iterdir()):
        if entry.is_file() and entry.suffix in {".py", ".ipynb"} and not entry.name.startswith("."):
            sources[entry.name] = entry.read_bytes()
        elif entry.is_dir() and (entry / "__init__.py").is_file():
            sources.update({f"{entry.name}/{name}": raw for name, raw in read_sources(entry).items() if name.endswith(".py")})
    return sources


def variant(sources: Mapping[str, str], file: str, overlay: str) -> dict[str, str]:
    """The sources with a mistake laid over one file: the overlay, without its docstring, appended to it."""
    name = file if file.endswith(".py") else f"{file}.py"
    body = ast.parse(overlay).body
    if body and ast.get_docstring(ast.Module(body, [])) is not None:
        overlay = "\n".join(overlay.splitlines()[body[0].end_lineno :])
    return {**sources, name: f"{sources[name].rstrip()}\n\n\n{overlay.strip()}\n"}
