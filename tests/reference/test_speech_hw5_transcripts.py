"""Transcript files of every kind, and everything that can be wrong with them, said at once."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pytest

from graders.kit.loading import CodeFolder

TEXTS = CodeFolder.read(Path(__file__).parents[2] / "reference" / "speech_hw5").load("transcripts")
WANTED = {"clip_01": "سلام، دنیا", "clip_02": 'او گفت "بیا"\nو رفت', "3": " می\u200cروم "}


def write(path: Path, rows: dict[str, str]) -> Path:
    if path.suffix == ".xlsx":
        book = openpyxl.Workbook()
        for line in (["id", "text"], *([int(name) if name.isdigit() else name, text] for name, text in rows.items())):
            book.active.append(line)
        book.save(path)
    elif path.suffix == ".jsonl":
        lines = [json.dumps({"id": int(name) if name.isdigit() else name, "text": text}) for name, text in rows.items()]
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    else:
        mark = "\t" if path.suffix == ".tsv" else ","
        lines = [f'{name}{mark}"{text.replace(chr(34), chr(34) * 2)}"' for name, text in rows.items()]
        path.write_text("\n".join([f"id{mark}text", *lines]), encoding="utf-8")
    return path


def problems(path: Path, **options: object) -> str:
    with pytest.raises(TEXTS.TranscriptError) as caught:
        TEXTS.read(path, **options)
    assert path.name in str(caught.value) and all(one in str(caught.value) for one in caught.value.problems)
    return "\n".join(caught.value.problems)


@pytest.mark.parametrize("kind", [".csv", ".tsv", ".xlsx", ".jsonl"])
def test_every_kind_is_read_as_it_stands(tmp_path: Path, kind: str) -> None:
    assert TEXTS.read(write(tmp_path / f"t{kind}", WANTED), ids=["clip_01", "clip_02", 3]) == WANTED


@pytest.mark.parametrize("kind", [".csv", ".tsv", ".jsonl"])
def test_a_byte_order_mark_is_no_letter(tmp_path: Path, kind: str) -> None:
    path = write(tmp_path / f"t{kind}", WANTED)
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert TEXTS.read(path) == WANTED


def test_columns_may_stand_anywhere_and_be_parted_by_semicolons(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("speaker;Text ; ID\nm;سلام, دنیا;1\n;;\nf;خدا حافظ;2\n", encoding="utf-8")
    assert TEXTS.read(tmp_path / "t.csv") == {"1": "سلام, دنیا", "2": "خدا حافظ"}


@pytest.mark.parametrize("kind", [".csv", ".tsv", ".xlsx", ".jsonl"])
def test_everything_wrong_with_ids_and_texts_is_said_at_once(tmp_path: Path, kind: str) -> None:
    path = write(tmp_path / f"t{kind}", {"a": "x", "b ": "y", " b": "z", "": "w", "c": " ", "stranger": "v"})
    said = problems(path, ids=["a", "b", "c", *(f"lost{number:02}" for number in range(12))])
    assert said.count("\n") == 4
    for part in (
        "have no id",
        "id b stands 2 times",
        "1 text(s) are empty: c",
        "12 id(s) of 15 are missing: lost00",
        "and 4 more",
    ):
        assert part in said
    assert "1 id(s) are not wanted: stranger" in said
    assert "empty" not in problems(path, heard=True)


def test_an_empty_hypothesis_is_allowed_where_said(tmp_path: Path) -> None:
    path = write(tmp_path / "t.csv", {"a": "", "b": "x"})
    assert TEXTS.read(path, heard=True) == {"a": "", "b": "x"}
    assert "1 text(s) are empty: a" in problems(path)


def test_a_recogniser_may_write_a_few_bytes_that_are_no_letter(tmp_path: Path) -> None:
    path = write(tmp_path / "t.csv", {"a": "دو\ufffd قطره چشم", "b": "نوزاد تب دارد"})
    assert TEXTS.read(path, heard=True)["a"] == "دو\ufffd قطره چشم"
    assert "line 2 holds characters that were lost" in problems(path)
    assert "were lost" in problems(write(tmp_path / "u.csv", {"a": "\ufffd\ufffd\ufffd\ufffd ab"}), heard=True)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("id,text\n1,سلام\n".encode("utf-16"), "UTF-16"),
        ("id,text\n1,سلام\n".encode("utf-16-le"), "UTF-16"),
        ("id,text\n1,سلام\n".encode("utf-16-be"), "UTF-16"),
        ("id,text\n1,سلام\n".encode("utf-32"), "UTF-32"),
        ("id,text\n1,ok\n2,سلام دنیا\n".encode("cp1256", "replace"), "line 3 is not in UTF-8; it may be in Windows-1256"),
        ("id,text\n1,caf\xe9\n".encode("latin-1"), "line 2 is not in UTF-8"),
        ("id,text\n1,سلام دنیا\n".encode().decode("latin-1").encode(), "was once read as Latin-1"),
        ("id,text\n1,سلام دنیا\n".encode().decode("cp1252", "replace").encode(), "was once read as Latin-1"),
        ("id,text\n1,سلام دنیا\n".encode().decode("cp1256").encode(), "was once read as Windows-1256"),
        (f"id,text\n1,{'سلام ' * 20}\n2,{'خوب'.encode().decode('cp1256')}\n".encode(), "line(s) 3 were once read in another"),
        (b"id,text\n1,???? ???\n2,ok??\n", "line(s) 2 hold question marks"),
        ("id,text\n1,سل\ufffdم\n".encode(), "line 2 holds characters that were lost"),
        (b"id,text\n1,a\x00b\n", "line 2 holds characters that were lost"),
        (b"", "holds no transcripts"),
        (b"id,text\n", "holds no transcripts"),
        (b"name,text\n1,x\n", "names the columns name, text; wanted id"),
        (b"id,text,text\n1,x,y\n", "wanted text, once each"),
        (b"id,text\n1,x, y\n2,z\n", "line 2 has 3 columns, wanted 2"),
        (b'id,text\n1,"x\n2,y\n', "odd quotation mark"),
    ],
)
def test_files_that_are_saved_wrong_are_told_how_to_mend(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(content)
    assert said in problems(path)


@pytest.mark.parametrize("text", ["غلط غلط غلط", "ظهر", "naïve café", "Ångström", "？？ 什么", "چی؟؟", "Ãgua é vida"])
def test_rare_letters_are_no_wrong_encoding(tmp_path: Path, text: str) -> None:
    assert TEXTS.read(write(tmp_path / "t.csv", {"1": text})) == {"1": text}


def test_lines_of_json_that_are_none_are_all_named(tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl"
    path.write_text('{"id": "a", "text": "x"}\n{"id": \n[1]\n{"id": "b"}\n{"id": 1.5, "text": "y"}\n', encoding="utf-8")
    said = problems(path)
    assert "line 2 is no JSON" in said and all(f"line {number} is not" in said for number in (3, 4, 5))


def test_files_that_are_no_transcripts_are_refused(tmp_path: Path) -> None:
    assert "there is no file" in problems(tmp_path / "absent.csv")
    (tmp_path / "t.docx").write_bytes(b"PK")
    assert "wanted one of .csv, .tsv, .xlsx, .jsonl" in problems(tmp_path / "t.docx")
    (tmp_path / "t.xlsx").write_bytes(b"not a workbook")
    assert "no workbook" in problems(tmp_path / "t.xlsx")


def test_pairs_stand_in_the_references_order() -> None:
    assert TEXTS.pair({"b": "x", "a": "y"}, {"a": "1", "b": "2"}) == (["x", "y"], ["2", "1"])
    with pytest.raises(TEXTS.TranscriptError, match="missing: b") as caught:
        TEXTS.pair({"a": "x", "b": "y"}, {"a": "1", "c": "2"})
    assert len(caught.value.problems) == 2
