"""`assignment.toml`: what is read, and that every fault is named with its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from graders.kit.assignment import Band, load
from graders.kit.errors import CourseError

TOY = Path(__file__).resolve().parents[1] / "toy_course" / "assignments" / "toy"


def test_the_toy_assignment() -> None:
    toy = load(TOY)
    assert (toy.slug, toy.seed, toy.modules) == ("toy", 7, ("sums",))
    assert [spec.id for spec in toy.checks()] == ["q1.total", "q1.mean", "q1.score"]
    assert (toy.automatic_points, toy.rubric_points) == (10, 4)
    assert toy.check("q1.score").bands == (Band(0.5, 0.4), Band(0.9, 1.0))
    assert toy.check("q1.mean").section == "q1"
    with pytest.raises(CourseError, match="no check 'q9'"):
        toy.check("q9")


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("points = 2", "points = 0", "q1.total: points are 0.0; they must be above 0"),
        ("points = 2", "point = 2", "q1.total: unknown point"),
        ("points = 2", 'points = "2"', "q1.total: 'points' is '2'"),
        ("points = 2", "points = true", "not the kind wanted"),
        ('id = "q1.mean"', 'id = "q1.total"', "ids stand twice: q1.total"),
        ('title.fa = "جمع"', "", "q1.total, title: 'fa' is missing"),
        ("[[0.5, 0.4], [0.9, 1.0]]", "[[0.9, 0.4], [0.5, 1.0]]", "bands must rise"),
        ("[[0.5, 0.4], [0.9, 1.0]]", "[[0.5, 0.4]]", "the last one's 1.0"),
        ("[[0.5, 0.4], [0.9, 1.0]]", "[0.5]", "a band is [floor, share]"),
        ("seed = 7", "", "top: 'seed' is missing"),
        ("seed = 7", "seed = ", "cannot be read"),
        ('files = ["sums.py"]', "files = [1]", "'files' must be a list of strings"),
    ],
)
def test_faults_are_named(old: str, new: str, says: str, tmp_path: Path) -> None:
    text = (TOY / "assignment.toml").read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "assignment.toml").write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(CourseError) as caught:
        load(tmp_path)
    assert says in str(caught.value)
    assert str(tmp_path) in str(caught.value)


def test_a_folder_without_the_file(tmp_path: Path) -> None:
    with pytest.raises(CourseError, match="does not exist"):
        load(tmp_path)
