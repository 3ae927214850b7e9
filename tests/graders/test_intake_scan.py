"""Who handed in: every layout of an inbox, and keys that are unique, safe and the same in every run."""

from __future__ import annotations

import json
import os
import re
import shutil
import tarfile
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graders.engine.intake import Entry, Limits, read, scan
from graders.engine.intake.layouts import canvas, moodle
from graders.engine.intake.names import display, key, slug
from graders.engine.intake.sources import Child
from graders.kit.errors import InputError

WANTED = ("features.py", "mlp.py")
CODE = {"features.py": b"f = 1\n", "mlp.py": b"m = 1\n"}


def plant(folder: Path, files: dict[str, bytes]) -> Path:
    for path, data in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    return folder


def packed(path: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return path


def under(folder: str, files: dict[str, bytes]) -> dict[str, bytes]:
    return {f"{folder}/{name}": data for name, data in files.items()}


def found(inbox: Path, wanted: tuple[str, ...] = WANTED) -> dict[str, Entry]:
    entries = scan(inbox, wanted)
    assert len({entry.student for entry in entries}) == len(entries)
    return {entry.name: entry for entry in entries}


# Layouts

MOODLE = {
    **under("Sara Ahmadi_101_assignsubmission_file", CODE),
    **under("علی رضایی_102_assignsubmission_file_", CODE),
    **under("Mina, Jr._103_assignsubmission_file/hw4/src", CODE),
    "O_Neil Bob_104_assignsubmission_file_mlp.py": CODE["mlp.py"],
    "O_Neil Bob_104_assignsubmission_file_features.py": CODE["features.py"],
    "O_Neil Bob_104_assignsubmission_onlinetext/onlinetext.html": b"<p>hello</p>",
    "Only Text_105_assignsubmission_onlinetext_onlinetext.html": b"<p>hello</p>",
}


@pytest.mark.parametrize("shape", ["folder", "zip", "wrapped zip", "wrapped folder", "tar", "tar.gz", "tar.xz", "tar.bz2"])
def test_moodle_in_every_shape(tmp_path: Path, shape: str) -> None:
    if shape == "zip":
        inbox = packed(tmp_path / "all.zip", MOODLE)
    elif shape == "wrapped zip":
        inbox = packed(tmp_path / "all.zip", under("Speech/HW4", MOODLE))
    elif shape == "wrapped folder":
        inbox = plant(tmp_path / "in" / "Speech" / "HW4", MOODLE).parents[1]
    else:
        inbox = plant(tmp_path / "in", MOODLE)
    if shape.startswith("tar"):
        mode = {"tar": "w", "tar.gz": "w:gz", "tar.xz": "w:xz", "tar.bz2": "w:bz2"}[shape]
        with tarfile.open(tmp_path / f"all.{shape}", mode) as archive:  # type: ignore[call-overload]
            archive.add(inbox, "class")
        inbox = tmp_path / f"all.{shape}"
    entries = found(inbox)
    assert {entry.student for entry in entries.values()} == {
        "sara-ahmadi-101", "student-102", "mina-jr-103", "o-neil-bob-104", "only-text-105",
    }  # fmt: skip
    for name, entry in entries.items():
        submission = read(entry)
        if name == "Only Text":
            assert "features.py, mlp.py" in submission.problem and not submission.files
            assert any("Moodle's page" in note for note in submission.notes)
        else:
            assert submission.files == CODE, name
            assert not submission.problem
    assert any("Moodle's page" in note for note in entries["O_Neil Bob"].notes)
    assert "علی رضایی" in entries


def test_moodle_name_cannot_be_borrowed_by_a_file_name() -> None:
    claim = moodle(Child("Eve_9_assignsubmission_file_Sara_101_assignsubmission_file_mlp.py", False))
    assert claim is not None and (claim.name, claim.number) == ("Eve", "9")
    assert claim.file == "Sara_101_assignsubmission_file_mlp.py"


def test_moodle_file_name_cannot_leave_the_submission(tmp_path: Path) -> None:
    inbox = packed(tmp_path / "all.zip", {"Eve_9_assignsubmission_file_..": b"x", "Eve_9_assignsubmission_file_mlp.py": b"y"})
    (entry,) = scan(inbox, WANTED)
    assert read(entry).files == {"mlp.py": b"y"}


def test_canvas(tmp_path: Path) -> None:
    inbox = plant(tmp_path, {
        "ahmadisara_LATE_12_777_mlp-1.py": CODE["mlp.py"], "ahmadisara_LATE_12_778_features.py": CODE["features.py"],
        "rezaiali_13_779_hw.zip": packed(tmp_path / "x", CODE).read_bytes(),
    })  # fmt: skip
    (tmp_path / "x").unlink()
    entries = found(inbox)
    assert {entry.student for entry in entries.values()} == {"ahmadisara-12", "rezaiali-13"}
    assert all(read(entry).files == CODE for entry in entries.values())
    assert any("late" in note for note in entries["ahmadisara"].notes)
    assert canvas(Child("ahmadisara_12_777_mlp.py", True)) is None


def test_gradescope_folders_are_plain_ones(tmp_path: Path) -> None:
    inbox = plant(tmp_path, {**under("submission_1", CODE), **under("submission_2", CODE), "submission_metadata.yml": b"a: 1"})
    assert set(found(inbox)) == {"submission_1", "submission_2"}


def test_a_flat_inbox(tmp_path: Path) -> None:
    files = {"Sara Ahmadi.ipynb": b"{}", "bob.py": b"x = 1", "Ali, =cmd().py": b"x = 1", "grades.csv": b"", ".DS_Store": b""}
    inbox = plant(tmp_path, {**files, "carol.zip": packed(tmp_path / "x", under("hw", CODE)).read_bytes()})
    (tmp_path / "x").unlink()
    entries = found(inbox)
    assert set(entries) == {"Sara Ahmadi", "bob", "Ali, =cmd()", "carol"}
    assert read(entries["carol"]).files == CODE
    assert list(read(entries["Sara Ahmadi"]).files) == ["Sara Ahmadi.ipynb"]


def test_a_bare_file_is_the_one_wanted_file(tmp_path: Path) -> None:
    inbox = plant(tmp_path, {"alice.py": b"a", "bob.py": b"b"})
    entries = found(inbox, ("mlp.py",))
    assert read(entries["alice"]).files == {"mlp.py": b"a"}
    assert list(read(found(inbox)["alice"]).files) == ["alice.py"]


@pytest.mark.parametrize("name", ["sara.py", "sara.ipynb"])
def test_the_inbox_may_be_one_file(tmp_path: Path, name: str) -> None:
    plant(tmp_path, {name: b"x", "other.py": b"y"})
    (entry,) = scan(tmp_path / name, WANTED)
    assert entry.name == "sara" and list(read(entry).files) == [name]


def test_an_inbox_that_is_one_submission(tmp_path: Path) -> None:
    inbox = plant(tmp_path / "sara", {**CODE, "helper.py": b"h", **under("old", CODE), **under("older", CODE)})
    (entry,) = scan(inbox, WANTED)
    assert entry.student == "sara" and any("one submission" in note for note in entry.notes)
    assert read(entry).files["helper.py"] == b"h"
    (entry,) = scan(packed(tmp_path / "ali.zip", CODE), WANTED)
    assert entry.student == "ali" and read(entry).files == CODE


def test_a_stray_file_of_the_ta_does_not_swallow_the_class(tmp_path: Path) -> None:
    inbox = plant(tmp_path, {"mlp.py": b"x", **under("alice", CODE), **under("bob", CODE)})
    assert {"alice", "bob"} <= set(found(inbox))


def test_a_class_wrapped_in_a_folder(tmp_path: Path) -> None:
    inbox = packed(tmp_path / "all.zip", {**under("hw4/alice", CODE), **under("hw4/bob/src", CODE), "__MACOSX/hw4/._a": b"x"})
    assert set(found(inbox)) == {"alice", "bob"}


def test_one_student_with_wrappers_is_not_a_class(tmp_path: Path) -> None:
    inbox = plant(tmp_path, {**under("alice/src", CODE), "alice/doc/report.pdf": b"%PDF"})
    assert set(found(inbox)) == {"alice"}


# Several uploads


def test_the_newest_of_two_uploads_is_graded(tmp_path: Path) -> None:
    inbox = plant(tmp_path, {**under("alice", CODE), "bob.py": b"x"})
    packed(inbox / "alice.zip", {"mlp.py": b"new", "features.py": b"new"})
    for newest, wanted in (("alice.zip", b"new"), ("alice/mlp.py", CODE["mlp.py"])):
        for file in [*inbox.rglob("*.py"), inbox / "alice.zip"]:
            os.utime(file, (1000, 1000))
        os.utime(inbox / newest, (2000, 2000))
        entry = found(inbox)["alice"]
        assert read(entry).files["mlp.py"] == wanted
        assert any("2 uploads" in note for note in entry.notes)


def test_a_browsers_second_download_is_the_same_student(tmp_path: Path) -> None:
    for number, name in enumerate(["Sara.zip", "Sara (1).zip", "Ali (2).zip"]):
        packed(tmp_path / name, {"mlp.py": name.encode()})
        os.utime(tmp_path / name, (1000 + number, 1000 + number))
    entries = found(tmp_path)
    assert set(entries) == {"Sara", "Ali (2)"}
    assert read(entries["Sara"]).files == {"mlp.py": b"Sara (1).zip"}


def test_a_report_beside_the_code_does_not_win(tmp_path: Path) -> None:
    inbox = plant(tmp_path, {"sara.ipynb": b"{}", "sara.pdf": b"%PDF", "bob.pdf": b"%PDF"})
    os.utime(inbox / "sara.ipynb", (1, 1))
    entries = found(inbox)
    assert list(read(entries["sara"]).files) == ["sara.ipynb"]
    assert "bob.pdf" in read(entries["bob"]).problem


# Inboxes that are none


def test_unusable_inboxes_say_what_is_wanted(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    plant(
        tmp_path,
        {"papers/grades.csv": b"x", "a.rar": b"Rar!\x1a\x07\x00", "b.txt": b"hello", "c.zip": b"", "d.zip": b"PK\x03\x04"},
    )
    with zipfile.ZipFile(tmp_path / "e.zip", "w"):
        pass
    os.mkfifo(tmp_path / "fifo")
    for name in ("missing", "empty", "papers", "a.rar", "b.txt", "c.zip", "d.zip", "e.zip", "fifo"):
        with pytest.raises(InputError, match=r"zip|folder"):
            scan(tmp_path / name, WANTED)


def test_an_inbox_that_went_away_is_an_input_error(tmp_path: Path) -> None:
    inbox = packed(tmp_path / "all.zip", {**under("a", CODE), **under("b", CODE)})
    entries = scan(inbox, WANTED)
    inbox.unlink()
    with pytest.raises(InputError):
        read(entries[0])


# Entries and keys


def test_an_entry_travels_as_json(tmp_path: Path) -> None:
    odd = os.fsdecode(b"caf\xe9 \xff")
    plant(tmp_path, {**under(odd, CODE), **under("x\u202ey\x07", CODE)})
    for entry in scan(tmp_path, WANTED, Limits(files=7)):
        copy = Entry.from_json(json.loads(json.dumps(entry.to_json())))
        assert copy == entry and copy.limits.files == 7
        assert read(copy).files == CODE
        assert read(copy).name.isprintable()


def test_keys_do_not_depend_on_the_rest_of_the_class(tmp_path: Path) -> None:
    plant(tmp_path, {**under("Sara Ahmadi", CODE), **under("سارا", CODE), **under("zed", CODE)})
    before = {name: entry.student for name, entry in found(tmp_path).items()}
    plant(tmp_path, {**under("sara ahmadi", CODE), **under("Sara-Ahmadi", CODE), **under("sara-ahmadi", CODE)})
    after = {name: entry.student for name, entry in found(tmp_path).items()}
    assert before.items() <= after.items()
    assert after["zed"] == "zed" and re.fullmatch(r"sara-ahmadi-[0-9a-f]{8}", after["Sara Ahmadi"])


def test_planted_key_collisions_are_told_apart(tmp_path: Path) -> None:
    wanted = key("Sara Ahmadi")
    plant(tmp_path, {**under("Sara Ahmadi", CODE), **under(wanted, CODE), **under("Eve_1_assignsubmission_file", CODE)})
    plant(tmp_path, {**under("Eve!_1_assignsubmission_file", CODE), "eve-1.py": b""})
    assert len(scan(tmp_path, WANTED)) == 5  # `found` in every test checks that keys are unique
    assert len(found(tmp_path)) == 5


def test_two_spellings_of_one_name_stay_two_students(tmp_path: Path) -> None:
    plant(tmp_path, {**under("Ren\u00e9", CODE), **under("Rene\u0301", CODE)})
    first, second = scan(tmp_path, WANTED)
    assert first.student != second.student and first.name == second.name


def test_names_are_made_fit_to_read() -> None:
    assert display("a\x00b\u202ec\u2066\n d") == "abc d"
    assert display("می\u200cخواهم") == "می\u200cخواهم"
    assert display("\u202e\x07") == "unnamed"
    assert len(display("x" * 5000)) == 120
    assert key("e\u0301") == key("\u00e9")
    assert slug("Éva  Nagy!") == "eva-nagy"
    assert key("con") != "con"


NAMES = st.text(st.characters(blacklist_characters="/\x00"), min_size=1, max_size=60).filter(
    lambda name: name not in (".", "..") and len(name.encode("utf-8", "surrogatepass")) < 200
)


@given(st.sets(NAMES, min_size=1, max_size=8))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
def test_any_folder_name_gets_a_safe_key_of_its_own(tmp_path: Path, names: set[str]) -> None:
    inbox = tmp_path / "in"
    shutil.rmtree(inbox, ignore_errors=True)
    planted = 0
    for name in names:
        try:
            (inbox / name).mkdir(parents=True)
        except (OSError, UnicodeError):  # not a name on this file system
            continue
        (inbox / name / "mlp.py").write_bytes(b"x")
        planted += not name.startswith(".") and name.lower() not in ("venv", "node_modules")
    if not planted:
        return
    entries = scan(inbox, WANTED)
    keys = [entry.student for entry in entries]
    assert len(entries) == planted and len({item.casefold() for item in keys}) == planted
    assert all(re.fullmatch(r"[a-z0-9][a-z0-9-]{0,100}", item) for item in keys)
    assert all(read(entry).files == {"mlp.py": b"x"} for entry in entries)
