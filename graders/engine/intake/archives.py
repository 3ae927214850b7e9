"""Archives, opened as hostile bytes: zip and tar (plain, gzip, bzip2, xz).

What an archive is, its first bytes say, not its name. Python's parsers do the parsing, behind three guards: a file that refuses
huge single reads (a central directory or a PAX header of gigabytes), a cap on members, and a cap on every stream.
"""

from __future__ import annotations

import bz2
import gzip
import lzma
import stat
import struct
import tarfile
import tempfile
import time
import zipfile
import zlib
from collections.abc import Callable
from itertools import pairwise
from typing import IO, cast

from graders.kit.errors import InputError, IntakeError

from .names import display, split, suffix
from .records import MIB, Limits
from .sources import Listing, Member

# What Python's parsers raise on bytes that are not what they claim; found by fuzzing (tests/graders/test_intake_archives.py).
DAMAGE: tuple[type[Exception], ...] = (
    zipfile.BadZipFile, tarfile.TarError, lzma.LZMAError, zlib.error, struct.error, EOFError, OSError, ValueError,
    OverflowError, IndexError, KeyError, RecursionError, NotImplementedError, RuntimeError, MemoryError,
)  # fmt: skip
FAULTS: tuple[type[Exception], ...] = (InputError, *DAMAGE)

_MAGIC = (
    (b"PK\x03\x04", "zip"), (b"PK\x05\x06", "zip"), (b"PK\x07\x08", "zip"), (b"\x1f\x8b", "gz"), (b"BZh", "bz2"),
    (b"\xfd7zXZ\x00", "xz"), (b"Rar!\x1a\x07", "RAR"), (b"7z\xbc\xaf\x27\x1c", "7z"), (b"%PDF", "PDF"),
    (b"\x28\xb5\x2f\xfd", "Zstandard"), (b"MSCF", "CAB"),
)  # fmt: skip
_OPENED_AS = {
    "zip": (".zip",), "tar": (".tar",), "gz": (".tar.gz", ".tgz", ".gz"), "bz2": (".tar.bz2", ".tbz2", ".tbz", ".bz2"),
    "xz": (".tar.xz", ".txz", ".xz"),
}  # fmt: skip
_HEADER_BYTES = 256  # room per member in a zip's central directory: 46 fixed, the rest for name and extra fields
_LOCAL_HEADER = 30  # the least bytes of a zip member before its content
_CHUNK = 256 * 1024
_SPOOL = 8 * MIB  # beyond this a temporary file on disk takes over from memory


def spool() -> IO[bytes]:
    """A nameless temporary file for the caller to close: in memory while it is small."""
    return cast("IO[bytes]", tempfile.SpooledTemporaryFile(max_size=_SPOOL))


def sniff(head: bytes) -> str:
    """What the first 512 bytes say: an archive kind, another known kind, or ""."""
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return kind
    if head[257:262] == b"ustar" or (len(head) == 512 and not any(head)):
        return "tar"
    if head.lstrip()[:14].lower().startswith((b"<!doctype html", b"<html")):
        return "web page"
    return ""


class _Guarded:
    """A seekable file that refuses a single read of more than `most` bytes, whatever a header asks for."""

    def __init__(self, file: IO[bytes], most: int, shown: str) -> None:
        self._file = file
        self._most = most
        self._shown = shown

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(self._most + 1) if size < 0 else b""
        if max(size, len(data)) > self._most:
            raise IntakeError(f"{self._shown} has a larger table of contents than any real archive. Make it again and upload it.")
        return data if size < 0 else self._file.read(size)

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()

    def seekable(self) -> bool:
        return True

    def close(self) -> None:
        self._file.close()


def open_archive(file: IO[bytes], name: str, limits: Limits) -> tuple[Listing, str]:
    """List an archive -> (its members, a note or ""). Takes over `file`, which must be seekable.

    Raises:
        IntakeError: not an archive that is opened here, damaged, encrypted or a bomb; the message says how to mend it.
    """
    shown = display(name)
    file.seek(0)
    head = file.read(512)
    kind = sniff(head) or ("tar" if suffix(name) == ".tar" else "")
    try:
        if not head:
            raise IntakeError(f"{shown} is empty (0 bytes). Make the archive again and upload it.")
        if kind not in _OPENED_AS:
            raise IntakeError(_not_opened(shown, kind))
        file.seek(0)
        listing = (_zip if kind == "zip" else _tar)(file, kind, shown, limits)
    except IntakeError:
        file.close()
        raise
    except DAMAGE as error:
        file.close()
        raise IntakeError(
            f"{shown} is damaged or was cut short ({type(error).__name__}). Make the archive again, see that it opens on your "
            "own computer, and upload it."
        ) from error
    wrong = suffix(name) not in ("", *_OPENED_AS[kind])
    return listing, f"{shown} is really a {kind} archive; it was opened as one." if wrong else ""


def _not_opened(shown: str, kind: str) -> str:
    if kind in ("", "PDF", "web page"):
        what = f"a {kind}" if kind else "no archive that is known here"
        return f"{shown} is {what}, not a zip archive. Put your .py files or your notebook into a .zip and upload that."
    return f"{shown} is a {kind} archive, which is not opened here. Please use .zip (or .tar.gz) and upload again."


