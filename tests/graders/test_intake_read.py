"""What is in a submission: wrappers, names to mend, junk, archives inside, limits, and files that are no files."""

from __future__ import annotations

import gzip
import io
import os
import re
import socket
import tarfile
import zipfile
from pathlib import Path

import pytest

from graders.engine.intake import Limits, Submission, read, scan
from graders.engine.intake import sources as sources_module

WANTED = ("features.py", "mlp.py")
CODE = {"features.py": b"f = 1\n", "mlp.py": b"m = 1\n"}
SMALL = Limits(files=5, total=4000, file=2000, depth=3, path=60, members=50, upload=100_000)


def plant(folder: Path, files: dict[str, bytes]) -> Path:
    for path, data in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    return folder


def packed(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def under(folder: str, files: dict[str, bytes]) -> dict[str, bytes]:
    return {f"{folder}/{name}": data for name, data in files.items()}


def sara(inbox: Path, wanted: tuple[str, ...] = WANTED, limits: Limits | None = None) -> Submission:
    """Sara's submission, beside a classmate who must be read whatever hers is."""
    plant(inbox / "bob", CODE)
    taken = {entry.student: read(entry) for entry in scan(inbox, wanted, limits)}
    assert taken["bob"].files == CODE and not taken["bob"].problem
    submission = taken["sara"]
    assert re.fullmatch(r"[0-9a-f]{64}", submission.fingerprint)
    assert bool(submission.files) != bool(submission.problem)
    return submission


def said(submission: Submission, *words: str) -> bool:
    return any(all(word in note for word in words) for note in submission.notes)


# Finding the files


@pytest.mark.parametrize("wrapper", ["", "mlp_hw", "a b/src", "تمرین/کد"])
@pytest.mark.parametrize("shape", ["folder", "zip", "zip in folder"])
def test_wrapper_folders_are_looked_through(tmp_path: Path, wrapper: str, shape: str) -> None:
    files = {**CODE, "data/x.npy": b"d"}
    lying = under(wrapper, files) if wrapper else files
    if shape == "folder":
        plant(tmp_path / "sara", lying)
    elif shape == "zip":
        plant(tmp_path, {"sara.zip": packed(lying)})
    else:
        plant(tmp_path / "sara", {"homework 4.zip": packed(lying), "report.pdf": b"%PDF"})
    assert {path: data for path, data in sara(tmp_path).files.items() if path != "report.pdf"} == files


def test_the_folder_with_most_wanted_files_is_the_root(tmp_path: Path) -> None:
    plant(tmp_path / "sara", {**under("old", {"mlp.py": b"old"}), **under("final/src", CODE), "zz/test.py": b"t"})
    submission = sara(tmp_path)
    assert submission.files == CODE
    assert said(submission, "final/src/", "old/mlp.py")


def test_a_wanted_file_elsewhere_is_fetched_where_it_is_the_only_one(tmp_path: Path) -> None:
    plant(tmp_path / "sara", {"q1/features.py": b"f", "q1/help.py": b"h", "q2/mlp.py": b"m"})
    submission = sara(tmp_path)
    assert submission.files == {"features.py": b"f", "help.py": b"h", "mlp.py": b"m"}
    assert said(submission, "mlp.py was taken from q2/mlp.py")


@pytest.mark.parametrize("name", ["MLP.py", "mlp (1).py", "Mlp(2).PY"])
def test_case_and_browser_copies_are_mended(tmp_path: Path, name: str) -> None:
    plant(tmp_path / "sara", {name: b"m", "features.py": b"f"})
    submission = sara(tmp_path)
    assert submission.files == {"features.py": b"f", "mlp.py": b"m"}
    assert said(submission, name, "taken as mlp.py")


def test_the_last_browser_copy_is_taken_and_the_exact_name_before_it(tmp_path: Path) -> None:
    plant(tmp_path / "sara", {"mlp (2).py": b"2", "mlp (10).py": b"10", "features.py": b"f", "features (1).py": b"no"})
    submission = sara(tmp_path)
    assert submission.files == {"features.py": b"f", "mlp.py": b"10"}
    assert said(submission, "Left aside", "mlp (2).py") and said(submission, "features.py was graded", "features (1).py")


@pytest.mark.parametrize("name", ["mlp_final.py", "my_mlp.py", "mpl.py", "mlp.py.txt"])
def test_other_likenesses_are_told_and_not_acted_on(tmp_path: Path, name: str) -> None:
    plant(tmp_path / "sara", {name: b"m", "features.py": b"f"})
    submission = sara(tmp_path)
    assert submission.files == {name: b"m", "features.py": b"f"}
    assert said(submission, "mlp.py is missing", name)


def test_a_missing_file_is_noted_and_a_notebook_stands_for_all(tmp_path: Path) -> None:
    plant(tmp_path / "sara", {"features.py": b"f"})
    assert said(sara(tmp_path), "mlp.py is missing")
    plant(tmp_path / "sara", {"hw.ipynb": b"{}"})
    submission = sara(tmp_path)
    assert set(submission.files) == {"features.py", "hw.ipynb"} and said(submission, "no mlp.py", "notebook")


def test_the_computers_own_files_are_left_out(tmp_path: Path) -> None:
    junk = [
        "__MACOSX/._mlp.py", "._mlp.py", ".DS_Store", "__pycache__/mlp.cpython-311.pyc", ".git/config", "venv/lib/mlp.py",
        ".venv/a.py", ".ipynb_checkpoints/mlp-checkpoint.py", "Thumbs.db", "env3/pyvenv.cfg", "env3/lib/features.py",
        "src/__pycache__/a.pyc",
    ]  # fmt: skip
    files = {**CODE, **dict.fromkeys(junk, b"junk")}
    plant(tmp_path / "sara", files)
    assert sara(tmp_path).files == CODE
    plant(tmp_path, {"zoe.zip": packed(files)})
    (zoe,) = (read(entry) for entry in scan(tmp_path, WANTED) if entry.student == "zoe")
    assert zoe.files == CODE


# Archives inside


def test_the_newest_of_two_archives_inside(tmp_path: Path) -> None:
    plant(tmp_path / "sara", {"hw_v1.zip": packed({"mlp.py": b"1"}), "hw_v2.zip": packed({"mlp.py": b"2"})})
    for newest, wanted in (("hw_v1.zip", b"1"), ("hw_v2.zip", b"2")):
        for name in ("hw_v1.zip", "hw_v2.zip"):
            os.utime(tmp_path / "sara" / name, (1000, 2000 if name == newest else 1000))
        submission = sara(tmp_path)
        assert submission.files == {"mlp.py": wanted} and said(submission, "2 archives", newest)


def test_an_archive_of_data_beside_the_code_stays_a_file(tmp_path: Path) -> None:
    data = packed({"a.csv": b"1,2"})
    plant(tmp_path / "sara", {"mlp.py": b"m", "data.zip": data, "broken.zip": b"no archive"})
    submission = sara(tmp_path)
    assert submission.files == {"mlp.py": b"m", "data.zip": data}
    assert said(submission, "broken.zip")


def test_one_level_of_archives_is_opened(tmp_path: Path) -> None:
    plant(tmp_path, {"sara.zip": packed({"inner.zip": packed(CODE)})})
    assert "inner.zip" in sara(tmp_path).problem


def test_office_files_are_no_archives(tmp_path: Path) -> None:
    plant(tmp_path / "sara", {"report.docx": packed(CODE)})
    assert "report.docx" in sara(tmp_path).problem


def test_an_archive_without_a_suffix_is_opened(tmp_path: Path) -> None:
    plant(tmp_path / "sara", {"homework": packed(CODE)})
    assert sara(tmp_path).files == CODE


# Nothing to grade


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"sara/report.pdf": b"%PDF"}, "report.pdf"),
        ({"sara/.DS_Store": b"x"}, "empty"),
        ({"sara.zip": b""}, "0 bytes"),
        ({"sara.zip": packed({})}, "empty"),
        ({"sara.zip": packed({"__MACOSX/._mlp.py": b"x"})}, "empty"),
        ({"sara.rar": b"Rar!\x1a\x07\x01\x00"}, "Please use .zip"),
        ({"sara.zip": b"Rar!\x1a\x07\x01\x00"}, "RAR"),
        ({"sara.zip": b"7z\xbc\xaf\x27\x1c\x00\x04"}, "7z"),
        ({"sara.zip": b"<!DOCTYPE html><html>"}, "web page"),
        ({"sara.zip": b"hello"}, "not a zip archive"),
        ({"sara.gz": gzip.compress(b"x = 1\n" * 200)}, "no tar archive"),
    ],
)
def test_problems_say_what_was_got_and_wanted(tmp_path: Path, files: dict[str, bytes], words: str) -> None:
    submission = sara(plant(tmp_path, files))
    assert words in submission.problem
    assert re.search(r"[Uu]pload|use \.zip", submission.problem)


