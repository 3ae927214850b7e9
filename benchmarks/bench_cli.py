"""`sanjeh bench`: compare models over data, seeds and devices; every run is a record, and the table comes from the records."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, cast

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table

from seeds.threads import THREADS

if TYPE_CHECKING:
    from benchmarks.engine.plan import Plan, Unit
    from benchmarks.engine.record import Metric, Record, Size
    from benchmarks.engine.run import Finished
    from benchmarks.engine.summary import CaseRow, PairRow
    from benchmarks.engine.task import Task

FAILED = 1
"""Exit code where runs failed, as `graders.cli.Exit.FAILED`."""
FOLDER = Path("sanjeh-bench")
SHOWN_PAIRS = 12
QUIET = "99"
"""Torch's profiler, which tells the kernel path, is not to print on stderr."""
WIDE = 130
"""Columns of a terminal from which on the whole table is shown."""


@click.command("bench")
@click.argument("task", required=False)
@click.option("--device", type=click.Choice(["cpu", "cuda"]), default="cpu", help="Where to run.")
@click.option("--seeds", type=click.IntRange(1), metavar="N", help="Seeds 0 to N-1 (default: the task's own number).")
@click.option("--budget", type=click.FloatRange(0, min_open=True), metavar="MINUTES", help="Run what fits; the rest is named.")
@click.option(
    "--size", type=click.Choice(["small", "full"]), default="small", help="small: two cores, minutes. full: the course's."
)
@click.option(
    "--records", type=click.Path(path_type=Path, dir_okay=False), help=f"File of records (default: {FOLDER}/TASK.jsonl)."
)
@click.option("--override-audit", is_flag=True, help="Go on although a data set fails its audit; every record says so.")
def command(
    task: str | None,
    device: str,
    seeds: int | None,
    budget: float | None,
    size: str,
    records: Path | None,
    override_audit: bool,
) -> None:
    """Run the benchmark TASK, or list all. Finished runs are kept: the same command goes on where it was.

    One thread, unless OMP_NUM_THREADS says otherwise.
    """
    _settle()
    from benchmarks.engine import run, store, summary
    from benchmarks.engine.task import get

    if task is None:
        _list()
        return
    chosen, path = get(task)
    options = run.Options(device, cast("Size", size), seeds, None if budget is None else budget * 60, override_audit)
    file = (records or FOLDER / f"{task}.jsonl").resolve()
    with store.opened(file) as opened, _shown() as progress:
        finished = run.bench(chosen, path, options, opened, progress)
        everything = tuple(opened.records)
        remarks = opened.contents.remarks
    found = summary.current(everything, task, finished.identities)
    _report(chosen, finished, summary.cases(found), summary.pairs({key: summary.scored(rows) for key, rows in found.items()}))
    for remark in remarks:
        click.echo(f"note: {remark}", err=True)
    click.echo(f"records: {file}")
    if any(record.status == "failed" for record in finished.records):
        sys.exit(FAILED)


def _settle() -> None:
    """Let libraries use one thread, and be quiet, before they are loaded, unless the environment says otherwise.

    On shared cores a second thread makes small trainings many times slower, and times that depend on other work compare nothing.
    """
    for name in THREADS:
        os.environ.setdefault(name, os.environ.get("OMP_NUM_THREADS", "1"))
    os.environ.setdefault("KINETO_LOG_LEVEL", QUIET)


def _list() -> None:
    """Print every task."""
    from benchmarks.engine.task import discover
    from graders.terminal import clean, out

    for name, (task, _) in sorted(discover().items()):
        arrow = "higher is better" if task.metric.higher_is_better else "lower is better"
        cases = task.cases("small")
        here = [case for case in cases if not case.lacks]
        seconds = sum(case.seconds * (1 if case.one_seed else task.seeds["small"]) for case in here)
        out.print(f"[bold]{clean(name)}[/]  {clean(task.title)}", soft_wrap=True, highlight=False)
        facts = [f"{len(cases)} cases, {task.seeds['small']} seeds (full: {len(task.cases('full'))}, {task.seeds['full']})"]
        facts += [f"{len(cases) - len(here)} of the cases need what is not here"] if len(here) < len(cases) else []
        facts += [f"{task.metric.name}, {arrow}", f"about {seconds / 60:.1f} min at small size", "/".join(task.devices)]
        facts += [f"data: {', '.join(task.datasets)}"] if task.datasets else []
        facts += [f"needs {', '.join(task.needs)}"] if task.needs else []
        out.print(f"    {clean('; '.join(facts))}", soft_wrap=True, highlight=False)


# ------------------------------------------------------------------------------------------------------------ progress


class _Shown:
    """Progress on stderr in estimated seconds, so that the time left is right for runs of unequal length."""

    def __init__(self) -> None:
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            TaskProgressColumn(),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
        )
        self.bar = Progress(*columns, console=Console(file=sys.stderr, stderr=True), transient=True)
        self.terminal = sys.stderr.isatty()
        self.done = self.total = 0

    def plan(self, plan: Plan) -> None:
        self.total = len(plan.units)
        self.task = self.bar.add_task("running", total=plan.seconds or None)
        parts = [f"{self.total} to run", f"about {plan.seconds / 60:.1f} min"] if self.total else ["nothing to run"]
        parts += [f"{len(plan.left_out)} do not fit into the budget"] if plan.left_out else []
        parts += [f"{plan.finished} finished before"] if plan.finished else []
        click.echo("; ".join(parts), err=True)
        if self.terminal and self.total:
            self.bar.start()

    def begin(self, unit: Unit) -> None:
        self.bar.update(self.task, description=f"{self.done + 1}/{self.total} {unit.label}"[:60])

    def end(self, unit: Unit, records: Sequence[Record]) -> None:
        self.done += 1
        self.bar.update(self.task, advance=unit.cost)
        if self.terminal:
            return
        value = records[-1].value
        result = records[-1].problem or (f"{records[-1].metric.name} {value:.4g}" if value is not None else "")
        took = sum(record.seconds for record in records)
        click.echo(f"{self.done}/{self.total} {unit.label}: {result} ({took:.1f} s)", err=True)


