"""A notebook as Python: its code cells, their magics translated, and a stand-in for the IPython that they talk to.

Reading happens where the submission runs, so a hostile notebook meets nobody else. nbformat and IPython are imported only when
a notebook turns up.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Callable, MutableMapping
from typing import Any

from .errors import InputError

REMEDY = "pip install nbformat ipython"
# Cell magics whose body is ordinary Python that the rest of the notebook relies on.
RUNS_BODY = frozenset({"time", "timeit", "capture", "prun"})


class NotANotebook(ValueError):
    """The file is no notebook that nbformat can read."""


def cells(raw: bytes) -> list[str]:
    """The source of every code cell, in order, of a notebook of format 3 or 4.

    Raises NotANotebook where the file is none, InputError where nbformat is not installed.
    """
    try:
        import nbformat
    except ImportError as error:
        raise InputError(f"Reading a notebook takes nbformat, which is not installed here: {REMEDY}") from error
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = nbformat.reads(raw.decode("utf-8-sig"), as_version=4)  # type: ignore[no-untyped-call]
        return [str(cell["source"]) for cell in book["cells"] if cell["cell_type"] == "code"]
    except Exception as error:  # nbformat lets KeyError, AttributeError and others of its own through on odd JSON
        raise NotANotebook(f"it cannot be read as a notebook ({type(error).__name__})") from error


def translate(cell: str) -> str:
    """The cell as plain Python: `%magic`, `!command` and `obj?` become calls of `get_ipython()`; line numbers stay.

    Raises InputError where the cell needs IPython and it is not installed.
    """
    try:
        ast.parse(cell)
    except (SyntaxError, ValueError):
        pass
    else:
        return cell
    try:
        from IPython.core.inputtransformer2 import TransformerManager
    except ImportError as error:
        raise InputError(f"This notebook uses IPython commands, and IPython is not installed here: {REMEDY}") from error
    try:
        return str(TransformerManager().transform_cell(cell))  # type: ignore[no-untyped-call]
    except SyntaxError:
        return cell


class FakeIPython:
    """Answers for `get_ipython()`. Magics that wrap Python run it; shell commands and all other magics do nothing.

    `save` receives the name and text of a `%%writefile` cell, so that a later cell can import the file.
    """

    def __init__(self, namespace: MutableMapping[str, Any], save: Callable[[str, str], None]) -> None:
        self._namespace = namespace
        self._save = save

    def run_cell_magic(self, name: str, line: str = "", body: str = "") -> None:
        """Run the body of `%%time` and its like; keep the file of `%%writefile`; leave the rest alone."""
        if name in RUNS_BODY:
            self._run(translate(body))
        elif name in {"writefile", "file"}:
            self._save(line.split()[-1].strip("\"'") if line.split() else "", body)

    def run_line_magic(self, name: str, line: str = "", *_: Any, **__: Any) -> None:
        """Run the statement of `%time`; leave the rest alone."""
        if name == "time":
            self._run(line)

    def getoutput(self, *_: Any, **__: Any) -> list[str]:
        """`files = !ls` finds nothing."""
        return []

    def __getattr__(self, name: str) -> Callable[..., None]:
        if name.startswith("__"):
            raise AttributeError(name)
        return _nothing

    def _run(self, source: str) -> None:
        exec(compile(source, "<magic>", "exec"), self._namespace)  # type: ignore[arg-type]  # a module's dict in practice


def _nothing(*_: Any, **__: Any) -> None:
    """Do nothing with anything."""