def test_an_empty_folder_and_an_empty_file(tmp_path: Path) -> None:
    (tmp_path / "sara").mkdir()
    assert "empty" in sara(tmp_path).problem
    plant(tmp_path / "sara", {"mlp.py": b"  \n", "features.py": b"x = 1"})
    submission = sara(tmp_path)
    assert not submission.problem and said(submission, "Empty: mlp.py")


# Files that are no files


def test_links_are_never_followed(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    plant(secret, {"mlp.py": b"secret", "features.py": b"secret"})
    inbox = tmp_path / "in"
    plant(inbox / "sara", {"features.py": b"f"})
    (inbox / "sara" / "mlp.py").symlink_to(secret / "mlp.py")
    (inbox / "sara" / "lib").symlink_to(secret, target_is_directory=True)
    (inbox / "sara" / "loop").symlink_to(inbox / "sara", target_is_directory=True)
    (inbox / "eve").symlink_to(secret, target_is_directory=True)
    (inbox / "mallory.py").symlink_to(secret / "mlp.py")
    submission = sara(inbox)
    assert submission.files == {"features.py": b"f"}
    assert said(submission, "mlp.py", "lib", "loop", "it is a link")
    others = {entry.student: read(entry) for entry in scan(inbox, WANTED)}
    assert "link" in others["eve"].problem and "link" in others["mallory"].problem


def test_fifos_sockets_and_devices_do_not_stop_the_class(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plant(tmp_path / "sara", {"features.py": b"f"})
    os.mkfifo(tmp_path / "sara" / "mlp.py")
    os.mkfifo(tmp_path / "eve.zip")
    monkeypatch.chdir(tmp_path / "sara")  # a socket's path may not be long
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("helper.py")
        submission = sara(tmp_path)
    assert submission.files == {"features.py": b"f"}
    assert said(submission, "mlp.py", "helper.py", "not a plain file")
    (eve,) = (read(entry) for entry in scan(tmp_path, WANTED) if entry.student == "eve")
    assert "not a plain file" in eve.problem


def test_a_file_swapped_for_a_fifo_after_the_listing_does_not_block(tmp_path: Path) -> None:
    plant(tmp_path, {"mlp.py": b"x"})
    member = next(sources_module.Folder(tmp_path, 10, 3).under("mlp.py"))
    (tmp_path / "mlp.py").unlink()
    os.mkfifo(tmp_path / "mlp.py")
    with pytest.raises(sources_module.IntakeError, match="plain file"):
        member.open()


def test_unreadable_files_and_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plant(tmp_path / "sara", {**CODE, "data.bin": b"d", "shut/x.bin": b"x"})
    really_open, really_list = os.open, Path.iterdir

    # Root may read everything, so what the system would say is said here.
    def refusing_open(path: Path, *rest: int, **more: int) -> int:
        if str(path).endswith(refused):
            raise PermissionError(13, "Permission denied")
        return really_open(path, *rest, **more)

    def refusing_list(path: Path) -> object:
        if path.name == "shut":
            raise PermissionError(13, "Permission denied")
        return really_list(path)

    monkeypatch.setattr(sources_module.os, "open", refusing_open)
    monkeypatch.setattr(Path, "iterdir", refusing_list)
    refused = "data.bin"
    submission = sara(tmp_path)
    assert submission.files == CODE and said(submission, "data.bin", "permissions") and said(submission, "shut")
    refused = "sara/mlp.py"
    assert "permissions" in sara(tmp_path).problem


# Limits


def test_data_beyond_the_limits_is_left_out_and_code_is_graded(tmp_path: Path) -> None:
    plant(tmp_path / "sara", {**CODE, "big.bin": bytes(2001), "a.bin": bytes(1500), "b.bin": bytes(1600), "c.bin": bytes(1700)})
    submission = sara(tmp_path, limits=SMALL)
    assert set(submission.files) == {*CODE, "a.bin", "b.bin"}
    assert said(submission, "big.bin", "larger than") and said(submission, "c.bin", "in all")


def test_too_many_files(tmp_path: Path) -> None:
    plant(tmp_path / "sara", {**CODE, **{f"d{n}.bin": b"x" for n in range(9)}})
    submission = sara(tmp_path, limits=SMALL)
    assert len(submission.files) == 5 and said(submission, "more than 5 files")
    plant(tmp_path / "sara", {f"m{n}.py": b"x" for n in range(9)})
    assert "more than 5 files" in sara(tmp_path, limits=SMALL).problem
    plant(tmp_path / "sara", {f"e{n}.bin": b"x" for n in range(50)})
    assert "more than 50 files" in sara(tmp_path, limits=SMALL).problem


def test_code_too_large_is_a_problem_that_says_how_to_mend_it(tmp_path: Path) -> None:
    plant(tmp_path / "sara", {"mlp.ipynb": bytes(3000)})
    assert "clear a notebook's outputs" in sara(tmp_path, limits=SMALL).problem


def test_a_sparse_terabyte_costs_nothing(tmp_path: Path) -> None:
    plant(tmp_path / "sara", CODE)
    with (tmp_path / "sara" / "disk.img").open("wb") as file:
        file.truncate(1 << 40)
    submission = sara(tmp_path)
    assert submission.files == CODE and said(submission, "disk.img")


def test_paths_too_deep_and_too_long(tmp_path: Path) -> None:
    plant(tmp_path / "sara", {**CODE, "a/b/c/fits.py": b"x", "a/b/c/d/deep.py": b"x", "1/2/3/4/5/6/7/x.py": b"x"})
    plant(tmp_path / "sara", {"n" * 70 + ".py": b"x"})
    submission = sara(tmp_path, limits=SMALL)
    assert set(submission.files) == {*CODE, "a/b/c/fits.py"}
    assert said(submission, "deep.py", "folders deep") and said(submission, "nnnn", "longer than")


# Names


@pytest.mark.parametrize("name", ["my code.py", "a,b.py", "=cmd().py", "کد.py", "نیم\u200cفاصله.py", "é.py", "'quote\".py"])
def test_odd_but_honest_names_are_kept(tmp_path: Path, name: str) -> None:
    plant(tmp_path / "sara", {**CODE, name: b"x"})
    assert sara(tmp_path).files[name] == b"x"


@pytest.mark.parametrize("name", ["a\x07.py", "a\u202eyp.exe", "a\nb.py", os.fsdecode(b"\xff.py"), "a\\..\\..\\b.py", "C:b.py"])
def test_names_that_deceive_are_left_out_and_shown_clean(tmp_path: Path, name: str) -> None:
    plant(tmp_path / "sara", {**CODE, name: b"x"})
    submission = sara(tmp_path)
    assert submission.files == CODE
    assert said(submission, "Left out") and all(note.isprintable() for note in submission.notes)


def test_names_that_differ_by_case_only(tmp_path: Path) -> None:
    plant(tmp_path / "sara", {**CODE, "MLP.py": b"other", "Data.csv": b"1", "data.csv": b"2"})
    submission = sara(tmp_path)
    assert submission.files["mlp.py"] == CODE["mlp.py"] and len(submission.files) == 3
    assert said(submission, "more than once")


# Fingerprints


def test_the_fingerprint_follows_paths_and_contents_only(tmp_path: Path) -> None:
    def fingerprint(files: dict[str, bytes]) -> str:
        inbox = tmp_path / str(len(list(tmp_path.iterdir())))
        return sara(plant(inbox, files)).fingerprint

    base = fingerprint(under("sara", CODE))
    assert fingerprint(under("sara", CODE)) == base
    assert fingerprint({"sara.zip": packed(under("hw", CODE))}) == base
    others = [
        fingerprint(under("sara", {**CODE, "mlp.py": b"m = 2\n"})),
        fingerprint(under("sara", {**CODE, "x.py": b""})),
        fingerprint(under("sara", {"features.py": b"f = 1\nm", "mlp.py": b" = 1\n"})),
        fingerprint({"sara.rar": b"Rar!\x1a\x07\x00"}),
        fingerprint({"sara.rar": b"Rar!\x1a\x07\x01"}),
        fingerprint({"sara/report.pdf": b"%PDF"}),
        fingerprint({"sara/report.pdf": b"%PDG"}),
    ]
    assert len({base, *others}) == len(others) + 1
    assert fingerprint({"sara/report.pdf": b"%PDF"}) == others[5]


def test_nothing_is_ever_imported_or_written(tmp_path: Path) -> None:
    trap = b"import pathlib; pathlib.Path(__file__).with_name('ran').touch(); raise SystemExit"
    inbox = plant(
        tmp_path / "in", {"sara/mlp.py": trap, "sara/features.py": trap, "sara/__init__.py": trap, "sara/conftest.py": trap}
    )
    with tarfile.open(inbox / "eve.tar", "w") as archive:
        archive.add(inbox / "sara", "eve")
    before = sorted(inbox.rglob("*"))
    assert sara(inbox).files["mlp.py"] == trap
    assert sorted(path for path in inbox.rglob("*") if "bob" not in path.parts) == before
