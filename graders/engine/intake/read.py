"""The second step: the content of one submission, under limits that hold on the bytes as they come."""

from __future__ import annotations

import hashlib
from contextlib import ExitStack
from pathlib import Path

from graders.kit.errors import IntakeError

from .archives import FAULTS
from .choose import mend, root_of, within
from .inbox import open_inbox
from .names import by_notebook, display, gradable, listed
from .pile import CHUNK, Pile, Remarks, gather
from .records import MIB, Entry, Limits, Submission
from .sources import Member, Source


def read(entry: Entry) -> Submission:
    """Take the content of one submission. Never raises for what the student handed in: that becomes its `problem`.

    Raises:
        InputError: the inbox itself is gone or can no longer be opened.
    """
    source = open_inbox(Path(entry.inbox), entry.limits)
    remarks = Remarks(list(entry.notes))
    try:
        with ExitStack() as stack:
            files = _files(source, entry, remarks, stack)
    except IntakeError as error:
        return Submission(entry.student, entry.name, {}, _of_what_lies_there(source, entry), str(error), remarks.all())
    return Submission(entry.student, entry.name, files, _of_files(files), "", remarks.all())


def _files(source: Source, entry: Entry, remarks: Remarks, stack: ExitStack) -> dict[str, bytes]:
    pile = gather(source, entry, remarks, stack)
    if not any(gradable(path, entry.wanted) for path in pile):
        raise IntakeError(_nothing(pile, entry, remarks))
    chosen, notes = within(pile, root_of(pile, entry.wanted), entry.wanted)
    chosen, more = mend(chosen, entry.wanted)
    remarks.notes += [*notes, *more]
    return _take({path: pile[lies] for lies, path in chosen.items()}, entry, remarks)


def _nothing(pile: Pile, entry: Entry, remarks: Remarks) -> str:
    there = [*pile, *(path for paths in remarks.left_out.values() for path in paths)]
    got = f"only {listed(there)}" if there else "nothing: the upload is empty"
    why = "".join(f" Left out: {listed(paths)} ({reason})." for reason, paths in remarks.left_out.items())
    wanted = listed(entry.wanted, most=20) + (
        ", or notebooks that define the same names, such as one for each question" if by_notebook(entry.wanted) else ""
    )
    return f"Got {got}.{why} Wanted: {wanted}. Upload these as plain files or in one .zip."


def _take(pile: Pile, entry: Entry, remarks: Remarks) -> dict[str, bytes]:
    """The bytes: code first, and then data from the smallest on as long as the limits allow."""
    order = sorted(pile, key=lambda path: (path not in entry.wanted, not gradable(path, entry.wanted), pile[path].size, path))
    files: dict[str, bytes] = {}
    room = entry.limits.total
    for path in order:
        try:
            if len(files) >= entry.limits.files:
                raise IntakeError(f"more than {entry.limits.files} files")
            data = _bytes(pile[path], room, entry.limits)
        except FAULTS as error:
            reason = str(error) if isinstance(error, IntakeError) else f"damaged, {type(error).__name__}"
            if gradable(path, entry.wanted):
                raise IntakeError(
                    f"{display(path)} cannot be taken: {reason}. Hand in the code only, clear a notebook's outputs, see that the "
                    "files open on your own computer, and upload again."
                ) from error
            remarks.leave(path, reason)
        else:
            room -= len(data)
            files[path] = data
    if empty := [path for path in files if gradable(path, entry.wanted) and not files[path].strip()]:
        remarks.notes.append(f"Empty: {listed(empty)}.")
    return dict(sorted(files.items()))


def _bytes(member: Member, room: int, limits: Limits) -> bytes:
    """A member's content. Raises IntakeError beyond the limits, whatever its header claims."""
    most = min(limits.file, room)
    if member.size > most:
        raise _over(member.size, limits)
    if member.size > MIB and 0 <= member.packed * limits.ratio < member.size:
        raise IntakeError(f"it unpacks to more than {limits.ratio} times its size, like a zip bomb")
    chunks: list[bytes] = []
    size = 0
    with member.open() as file:
        while chunk := file.read(CHUNK):
            size += len(chunk)
            if size > most:
                raise _over(size, limits)
            chunks.append(chunk)
    if size < member.size:
        raise IntakeError("it was cut short")
    return b"".join(chunks)


def _over(size: int, limits: Limits) -> IntakeError:
    if size > limits.file:
        return IntakeError(f"larger than {limits.file / MIB:g} MiB")
    return IntakeError(f"more than {limits.total / MIB:g} MiB in all")


# Fingerprints


def _of_files(files: dict[str, bytes]) -> str:
    sha = hashlib.sha256(b"files")
    for path, data in sorted(files.items()):
        _feed(sha, path.encode())
        _feed(sha, data)
    return sha.hexdigest()


def _feed(sha: hashlib._Hash, data: bytes) -> None:
    # The length goes first, so that no two lists of fields read the same.
    sha.update(len(data).to_bytes(8, "big") + data)


def _of_what_lies_there(source: Source, entry: Entry) -> str:
    """A hash of an upload that could not be taken, so that a mended one is seen as new. Content up to `limits.upload` counts."""
    sha = hashlib.sha256(b"problem")
    room = entry.limits.upload
    for part in entry.parts:
        try:
            for member in source.under(part.path):
                _feed(sha, f"{member.path} {member.size} {member.refused}".encode("utf-8", "surrogatepass"))
                if not member.refused and room > 0:
                    room -= _feed_content(sha, member, room)
        except FAULTS as error:
            _feed(sha, type(error).__name__.encode())
    return sha.hexdigest()


def _feed_content(sha: hashlib._Hash, member: Member, room: int) -> int:
    """Hash a member's first `room` bytes; returns how many there were."""
    size = 0
    try:
        with member.open() as file:
            while size < room and (chunk := file.read(min(CHUNK, room - size))):
                size += len(chunk)
                sha.update(chunk)
    except FAULTS as error:
        _feed(sha, type(error).__name__.encode())
    return size
