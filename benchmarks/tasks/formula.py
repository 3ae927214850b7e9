"""How fast are written answers judged? The whole corpus, answer by answer, and a class of 200 on two processes.

    python -m benchmarks.tasks.formula [--processes 2] [--json] [--record]

Every answer is judged cold (no verdict remembered), with the prover's process warm,
as in a grading session. The yardstick in the same run is what one would do without this package: hand both formulas to
`sympy.simplify` and ask whether the difference is zero, each with the same time limit. It gets the formulas already read, since no
public parser reads them all (see the tests), and is asked only about the scalar formulas of
`corpus.toml`: most of `spellings.toml` is one formula once it is read, and there is nothing left to simplify.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import multiprocessing.connection
import os
import platform
import statistics
import time
import tomllib
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.engine import task as bench
from benchmarks.engine.record import Metric, Size, Throughput, Timing
from graders.engine.grading import versions
from graders.engine.ledger import now
from graders.kit.errors import FormulaError
from graders.kit.formula import Context, parse, parse_statement
from graders.kit.formula.answers import read_parts
from graders.proof import Options, judge
from graders.proof.decide import forget, with_constant
from graders.proof.key import load_key
from graders.proof.marking import defined

HOUSE = Path(__file__).resolve().parents[2]
CORPUS = HOUSE / "tests" / "graders" / "formula" / "corpus.toml"
SPELLINGS = HOUSE / "tests" / "graders" / "formula" / "spellings.toml"
RECORDS = HOUSE / "benchmarks" / "records" / "commands" / "formula.jsonl"

STUDENTS, ANSWERS = 200, 12
"""The class that issue 3 sizes the harness for."""

SIMPLIFY_SECONDS = 2.0


@dataclass(frozen=True)
class Case:
    """One answer of the corpus. `expected` is right, wrong or unreadable."""

    question: str
    context: Context
    right: str
    options: Options
    answer: str
    expected: str
    why: str


@dataclass(frozen=True)
class Result:
    """What the benchmark measured; seconds unless said otherwise."""

    answers: int
    wrong_verdicts: int
    undecided: int
    median: float
    p99: float
    worst: float
    class_seconds: float
    class_answers: int
    simplify_median: float
    simplify_gave_up: int
    simplify_answers: int
    ratio: float
    kinds: dict[str, int]


def contexts(path: Path = CORPUS) -> dict[str, Context]:
    """The contexts of the corpus by name."""
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    return {name: Context.from_dict(table) for name, table in data["contexts"].items()}


def cases() -> list[Case]:
    """Every answer of the corpus, and of the spellings of the course's own answers."""
    return [*corpus_cases(), *spelling_cases()]


def spelling_cases(path: Path = SPELLINGS) -> list[Case]:
    """Answers to the parts of the course's assignments, judged by their keys."""
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    parts = {slug: read_parts(HOUSE / "assignments" / slug / "formulas.toml") for slug in ("ml_hw5", "speech_hw5")}
    keys = {slug: load_key(HOUSE / "graders" / slug / "key.toml") for slug in parts}
    found = []
    for table in data["formulas"]:
        slug, part = table["assignment"], table["part"]
        rights = keys[slug].rights
        right = rights[table.get("entry", part)]
        earlier = {name: str(rights[source].right) for name, source in table.get("earlier", {}).items()}
        context = defined(parts[slug][part].context, earlier)
        for expected in ("right", "wrong", "unreadable"):
            for answer in table.get(expected, ()):
                found.append(Case(f"{slug} {part}", context, str(right.right), right.options, answer, expected, "a spelling"))
    return found


def corpus_cases(path: Path = CORPUS) -> list[Case]:
    """Every answer of the corpus."""
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    known = contexts(path)
    found = []
    for question in data["questions"]:
        options = Options(
            up_to=question.get("up_to", ""),
            free_of=tuple(question.get("free_of", ())),
            transposed=question.get("transposed", False),
        )
        for expected in ("right", "wrong", "unreadable"):
            for answer, why in question.get(expected, ()):
                context = known[question["context"]]
                found.append(Case(question["id"], context, question["answer"], options, answer, expected, why))
    return found


def verdict_of(case: Case) -> str:
    """`proved`, `agrees`, `refuted`, `undecided` or `unreadable`."""
    try:
        return judge(case.answer, case.right, case.context, case.options).verdict.kind.value
    except FormulaError:
        return "unreadable"


def is_as_expected(expected: str, kind: str) -> bool:
    """Whether a verdict is the one wanted; undecided is neither right nor a wrong verdict and is counted apart."""
    return kind in {"right": ("proved", "agrees"), "wrong": ("refuted",), "unreadable": ("unreadable",)}[expected]


def measure(processes: int = 2, students: int = STUDENTS, answers: int = ANSWERS) -> Result:
    """Run everything and say what it took."""
    corpus = cases()
    verdict_of(corpus[0])
    seconds, kinds, wrong = [], Counter[str](), 0
    for case in corpus:
        forget()
        start = time.perf_counter()
        kind = verdict_of(case)
        seconds.append(time.perf_counter() - start)
        kinds[kind] += 1
        wrong += kind != "undecided" and not is_as_expected(case.expected, kind)
    whole = class_time(corpus, processes, students, answers)
    shared = corpus_cases()
    plain, given_up = simplify_times(shared)
    median = statistics.median(seconds)
    return Result(
        answers=len(corpus),
        wrong_verdicts=wrong,
        undecided=kinds["undecided"],
        median=median,
        p99=statistics.quantiles(seconds, n=100)[98],
        worst=max(seconds),
        class_seconds=whole,
        class_answers=students * answers,
        simplify_median=statistics.median(plain),
        simplify_gave_up=given_up,
        simplify_answers=len(plain),
        ratio=statistics.median(plain) / statistics.median(seconds[: len(shared)]),
        kinds=dict(kinds),
    )


