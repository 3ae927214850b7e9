"""Persian speech with transcripts: Speech HW5 question 3 fine-tunes Whisper on three hours of it.

Real layout: a folder of clips and a spreadsheet with the columns audio and text, as the course handed out; rate as stored.

Embedded, by espeak-ng, in two portions. "generic" is everyday speech in Persian, English and Mandarin, with translations to English and
the engine's phonemes in time, to pre-train a small Whisper on; a small share of its Persian is from a doctor's practice. "fine_tuning" is
Persian of that practice, by other voices in more noise. No sentence of a validation or test part occurs in any other part of either
portion, and no voice of validation or test is heard in training. Labels are languages, groups are voices.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from seeds.datasets._persian_made import GENERATOR, LABEL_NAMES, SAMPLE_RATE, Portion, Recipe, make, plan
from seeds.datasets._sheet import SHEETS, Row, arabic, fold, misread, read_sheet
from seeds.datasets.base import Dataset, Part, Spec
from seeds.datasets.wav import Files, Recordings, faults, look, open_files
from seeds.determinism import rng
from seeds.errors import DataError

__all__ = ["GENERATOR", "SAMPLE_RATE", "SPEC", "Portion", "Recipe", "load", "make", "make_both", "plan", "verify"]

LAYOUT = "a folder of .wav clips and one spreadsheet (.csv or .xlsx) with the columns audio (file name) and text"
SPLIT_SEED = 42  # the course's own
TEST_SHARE = VALIDATION_SHARE = 0.2
"""Of all clips, and of those that remain: 1082 clips become 692, 173 and 217."""


def load(path: Path | str, *, sample_rate: int | None = None, fold_letters: bool = False) -> Dataset:
    """Read a folder of clips with its spreadsheet, or a zip of both.

    Args:
        path: the folder or the zip; clips may lie deeper inside.
        sample_rate: Hz to resample to; None keeps the rate as stored, as the course asks.
        fold_letters: write Arabic letters and digits of the transcripts the Persian way, rather than refuse them.

    Returns:
        Clips in the order of the spreadsheet, read on demand. Speakers are unknown: the split is by clip, and each clip is its own group.

    Raises:
        DataError: with every fault of the copy.
    """
    files = open_files(Path(path))
    rows, clips, problems = _examine(files, fold_letters)
    if problems:
        raise DataError(f"{path} cannot be used as Persian speech; {len(problems)} problem(s):", problems)
    names = [clips[row.audio] for row in rows]
    stored = look(files, names[0]).rate
    ids = np.array([Path(name).stem for name in names])
    return Dataset(
        name="persian",
        signals=Recordings(files, tuple(names), stored, sample_rate or stored),
        sample_rate=sample_rate or stored,
        labels=np.zeros(len(rows), dtype=np.int64),
        label_names=LABEL_NAMES,
        groups=ids,
        parts=np.array(_split(len(rows))),
        ids=ids,
        provenance={"source": "folder with spreadsheet", "stored_rate": str(stored), "split": "by clip; speakers are unknown"},
        columns={
            "text": np.array([fold(row.text) if fold_letters else row.text for row in rows]),
            "translation": np.array([""] * len(rows)),
            "language": np.array(["fa"] * len(rows)),
        },
    )


def make_both(*, workers: int = 2, progress: Callable[[int], object] | None = None) -> Dataset:
    """Make both portions, each from the cache where it has been made before, and give the one to fine-tune on.

    Whoever measures fine-tuning needs the generic portion too: the small Whisper that it starts from learns that one.
    """
    make(portion="generic", workers=workers, progress=progress)
    return make(workers=workers, progress=progress)


def verify(path: Path | str, *, fold_letters: bool = False) -> list[str]:
    """List every fault of a copy at once, each naming the file and the remedy; none means that `load` takes it."""
    try:
        return _examine(open_files(Path(path)), fold_letters)[2]
    except DataError as error:
        return [str(error)]


def _split(count: int) -> list[Part]:
    """Deal clips to the parts in an order that the seed decides, in the course's shares."""
    test = int(np.ceil(TEST_SHARE * count))
    validation = int(np.ceil(VALIDATION_SHARE * (count - test)))
    counts: dict[Part, int] = {"test": test, "validation": validation, "train": count - test - validation}
    dealt = [part for part, size in counts.items() for _ in range(size)]
    order = rng(SPLIT_SEED, "split", "persian", count).permutation(count)
    part_of = dict(zip(order.tolist(), dealt, strict=True))
    return [part_of[place] for place in range(count)]


