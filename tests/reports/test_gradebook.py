"""The gradebook comes back from the csv module as it went in, and holds nothing that a spreadsheet would run."""

from __future__ import annotations

import csv
import io

import pytest

from graders.engine.records import ClassGrades
from reports import gradebook
from reports.gradebook import columns, gradebook_csv
from reports.text import csv_cell, humanise, neutralise


def read(class_grades: ClassGrades) -> list[dict[str, str]]:
    text = gradebook_csv(class_grades)
    assert text.startswith("\ufeff"), "Excel needs the mark to show Persian"
    return list(csv.DictReader(io.StringIO(text.encode("utf-8").decode("utf-8-sig"), newline="")))


def test_one_row_per_student_with_the_documented_columns(class_grades: ClassGrades) -> None:
    rows = read(class_grades)
    assert [row["student"] for row in rows] == [grade.student for grade in class_grades.grades]
    assert list(rows[0]) == columns(class_grades.assignment)
    documented = gradebook.__doc__ or ""
    assert all(f"`{name}`" in documented for name in columns(class_grades.assignment) if not name.startswith("q"))
    assert [name for name in rows[0] if name.startswith("q")] == ["q1 (10)", "q2 (18.5)"]


def test_points_are_numbers_and_rubric_is_not_counted(class_grades: ClassGrades) -> None:
    row = read(class_grades)[1]
    assert (row["q1 (10)"], row["q2 (18.5)"], row["automatic total"], row["automatic maximum"]) == ("10", "6.75", "16.75", "28.5")
    assert (row["rubric maximum (not graded)"], row["status"], row["notes"]) == ("12", "graded", "was 20.5 before")


def test_undecided_points_are_empty_and_never_zero(class_grades: ClassGrades) -> None:
    ungraded, missing = read(class_grades)[2], read(class_grades)[7]
    for row in (ungraded, missing):
        assert (row["q2 (18.5)"], row["automatic total"], row["status"]) == ("", "", "needs TA")
    assert ungraded["q1 (10)"] == "2" and missing["q1 (10)"] == "10"
    assert ungraded["notes"].startswith("5 points so far, 8 undecided: q2.gradient; out of time: q2.train; Ignored")


def test_an_unreadable_submission_is_a_problem(class_grades: ClassGrades) -> None:
    row = read(class_grades)[5]
    assert (row["automatic total"], row["status"]) == ("0", "problem")
    assert row["notes"].startswith("`mlp.py` is not Python")


def test_names_survive_and_no_cell_is_a_formula(class_grades: ClassGrades) -> None:
    rows = read(class_grades)
    assert rows[0]["name"] == "سارا رضایی‌نژاد"
    assert rows[2]["name"] == "'=cmd()|' /C calc'!A0"
    assert rows[5]["name"] == "Mahdi, Ali Reza"
    cells = [cell for row in rows for cell in row.values()]
    assert not [cell for cell in cells if cell[:1] in {"=", "+", "-", "@", "\t", "\r"} and cell]
    assert not [cell for cell in cells if "\n" in cell or "\r" in cell]


def test_an_empty_class_has_a_head(empty_class: ClassGrades) -> None:
    assert read(empty_class) == []
    assert gradebook_csv(empty_class).count("\r\n") == 1


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "  =1", "\n=1", "＝1"])
def test_formulas_are_defused(text: str) -> None:
    assert csv_cell(text).startswith("'")


@pytest.mark.parametrize("text", ["Ada", "a=b", "", "نام", "1-2"])
def test_other_text_is_left_alone(text: str) -> None:
    assert csv_cell(text) == text


def test_a_carriage_return_does_not_reach_the_file() -> None:
    assert csv_cell("\r=1") == r"\x0d=1"


def test_neutralise_keeps_what_names_need() -> None:
    assert neutralise("رضایی‌نژاد\u200f a\tb\nc") == "رضایی‌نژاد\u200f a\tb\nc"
    assert neutralise("a\u202eb\x1b[0m\x00\ud83d\ufeff\r\n") == "a\\u202eb\\x1b[0m\\x00\\ud83d\\ufeff\n"


def test_mistakes_are_named_in_words() -> None:
    assert humanise("mlp__output_derivative_missing") == "Output derivative missing"
    assert humanise("") == ""
