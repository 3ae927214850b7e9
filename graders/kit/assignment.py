"""An assignment as its `assignment.toml` states it: questions, checks, points, bands, budgets and rubric.

The file is the one place where points and thresholds live. `load` validates it and names every fault with its place.
"""

from __future__ import annotations

import itertools
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .errors import CourseError

LANGUAGES = ("en", "fa")
DEFAULT_SECONDS = 5.0
SHARED = ("packages", "forbidden", "memory_mb", "datasets")  # said for the assignment, or by a question for itself


@dataclass(frozen=True)
class Band:
    """Points as a step function of a metric: `share` of a check's points from `floor` on (inclusive)."""

    floor: float
    share: float


@dataclass(frozen=True)
class CheckSpec:
    """One automatic check. `seconds` is the CPU budget of each call that it makes; `bands` rise in floor and share."""

    id: str
    points: float
    title: dict[str, str]
    section: str
    seconds: float
    bands: tuple[Band, ...]


@dataclass(frozen=True)
class RubricItem:
    """Points that a TA gives by hand."""

    id: str
    points: float
    title: dict[str, str]
    section: str


@dataclass(frozen=True)
class Environment:
    """What a submission runs in: `packages` are pre-imported in the sandbox, `forbidden` cannot be imported there."""

    packages: tuple[str, ...]
    forbidden: tuple[str, ...]
    memory_mb: int


@dataclass(frozen=True)
class Question:
    """A question: its checks and rubric items in the order of the file.

    `files` are those that it is made of; a name that ends in "/" is a folder that may be there or not, such as trained weights.
    A `bonus` question's points come on top of the assignment's.
    """

    id: str
    title: dict[str, str]
    section: str
    checks: tuple[CheckSpec, ...]
    rubric: tuple[RubricItem, ...]
    files: tuple[str, ...]
    environment: Environment
    bonus: bool = False

    def claims(self, name: str) -> bool:
        """Whether a file of a submission is this question's: one of `files`, in a folder of them, or a notebook named after it."""
        stem, dot, kind = name.rpartition(".")
        if dot and kind == "ipynb" and (stem == self.id or f"{stem}.py" in self.files):
            return True
        return any(name == file or (file.endswith("/") and name.startswith(file)) for file in self.files)

    @property
    def automatic_points(self) -> float:
        """Points that the checks can give."""
        return sum(check.points for check in self.checks)

    @property
    def rubric_points(self) -> float:
        """Points that wait for a TA."""
        return sum(item.points for item in self.rubric)


@dataclass(frozen=True)
class Assignment:
    """All that `assignment.toml` says. `datasets` are those of all questions."""

    slug: str
    title: dict[str, str]
    files: tuple[str, ...]
    seed: int
    datasets: tuple[str, ...]
    questions: tuple[Question, ...]
    folder: Path

    def checks(self) -> Iterator[CheckSpec]:
        """Every automatic check, in order."""
        for question in self.questions:
            yield from question.checks

    def check(self, check_id: str) -> CheckSpec:
        """The check of that id. Raises CourseError where the file has none."""
        for spec in self.checks():
            if spec.id == check_id:
                return spec
        raise CourseError(f"{self.folder / 'assignment.toml'} has no check {check_id!r}; a suite uses it")

    def question_of(self, check_id: str) -> Question:
        """The question that a check belongs to. Raises CourseError where the file has no such check."""
        self.check(check_id)
        return next(question for question in self.questions if any(spec.id == check_id for spec in question.checks))

    def visible(self, question: Question, names: Iterable[str]) -> tuple[str, ...]:
        """Those of a submission's files that a question's checks see: its own, and what no other question claims.

        A notebook named after a question or one of its files (`q3.ipynb`, `cnn.ipynb`) is that question's; another is everybody's.
        """
        return tuple(name for name in names if question.claims(name) or not any(other.claims(name) for other in self.questions))

    @property
    def packages(self) -> tuple[str, ...]:
        """The packages of all questions, each once."""
        return tuple(dict.fromkeys(name for question in self.questions for name in question.environment.packages))

    @property
    def modules(self) -> tuple[str, ...]:
        """The wanted files as module names; a notebook may stand in for any of them."""
        return tuple(Path(name).stem for name in self.files)

    @property
    def automatic_points(self) -> float:
        """Points that the checks can give, over all questions."""
        return sum(question.automatic_points for question in self.questions)

    @property
    def bonus_points(self) -> float:
        """Points of bonus questions, automatic ones and those that wait for a TA; they are among the others."""
        return sum(question.automatic_points + question.rubric_points for question in self.questions if question.bonus)

    @property
    def rubric_points(self) -> float:
        """Points that wait for a TA, over all questions."""
        return sum(question.rubric_points for question in self.questions)


def load(folder: Path) -> Assignment:
    """Read and validate `folder/assignment.toml`. Raises CourseError naming the file, the place and the remedy."""
    path = folder / "assignment.toml"
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise CourseError(f"{path} does not exist; an assignment is a folder with an assignment.toml") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CourseError(f"{path} cannot be read: {error}") from error
    return _Reader(path).assignment(data)


