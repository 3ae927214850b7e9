"""Speech HW5, question 3: transcripts from a file, references or hypotheses, each with the id of its recording.

.csv, .tsv, .xlsx with the columns id and text (in any order, beside others), or .jsonl with one {"id": ..., "text": ...} a line; in
UTF-8, with or without a byte order mark. Texts are kept exactly as they stand. Everything that is wrong with a file is said at once.
"""

import csv
import io
import json
from dataclasses import dataclass
from pathlib import Path

COLUMNS = ("id", "text")
SEPARATORS = {".csv": ",;\t", ".tsv": "\t"}  # of a .csv file, whichever its head has most of
KINDS = (*SEPARATORS, ".xlsx", ".jsonl")
SHOWN = 8  # ids named in one message
LOST = 0.1  # � for each letter, at most, in what a recogniser wrote
MOJIBAKE = {  # encodings that UTF-8 is taken for, and how سلام looks then
    "latin-1": ("Latin-1", "Ø³Ù„Ø§Ù…"),
    "cp1252": ("Latin-1", "Ø³Ù„Ø§Ù…"),
    "cp1256": ("Windows-1256", "ط³ظ„ط§ظ…"),
}
LATIN = "ØÙÛÃ"  # the first bytes of Persian and accented letters, read as Latin-1; a fifth of the letters of no text


class TranscriptError(ValueError):
    """A file of transcripts that cannot be used. `problems` are all that is wrong with it, each with its remedy."""

    def __init__(self, name, problems):
        self.problems = tuple(problems)
        super().__init__(
            "\n".join([f"{name} cannot be used; {len(self.problems)} problem(s):", *(f"- {one}" for one in problems)])
        )


@dataclass(frozen=True)
class Row:
    """One transcript, and the line of the file, counted from 1, where it stands."""

    line: int
    id: str
    text: str


def read(path, ids=None, *, heard=False):
    """Read transcripts: -> {id: text}, in the order of the file.

    ids: the ids that are wanted, no more and no fewer; None takes what is there. heard: whether a recogniser wrote the texts. These may be
    empty, where nothing was heard, and hold a few �, which a tokenizer of bytes writes for bytes that are no letter. A reference may not.

    Raises:
        TranscriptError: with every problem of the file.
    """
    path = Path(path)
    try:
        rows, problems = _rows(path, LOST if heard else 0.0)
    except (_Unreadable, OSError) as error:
        raise TranscriptError(path.name, [str(error)]) from error
    if not rows and not problems:
        problems = ["it holds no transcripts: fill in a row for each recording"]
    problems = [*problems, *_faults(rows, ids, heard)]
    if problems:
        raise TranscriptError(path.name, problems)
    return {row.id: row.text for row in rows}


def pair(references, hypotheses):
    """Two dictionaries of `read` as two lists in the references' order. Raises TranscriptError where their ids differ."""
    if problems := list(_compared(hypotheses, references)):
        raise TranscriptError("the pair of transcripts", problems)
    return list(references.values()), [hypotheses[name] for name in references]


class _Unreadable(ValueError):
    """The file as a whole cannot be read; the message says why, and what to do."""


