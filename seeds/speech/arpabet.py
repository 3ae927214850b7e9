"""The engine's phonemes in the 42 symbols of CMU 11-785, homework 1 part 2, and as one label per frame.

The symbols are the 39 ARPAbet phones of the CMU dictionary, silence, and the two marks of an utterance's ends, which no frame bears.
"""

from __future__ import annotations

from collections.abc import Sequence

from seeds.errors import DataError
from seeds.speech.engine import Event

SYMBOLS = (
    *("[SIL]", "AA", "AE", "AH", "AO", "AW", "AY", "B", "CH", "D", "DH", "EH", "ER", "EY", "F", "G", "HH", "IH", "IY", "JH", "K"),
    *("L", "M", "N", "NG", "OW", "OY", "P", "R", "S", "SH", "T", "TH", "UH", "UW", "V", "W", "Y", "Z", "ZH", "[SOS]", "[EOS]"),
)
"""In the order of the course's starter code."""
SILENCE = SYMBOLS[0]

PHONES: dict[str, tuple[str, ...]] = {
    **{"A:": ("AA",), "0": ("AA",), "a": ("AE",), "aa": ("AE",), "V": ("AH",), "@": ("AH",), "@2": ("AH",), "a#": ("AH",)},
    **{"O:": ("AO",), "O": ("AO",), "O2": ("AO",), "aU": ("AW",), "aI": ("AY",), "aI2": ("AY",), "E": ("EH",), "E2": ("EH",)},
    **{"3": ("ER",), "3:": ("ER",), "VR": ("ER",), "IR": ("ER",), "eI": ("EY",), "I": ("IH",), "I2": ("IH",), "I#": ("IH",)},
    **{"i": ("IY",), "i:": ("IY",), "oU": ("OW",), "OI": ("OY",), "U": ("UH",), "u:": ("UW",), "u": ("UW",)},
    **{"@L": ("AH", "L"), "aI@": ("AY", "AH"), "i@": ("IH", "AH"), "aI3": ("AY", "ER"), "aU@": ("AW", "ER")},
    **{"A@": ("AA", "R"), "O@": ("AO", "R"), "o@": ("AO", "R"), "e@": ("EH", "R"), "i@3": ("IH", "R"), "U@": ("UH", "R")},
    **{"b": ("B",), "tS": ("CH",), "d": ("D",), "D": ("DH",), "f": ("F",), "g": ("G",), "h": ("HH",), "dZ": ("JH",), "k": ("K",)},
    **{"l": ("L",), "m": ("M",), "n": ("N",), "n-": ("N",), "N": ("NG",), "p": ("P",), "r": ("R",), "r-": ("R",), "s": ("S",)},
    **{"S": ("SH",), "t": ("T",), "t2": ("T",), "t#": ("T",), "?": ("T",), "T": ("TH",), "v": ("V",), "w": ("W",), "w#": ("W",)},
    **{"j": ("Y",), ";": ("Y",), "z": ("Z",), "Z": ("ZH",)},
}
"""What each of the engine's American phonemes is. Two phones share the time of one phoneme, half each."""
PAUSE = "_"
"""Every pause of the engine begins with it."""


def symbols_in_time(events: Sequence[Event], n_samples: int) -> list[tuple[int, str]]:
    """Give where each phone begins, in samples of the utterance, and its symbol; a phone lasts until the next.

    Raises:
        DataError: the engine used a phoneme that this table does not know.
    """
    phonemes = [event for event in events if event.kind == "phoneme"]
    ends = [event.sample for event in phonemes[1:]] + [n_samples]
    marks: list[tuple[int, str]] = []
    for place, (event, end) in enumerate(zip(phonemes, ends, strict=True)):
        if event.name.startswith(PAUSE):
            phones: tuple[str, ...] = (SILENCE,)
        elif event.name in PHONES:
            phones = PHONES[event.name]
        else:
            raise DataError(
                f"espeak-ng has a phoneme {event.name!r} without an ARPAbet symbol: add it to seeds/speech/arpabet.py"
            )
        following = phonemes[place + 1].name if place + 1 < len(phonemes) else ""
        if phones[-1] == "R" and following in ("r", "r-"):
            phones = phones[:1]  # the R stands there by itself
        step = (end - event.sample) / len(phones)
        marks += [(round(event.sample + k * step), phone) for k, phone in enumerate(phones)]
    return marks