def _too_many(shown: str, limits: Limits) -> IntakeError:
    return IntakeError(
        f"{shown} lists more than {limits.members} files. Hand in the code only, without data sets and environments."
    )


# zip


def _zip(file: IO[bytes], _kind: str, shown: str, limits: Limits) -> Listing:
    guarded = _Guarded(file, max(limits.members * _HEADER_BYTES, MIB), shown)
    archive = zipfile.ZipFile(cast("IO[bytes]", guarded))
    infos = archive.infolist()
    if len(infos) > limits.members:
        raise _too_many(shown, limits)
    if any(info.flag_bits & 0x1 for info in infos):
        raise IntakeError(f"{shown} is protected by a password. Make the archive again without one and upload it.")
    places = sorted((info.header_offset, info.compress_size) for info in infos)
    for (offset, packed), (following, _) in pairwise(places):
        # The trick of the densest bombs: many members share the same packed bytes.
        if offset + _LOCAL_HEADER + packed > following:
            raise IntakeError(f"{shown} is built like a zip bomb (its members overlap). Make the archive again and upload it.")
    members, folders = [], []
    for info in infos:
        path, why = split(_zip_name(info))
        if info.is_dir() or info.orig_filename.endswith("\\"):
            folders.append(path)
        elif path:
            members.append(_zip_member(archive, info, path, why))

    def close() -> None:
        archive.close()
        file.close()

    return Listing(members, folders, close)


def _zip_name(info: zipfile.ZipInfo) -> str:
    """Names without the UTF-8 flag are decoded as CP437, though macOS writes UTF-8 there too."""
    if info.flag_bits & 0x800:
        return info.filename
    try:
        return info.filename.encode("cp437").decode("utf-8")
    except UnicodeError:
        return info.filename


def _zip_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, path: str, why: str) -> Member:
    kind = stat.S_IFMT(info.external_attr >> 16) if info.create_system == 3 else 0
    if kind == stat.S_IFLNK:
        why = "it is a link"
    elif kind not in (0, stat.S_IFREG):
        why = "it is not a plain file"
    try:
        mtime = time.mktime((*info.date_time, 0, 0, -1))
    except (ValueError, OverflowError):
        mtime = 0.0
    return Member(path, info.file_size, mtime, lambda: archive.open(info), why, info.compress_size)


# tar


def _tar(file: IO[bytes], kind: str, shown: str, limits: Limits) -> Listing:
    plain = file if kind == "tar" else _decompress(file, kind, shown, limits)
    archive = tarfile.TarFile(fileobj=cast("IO[bytes]", _Guarded(plain, MIB, shown)))
    members: list[Member] = []
    folders: list[str] = []
    # No `getmembers`: a header that points backwards would keep it busy for ever.
    for count, info in enumerate(archive):
        if count == limits.members:
            raise _too_many(shown, limits)
        path, why = split(info.name)
        if info.isdir():
            folders.append(path)
        elif path:
            members.append(_tar_member(archive, info, path, why))

    def close() -> None:
        archive.close()
        plain.close()

    return Listing(members, folders, close)


def _tar_member(archive: tarfile.TarFile, info: tarfile.TarInfo, path: str, why: str) -> Member:
    if info.issym() or info.islnk():
        why = "it is a link"
    elif not info.isreg():
        why = "it is not a plain file"

    def open_member() -> IO[bytes]:
        file = archive.extractfile(info)
        if file is None:
            raise IntakeError("it is not a plain file")
        return file

    return Member(path, info.size, float(info.mtime), open_member, why)


def _decompress(file: IO[bytes], kind: str, shown: str, limits: Limits) -> IO[bytes]:
    """The whole stream, unpacked into a temporary file that counts as it grows. Closes `file`."""
    packed = file.seek(0, 2)
    file.seek(0)
    openers: dict[str, Callable[[IO[bytes]], IO[bytes]]] = {
        "gz": lambda raw: cast("IO[bytes]", gzip.GzipFile(fileobj=raw, mode="rb")),
        "bz2": lambda raw: cast("IO[bytes]", bz2.BZ2File(raw)),
        "xz": lambda raw: cast("IO[bytes]", lzma.LZMAFile(raw)),  # noqa: SIM115 - closed below
    }
    plain = spool()
    size = 0
    try:
        with openers[kind](file) as stream:
            while chunk := stream.read(_CHUNK):
                size += len(chunk)
                if size > limits.upload or (size > 8 * MIB and size > packed * limits.ratio):
                    raise IntakeError(
                        f"{shown} unpacks to more than {size // MIB} MiB, which is too much or built like a bomb. Hand in the "
                        "code only, without data."
                    )
                plain.write(chunk)
        plain.seek(0)
        if size < 512 or not sniff(plain.read(512)) == "tar":
            raise IntakeError(f"{shown} holds no tar archive. Make a .zip or .tar.gz of your files and upload it.")
    except BaseException:
        plain.close()
        raise
    file.close()
    plain.seek(0)
    return plain
