"""Hostile archives: each costs its own student a clear message, bounded time and bounded memory, and nobody else anything."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import random
import stat
import struct
import tarfile
import time
import tracemalloc
import zipfile
import zlib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from graders.engine.intake import Limits, Submission, read, scan
from graders.engine.intake.names import refusal, split

WANTED = ("features.py", "mlp.py")
CODE = {"features.py": b"f = 1\n", "mlp.py": b"m = 1\n"}
MIB = 1 << 20


def zipped(files: dict[str, bytes] | list[tuple[str | zipfile.ZipInfo, bytes]], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, data in files.items() if isinstance(files, dict) else files:
            archive.writestr(name, data)
    return buffer.getvalue()


def tarred(members: list[tarfile.TarInfo | tuple[str, bytes]]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for member in members:
            if isinstance(member, tarfile.TarInfo):
                archive.addfile(member)
            else:
                info = tarfile.TarInfo(member[0])
                info.size = len(member[1])
                archive.addfile(info, io.BytesIO(member[1]))
    return buffer.getvalue()


def hand_in(inbox: Path, name: str, data: bytes, limits: Limits | None = None) -> Submission:
    """Eve hands in these bytes, and Bob his code. Returns what became of Eve's."""
    inbox.mkdir(exist_ok=True)
    (inbox / name).write_bytes(data)
    (inbox / "bob").mkdir(exist_ok=True)
    for path, code in CODE.items():
        (inbox / "bob" / path).write_bytes(code)
    taken = {entry.name: read(entry) for entry in scan(inbox, WANTED, limits)}
    assert taken["bob"].files == CODE
    eve = taken["eve"]
    assert bool(eve.files) != bool(eve.problem)
    for path in eve.files:
        assert split(path) == (path, "") and not refusal(path, limits or Limits())
    return eve


def hand_in_bomb(inbox: Path, name: str, data: bytes, limits: Limits | None = None) -> Submission:
    """`hand_in`, which may cost at most 80 MiB of memory (the limit on content is 64) and 5 s of processor time."""
    tracemalloc.start()
    start = time.process_time()
    eve = hand_in(inbox, name, data, limits)
    seconds, peak = time.process_time() - start, tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 80 * MIB and seconds < 5
    return eve


def notes(submission: Submission) -> str:
    return " ".join(submission.notes)


# Paths

ESCAPES = [
    "../evil.py",
    "/etc/evil.py",
    "a/../../evil.py",
    "C:\\evil.py",
    "c:evil.py",
    "..\\..\\evil.py",
    "\\\\host\\evil.py",
    "//x/evil.py",
]


@pytest.mark.parametrize("path", ESCAPES)
@pytest.mark.parametrize("kind", ["zip", "tar"])
def test_paths_that_lead_outside_are_left_out(tmp_path: Path, path: str, kind: str) -> None:
    members = [(path, b"evil"), *CODE.items()]
    data = zipped(members) if kind == "zip" else tarred(list(members))  # type: ignore[arg-type]
    eve = hand_in(tmp_path / "in", f"eve.{kind}", data)
    assert eve.files == CODE
    assert "evil.py" in notes(eve) and ("outside" in notes(eve) or "absolute" in notes(eve))
    assert sorted(path.name for path in tmp_path.rglob("*.py")) == ["features.py", "mlp.py"]


def test_only_escapes_is_a_problem(tmp_path: Path) -> None:
    assert "outside" in hand_in(tmp_path, "eve.zip", zipped({"../mlp.py": b"x"})).problem


def test_backslashes_of_old_windows_tools_are_folders(tmp_path: Path) -> None:
    eve = hand_in(tmp_path, "eve.zip", zipped({"hw\\src\\mlp.py": b"m", "hw\\src\\features.py": b"f"}))
    assert eve.files == {"mlp.py": b"m", "features.py": b"f"}


@given(st.text(min_size=1, max_size=80))
@example("a/./b//c/../d.py")
@example("C:C:x/..//\\..\\")
@settings(deadline=None, max_examples=200)
def test_no_path_escapes(raw: str) -> None:
    path, _ = split(raw)
    steps = path.split("/")
    assert not path.startswith("/") and ".." not in steps and "\\" not in path
    assert split(path)[0] == path or refusal(path, Limits())


