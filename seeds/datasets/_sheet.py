"""Spreadsheets of transcripts: .csv, or .xlsx where openpyxl is installed; and what Persian text in them should not have."""

from __future__ import annotations

import csv
import importlib
import io
import zipfile
from dataclasses import dataclass

from seeds.datasets.wav import UNREADABLE, Files

COLUMNS = ("audio", "text")
SHEETS = (".csv", ".xlsx")
ARABIC = {"ي": "ی", "ى": "ی", "ك": "ک", "ة": "ه", **{chr(0x660 + digit): chr(0x6F0 + digit) for digit in range(10)}}
"""Arabic letters and digits that look like Persian ones and are other characters, with the Persian ones."""


@dataclass(frozen=True)
class Row:
    """One line of the sheet; `number` counts as the spreadsheet does, the head being 1."""

    number: int
    audio: str
    text: str


def fold(text: str) -> str:
    """Write Arabic letters and digits the Persian way."""
    return text.translate(str.maketrans("".join(ARABIC), "".join(ARABIC.values())))


def arabic(text: str) -> str:
    """Give the Arabic letters and digits in a text, each once, in order."""
    return "".join(dict.fromkeys(letter for letter in text if letter in ARABIC))


def misread(text: str) -> bool:
    """Tell whether a text was once read in another encoding and saved so: written in that one again, its bytes are UTF-8."""
    for encoding in ("cp1256", "cp1252", "latin-1"):
        try:
            if text.encode(encoding).decode() != text:
                return True
        except UnicodeError:
            continue
    return False


def read_sheet(files: Files, name: str) -> tuple[list[Row], list[str]]:
    """Read the rows, and name what keeps the sheet from being read."""
    try:
        content = files.read(name)
        cells = _read_csv(content) if name.lower().endswith(".csv") else _read_xlsx(content)
    except UnicodeDecodeError:
        return [], [f"{name} is not in UTF-8: save it again as CSV UTF-8"]
    except ModuleNotFoundError:
        return [], [f"{name} needs openpyxl to be read: pip install openpyxl, or save it as CSV UTF-8"]
    except (KeyError, ValueError, csv.Error, *UNREADABLE) as error:
        return [], [f"{name} cannot be read ({error}): save it again, or as CSV UTF-8"]
    head = [cell.strip().lower() for cell in cells[0]] if cells else []
    missing = [column for column in COLUMNS if column not in head]
    if missing:
        listed = ", ".join(head) or "none"
        return [], [f"{name} has the columns {listed}, wanted {' and '.join(COLUMNS)}: name them so in its first row"]
    audio, text = (head.index(column) for column in COLUMNS)
    padded = [line + [""] * (len(head) - len(line)) for line in cells]
    rows = [Row(number, line[audio].strip(), line[text].strip()) for number, line in enumerate(padded[1:], 2) if any(line)]
    return rows, []


def _read_csv(content: bytes) -> list[list[str]]:
    """Split by commas, semicolons or tabs, whichever the head has most of."""
    text = content.decode("utf-8-sig")
    head = text.partition("\n")[0]
    separator = max(",;\t", key=head.count)
    return [list(line) for line in csv.reader(io.StringIO(text), delimiter=separator)]


def _read_xlsx(content: bytes) -> list[list[str]]:
    """Read the first sheet; raises ModuleNotFoundError without openpyxl, ValueError where it is no workbook."""
    openpyxl = importlib.import_module("openpyxl")
    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    except zipfile.BadZipFile as error:
        raise ValueError(str(error)) from error
    lines = book.worksheets[0].iter_rows(values_only=True)
    return [["" if cell is None else str(cell) for cell in line] for line in lines]
