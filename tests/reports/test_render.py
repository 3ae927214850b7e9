"""Writing a class: which files, in one step each, quickly."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from graders.engine.records import ClassGrades, Grade
from reports import files
from reports.render import write_all


@pytest.fixture
def handouts(tmp_path: Path) -> dict[str, Path]:
    paths = {}
    for language, heading in (("en", "Homework"), ("fa", "تمرین")):
        paths[language] = tmp_path / f"handout.{language}.md"
        paths[language].write_text(f'# {heading}\n\n<a id="q1-mfcc"></a>\n## MFCC\n', encoding="utf-8")
    return paths


def names(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def test_every_link_leads_to_a_file_that_is_written(class_grades: ClassGrades, tmp_path: Path, handouts: dict[str, Path]) -> None:
    out = tmp_path / "out"
    assert write_all(class_grades, out, handouts) == out / "class.html"
    pages = {f"feedback/{grade.student}.html" for grade in class_grades.grades}
    assert names(out) == {"class.html", "gradebook.csv", "feedback/handout.en.html", "feedback/handout.fa.html"} | pages
    assert all(f'href="{page}"' in (out / "class.html").read_text(encoding="utf-8") for page in pages)
    assert 'id="q1-mfcc"' in (out / "feedback/handout.en.html").read_text(encoding="utf-8")
    assert (out / "gradebook.csv").read_bytes().startswith(b"\xef\xbb\xbfstudent,name,")
    assert b"\r\r\n" not in (out / "gradebook.csv").read_bytes()
    write_all(class_grades, out, handouts)
    assert len(names(out)) == 4 + len(pages), "a second run leaves nothing behind"


def test_links_follow_the_handouts_that_exist(class_grades: ClassGrades, tmp_path: Path, handouts: dict[str, Path]) -> None:
    write_all(class_grades, tmp_path / "a", {"en": handouts["en"]}, language="fa")
    assert "handout.en.html#q1-mfcc" in (tmp_path / "a/feedback/400102.html").read_text(encoding="utf-8")
    write_all(class_grades, tmp_path / "b", {})
    assert "handout." not in (tmp_path / "b/feedback/400102.html").read_text(encoding="utf-8")


def test_a_student_called_handout_keeps_both(class_grades: ClassGrades, tmp_path: Path, handouts: dict[str, Path]) -> None:
    grades = (Grade("handout.en", "H", "", results=class_grades.grades[0].results), Grade("a b%#?", "P", "", results=()))
    write_all(replace(class_grades, grades=grades), tmp_path / "out", handouts)
    page = (tmp_path / "out/class.html").read_text(encoding="utf-8")
    assert 'href="feedback/handout.en.student.html"' in page and 'href="feedback/a%20b%25%23%3F.html"' in page
    assert {"feedback/handout.en.student.html", "feedback/handout.en.html", "feedback/a b%#?.html"} <= names(tmp_path / "out")


@pytest.mark.parametrize("key", ["../evil", "a/b", "", "nul\0"])
def test_a_key_that_is_no_file_name_is_refused(class_grades: ClassGrades, tmp_path: Path, key: str) -> None:
    with pytest.raises(ValueError, match="cannot name a file"):
        write_all(replace(class_grades, grades=(Grade(key, "E", "", results=()),)), tmp_path / "out", {})
    assert names(tmp_path) == set()


def test_a_failed_write_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    files.write(path, "old")
    with pytest.raises(UnicodeEncodeError):
        files.write(path, "new \ud800")
    assert path.read_text(encoding="utf-8") == "old"
    assert names(tmp_path) == {"page.html"}


def test_five_hundred_students_get_a_page_each(class_grades: ClassGrades, tmp_path: Path, handouts: dict[str, Path]) -> None:
    grades = tuple(replace(class_grades.grades[i % 8], student=f"s{i:03}") for i in range(500))
    write_all(replace(class_grades, grades=grades), tmp_path / "out", handouts)
    assert len(names(tmp_path / "out")) == 504