def _examine(files: Files, fold_letters: bool) -> tuple[list[Row], dict[str, str], list[str]]:
    """Find the rows, the file of each row's audio, and every problem."""
    waves = [name for name in files.names if name.lower().endswith(".wav")]
    sheets = [name for name in files.names if name.lower().endswith(SHEETS) and not Path(name).name.startswith("~$")]
    if not waves or len(sheets) != 1:
        archive = next((name for name in files.names if name.lower().endswith((".zip", ".tar.gz", ".tgz"))), None)
        remedy = f"unpack {archive}" if archive else "check the path, unpack the archive again, or move other spreadsheets away"
        found = f"{len(waves)} wave file(s) and {len(sheets)} spreadsheet(s) ({', '.join(sheets[:3]) or 'none'})"
        return [], {}, [f"found {found}, wanted {LAYOUT}: {remedy}"]
    rows, problems = read_sheet(files, sheets[0])
    if not rows:
        return [], {}, problems or [f"{sheets[0]} has no rows: fill in a row for each clip"]
    clips, wrong = _match(rows, waves, sheets[0])
    problems += wrong + _text_faults(rows, sheets[0], fold_letters)
    rates: dict[int, list[str]] = {}
    for name in waves:
        found_faults = faults(files, name, None)
        problems += found_faults
        if not found_faults:
            rates.setdefault(look(files, name).rate, []).append(name)
    usual = max(rates, key=lambda rate: len(rates[rate]), default=0)
    for rate, names in rates.items():
        if rate != usual:
            problems += [f"{name} has {rate} Hz, most others {usual}: resample it (sox IN -r {usual} OUT)" for name in names]
    return rows, clips, problems


def _match(rows: list[Row], waves: list[str], sheet: str) -> tuple[dict[str, str], list[str]]:
    """Find the file of each row's audio: its path, or its name with or without .wav."""
    by_key: dict[str, str] = {}
    for name in waves:
        for key in (name, name[:-4], Path(name).name, Path(name).stem):
            by_key[key] = name
    clips: dict[str, str] = {}
    problems: list[str] = []
    used: set[str] = set()
    for row in rows:
        key = row.audio.replace("\\", "/").removeprefix("./")
        found = by_key.get(key) or by_key.get(Path(key).name)
        if not row.audio:
            problems.append(f"{sheet}, row {row.number} names no audio: fill in the file's name, or remove the row")
        elif found is None:
            problems.append(
                f"{sheet}, row {row.number} names {row.audio}, which is not there: unpack the archive again, or remove the row"
            )
        elif found in used:
            problems.append(f"{sheet}, row {row.number} names {row.audio}, which another row has: remove one of the rows")
        else:
            clips[row.audio] = found
            used.add(found)
    unused = [name for name in waves if name not in used]
    problems += [f"{name} has no row in {sheet}: add its transcript, or remove the clip" for name in unused]
    return clips, problems


def _text_faults(rows: list[Row], sheet: str, fold_letters: bool) -> list[str]:
    """Name rows without a transcript, rows that were read in a wrong encoding, and rows with Arabic letters."""
    problems = []
    for row in rows:
        if not row.text:
            problems.append(f"{sheet}, row {row.number} ({row.audio}) has no text: fill it in, or remove the row")
        if misread(row.text):
            problems.append(
                f"{sheet}, row {row.number} ({row.audio}) reads {row.text[:12]!r}: it was once opened in another encoding and saved so;"
                " go back to the file that it came from"
            )
            continue
        letters = arabic(row.text)
        if letters and not fold_letters:
            wanted = fold(letters)
            problems.append(
                f"{sheet}, row {row.number} ({row.audio}) has the Arabic {' '.join(letters)}, wanted the Persian {' '.join(wanted)}:"
                " replace them, or give fold_letters=True"
            )
    return problems


SPEC = Spec(
    name="persian",
    title="Persian speech with transcripts, and a generic part in three languages with translations, 16 kHz, by voice",
    layout=LAYOUT,
    make=make_both,
    load=load,
    verify=verify,
    licence="embedded: as sanjeh's own; yours: your own",
    examples=Recipe().train + Recipe().validation + Recipe().test + round(len(LABEL_NAMES) * 1.2 * Recipe().generic),
    seconds=60,
    megabytes=280,
)
