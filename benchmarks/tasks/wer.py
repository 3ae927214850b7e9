"""The word error rate and its bootstrap: ten thousand utterances, against jiwer, rapidfuzz alone, and plain Python, in the same run.

    python -m benchmarks.tasks.wer [--utterances 10000] [--words 10] [--replicates 10000] [--repeat 5] [--record]

Every way counts the errors of the same texts, and the run stops where two disagree. What is slow is measured on a share of the work and
multiplied, as its row says. Each is run in turn, several times, and the least counts: other work on the machine only adds. The goals
are 0.3 s for errors with substitutions, deletions and insertions, and 2 s for the bootstrap.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import json
import os
import platform
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from types import ModuleType
from typing import Any

import numpy as np

from graders.engine.course import HOUSE
from graders.engine.grading import versions
from graders.engine.ledger import now
from graders.kit.loading import CodeFolder

RECORDS = HOUSE / "benchmarks" / "records" / "commands" / "wer.jsonl"
GOALS = {"errors": 0.3, "bootstrap": 2.0}
STOCK = 2000  # different words
CHANGED, PUT_IN, LEFT_OUT = 0.15, 0.08, 0.10  # of the words

Texts = tuple[list[str], list[str]]


@dataclass(frozen=True)
class Way:
    """One way to do a work: `run` gives a number that must be the same for every way of that work, or None where chance is in it.

    `share` is how much of the work it does; its seconds are divided by it.
    """

    work: str
    name: str
    run: Callable[[], float | None]
    share: float = 1.0


@dataclass(frozen=True)
class Measured:
    """One way, measured. `seconds` of wall clock, the least of the repeats; `ratio` to the first way of the work; `load` before."""

    work: str
    name: str
    seconds: float
    ratio: float
    share: float
    repeats: int
    load: float


def reference(name: str, forbidden: Sequence[str] = ()) -> ModuleType:
    """A module of the course's reference."""
    return CodeFolder.read(HOUSE / "reference" / "speech_hw5", forbidden=forbidden).load(name)


def texts(utterances: int, words: int) -> Texts:
    """References of `words` words and what was made of them; the stock is Persian in its letters."""
    rng = np.random.default_rng(0)
    letters = np.array(list("ابپتجدرسشکگلمنوهی"))
    stock = ["".join(rng.choice(letters, size=rng.integers(2, 8))) for _ in range(STOCK)]
    spoken = rng.integers(STOCK, size=(utterances, words))
    kind = rng.random(size=spoken.shape)
    others = rng.integers(STOCK, size=(2, *spoken.shape))
    heard = []
    for line, fates, (change, put_in) in zip(spoken, kind, others.swapaxes(0, 1), strict=True):
        said: list[int] = []
        for word, fate, other, extra in zip(line, fates, change, put_in, strict=True):
            if fate >= LEFT_OUT:
                said.append(int(other if fate < LEFT_OUT + CHANGED else word))
            if fate > 1 - PUT_IN:
                said.append(int(extra))
        heard.append(" ".join(stock[word] for word in said))
    return [" ".join(stock[word] for word in line) for line in spoken], heard


def plain_errors(references: Sequence[str], hypotheses: Sequence[str]) -> int:
    """Errors by the table that everybody writes first."""
    total = 0
    for one, other in zip(references, hypotheses, strict=True):
        heard = other.split()
        row = list(range(len(heard) + 1))
        for i, word in enumerate(one.split(), start=1):
            above, row = row, [i]
            for j, said in enumerate(heard, start=1):
                row.append(min(above[j] + 1, row[-1] + 1, above[j - 1] + (word != said)))
        total += row[-1]
    return total


def error_ways(pair: Texts) -> list[Way]:
    """Ways to count errors; the first is the course's."""
    fast, slow = reference("wer"), reference("wer", forbidden=["rapidfuzz"])
    levenshtein, jiwer = importlib.import_module("rapidfuzz.distance.Levenshtein"), importlib.import_module("jiwer")

    def distances() -> float:
        return float(sum(levenshtein.distance(one.split(), other.split()) for one, other in zip(*pair, strict=True)))

    def by_jiwer() -> float:
        found = jiwer.process_words(*pair)
        return float(found.substitutions + found.deletions + found.insertions)

    def counted(module: ModuleType) -> Callable[[], float]:
        return lambda: float(module.score(*pair).errors.sum())

    ways = [
        Way("errors", "score: S, D, I of each utterance, rapidfuzz underneath", counted(fast)),
        Way("errors", "score without rapidfuzz: NumPy", counted(slow)),
        Way("errors", "rapidfuzz alone: distances, no S, D, I", distances),
        Way("errors", "jiwer.process_words: S, D, I, alignments", by_jiwer),
        Way("errors", "a table in plain Python: distances", lambda: float(plain_errors(*pair))),
    ]
    if importlib.util.find_spec("kaldialign"):
        align = importlib.import_module("kaldialign").edit_distance
        pairs = [(one.split(), other.split()) for one, other in zip(*pair, strict=True)]
        ways.append(Way("errors", "kaldialign: S, D, I", lambda: float(sum(align(*both)["total"] for both in pairs))))
    return ways


