"""Where in a submission an exception comes from, told from a traceback that nobody vouches for."""

from __future__ import annotations

import builtins
import importlib
import linecache
import sys
import weakref
from collections.abc import Iterable
from types import TracebackType

from .blame import KINDS, MAX_DETAIL

_IMPORTLIB = ("<frozen importlib", importlib.__file__)
# By identity: a student's metaclass may lie about names and equality.
_KINDS = {id(getattr(builtins, name)): name for name in KINDS}
# A traceback of runaway recursion has thousands of entries; the last ones tell the story.
MAX_FRAMES = 20


class Tracer:
    """Knows the code of one set of files by the names under which it was compiled. `base` makes those names unique."""

    def __init__(self, base: str) -> None:
        self.base = base
        self._places: dict[str, tuple[str, int]] = {}
        weakref.finalize(self, _forget, self._places).atexit = False

    def filename(self, file: str, cell: int = 0) -> str:
        """The name under which a file or a notebook's cell is compiled."""
        return f"{self.base}/{file}" + (f"#cell{cell}" if cell else "")

    def register(self, file: str, source: str | bytes, cell: int = 0) -> str:
        """Remember a piece of code, so that tracebacks show its lines; returns its name."""
        name = self.filename(file, cell)
        self._places[name] = (file, cell)
        text = source.decode("utf-8", "replace") if isinstance(source, bytes) else source
        linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
        return name

    def innermost(self, error: BaseException) -> tuple[str, int, int]:
        """File, cell and line of the innermost place in the submission; ("", 0, 0) where there is none."""
        if isinstance(error, SyntaxError) and isinstance(error.filename, str) and error.filename in self._places:
            return (*self._places[error.filename], error.lineno if isinstance(error.lineno, int) else 0)
        own = self._own_frames(error.__traceback__)
        return (*self._places[own[-1][0]], own[-1][1]) if own else ("", 0, 0)

    def _own_frames(self, traceback: TracebackType | None) -> list[tuple[str, int, str]]:
        own = []
        while traceback is not None:
            code = traceback.tb_frame.f_code
            if code.co_filename in self._places:
                own.append((code.co_filename, traceback.tb_lineno, code.co_name))
            traceback = traceback.tb_next
        return own

    @staticmethod
    def kind(error: BaseException) -> str:
        """The name of the nearest built-in class of the exception."""
        return next((_KINDS[id(base)] for base in type(error).__mro__ if id(base) in _KINDS), "Exception")

    def describe(self, error: BaseException) -> str:
        """The lines of the submission that led to the exception, and its own words. Free text, at most `MAX_DETAIL` long."""
        lines = []
        for name, number, function in self._own_frames(error.__traceback__)[-MAX_FRAMES:]:
            file, cell = self._places[name]
            place = file + (f", cell {cell}" if cell else "")
            lines.append(f"{place}, line {number}, in {function}")
            lines.append("    " + linecache.getline(name, number).strip()[:200])
        try:
            words = str(error)[:MAX_DETAIL]
        except BaseException:  # an exception whose own __str__ raises
            words = "(its text cannot be read)"
        lines.append(f"{type(error).__name__[:100]}: {words}" if words else type(error).__name__[:100])
        return "\n".join(lines)[:MAX_DETAIL]

    def called_by_submission(self) -> bool:
        """Whether the import under way was asked for by a file of the submission, not by a library."""
        frame = sys._getframe(2)
        while frame is not None and frame.f_code.co_filename.startswith(_IMPORTLIB):
            if frame.f_back is None:
                return False
            frame = frame.f_back
        return frame.f_code.co_filename in self._places


def _forget(names: Iterable[str]) -> None:
    """Let go of the lines of code that is gone; a class has hundreds of submissions."""
    for name in names:
        linecache.cache.pop(name, None)
