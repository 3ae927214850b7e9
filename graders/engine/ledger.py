"""The ledger: every grade ever given, in one database with one writer.

The tables are plain SQLAlchemy; SQLite is what is tested. A grade is written whole, in one transaction: a run that is killed loses the
submissions it was working on and nothing else. A newer grade of the same student replaces the older one, which stays as history.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from graders.kit.errors import InputError
from graders.kit.outcome import CheckResult, Finding, Outcome

from .records import Grade, RunInfo

SCHEMA = 1
_metadata = sa.MetaData()

_schema = sa.Table("sanjeh_schema", _metadata, sa.Column("version", sa.Integer, primary_key=True))

_runs = sa.Table(
    "runs",
    _metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("slug", sa.String(80), nullable=False),
    sa.Column("started", sa.String(40), nullable=False),
    sa.Column("finished", sa.String(40), nullable=False, default=""),
    sa.Column("seed", sa.Integer, nullable=False),
    sa.Column("suite", sa.String(64), nullable=False),
    sa.Column("isolation", sa.String(20), nullable=False),
    sa.Column("versions", sa.JSON, nullable=False),
    sa.Column("data", sa.JSON, nullable=False),
    sa.Column("machine", sa.Text, nullable=False),
)

_grades = sa.Table(
    "grades",
    _metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("run_id", sa.ForeignKey("runs.id"), nullable=False),
    sa.Column("slug", sa.String(80), nullable=False),
    sa.Column("student", sa.String(200), nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("fingerprint", sa.String(64), nullable=False),
    sa.Column("basis", sa.String(64), nullable=False),
    sa.Column("current", sa.Boolean, nullable=False),
    sa.Column("before", sa.Float),
    sa.Column("files", sa.JSON, nullable=False),
    sa.Column("problem", sa.Text, nullable=False),
    sa.Column("notes", sa.JSON, nullable=False),
    sa.Column("graded_at", sa.String(40), nullable=False),
    # One current grade per student, kept by the database itself.
    sa.Index("one_current", "slug", "student", unique=True, sqlite_where=sa.text("current"), postgresql_where=sa.text("current")),
)

_results = sa.Table(
    "results",
    _metadata,
    sa.Column("grade_id", sa.ForeignKey("grades.id"), primary_key=True),
    sa.Column("position", sa.Integer, primary_key=True),
    sa.Column("check_id", sa.String(120), nullable=False),
    sa.Column("outcome", sa.String(20), nullable=False),
    sa.Column("points", sa.Float, nullable=False),
    sa.Column("max_points", sa.Float, nullable=False),
    sa.Column("finding", sa.JSON, nullable=False),
    sa.Column("seconds", sa.Float, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
)


class Ledger:
    """One assignment's grades in one database. Raises InputError where the database is not a ledger that we can read."""

    def __init__(self, url: str, slug: str) -> None:
        self.slug = slug
        try:
            self.engine = sa.create_engine(url)
            with self.engine.begin() as connection:
                if self.engine.dialect.name == "sqlite":
                    connection.execute(sa.text("PRAGMA journal_mode=WAL"))
                _metadata.create_all(connection)
                versions = list(connection.scalars(sa.select(_schema.c.version)))
                if not versions:
                    connection.execute(_schema.insert().values(version=SCHEMA))
        except sa.exc.SQLAlchemyError as error:
            raise InputError(f"the ledger {url} cannot be used: {error.__class__.__name__}: {error}") from error
        if versions and versions != [SCHEMA]:
            raise InputError(f"the ledger {url} has schema {versions}, this sanjeh writes {SCHEMA}; use the sanjeh that made it")

    @classmethod
    def file(cls, path: Path, slug: str) -> Ledger:
        """The SQLite ledger at `path`, made where it is not there."""
        path.parent.mkdir(parents=True, exist_ok=True)
        return cls(f"sqlite:///{path}", slug)

    def start_run(self, run: RunInfo) -> int:
        """Note that a run begins, and return its number."""
        values = {
            "slug": self.slug, "started": run.started, "finished": "", "seed": run.seed, "suite": run.suite,
            "isolation": run.isolation, "versions": run.versions, "data": run.data, "machine": run.machine,
        }  # fmt: skip
        with self.engine.begin() as connection:
            return int(connection.execute(_runs.insert().values(**values)).inserted_primary_key[0])  # type: ignore[index]

    def finish_run(self, run_id: int) -> None:
        """Note that a run came to its end."""
        with self.engine.begin() as connection:
            connection.execute(_runs.update().where(_runs.c.id == run_id).values(finished=now()))

    def finished(self, basis: str) -> dict[str, str]:
        """Students whose current grade rests on this basis and has nothing ungraded, each with the graded fingerprint."""
        broken = sa.select(_results.c.grade_id).where(_results.c.outcome == Outcome.UNGRADED.value)
        query = sa.select(_grades.c.student, _grades.c.fingerprint).where(
            _grades.c.slug == self.slug, _grades.c.current, _grades.c.basis == basis, _grades.c.id.not_in(broken)
        )
        with self.engine.connect() as connection:
            return {str(row.student): str(row.fingerprint) for row in connection.execute(query)}

    def write(self, run_id: int, basis: str, grade: Grade) -> Grade:
        """Write a grade as the student's current one; return it with the total that it replaced, if any."""
        with self.engine.begin() as connection:
            previous = self._current(connection, grade.student)
            before = None if previous is None else self._total(connection, previous)
            if previous is not None:
                connection.execute(_grades.update().where(_grades.c.id == previous).values(current=False))
            written = replace(grade, before=before, graded_at=grade.graded_at or now())
            row = {
                "run_id": run_id, "slug": self.slug, "student": written.student, "name": written.name,
                "fingerprint": written.fingerprint, "basis": basis, "current": True, "before": before,
                "files": list(written.files), "problem": written.problem, "notes": list(written.notes),
                "graded_at": written.graded_at,
            }  # fmt: skip
            key = connection.execute(_grades.insert().values(**row)).inserted_primary_key
            rows = [_row(int(key[0]), position, result) for position, result in enumerate(written.results)]  # type: ignore[index]
            if rows:
                connection.execute(_results.insert(), rows)
        return written

    def grades(self) -> Iterator[Grade]:
        """Every student's current grade, sorted by student, one at a time."""
        query = sa.select(_grades).where(_grades.c.slug == self.slug, _grades.c.current).order_by(_grades.c.student)
        with self.engine.connect() as connection:
            for row in connection.execute(query).all():
                yield _grade(row, self._results(connection, row.id))

    def last_run(self) -> RunInfo | None:
        """The newest run, or None where there was none."""
        query = sa.select(_runs).where(_runs.c.slug == self.slug).order_by(_runs.c.id.desc()).limit(1)
        with self.engine.connect() as connection:
            row = connection.execute(query).first()
        if row is None:
            return None
        fields = ("started", "finished", "seed", "suite", "isolation", "versions", "data", "machine")
        return RunInfo(**{name: getattr(row, name) for name in fields})

    def close(self) -> None:
        """Give the database back."""
        self.engine.dispose()

    def _current(self, connection: sa.Connection, student: str) -> int | None:
        query = sa.select(_grades.c.id).where(_grades.c.slug == self.slug, _grades.c.student == student, _grades.c.current)
        return connection.execute(query).scalar()

    def _total(self, connection: sa.Connection, grade_id: int) -> float:
        query = sa.select(sa.func.sum(_results.c.points)).where(_results.c.grade_id == grade_id)
        return float(connection.execute(query).scalar() or 0.0)

    def _results(self, connection: sa.Connection, grade_id: int) -> tuple[CheckResult, ...]:
        query = sa.select(_results).where(_results.c.grade_id == grade_id).order_by(_results.c.position)
        return tuple(_result(row) for row in connection.execute(query))


@contextmanager
def opened(path: Path, slug: str) -> Iterator[Ledger]:
    """The ledger at `path`, closed at the end."""
    ledger = Ledger.file(path, slug)
    try:
        yield ledger
    finally:
        ledger.close()


def now() -> str:
    """The time in UTC, to the second, as ISO 8601."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def _row(grade_id: int, position: int, result: CheckResult) -> dict[str, Any]:
    row = result.to_json()
    row["check_id"] = row.pop("check")
    return {**row, "outcome": result.outcome.value, "grade_id": grade_id, "position": position}


def _result(row: Any) -> CheckResult:
    return CheckResult(
        check=row.check_id,
        outcome=Outcome(row.outcome),
        points=row.points,
        max_points=row.max_points,
        finding=Finding.from_json(row.finding),
        seconds=row.seconds,
        attempts=row.attempts,
    )


def _grade(row: Any, results: tuple[CheckResult, ...]) -> Grade:
    return Grade(
        student=row.student,
        name=row.name,
        fingerprint=row.fingerprint,
        results=results,
        files=tuple(row.files),
        problem=row.problem,
        notes=tuple(row.notes),
        graded_at=row.graded_at,
        before=row.before,
    )
