"""Whether a sentence that a recogniser is tested on was read in training too: who has learned it by heart need not hear it."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterator

from seeds.audit.findings import Finding, Severity
from seeds.datasets._sheet import fold
from seeds.datasets.base import Dataset

TRANSCRIBED = ("text", "language")
"""Columns of a set whose texts are to be recognised. Among phonemes it is frames, and the same sentence by another voice is no leak."""
ALEFS_AND_HEHS = str.maketrans({"أ": "ا", "إ": "ا", "ٱ": "ا", "ۀ": "ه"})
LEFT_OUT = ("Mn", "Cf", "P", "S", "Z", "C")
"""Unicode categories that are not said: short vowels, half-spaces and directional marks, punctuation, symbols, spaces."""
WORDS_AT_LEAST = 3
"""Shorter texts ("yes, please") come again by chance."""


def letters(text: str) -> str:
    """Give what two spellings of one sentence share: letters and digits in one alphabet, nothing between them."""
    folded = fold(unicodedata.normalize("NFKC", text)).translate(ALEFS_AND_HEHS).casefold()
    return "".join(letter for letter in folded if not unicodedata.category(letter).startswith(LEFT_OUT))


def sentences(dataset: Dataset) -> Iterator[Finding]:
    """Find sentences that stand in several parts, however they are spelled."""
    if not set(TRANSCRIBED) <= set(dataset.columns) or not (dataset.parts != "").any():
        return
    texts = dataset.columns["text"].tolist()
    rows: dict[str, list[int]] = defaultdict(list)
    for row, text in enumerate(texts):
        if len(text.split()) >= WORDS_AT_LEAST:
            rows[letters(text)].append(row)
    across = []
    for same in rows.values():
        if len(set(dataset.parts[same].tolist())) > 1:
            where = ", ".join(f"{dataset.ids[row]} ({dataset.parts[row] or 'no part'})" for row in same)
            across.append(f"{texts[same[0]]}: {where}")
    if across:
        message = (
            f"{len(across)} sentences stand in several parts, spelled alike or nearly, so the test is partly known by heart:"
        )
        yield Finding("sentences", Severity.ERROR, f"{message} keep each sentence in one part", tuple(across))