@given(st.lists(st.tuples(st.text(min_size=1, max_size=30), st.binary(max_size=20)), max_size=6))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_any_member_names_give_files_or_a_problem(tmp_path: Path, members: list[tuple[str, bytes]]) -> None:
    try:
        data = zipped([*members, ("mlp.py", b"m")])  # type: ignore[list-item]
    except (UnicodeError, ValueError):
        return
    eve = hand_in(tmp_path / "in", "eve.zip", data)
    assert eve.files or eve.problem
    assert all(note.isprintable() for note in (*eve.notes, eve.problem))


# Links, devices, doubles


def test_links_and_devices_in_a_tar(tmp_path: Path) -> None:
    members: list[tarfile.TarInfo | tuple[str, bytes]] = list(CODE.items())
    for name, kind in [
        ("l.py", tarfile.SYMTYPE),
        ("h.py", tarfile.LNKTYPE),
        ("c", tarfile.CHRTYPE),
        ("b", tarfile.BLKTYPE),
        ("f", tarfile.FIFOTYPE),
    ]:
        info = tarfile.TarInfo(name)
        info.type, info.linkname = kind, "/etc/passwd"
        members.append(info)
    eve = hand_in(tmp_path, "eve.tar", tarred(members))
    assert eve.files == CODE
    assert "Left out: h.py, l.py (it is a link)" in notes(eve) and "b, c, f (it is not a plain file)" in notes(eve)


