"""Which copy of a data set is in use: a real one chosen for this run, else the real one that this user linked, else the embedded one.

A choice for one run is an environment variable, so that worker processes inherit it. Links are remembered in `links.json` under
`$SANJEH_CONFIG` or the user's configuration folder.
"""

from __future__ import annotations

import json
import os
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from filelock import FileLock
from platformdirs import user_config_path

from seeds import exported
from seeds.datasets import Dataset, get
from seeds.errors import DataError

EMBEDDED = "embedded"
"""In place of a path: the embedded set, whatever is linked."""


@dataclass(frozen=True)
class Choice:
    """Where a data set comes from: "run" (chosen for this run), "link" (remembered) or "embedded" (then `path` is None)."""

    kind: Literal["run", "link", "embedded"]
    path: Path | None = None


def use(name: str, path: Path | str) -> None:
    """Use the real copy at `path`, or `EMBEDDED`, from now on, in this process and in those that it starts.

    Raises:
        DataError: there is no such data set.
    """
    os.environ[_variable(get(name).name)] = str(path)


def chosen(name: str) -> Choice:
    """Tell which copy is in use, without reading it.

    Raises:
        DataError: there is no such data set, or the links cannot be read.
    """
    named = os.environ.get(_variable(get(name).name), "")
    if named:
        return Choice("embedded") if named == EMBEDDED else Choice("run", Path(named))
    linked = links().get(name)
    return Choice("link", linked) if linked else Choice("embedded")


def active(name: str) -> Dataset:
    """Give the data set that is in use, the same one for the whole run: a link made meanwhile counts from the next.

    Raises:
        DataError: there is no such data set, or the copy has faults; every fault is named.
    """
    choice = chosen(name)
    use(name, choice.path or EMBEDDED)  # workers that start later must not see another link
    try:
        return _load(name, choice.path)
    except DataError as error:
        if choice.kind != "link":
            raise
        problems = (*error.problems, f"`sanjeh data unlink {name}` goes back to the embedded set")
        raise DataError(f"the linked copy of {name} fails: {str(error).splitlines()[0]}", problems) from error


@cache
def _load(name: str, path: Path | None) -> Dataset:
    spec = get(name)
    return exported.load(spec, path) if path else spec.make()


def _variable(name: str) -> str:
    return f"SANJEH_DATA_{name.upper()}"


# --------------------------------------------------------------------------------------------------------------- links


def folder() -> Path:
    """Give the configuration folder: `$SANJEH_CONFIG`, or the user's own."""
    named = os.environ.get("SANJEH_CONFIG", "")
    return Path(named).expanduser() if named else user_config_path("sanjeh", appauthor=False)


def links() -> dict[str, Path]:
    """Give the linked copies by name of the data set.

    Raises:
        DataError: the file of links is damaged.
    """
    path = folder() / "links.json"
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
        return {str(name): Path(place) for name, place in stored.items()}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise DataError(f"{path} cannot be read as links ({error}): remove it, then link your data sets again") from error


def link(name: str, path: Path) -> None:
    """Remember a real copy for this user; it is verified first.

    Raises:
        DataError: there is no such data set, the copy has faults (all are named), or the links cannot be written.
    """
    path = path.expanduser().resolve()
    problems = exported.verify(get(name), path)
    if problems:
        raise DataError(f"{path} cannot be used as {name}; nothing was linked. {len(problems)} problem(s):", problems)
    _change(name, path)


def unlink(name: str) -> None:
    """Forget the copy; its files stay as they are.

    Raises:
        DataError: none is linked under that name (a set that is gone may still be forgotten), or the links cannot be written.
    """
    if name not in links():
        known = ", ".join(sorted(links())) or "none is"
        raise DataError(f"no copy of {name!r} is linked; linked: {known}")
    _change(name, None)


def _change(name: str, path: Path | None) -> None:
    """Rewrite the file of links in one step, as seen by every reader."""
    place = folder()
    try:
        place.mkdir(parents=True, exist_ok=True)
        with FileLock(place / "links.lock"):
            stored = {key: str(value) for key, value in links().items() if key != name}
            if path is not None:
                stored[name] = str(path)
            handle, temporary = tempfile.mkstemp(dir=place, prefix="links", suffix=".new")
            try:
                with os.fdopen(handle, "w", encoding="utf-8") as stream:
                    json.dump(stored, stream, indent=2, sort_keys=True, ensure_ascii=False)
                Path(temporary).replace(place / "links.json")
            except BaseException:
                Path(temporary).unlink(missing_ok=True)
                raise
    except OSError as error:
        raise DataError(f"the links in {place} cannot be written ({error}): set SANJEH_CONFIG to a folder that can") from error
