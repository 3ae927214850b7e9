"""The course's code as a benchmark calls it: the references, and references with a known mistake laid over them.

mlp = functions("speech_hw4", "mlp")                         # mlp.train(...), mlp.predict(...)
bad = functions("speech_hw4", "mlp", ["mlp__relu_on_output"])
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from benchmarks.engine.task import HOUSE
from graders.kit.loading import CodeFolder, read_sources


class Functions:
    """The functions of one file of a set of files, as attributes."""

    def __init__(self, code: CodeFolder, module: str) -> None:
        """Take the set and the file's name without ".py"."""
        self._code, self._module = code, module

    def __getattr__(self, name: str) -> Callable[..., Any]:
        """Give a function that runs with its own set's files importable."""
        return self._code.function(self._module, name)


def functions(slug: str, module: str, mistakes: Sequence[str] = ()) -> Functions:
    """Give a reference file's functions, with the named mistakes of graders/<slug>/mistakes in it."""
    return Functions(_code(slug, tuple(mistakes)), module)


@cache
def _code(slug: str, mistakes: tuple[str, ...]) -> CodeFolder:
    folder = HOUSE / "reference" / slug
    sources: dict[str, str | bytes] = dict(read_sources(folder))
    for stem in mistakes:
        file = f"{stem.partition('__')[0]}.py"
        overlay = (HOUSE / "graders" / slug / "mistakes" / f"{stem}.py").read_text(encoding="utf-8")
        text = sources[file]
        sources[file] = (text if isinstance(text, str) else text.decode("utf-8")) + "\n\n" + overlay
    return CodeFolder(sources, folder)


def files(slug: str, *modules: str, mistakes: Sequence[str] = ()) -> tuple[str, ...]:
    """Name the files that such functions are made of, relative to the house, for `Case.sources`."""
    return (*(f"reference/{slug}/{one}.py" for one in modules), *(f"graders/{slug}/mistakes/{one}.py" for one in mistakes))