class _Reader:
    """Turns parsed TOML into dataclasses, naming the place of every fault."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def fail(self, place: str, problem: str) -> CourseError:
        return CourseError(f"{self.path}, {place}: {problem}")

    def take(self, table: dict[str, Any], place: str, key: str, kind: type | tuple[type, ...], default: Any = ...) -> Any:
        value = table.get(key, default)
        if value is ...:
            raise self.fail(place, f"{key!r} is missing")
        if not isinstance(value, kind) or isinstance(value, bool):
            raise self.fail(place, f"{key!r} is {value!r}, which is not the kind wanted here")
        return value

    def flag(self, table: dict[str, Any], place: str, key: str) -> bool:
        value = table.get(key, False)
        if not isinstance(value, bool):
            raise self.fail(place, f"{key!r} is {value!r}; it must be true or false")
        return value

    def only(self, table: dict[str, Any], place: str, keys: set[str]) -> None:
        if unknown := sorted(set(table) - keys):
            raise self.fail(place, f"unknown {', '.join(unknown)}; known are {', '.join(sorted(keys))}")

    def titles(self, table: dict[str, Any], place: str) -> dict[str, str]:
        title: dict[str, str] = self.take(table, place, "title", dict)
        for language in LANGUAGES:
            self.take(title, f"{place}, title", language, str)
        return title

    def names(self, table: dict[str, Any], place: str, key: str) -> tuple[str, ...]:
        values = self.take(table, place, key, list, [])
        if not all(isinstance(value, str) for value in values):
            raise self.fail(place, f"{key!r} must be a list of strings")
        return tuple(values)

    def assignment(self, data: dict[str, Any]) -> Assignment:
        place = "top"
        self.only(data, place, {"title", "files", "seed", "questions", *SHARED})
        tables = self.take(data, place, "questions", list)
        datasets = [name for table in (data, *tables) for name in self.names(table, place, "datasets")]
        result = Assignment(
            slug=self.path.parent.name,
            title=self.titles(data, place),
            files=self.names(data, place, "files"),
            seed=self.take(data, place, "seed", int),
            datasets=tuple(dict.fromkeys(datasets)),
            questions=tuple(self.question(item, data) for item in tables),
            folder=self.path.parent,
        )
        for question in result.questions:
            if lacking := [name for name in question.files if name not in result.files and not name.endswith("/")]:
                raise self.fail(question.id, f"its files {', '.join(lacking)} do not stand in the assignment's")
        ids = [spec.id for question in result.questions for spec in question.checks]
        ids += [item.id for question in result.questions for item in question.rubric]
        if twice := sorted({item for item in ids if ids.count(item) > 1}):
            raise self.fail(place, f"ids stand twice: {', '.join(twice)}")
        return result

    def question(self, table: dict[str, Any], top: dict[str, Any]) -> Question:
        """A question; what it does not say of its environment stands at the top of the file."""
        name = self.take(table, "questions", "id", str)
        self.only(table, name, {"id", "title", "section", "checks", "rubric", "files", "bonus", *SHARED})
        section = self.take(table, name, "section", str, "")
        said = {**top, **table}
        return Question(
            id=name,
            title=self.titles(table, name),
            section=section,
            checks=tuple(self.check(item, section) for item in self.take(table, name, "checks", list, [])),
            rubric=tuple(self.rubric(item, section) for item in self.take(table, name, "rubric", list, [])),
            files=self.names(said, name, "files"),
            environment=Environment(
                packages=self.names(said, name, "packages"),
                forbidden=self.names(said, name, "forbidden"),
                memory_mb=self.take(said, name, "memory_mb", int, 2048),
            ),
            bonus=self.flag(table, name, "bonus"),
        )

    def points(self, table: dict[str, Any], place: str) -> float:
        points = float(self.take(table, place, "points", (int, float)))
        if not points > 0:
            raise self.fail(place, f"points are {points}; they must be above 0")
        return points

    def check(self, table: dict[str, Any], section: str) -> CheckSpec:
        name = self.take(table, "checks", "id", str)
        self.only(table, name, {"id", "points", "title", "section", "seconds", "bands"})
        return CheckSpec(
            id=name,
            points=self.points(table, name),
            title=self.titles(table, name),
            section=self.take(table, name, "section", str, section),
            seconds=float(self.take(table, name, "seconds", (int, float), DEFAULT_SECONDS)),
            bands=self.bands(self.take(table, name, "bands", list, []), name),
        )

    def rubric(self, table: dict[str, Any], section: str) -> RubricItem:
        name = self.take(table, "rubric", "id", str)
        self.only(table, name, {"id", "points", "title", "section"})
        return RubricItem(
            id=name,
            points=self.points(table, name),
            title=self.titles(table, name),
            section=self.take(table, name, "section", str, section),
        )

    def bands(self, rows: list[Any], place: str) -> tuple[Band, ...]:
        bands = []
        for row in rows:
            if not (isinstance(row, list) and len(row) == 2):
                raise self.fail(place, f"a band is [floor, share], not {row!r}")
            bands.append(Band(float(row[0]), float(row[1])))
        if any(low.floor >= high.floor or low.share >= high.share for low, high in itertools.pairwise(bands)):
            raise self.fail(place, "bands must rise in floor and in share")
        if bands and (bands[-1].share != 1.0 or bands[0].share <= 0.0):
            raise self.fail(place, "the first band's share must be above 0 and the last one's 1.0")
        return tuple(bands)
