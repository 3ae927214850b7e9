"""What the course's documents reported: every figure with its source, and a flag where a defect is known.

    figures()["004.q3.final.test_acc"].value          # "0.68"
    figures()["001.q4.lstm2x64.val_acc.last"].flags   # (Flag(name="warm start", why="…"), …)

`reported.csv` has one row per figure: id, document, question, model, metric, value, conditions. A flagged figure is history and no
target: the flag says what is wrong with how it was made, as found when the documents were worked through.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from seeds.errors import DataError

PATH = Path(__file__).with_name("reported.csv")
COLUMNS = ("id", "document", "question", "model", "metric", "value", "conditions")


@dataclass(frozen=True)
class Flag:
    """A known defect: its name, and why the figure should not be compared without thought."""

    name: str
    why: str


@dataclass(frozen=True)
class Figure:
    """One reported figure, as text in the document's own unit.

    Attributes:
        id: e.g. "001.q4.lstm128.val_acc.last"; begins with the document's number.
        document, question, model, metric, value, conditions: as in the CSV.
        flags: known defects.
    """

    id: str
    document: str
    question: str
    model: str
    metric: str
    value: str
    conditions: str
    flags: tuple[Flag, ...] = ()

    @property
    def number(self) -> float | None:
        """Give the value as a number, percent as a share; None where it is text."""
        try:
            found = float(self.value)
        except ValueError:
            return None
        return found / 100 if "_pct" in self.metric else found

    @property
    def short(self) -> str:
        """Give the value to four digits where it is a number, percents as such."""
        if self.number is None:
            return self.value
        return f"{float(self.value):.4g}" + (" %" if "_pct" in self.metric else "")


LEAK = Flag("leakage", "clips were dealt at random, so the same speaker, artist or recording is in both parts")
REUSED = Flag("test reused", "the test part also served as validation data")
WARM = Flag("warm start", "25 steps cannot give the first epoch's accuracy: the cell was run again on a trained network")
NO_TIME = Flag(
    "no time axis", "the network reads 13 time-averaged coefficients one after the other, so order in time plays no part"
)
MIXED = Flag("mixed pipelines", "language choice, decoding and normalisation differ between before and after")
NOT_BEST = Flag("not the best step", "the last step was tested although an earlier one had the lowest validation error")
ORDER = Flag("label order", "class names were given in another order than the labels': rows carry the wrong names")
ONE_BLOCK = Flag("another network", "one convolution block was built where the assignment asks for two")
OWN_STATISTICS = Flag("own statistics", "the test part was normalised with its own mean and deviation")
WRONG_GRADIENT = Flag("wrong gradient", "the output's slope is missing and the hidden slope is taken at the activation")
TARGETS = Flag("targets", "targets are 0 and 1 although a bipolar output lies between -1 and 1")
RELU_OUTPUT = Flag("ReLU output", "the output neurons are ReLU, so whole classes can go silent")
UNSCALED = Flag("unscaled inputs", "inputs are not normalised here, but in the two-layer runs that it is compared with")
MISALIGNED = Flag("misaligned", "clips were flattened by coefficient and then padded: frames of different clips do not line up")
BEFORE_SPLIT = Flag("scaled before split", "the scaler has seen the test part")
CLASS_IDS = Flag("class numbers", "classes were numbered from an unordered set: which speaker is which is lost")
FILTERS = Flag("filters", "the sampling rate was not passed on, so mel filters lie at 0.726 of their frequencies")
BORDERS = Flag("crosses borders", "context windows reach into neighbouring utterances, in about 3 % of the training frames")

FLAGGED: tuple[tuple[str, tuple[Flag, ...]], ...] = (
    (r"001\.q3\.(zs|ft)\.", (MIXED,)),
    (r"001\.q3\.ft\.wer", (NOT_BEST,)),
    (r"002\.q3\.zs", (MIXED,)),
    (r"001\.q4\.(lstm2x64|bilstm2x64)\.", (WARM,)),
    (r"001\.q4\.(lstm|bilstm)\w*\.", (NO_TIME, LEAK, REUSED)),
    (r"002\.q4\.(lstm|bilstm)\w*\.", (LEAK, REUSED)),
    (r"004\.q2\.2L_bip", (WRONG_GRADIENT, TARGETS, OWN_STATISTICS)),
    (r"004\.q2\.1L_bip", (TARGETS, UNSCALED)),
    (r"004\.q2\.\dL_relu", (RELU_OUTPUT,)),
    (r"004\.q2\.1L_\w+_flat\.", (MISALIGNED,)),
    (r"004\.q2\.\dL_", (LEAK,)),
    (r"004\.q3\.(final|ep)", (ONE_BLOCK, LEAK, REUSED)),
    (r"004\.q3\.report\.row", (ORDER, ONE_BLOCK)),
    (r"004\.q4\.[ab]\.(sgd|lr)\.", (LEAK, BEFORE_SPLIT, CLASS_IDS)),
    (r"004\.q4\.b\.", (FILTERS,)),
    (r"000\.q4\.ep1\.", (BORDERS,)),
)
"""Pattern of ids -> defects. Counts of parameters and settings carry none: they say what was built, right or wrong."""
PLAIN = re.compile(r"(setting:|params)")
"""Metrics that are no results."""


@cache
def figures() -> dict[str, Figure]:
    """Read every figure, by id, in the order of the file.

    Raises:
        DataError: the file is damaged.
    """
    with PATH.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        if tuple(reader.fieldnames or ()) != COLUMNS:
            raise DataError(
                f"{PATH.name} has columns {reader.fieldnames}, wanted {', '.join(COLUMNS)}: take it from the repository"
            )
        found = [Figure(**{name: row[name] for name in COLUMNS}, flags=flags(row["id"], row["metric"])) for row in reader]
    if len({one.id for one in found}) != len(found):
        raise DataError(f"{PATH.name} names a figure twice: take it from the repository")
    return {one.id: one for one in found}


def flags(name: str, metric: str = "") -> tuple[Flag, ...]:
    """Give the known defects of a figure by its id."""
    if PLAIN.match(metric):
        return ()
    return tuple(flag for pattern, marks in FLAGGED if re.match(pattern, name) for flag in marks)
