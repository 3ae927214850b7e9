"""Which of a submission's files are the assignment's: pure functions over relative posix paths.

A wanted file is found through wrapper folders, through a difference in case only, and through the ` (1)` of a browser. Any other
likeness is told to the student and not acted on, since guessing wrong would grade the wrong file.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence

from .names import by_notebook, display, gradable, listed
from .sources import relative

_LIKENESS = 0.75  # difflib ratio of two stems from which one is taken for a misspelling of the other


def tidy(path: str) -> str:
    """The path as it would be without a browser's ` (1)` and in lower case."""
    return re.sub(r"\s?\([0-9]{1,3}\)(?=\.[^./]+$)", "", path).casefold()


def root_of(paths: Iterable[str], wanted: Sequence[str]) -> str:
    """The folder ("" is the top) that holds most of the wanted files; where none holds any, the one around all code.

    Of equals the one least deep counts, then the first by name.
    """
    paths = list(paths)
    held: dict[str, set[str]] = {}
    for path in paths:
        for name in wanted:
            if (folder := _holder(path, name)) is not None:
                held.setdefault(folder, set()).add(name)
    if held:
        return min(held, key=lambda folder: (-len(held[folder]), len(folder.split("/")) if folder else 0, folder))
    return _around([path for path in paths if gradable(path, wanted)])


def _holder(path: str, name: str) -> str | None:
    clean, target = tidy(path), tidy(name)
    if clean == target:
        return ""
    if not clean.endswith(f"/{target}"):
        return None
    steps = path.split("/")
    return "/".join(steps[: len(steps) - len(name.split("/"))])


def _around(paths: Sequence[str]) -> str:
    if not paths:
        return ""
    common: list[str] = []
    for steps in zip(*(path.split("/")[:-1] for path in paths), strict=False):
        if len(set(steps)) > 1:
            break
        common.append(steps[0])
    return "/".join(common)


def within(paths: Iterable[str], root: str, wanted: Sequence[str]) -> tuple[dict[str, str], list[str]]:
    """The files to grade: (where each lies -> the path it is graded under, notes).

    Files outside `root` are left aside, but for a wanted file that the root lacks and that is there exactly once.
    """
    paths = list(paths)
    chosen = {path: relative(path, root) for path in paths if not root or path.startswith(f"{root}/")}
    outside = [path for path in paths if path not in chosen]
    notes = []
    for name in wanted:
        if any(tidy(path) == tidy(name) for path in chosen.values()):
            continue
        elsewhere = [path for path in outside if tidy(path).endswith(f"/{tidy(name)}") or tidy(path) == tidy(name)]
        if len(elsewhere) == 1:
            chosen[elsewhere[0]] = name
            notes.append(f"{name} was taken from {display(elsewhere[0])}. Keep all files in one folder.")
    aside = [path for path in outside if path not in chosen and gradable(path, wanted)]
    if aside:
        notes.append(f"The files in {display(root)}/ were graded. Left aside, outside it: {listed(aside)}.")
    return chosen, notes


def mend(paths: Mapping[str, str], wanted: Sequence[str]) -> tuple[dict[str, str], list[str]]:
    """Give files that are wanted but for case or a ` (1)` their right names; say what is missing and what comes near.

    `paths` maps where a file lies to the path it is graded under; the result is the same with mended paths.
    """
    mended = dict(paths)
    notes = []
    for name in wanted:
        alike = {lies: path for lies, path in mended.items() if tidy(path) == tidy(name)}
        if name not in alike.values():
            if not alike:
                notes.append(_missing(name, [path for path in mended.values() if path not in wanted]))
                continue
            lies = max(alike, key=lambda item: (_copy_number(item), item))
            notes.append(f"{display(alike[lies])} was taken as {name}. Name it exactly {name} next time.")
            mended[lies] = name
        others = [lies for lies in alike if mended[lies] != name]
        if others:
            notes.append(f"{name} was graded. Left aside, the same but for its name: {listed(alike[item] for item in others)}.")
        for lies in others:
            del mended[lies]
    return mended, notes


def _copy_number(path: str) -> int:
    match = re.search(r"\(([0-9]{1,3})\)\.[^./]+$", path)
    return int(match[1]) if match else 0


def _missing(name: str, others: Sequence[str]) -> str:
    if by_notebook([name]) and any(other.lower().endswith(".ipynb") for other in others):
        return f"There is no {name}; the notebook's cells are graded in its place."
    near = [other for other in others if _near(other, name)]
    if near:
        return f"{name} is missing. {listed(near)} looks like it: if it is, name it exactly {name} and upload again."
    return f"{name} is missing, so whatever is asked of it cannot be graded."


def _near(path: str, name: str) -> bool:
    stem, target = (text.rpartition("/")[2].casefold().partition(".")[0] for text in (path, name))
    if not path.lower().endswith((".py", ".txt")) and not gradable(path, [name]):
        return False
    return target in stem or sorted(stem) == sorted(target) or difflib.SequenceMatcher(None, stem, target).ratio() >= _LIKENESS