def class_time(corpus: Sequence[Case], processes: int, students: int, answers: int) -> float:
    """Seconds for a class on so many processes, each with its own prover, no verdict remembered between answers."""
    total = students * answers
    shares = [range(first, total, processes) for first in range(processes)]
    start = time.perf_counter()
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        done = sum(pool.map(_judge_share, [list(share) for share in shares], chunksize=1))
    if done != total:
        raise RuntimeError(f"{done} of {total} answers were judged")
    return time.perf_counter() - start


def _judge_share(numbers: list[int]) -> int:
    corpus = cases()
    for number in numbers:
        forget()
        verdict_of(corpus[number % len(corpus)])
    return len(numbers)


def simplify_times(corpus: Sequence[Case]) -> tuple[list[float], int]:
    """Seconds that `sympy.simplify(answer - right) == 0` takes on the readable scalar answers, and how often it ran out of time."""
    chosen = [case for case in corpus if case.expected != "unreadable" and _is_scalar(case)]
    context = multiprocessing.get_context("spawn")
    seconds: list[float] = []
    given_up = 0
    parent, child = context.Pipe()
    worker = context.Process(target=_simplify_forever, args=(child,), daemon=True)
    worker.start()
    for case in chosen:
        parent.send((case.answer, case.right, with_constant(case.context, case.options).to_dict()))
        if parent.poll(SIMPLIFY_SECONDS + (20.0 if not seconds else 0.0)):
            seconds.append(float(parent.recv()))
            continue
        given_up += 1
        seconds.append(SIMPLIFY_SECONDS)
        worker.kill()
        worker.join()
        parent, child = context.Pipe()
        worker = context.Process(target=_simplify_forever, args=(child,), daemon=True)
        worker.start()
        parent.send(None)
        parent.recv()
    worker.kill()
    worker.join()
    return seconds, given_up


def _is_scalar(case: Case) -> bool:
    return not any(name.shape for name in case.context.names)


def _simplify_forever(pipe: multiprocessing.connection.Connection) -> None:
    """Serve requests: translate both formulas (not timed), then time the plain simplification."""
    import sympy

    from graders.proof.inlining import CannotTranslate, inline
    from graders.proof.symbolic import Translator, warm_up

    warm_up()
    while True:
        request = pipe.recv()
        if request is None:
            pipe.send(0.0)
            continue
        answer, right, declared = request
        context = Context.from_dict(declared)
        translator = Translator(context)
        try:
            trees = parse_statement(answer, context).answer, parse(right, context)
            first, second = (translator.translate(inline(tree, context)) for tree in trees)
        except CannotTranslate:
            pipe.send(SIMPLIFY_SECONDS)
            continue
        start = time.perf_counter()
        bool(sympy.simplify(first - second) == 0)
        pipe.send(time.perf_counter() - start)


def main() -> None:
    """Print the figures, with --json as one line; with --record append them to the records."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--record", action="store_true", help=f"append to {RECORDS.relative_to(HOUSE)}")
    options = parser.parse_args()
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    result = measure(options.processes)
    if options.record:
        machine = f"{platform.platform()}, {os.cpu_count()} cores"
        row = {"measured": now(), "machine": machine, "versions": versions(), "processes": options.processes, **asdict(result)}
        with RECORDS.open("a", encoding="utf-8") as file:
            file.write(json.dumps(row) + "\n")
    if options.json:
        print(json.dumps(asdict(result)))
        return
    print(f"{result.answers} answers: {result.kinds}; wrong verdicts {result.wrong_verdicts}, undecided {result.undecided}")
    print(f"per answer: median {1e3 * result.median:.1f} ms, 99 % {1e3 * result.p99:.0f} ms, worst {1e3 * result.worst:.0f} ms")
    print(f"{result.class_answers} answers on {options.processes} processes: {result.class_seconds:.1f} s")
    print(
        f"plain sympy.simplify on {result.simplify_answers} scalar answers: median {1e3 * result.simplify_median:.1f} ms, "
        f"{result.simplify_gave_up} over {SIMPLIFY_SECONDS:.0f} s; ratio of the medians {result.ratio:.1f}"
    )


STUDENTS_AT: dict[Size, int] = {"small": 20, "full": STUDENTS}
PROCESSES = 2


def corpus_case(size: Size) -> Sequence[bench.Case]:
    """Name the one case: the whole corpus, and a class."""
    config = {"students": STUDENTS_AT[size], "answers": ANSWERS, "processes": PROCESSES}
    sources = ("graders/proof/decide.py", "graders/proof/numeric.py", "graders/proof/prover.py", "graders/kit/formula/parser.py")
    return [bench.Case("the corpus", config, sources, 60.0 if size == "small" else 120.0)]


def run(case: bench.Case, setting: bench.Setting) -> bench.Outcome:
    """Judge everything once."""
    found = measure(case.config["processes"], case.config["students"], case.config["answers"])
    names = (
        "ratio",
        "median",
        "p99",
        "worst",
        "wrong_verdicts",
        "undecided",
        "simplify_median",
        "simplify_gave_up",
        "class_seconds",
    )
    return bench.Outcome(
        {name: float(getattr(found, name)) for name in names},
        times={"class": Timing((found.class_seconds,))},
        throughput=Throughput(found.class_answers / found.class_seconds, "answers/s", "class"),
    )


TASK = bench.Task(
    name="formula",
    title="Written answers: how many times faster than plain sympy.simplify they are judged",
    metric=Metric("ratio", higher_is_better=True, unit="×", of="run"),
    cases=corpus_case,
    run=run,
    seeds={"small": 1, "full": 3},
)

if __name__ == "__main__":
    main()
