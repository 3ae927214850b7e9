"""Word errors in ten thousand utterances: the course's scorer against rapidfuzz alone, jiwer and a table in plain Python.

`benchmarks/tasks/wer.py` has the ways and makes sure that all count the same; here one run measures all of them in turn and is recorded.
"""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.engine.record import Metric, Size, Throughput, Timing
from benchmarks.engine.task import Case, Outcome, Setting, Task
from benchmarks.tasks.wer import error_ways, measure, texts

UTTERANCES: dict[Size, int] = {"small": 1000, "full": 10_000}
WORDS, REPEATS = 10, 3
SOURCES = ("reference/speech_hw5/wer.py", "reference/speech_hw5/normalize.py", "benchmarks/tasks/wer.py")


def cases(size: Size) -> Sequence[Case]:
    """Name the one case."""
    config = {"utterances": UTTERANCES[size], "words": WORDS, "repeats": REPEATS}
    return [Case(f"{UTTERANCES[size]} utterances of {WORDS} words", config, SOURCES, 5.0 if size == "small" else 50.0)]


def run(case: Case, setting: Setting) -> Outcome:
    """Count the errors in every way, in turn."""
    ways = error_ways(texts(case.config["utterances"], case.config["words"]))
    found = measure(ways, case.config["repeats"])
    course, plain = found[0].seconds, next(one.seconds for one in found if "plain Python" in one.name)
    return Outcome(
        {"ratio": plain / course, **{f"seconds: {one.name}": one.seconds for one in found}},
        times={one.name: Timing((one.seconds,)) for one in found},
        throughput=Throughput(case.config["utterances"] / course, "utterances/s", found[0].name),
    )


TASK = Task(
    name="wer",
    title="Word errors: how many times faster than a table in plain Python the course's scorer is",
    metric=Metric("ratio", higher_is_better=True, unit="×", of="run"),
    cases=cases,
    run=run,
    seeds={"small": 3, "full": 5},
    needs=("jiwer", "rapidfuzz"),
)