def _rows(path, lost):
    """The rows of a file, of whose letters a share may be lost, and problems of single lines. Raises _Unreadable, OSError."""
    kind = path.suffix.lower()
    if kind not in KINDS:
        raise _Unreadable(f"its name ends in {kind or 'nothing'}, wanted one of {', '.join(KINDS)}: save it as one of these")
    if not path.is_file():
        raise _Unreadable(f"there is no file {path}: check the name, and the folder that you run in")
    if kind == ".xlsx":
        return _table(_sheet(path))
    text = _decoded(path.read_bytes(), lost)
    if kind == ".jsonl":
        return _lines(text)
    head = text.partition("\n")[0]
    separator = max(SEPARATORS[kind], key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    cells = []
    try:
        cells += ((reader.line_num, row) for row in reader)
    except csv.Error as error:
        raise _Unreadable(f"line {reader.line_num} is no line of a table ({error}): look for an odd quotation mark") from error
    return _table(cells)


def _decoded(content, lost):
    """The text of a file, of whose letters a share may be �.

    Raises _Unreadable for another encoding than UTF-8, and for text that was saved in a wrong one.
    """
    if content[:2] in (b"\xff\xfe", b"\xfe\xff") or content[:64].count(0) > 8:  # Latin letters and commas leave zeros
        raise _Unreadable("it is in UTF-16 or UTF-32: save it again as CSV UTF-8")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        line = content[: fault.start].count(b"\n") + 1
        hint = "Windows-1256, an old Arabic encoding" if _arabic(content.decode("cp1256", "replace")) else "another encoding"
        raise _Unreadable(f"line {line} is not in UTF-8; it may be in {hint}: save it again as CSV UTF-8") from fault
    if encoding := _misread(text):
        name, look = MOJIBAKE[encoding]
        raise _Unreadable(
            f"its letters look like {look}: it was once read as {name} and saved so; go back to the file that it came from"
        )
    letters = sum(character.isalpha() for character in text)
    if "\x00" in text or text.count("\ufffd") > lost * letters:
        line = min(text.find(mark) for mark in ("\x00", "\ufffd") if mark in text)
        raise _Unreadable(
            f"line {text[:line].count(chr(10)) + 1} holds characters that were lost (� or zero bytes): save it again as UTF-8"
        )
    return text


def _misread(text):
    """The encoding that UTF-8 was once taken for, "" where it was not: written in it again, the bytes are UTF-8."""
    for encoding in MOJIBAKE:
        try:
            again = text.encode(encoding).decode()
        except UnicodeError:
            continue
        if again != text:
            return encoding
    letters = sum(character.isalpha() for character in text)  # some were lost on the way, so there is no way back
    return "latin-1" if letters > 3 and sum(text.count(mark) for mark in LATIN) > 0.2 * letters else ""


def _arabic(text):
    letters = [character for character in text if character.isalpha() and not character.isascii()]
    return bool(letters) and sum("\u0600" <= character <= "\u06ff" for character in letters) > 0.7 * len(letters)


def _sheet(path):
    """The cells of a workbook's first sheet, with line numbers. Raises _Unreadable."""
    try:
        import openpyxl
    except ImportError as error:
        raise _Unreadable(".xlsx needs openpyxl: pip install openpyxl, or save it as CSV UTF-8") from error
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
        lines = [["" if cell is None else str(cell) for cell in line] for line in book.worksheets[0].iter_rows(values_only=True)]
    except Exception as error:  # openpyxl raises whatever the broken part of the archive made of it
        raise _Unreadable(f"it is no workbook ({type(error).__name__}): save it again, or as CSV UTF-8") from error
    return list(enumerate(lines, start=1))


def _table(cells):
    """Rows and problems of a table whose first line names the columns."""
    if not cells:
        return [], []
    head = [name.strip().lower() for name in cells[0][1]]
    if lacking := [name for name in COLUMNS if head.count(name) != 1]:
        listed = ", ".join(head) or "none"
        raise _Unreadable(f"its first line names the columns {listed}; wanted {' and '.join(lacking)}, once each: name them so")
    place, text = (head.index(name) for name in COLUMNS)
    rows, problems = [], []
    for number, line in cells[1:]:
        if len(line) > len(head) and any(line[len(head) :]):
            problems.append(f"line {number} has {len(line)} columns, wanted {len(head)}: put quotation marks around the text")
        elif any(line):
            full = [*line, *[""] * (len(head) - len(line))]
            rows.append(Row(number, full[place].strip(), full[text]))
    return rows, problems


def _lines(text):
    """Rows and problems of JSON, one object a line."""
    rows, problems = [], []
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            found = json.loads(line)
        except (ValueError, RecursionError) as error:
            problems.append(f"line {number} is no JSON ({error}): write one object a line")
            continue
        fits = isinstance(found, dict) and isinstance(found.get("text"), str) and isinstance(found.get("id"), str | int)
        if fits:
            rows.append(Row(number, str(found["id"]).strip(), found["text"]))
        else:
            problems.append(f'line {number} is not {{"id": ..., "text": "..."}}: write id and text of each recording')
    return rows, problems


def _faults(rows, ids, heard):
    """Doubled, missing and unknown ids, and empty texts."""
    lines = {}
    for row in rows:
        lines.setdefault(row.id, []).append(row.line)
    if "" in lines:
        yield f"line(s) {_listed(lines.pop(''))} have no id: fill it in"
    for name, found in lines.items():
        if len(found) > 1:
            yield f"id {name} stands {len(found)} times, in lines {_listed(found)}: keep one of them"
    bare = [] if heard else [row.id for row in rows if row.id and not row.text.strip()]
    if bare:
        yield f"{len(bare)} text(s) are empty: {_listed(bare)}; fill them in, or leave these recordings out"
    if wrong := [row.line for row in rows if _misread(row.text)]:
        yield f"line(s) {_listed(wrong)} were once read in another encoding and saved so: write these texts again"
    if lost := [row.line for row in rows if "??" in row.text and not any(map(str.isalnum, row.text))]:
        yield f"line(s) {_listed(lost)} hold question marks in place of letters: save again as UTF-8, from where the letters are"
    if ids is not None:
        yield from _compared(lines, dict.fromkeys(str(name) for name in ids))


def _compared(found, wanted):
    """Which ids are missing, and which are not wanted."""
    if missing := [name for name in wanted if name not in found]:
        yield f"{len(missing)} id(s) of {len(wanted)} are missing: {_listed(missing)}; add their transcripts"
    if unknown := [name for name in found if name not in wanted]:
        yield f"{len(unknown)} id(s) are not wanted: {_listed(unknown)}; remove them, or check how they are written"


def _listed(items):
    """The first few, and how many more."""
    more = len(items) - SHOWN
    return ", ".join(str(item) for item in items[:SHOWN]) + (f" and {more} more" if more > 0 else "")
