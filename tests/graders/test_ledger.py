"""The ledger: whole grades, one current grade per student, history kept."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from graders.engine.ledger import Ledger
from graders.engine.records import Grade, RunInfo
from graders.kit.errors import InputError
from graders.kit.outcome import CheckResult, Finding, Outcome

RUN = RunInfo("2026-01-01T00:00:00+00:00", "", 7, "suite", "sandbox", {"python": "3.11"}, {"digits": "abc"}, "machine")
RESULTS = (
    CheckResult("q1.total", Outcome.PASSED, 2.0, 2.0, Finding(), 0.1, 1),
    CheckResult("q1.mean", Outcome.PARTIAL, 1.5, 3.0, Finding("m", "g", "w", "i", "d", "mistake", "lesson"), 0.2, 2),
)
GRADE = Grade("s1", "سارا", "f1", RESULTS, ("sums.py",), "", ("note",))


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger.file(tmp_path / "ledger.sqlite", "toy")


def test_what_goes_in_comes_out(ledger: Ledger) -> None:
    run = ledger.start_run(RUN)
    written = ledger.write(run, "basis", GRADE)
    assert list(ledger.grades()) == [written]
    assert replace(written, graded_at="") == GRADE
    assert written.points == 3.5
    last = ledger.last_run()
    assert last == RUN
    ledger.finish_run(run)
    last = ledger.last_run()
    assert last is not None and last.finished


def test_a_new_grade_replaces_the_old_one_and_remembers_it(ledger: Ledger) -> None:
    run = ledger.start_run(RUN)
    ledger.write(run, "basis", GRADE)
    better = ledger.write(run, "basis", replace(GRADE, fingerprint="f2", results=(replace(RESULTS[0]),)))
    assert better.before == 3.5
    assert [grade.fingerprint for grade in ledger.grades()] == ["f2"]
    with ledger.engine.connect() as connection:
        assert connection.execute(sa.text("select count(*) from grades")).scalar() == 2


def test_two_current_grades_are_impossible(ledger: Ledger) -> None:
    run = ledger.start_run(RUN)
    ledger.write(run, "basis", GRADE)
    with pytest.raises(sa.exc.IntegrityError), ledger.engine.begin() as connection:
        connection.execute(
            sa.text("insert into grades (run_id, slug, student, name, fingerprint, basis, current, files, problem, notes, graded_at)"
                    " select run_id, slug, student, name, 'x', basis, current, files, problem, notes, graded_at from grades")
        )  # fmt: skip


def test_finished_means_same_basis_and_nothing_ungraded(ledger: Ledger) -> None:
    run = ledger.start_run(RUN)
    ledger.write(run, "basis", GRADE)
    broken = CheckResult("q1.mean", Outcome.UNGRADED, 0.0, 3.0)
    ledger.write(run, "basis", replace(GRADE, student="s2", results=(RESULTS[0], broken)))
    ledger.write(run, "older", replace(GRADE, student="s3"))
    assert ledger.finished("basis") == {"s1": "f1"}


def test_slugs_do_not_mix(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    one, other = Ledger.file(path, "one"), Ledger.file(path, "other")
    one.write(one.start_run(RUN), "basis", GRADE)
    assert list(other.grades()) == [] and other.last_run() is None and other.finished("basis") == {}


def test_a_file_that_is_no_ledger(tmp_path: Path) -> None:
    (tmp_path / "ledger.sqlite").write_text("not a database at all, but long enough to be looked at" * 10)
    with pytest.raises(InputError, match="cannot be used"):
        Ledger.file(tmp_path / "ledger.sqlite", "toy")
