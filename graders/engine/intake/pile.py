"""All that one submission holds, as a pile of members by path: the unfit left out, archives inside opened, nothing read yet."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath

from graders.kit.errors import IntakeError

from .archives import DAMAGE, FAULTS, open_archive, sniff, spool
from .names import by_notebook, display, gradable, is_archive, listed, refusal, stem, suffix
from .records import MIB, Entry, Limits
from .sources import Member, Source, relative

CHUNK = 256 * 1024
_ARCHIVES = 5  # archives opened in one submission

Pile = dict[str, Member]


@dataclass(frozen=True)
class _Opened:
    """An archive within a submission, and what it holds."""

    archive: Member
    inside: list[Member]

    def has_work(self, wanted: tuple[str, ...]) -> bool:
        return any(gradable(member.path, wanted) for member in self.inside)


@dataclass
class Remarks:
    """What the student is told beside her grade: notes, and files that were left out, by reason."""

    notes: list[str] = field(default_factory=list)
    left_out: dict[str, list[str]] = field(default_factory=dict)

    def leave(self, path: str, reason: str) -> None:
        """The file at `path` is not taken."""
        self.left_out.setdefault(reason, []).append(path)

    def all(self) -> tuple[str, ...]:
        """Every note once, the files left out last."""
        left_out = [f"Left out: {listed(names)} ({reason})." for reason, names in self.left_out.items()]
        return tuple(dict.fromkeys([*self.notes, *left_out]))


def gather(source: Source, entry: Entry, remarks: Remarks, stack: ExitStack) -> Pile:
    """The submission's members. Archives that `stack` keeps open are opened where the wanted files do not lie beside them.

    Raises:
        IntakeError: an archive cannot be opened and there is no code beside it, or there are too many files.
    """
    found = []
    for part in entry.parts:
        for member in source.under(part.path):
            path = part.name or relative(member.path, part.path)
            # A link or a fifo in a folder's place has no path within it.
            found.append(replace(member, path=path or member.path.rpartition("/")[2]))
    pile = _sorted_out(found, entry, remarks)
    if _complete(pile, entry.wanted):
        return pile
    return _sorted_out(_with_archives_opened(pile, entry, remarks, stack), entry, remarks)


def _complete(pile: Pile, wanted: tuple[str, ...]) -> bool:
    """Whether archives in it may stay closed: every wanted file is there, or a notebook that stands for them all."""
    names = {path.rpartition("/")[2] for path in pile}
    if by_notebook(wanted) and any(name.lower().endswith(".ipynb") for name in names):
        return True
    return bool(wanted) and all(name.rpartition("/")[2] in names for name in wanted)


def _sorted_out(found: list[Member], entry: Entry, remarks: Remarks) -> Pile:
    """One member per path, whatever the case. Of two of exactly one name the later wins, as for every unpacker."""
    pile: Pile = {}
    spelt: dict[str, str] = {}
    doubled = []
    for member in found:
        if reason := member.refused or refusal(member.path, entry.limits):
            remarks.leave(member.path, reason)
            continue
        same = spelt.get(member.path.casefold())
        if same is not None:
            doubled.append(member.path)
            if same != member.path and member.path not in entry.wanted:
                continue
            del pile[same]
        spelt[member.path.casefold()] = member.path
        pile[member.path] = member
    folders = {str(parent) for path in spelt for parent in PurePosixPath(path).parents}
    for path in [path for path in pile if path.casefold() in folders]:
        remarks.leave(path, "a folder has the same name")
        del pile[path]
    if doubled:
        remarks.notes.append(f"There more than once, perhaps with other capitals, and graded once: {listed(doubled)}.")
    return pile


# Archives inside


def _with_archives_opened(pile: Pile, entry: Entry, remarks: Remarks, stack: ExitStack) -> list[Member]:
    """The pile with the archives that hold code replaced by what they hold, one level deep."""
    archives = [member for member in pile.values() if _looks_packed(member)]
    rest = [member for member in pile.values() if member not in archives]
    opened: list[_Opened] = []
    faults: list[IntakeError] = []
    for archive in archives[:_ARCHIVES]:
        try:
            inside = _inside(archive, entry.limits, remarks, stack)
        except IntakeError as error:
            faults.append(error)
            continue
        folder = "" if len(pile) == 1 else f"{stem(archive.path)}/"
        opened.append(_Opened(archive, [replace(member, path=folder + member.path) for member in inside]))
    for archive in archives[_ARCHIVES:]:
        remarks.leave(archive.path, f"at most {_ARCHIVES} archives are opened")
    with_work = [item for item in opened if item.has_work(entry.wanted)]
    if with_work or any(gradable(member.path, entry.wanted) for member in rest):
        remarks.notes += [str(fault) for fault in faults]
        # An archive of data beside the code is a file like any other.
        rest += [item.archive for item in opened if item not in with_work]
        opened = _newest(with_work, entry.wanted, remarks)
    elif faults:
        raise faults[0]
    return rest + [member for item in opened for member in item.inside]


def _looks_packed(member: Member) -> bool:
    name = member.path.rpartition("/")[2]
    return is_archive(name) or (suffix(name) == "" and _starts_like_archive(member))


def _starts_like_archive(member: Member) -> bool:
    try:
        with member.open() as file:
            return sniff(file.read(16)) in ("zip", "gz", "bz2", "xz", "RAR", "7z")
    except FAULTS:
        return False


def _inside(archive: Member, limits: Limits, remarks: Remarks, stack: ExitStack) -> list[Member]:
    """What an archive holds. It is copied first, since an archive within an archive cannot be read from anywhere."""
    name = archive.path.rpartition("/")[2]
    copy = spool()
    stack.callback(copy.close)
    size = 0
    try:
        with archive.open() as file:
            while chunk := file.read(CHUNK):
                size += len(chunk)
                if size > limits.upload:
                    most = f"{limits.upload / MIB:g} MiB"
                    raise IntakeError(f"{display(name)} is larger than {most}. Hand in the code only, without data.")
                copy.write(chunk)
    except DAMAGE as error:
        raise IntakeError(f"{display(name)} cannot be read ({type(error).__name__}). Upload it again.") from error
    listing, note = open_archive(copy, name, limits)
    stack.callback(listing.close)
    remarks.notes += [note] if note else []
    members = list(listing.under(""))
    if not members:
        raise IntakeError(f"{display(name)} is empty. Put your files in, make the archive again and upload it.")
    return members


def _newest(opened: list[_Opened], wanted: tuple[str, ...], remarks: Remarks) -> list[_Opened]:
    """Where several archives each hold wanted files, the newest of them, beside those which hold none."""
    names = {name.casefold() for name in wanted}
    rivals = [item for item in opened if any(m.path.rpartition("/")[2].casefold() in names for m in item.inside)]
    if len(rivals) < 2:
        return opened
    best = max(rivals, key=lambda item: (item.archive.mtime, item.archive.path))
    others = [item.archive.path for item in rivals if item is not best]
    remarks.notes.append(
        f"There are {len(rivals)} archives. The newest was graded: {display(best.archive.path)}. Left aside: {listed(others)}."
    )
    return [item for item in opened if item is best or item not in rivals]