def test_a_link_in_a_zip(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("mlp.py")
    link.create_system, link.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    eve = hand_in(tmp_path, "eve.zip", zipped([(link, b"/etc/passwd"), ("features.py", b"f")]))
    assert eve.files == {"features.py": b"f"} and "it is a link" in notes(eve)


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("kind", ["zip", "tar"])
def test_of_doubled_members_the_last_counts_and_it_is_said(tmp_path: Path, kind: str) -> None:
    members = [("mlp.py", b"first"), ("mlp.py", b"last"), ("MLP.PY", b"case"), ("features.py", b"f")]
    data = zipped(members) if kind == "zip" else tarred(list(members))  # type: ignore[arg-type]
    eve = hand_in(tmp_path, f"eve.{kind}", data)
    assert eve.files == {"mlp.py": b"last", "features.py": b"f"} and "more than once" in notes(eve)


def test_a_file_that_is_also_a_folder(tmp_path: Path) -> None:
    eve = hand_in(tmp_path, "eve.zip", zipped([("a", b"x"), ("A/b.txt", b"y"), *CODE.items()]))
    assert eve.files == {**CODE, "A/b.txt": b"y"} and "same name" in notes(eve)


# Bombs


def test_a_bomb_beside_the_code_costs_only_itself(tmp_path: Path) -> None:
    eve = hand_in_bomb(tmp_path, "eve.zip", zipped({**CODE, "bomb.bin": bytes(200 * MIB // 8), "tight.bin": bytes(5 * MIB)}))
    assert eve.files == CODE
    assert "bomb.bin" in notes(eve) and "zip bomb" in notes(eve)


def test_a_bomb_in_the_codes_place_is_a_problem(tmp_path: Path) -> None:
    eve = hand_in_bomb(tmp_path, "eve.zip", zipped({"mlp.py": bytes(8 * MIB)}))
    assert "zip bomb" in eve.problem


def test_a_nested_bomb_is_not_unpacked(tmp_path: Path) -> None:
    inner = zipped({"0": bytes(8 * MIB)})
    for level in range(3):
        inner = zipped({f"{level}{n}.zip": inner for n in range(10)})
    assert hand_in_bomb(tmp_path, "eve.zip", inner).problem


def test_overlapping_members(tmp_path: Path) -> None:
    """Twenty entries of the table of contents that all point to one packed kernel."""
    data = zipped({"a.py": bytes(100_000)})
    end = data.rindex(b"PK\x05\x06")
    start = data.index(b"PK\x01\x02")
    entries = data[start:end] * 20
    tail = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 20, 20, len(entries), start, 0)
    assert "overlap" in hand_in_bomb(tmp_path, "eve.zip", data[:start] + entries + tail).problem


def test_too_many_members(tmp_path: Path) -> None:
    limits = Limits(members=100)
    many = {f"{n}.txt": b"" for n in range(101)}
    assert "more than 100" in hand_in_bomb(tmp_path, "eve.zip", zipped(many), limits).problem
    assert "more than 100" in hand_in_bomb(tmp_path / "b", "eve.tar", tarred(list(many.items())), limits).problem


def test_a_huge_table_of_contents_is_not_read(tmp_path: Path) -> None:
    data = zipped(CODE)
    end = data.rindex(b"PK\x05\x06")
    tail = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 2, 2, 40 * MIB, 0, 0)
    eve = hand_in_bomb(tmp_path, "eve.zip", data[:end] + bytes(40 * MIB - end) + tail)
    assert "table of contents" in eve.problem


def test_a_huge_pax_header_is_not_read(tmp_path: Path) -> None:
    info = tarfile.TarInfo("x")
    info.type, info.size = tarfile.XHDTYPE, 40 * MIB
    data = info.tobuf(tarfile.USTAR_FORMAT) + bytes(40 * MIB) + tarred(list(CODE.items()))
    assert "table of contents" in hand_in_bomb(tmp_path, "eve.tar", data).problem


@pytest.mark.parametrize(("suffix", "compress"), [("gz", gzip.compress), ("bz2", bz2.compress), ("xz", lzma.compress)])
def test_a_compressed_tar_that_grows_without_end(tmp_path: Path, suffix: str, compress: object) -> None:
    bomb = compress(tarred([("mlp.py", bytes(24 * MIB))]))  # type: ignore[operator]
    eve = hand_in_bomb(tmp_path, f"eve.tar.{suffix}", bomb)
    assert "bomb" in eve.problem


def test_headers_that_lie_about_size(tmp_path: Path) -> None:
    """A member that says 5 bytes and unpacks to 20 MiB is damaged, not unpacked."""
    data = bytearray(zipped({"mlp.py": bytes(20 * MIB)}))
    for signature, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        place = data.index(signature) + offset
        data[place : place + 4] = struct.pack("<L", 5)
    assert "mlp.py" in hand_in_bomb(tmp_path, "eve.zip", bytes(data)).problem
    data = bytearray(zipped({"mlp.py": b"x = 1\n"}))
    place = data.index(b"PK\x01\x02") + 24
    data[place : place + 4] = struct.pack("<L", 1 << 31)
    assert "mlp.py" in hand_in_bomb(tmp_path, "eve.zip", bytes(data)).problem


def test_a_tar_header_that_points_backwards_ends(tmp_path: Path) -> None:
    """A negative size sends Python's tar reader round in circles; the cap on members ends it."""
    info = tarfile.TarInfo("mlp.py")
    header = bytearray(info.tobuf(tarfile.GNU_FORMAT))
    header[124:136] = b"\xff" * 4 + struct.pack(">q", -1024)
    header[148:156] = b" " * 8
    header[148:156] = f"{sum(header):06o}\0 ".encode()
    assert hand_in_bomb(tmp_path, "eve.tar", bytes(header) * 3 + bytes(1024)).problem


# Damage


def test_a_password(tmp_path: Path) -> None:
    data = bytearray(zipped(CODE))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = -1
        while (place := data.find(signature, place + 1)) >= 0:
            data[place + offset] |= 1
    assert "password" in hand_in(tmp_path, "eve.zip", bytes(data)).problem


@pytest.mark.parametrize("kind", ["zip", "tar", "tar.gz", "tar.bz2", "tar.xz"])
@pytest.mark.parametrize("kept", [0.2, 0.5, 0.9])
def test_cut_short(tmp_path: Path, kind: str, kept: float) -> None:
    noise = random.Random(1).randbytes(60_000)
    files = {"features.py": noise, "mlp.py": noise[::-1]}
    compress = {"tar.gz": gzip.compress, "tar.bz2": bz2.compress, "tar.xz": lzma.compress}.get(kind, bytes)
    data = zipped(files) if kind == "zip" else compress(tarred(list(files.items())))
    eve = hand_in(tmp_path, f"eve.{kind}", data[: int(len(data) * kept)])
    assert "cut short" in eve.problem or "damaged" in eve.problem


def test_a_bad_checksum_costs_a_data_file_but_stops_a_code_file(tmp_path: Path) -> None:
    def spoilt(name: str) -> bytes:
        data = bytearray(zipped({**CODE, "data.bin": b"d" * 50}, zipfile.ZIP_STORED))
        place = data.index(name.encode()) + len(name)
        data[place] ^= 1
        return bytes(data)

    eve = hand_in(tmp_path, "eve.zip", spoilt("data.bin"))
    assert eve.files == CODE and "data.bin (damaged" in notes(eve)
    assert "mlp.py cannot be taken: damaged" in hand_in(tmp_path, "eve.zip", spoilt("mlp.py")).problem


def test_a_wrong_suffix_is_seen_through(tmp_path: Path) -> None:
    for number, (name, data, kind) in enumerate([
        ("eve.zip", gzip.compress(tarred(list(CODE.items()))), "gz"),
        ("eve.tar.gz", zipped(CODE), "zip"),
        ("eve.rar", zipped(CODE), "zip"),
        ("eve.tgz", tarred(list(CODE.items())), "tar"),
    ]):  # fmt: skip
        eve = hand_in(tmp_path / str(number), name, data)
        assert eve.files == CODE and f"really a {kind}" in notes(eve)


# Names in archives


def test_persian_names_with_and_without_the_utf8_flag(tmp_path: Path) -> None:
    name = "تمرین/کد.py"
    flagged = zipped({name: b"x", "تمرین/mlp.py": b"m"})
    unflagged = bytearray(flagged)
    for signature, offset in ((b"PK\x03\x04", 7), (b"PK\x01\x02", 9)):
        place = -1
        while (place := unflagged.find(signature, place + 1)) >= 0:
            unflagged[place + offset] &= ~0x08
    for data in (flagged, bytes(unflagged)):
        assert hand_in(tmp_path, "eve.zip", data).files == {"کد.py": b"x", "mlp.py": b"m"}


def test_cp437_and_undecodable_names(tmp_path: Path) -> None:
    data = zipped({"caf_.txt": b"x", **CODE}).replace(b"caf_", b"caf\x82")
    assert hand_in(tmp_path, "eve.zip", data).files == {**CODE, "café.txt": b"x"}
    odd = tarred([("caf_.txt", b"x"), *CODE.items()])
    header = bytearray(odd[:512].replace(b"caf_", b"caf\xff"))
    header[148:156] = b" " * 8
    header[148:156] = f"{sum(header):06o}\0 ".encode()
    eve = hand_in(tmp_path / "b", "eve.tar", bytes(header) + odd[512:])
    assert eve.files == CODE and "invisible" in notes(eve)


def test_hostile_members_of_a_class_archive_hurt_their_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "class.zip"
    members = {f"{name}/{file}": data for name in ("ann", "bob") for file, data in CODE.items()}
    path.write_bytes(zipped({**members, "ann/../../x.py": b"x", "../zoe.py": b"x", "bob/big.bin": bytes(40 * MIB)}))
    taken = {entry.name: read(entry) for entry in scan(path, WANTED)}
    assert taken["bob"].files == taken["ann"].files == CODE
    assert "big.bin" in notes(taken["bob"])
    assert "outside" in taken["zoe"].problem


# Fuzz

SEEDS = {
    "zip": zipped(CODE),
    "tar": tarred(list(CODE.items())),
    "tar.gz": gzip.compress(tarred(list(CODE.items()))),
    "tar.bz2": bz2.compress(tarred(list(CODE.items()))),
    "tar.xz": lzma.compress(tarred(list(CODE.items()))),
}


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("kind", SEEDS)
def test_spoilt_bytes_never_stop_the_class(tmp_path: Path, kind: str) -> None:
    draw = random.Random(zlib.crc32(kind.encode()))
    headers = {"tar": 1536}.get(kind, len(SEEDS[kind]))
    for _ in range(150):
        data = bytearray(SEEDS[kind])
        for _ in range(draw.randint(1, 4)):
            data[draw.randrange(headers)] = draw.choice([0, 1, 0x2D, 0x7F, 0x80, 0xFF, draw.randrange(256)])
        eve = hand_in(tmp_path / "in", f"eve.{kind}", bytes(data))
        assert eve.files or eve.problem


def test_parser_errors_reach_the_student_in_words(tmp_path: Path) -> None:
    eve = hand_in(tmp_path, "eve.zip", b"PK\x03\x04" + b"x" * 100)
    assert "see that it opens on your own computer" in eve.problem
