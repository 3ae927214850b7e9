"""`sanjeh demo` on every assignment: the right ones earn everything, the starter nothing, each mistake loses points and is named.

The class has some mistakes of every file; that all of them are named, and every check is failed by one, the suites' own tests
prove (tests/reference), without the sandbox.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
from pathlib import Path

import pytest
from toy import HOUSE, sanjeh

from graders.engine.course import Course
from graders.engine.demo import MISTAKES, chosen
from graders.engine.variants import variants

COURSE = Course()
RIGHT = (
    "Reference",
    "Notebook",
    "Zip in a folder",
    "سارا احمدی",
    "=cmd(), Mallory",
    "Hostile prints a gigabyte",
    "Hostile reads secrets",
)
UNREADABLE = ("Not code", "Broken zip")

Results = dict[str, list[tuple[str, str, float, dict[str, str]]]]


@pytest.fixture(scope="module", params=COURSE.slugs())
def demo(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path, Results]:
    """Slug, output folder, and by student name: check, outcome, points, finding."""
    slug = str(request.param)
    out = tmp_path_factory.mktemp("demo") / "demo"
    done = sanjeh("demo", slug, "-o", out, course=HOUSE)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "class.html" in done.stdout
    query = (
        "select g.name, r.check_id, r.outcome, r.points, r.finding from grades g left join results r on r.grade_id = g.id"
        " where g.current order by g.id, r.position"
    )
    found: Results = {}
    with sqlite3.connect(out / "grades" / "ledger.sqlite") as connection:
        for name, check, outcome, points, finding in connection.execute(query):
            found.setdefault(name, [])
            if check:
                found[name].append((check, outcome, points, json.loads(finding)))
    return slug, out, found


def total(rows: list[tuple[str, str, float, dict[str, str]]]) -> float:
    return sum(points for _, _, points, _ in rows)


def test_right_work_earns_everything(demo: tuple[str, Path, Results]) -> None:
    slug, _, results = demo
    points = {name: total(results[name]) for name in RIGHT if name in results}
    assert len(points) >= 4
    assert set(points.values()) == {COURSE.assignment(slug).automatic_points}, points


def test_the_starter_earns_nothing(demo: tuple[str, Path, Results]) -> None:
    rows = demo[2]["Starter"]
    assert len(rows) == len(list(COURSE.assignment(demo[0]).checks()))
    assert total(rows) == 0 and {outcome for _, outcome, _, _ in rows} == {"failed"}


def test_nothing_is_ungraded(demo: tuple[str, Path, Results]) -> None:
    broken = [(name, check) for name, rows in demo[2].items() for check, outcome, _, _ in rows if outcome == "ungraded"]
    assert not broken


def test_each_mistake_loses_points_and_is_named(demo: tuple[str, Path, Results]) -> None:
    slug, _, results = demo
    full = COURSE.assignment(slug).automatic_points
    known = chosen(list(variants(COURSE, slug)), MISTAKES)
    assert len(known) >= 16
    for variant in known:
        rows = results[variant.title]
        named = {finding["mistake"] for _, _, _, finding in rows} - {""}
        taught = any(variant.lesson in (finding["lesson"], finding["message"]) for _, _, _, finding in rows)
        told = any(variant.lesson in finding["message"] for _, _, _, finding in rows)
        assert total(rows) < full, f"{variant.title} loses nothing"
        assert told or (taught and variant.mistake in named), f"{variant.title} is taken for {named}"


def test_unreadable_and_hostile_ones_harm_nobody(demo: tuple[str, Path, Results]) -> None:
    slug, out, results = demo
    hostile = {name: rows for name, rows in results.items() if name.startswith("Hostile") and name not in RIGHT}
    full = COURSE.assignment(slug).automatic_points
    assert all(total(rows) < full for rows in hostile.values())
    assert all(results[name] == [] for name in UNREADABLE)
    assert len(list((out / "grades" / "feedback").glob("*.html"))) >= len(results)


def test_the_same_again_gives_the_same_scores(demo: tuple[str, Path, Results], tmp_path: Path) -> None:
    """One submission of every kind, graded anew: same submission, suite and seed, same score."""
    slug, out, results = demo
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    kept = ("Reference_", "Notebook_", "One file missing_", "Syntax error_")
    for folder in (out / "inbox").iterdir():
        if folder.name.startswith(kept):
            shutil.copytree(folder, inbox / folder.name)
    done = sanjeh("grade", slug, inbox, "-o", tmp_path / "out", course=HOUSE)
    with sqlite3.connect(tmp_path / "out" / "ledger.sqlite") as connection:
        rows = connection.execute(
            "select g.name, r.check_id, r.points from grades g join results r on r.grade_id = g.id"
        ).fetchall()
    assert {name for name, _, _ in rows} >= {"Reference"}, done.stdout + done.stderr
    assert all((check, points) in [(c, p) for c, _, p, _ in results[name]] for name, check, points in rows)