def bootstrap_ways(pair: Texts, replicates: int) -> list[Way]:
    """Ways to draw test sets anew; the first is the course's."""
    scores = reference("wer").score(*pair)
    boot = reference("bootstrap")
    errors, words = scores.errors, scores.lengths
    rng = np.random.default_rng(1)
    fewer, few = max(1, replicates // 20), max(1, replicates // 2500)

    def loop() -> None:
        for _ in range(fewer):
            chosen = rng.integers(len(words), size=len(words))
            errors[chosen].sum() / words[chosen].sum()

    def over_texts() -> None:
        fast = reference("wer")
        for _ in range(few):
            chosen = rng.integers(len(words), size=len(words))
            fast.wer([pair[0][i] for i in chosen], [pair[1][i] for i in chosen])

    def ran(found: Any) -> None:
        assert found is not None

    return [
        Way(
            "bootstrap",
            "single: WER, interval, P(WER <= cut-off)",
            lambda: ran(boot.single(errors, words, cutoff=0.3, replicates=replicates)),
        ),
        Way(
            "bootstrap",
            "paired: before, after, difference",
            lambda: ran(boot.paired(errors, errors // 2, words, replicates=replicates)),
        ),
        Way(
            "bootstrap",
            "single, by a hundred speakers",
            lambda: ran(boot.single(errors, words, np.arange(len(words)) % 100, replicates=replicates)),
        ),
        Way("bootstrap", "a loop over replicates, NumPy", loop, fewer / replicates),
        Way("bootstrap", "a loop over replicates that scores the texts again", over_texts, few / replicates),
    ]


def measure(ways: Sequence[Way], repeats: int) -> list[Measured]:
    """Run all in turn, `repeats` times. Raises SystemExit where two ways of one work disagree."""
    load = os.getloadavg()[0]
    seconds: dict[str, list[float]] = {way.name: [] for way in ways}
    found: dict[str, float] = {}
    for _ in range(repeats):
        for way in ways:
            start = time.perf_counter()
            value = way.run()
            seconds[way.name].append((time.perf_counter() - start) / way.share)
            if value is not None:
                found[way.name] = value
    if len(set(found.values())) > 1:
        raise SystemExit(f"the ways disagree: {found}")
    least = {name: min(times) for name, times in seconds.items()}
    first = least[ways[0].name]
    return [Measured(way.work, way.name, least[way.name], least[way.name] / first, way.share, repeats, load) for way in ways]


def main() -> None:
    """Measure, print tables, and with --record append to the records."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--utterances", type=int, default=10_000)
    parser.add_argument("--words", type=int, default=10)
    parser.add_argument("--replicates", type=int, default=10_000)
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--record", action="store_true", help=f"append to {RECORDS.relative_to(HOUSE)}")
    options = parser.parse_args()
    pair = texts(options.utterances, options.words)
    rows = measure(error_ways(pair), options.repeat)
    rows += measure(bootstrap_ways(pair, options.replicates), max(1, options.repeat // 2))
    print(f"{options.utterances} utterances of {options.words} words, {options.replicates} replicates; load {rows[0].load:.1f}")
    for row in rows:
        part = "" if row.share == 1 else f"  (measured on {row.share:.2%} of it)"
        print(f"{row.work:<10} {row.name:<55} {row.seconds:>9.3f} s {row.ratio:>8.2f}×{part}")
    for work, goal in GOALS.items():
        own = next(row.seconds for row in rows if row.work == work)
        print(f"{work}: {own:.3f} s, wanted under {goal} s at 10000 utterances of 10 words: {'met' if own < goal else 'MISSED'}")
    if options.record:
        machine = f"{platform.platform()}, {os.cpu_count()} cores"
        sizes = {"utterances": options.utterances, "words": options.words, "replicates": options.replicates}
        with RECORDS.open("a", encoding="utf-8") as file:
            for row in rows:
                stored = {"measured": now(), "machine": machine, "versions": versions(), **sizes, **asdict(row)}
                file.write(json.dumps(stored, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