@contextmanager
def _shown() -> Iterator[_Shown]:
    shown = _Shown()
    try:
        yield shown
    finally:
        shown.bar.stop()


# -------------------------------------------------------------------------------------------------------------- tables


def _report(task: Task, finished: Finished, rows: Sequence[CaseRow], compared: Sequence[PairRow]) -> None:
    """Print the table, the pairs, and what was not run."""
    from graders.terminal import clean, out

    out.print(f"[italic]{clean(task.title)}[/]", soft_wrap=True, highlight=False)
    out.print(_table(task, rows, wide=out.width >= WIDE))
    _remarks(rows, compared)
    significant = [pair for pair in compared if pair.significant]
    if compared:
        out.print(
            f"{len(compared)} pairs on the same test items; {len(significant)} differ (p < 0.05 after Holm's correction).",
            highlight=False,
        )
    for pair in sorted(significant, key=lambda pair: pair.p)[:SHOWN_PAIRS]:
        low, high = pair.difference.low, pair.difference.high
        text = f"  {pair.first} − {pair.second}: {pair.difference.value:+.3f} [{low:+.3f}, {high:+.3f}], p {pair.p:.2g}"
        out.print(clean(text), highlight=False, soft_wrap=True)
    problems: dict[str, list[str]] = {}
    for row in rows:
        problems.setdefault(row.problem, []).append(row.case)
    for problem, cases in sorted(problems.items()):
        if problem:
            names = "all cases" if len(cases) == len(rows) else "; ".join(cases)
            out.print(f"[yellow]{clean(names)}: {clean(problem)}[/]", highlight=False, soft_wrap=True)
    if finished.left_out:
        out.print(f"Left out by the budget, {len(finished.left_out)}:", highlight=False)
        for unit in finished.left_out:
            out.print(f"  {clean(unit.label)} (about {unit.cost:.0f} s)", highlight=False)


def _remarks(rows: Sequence[CaseRow], compared: Sequence[PairRow]) -> None:
    """Print what the size of the test set allows to say."""
    from graders.terminal import out

    sampled = [row for row in rows if row.sampling and row.items]
    if not sampled:
        return
    groups = min(row.sampling.groups for row in sampled if row.sampling)
    words = f"{sampled[0].items} test items in {groups} independent groups"
    if any(row.sampling and row.sampling.few for row in sampled):
        words += ", too few for the sampling intervals, which are too narrow"
    out.print(f"{words}.", highlight=False)
    alone = sorted(row.detectable for row in sampled if row.detectable is not None)
    paired = sorted(pair.detectable for pair in compared if pair.detectable is not None)
    if alone and paired:
        middle = paired[len(paired) // 2]
        text = (
            f"A true difference of {middle:.3f} between two cases (of {alone[len(alone) // 2]:.3f} to a figure from other items)"
        )
        out.print(f"{text} would be noticed four times in five: do not read smaller ones as a win.", highlight=False)


def _table(task: Task, rows: Sequence[CaseRow], *, wide: bool) -> Table:
    from graders.terminal import clean
    from seeds.figures import figures

    told = figures()
    arrow = "↑" if task.metric.higher_is_better else "↓"
    heads = ["seeds", f"{task.metric.name.replace('_', ' ')} {arrow}", "± seeds", "95 % items"]
    heads += ["detectable", "parameters", "s/run"] if wide else []
    lines = []
    for row in rows:
        reported = ", ".join(f"{told[name].short}{' ⚑' if told[name].flags else ''}" for name in row.reported if name in told)
        lines.append((clean(row.case), *_cells(task.metric, row)[: len(heads)], reported))
    table = Table()
    for place, head in enumerate(("case", *heads, "documents")):
        if place == 0:
            table.add_column(head, min_width=16)
        elif any(line[place] for line in lines):  # a column that says nothing only takes room
            table.add_column(head, justify="right", no_wrap=head != "documents", min_width=len(head))
    for line in lines:
        table.add_row(*(cell for place, cell in enumerate(line) if place == 0 or any(other[place] for other in lines)))
    return table


def _cells(metric: Metric, row: CaseRow) -> list[str]:
    """Write a row's numbers; what is not known stays empty."""
    spread, sampling = row.spread, row.sampling
    if spread is None:
        return ["0", "failed" if row.failed else "not run", *[""] * 5]
    unit = f" {metric.unit}" if metric.unit else ""
    return [
        f"{spread.seeds}" + (f" ({row.failed} failed)" if row.failed else ""),
        f"{spread.mean:.4g}{unit}",
        "" if spread.deviation is None else f"{spread.deviation:.2g}",
        "" if sampling is None else f"{sampling.low:.3f}–{sampling.high:.3f}",
        "" if row.detectable is None else f"{row.detectable:.3f}",
        "" if row.parameters is None else f"{row.parameters:,}",
        "" if row.seconds is None else f"{row.seconds:.3g}",
    ]
