"""`assignment.toml`: what is read, and that every fault is named with its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from graders.kit.assignment import Band, Environment, load
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


QUESTIONS = """
title.en = "Two"
title.fa = "دو"
files = ["a.py", "b.py", "notes.md"]
seed = 1
packages = ["numpy"]
forbidden = ["torch"]
datasets = ["digits"]

[[questions]]
id = "q1"
title.en = "One"
title.fa = "یک"
files = ["a.py"]

[[questions]]
id = "q2"
title.en = "Two"
title.fa = "دو"
files = ["b.py", "weights/"]
packages = ["torch"]
forbidden = []
memory_mb = 512
datasets = ["genres", "digits"]
bonus = true

[[questions.rubric]]
id = "q2.essay"
points = 3
title.en = "Essay"
title.fa = "نوشتار"
"""


def test_a_question_has_files_packages_and_rules_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "assignment.toml").write_text(QUESTIONS, encoding="utf-8")
    two = load(tmp_path)
    first, second = two.questions
    assert first.environment == Environment(("numpy",), ("torch",), 2048)
    assert second.environment == Environment(("torch",), (), 512)
    assert (two.packages, two.datasets, two.bonus_points) == (("numpy", "torch"), ("digits", "genres"), 3)
    handed_in = ("a.py", "b.py", "notes.md", "helper.py", "weights/net.npz")
    assert two.visible(first, handed_in) == ("a.py", "notes.md", "helper.py")
    books = ("a.ipynb", "q2.ipynb", "homework.ipynb")
    assert two.visible(first, books) == ("a.ipynb", "homework.ipynb")
    assert two.visible(second, books) == ("q2.ipynb", "homework.ipynb")
    assert two.visible(second, handed_in) == ("b.py", "notes.md", "helper.py", "weights/net.npz")


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('files = ["a.py"]', 'files = ["c.py"]', "q1: its files c.py do not stand in the assignment's"),
        ("bonus = true", "bonus = 1", "'bonus' is 1; it must be true or false"),
    ],
)
def test_faults_of_a_question_are_named(old: str, new: str, says: str, tmp_path: Path) -> None:
    (tmp_path / "assignment.toml").write_text(QUESTIONS.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(CourseError, match=says.replace("'", ".")):
        load(tmp_path)


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
