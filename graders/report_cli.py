"""`sanjeh report`: pages and tables from records of benchmarks, what changed between two runs, and a gate for CI."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.markup import escape
from rich.table import Table

if TYPE_CHECKING:
    from benchmarks.engine.comparison import Change
    from reports.thresholds import Threshold

WORSE = 1
"""Exit code of `compare --fail-if-worse`, and of `rescore` where a record disagrees with its answers, as `graders.cli.Exit.FAILED`."""
WIDE = 120
"""Columns of a terminal from which on everything that is known of a change is shown."""
NOTHING = "Nothing to compare: no case has a number on either side."
RECORDS = Path(__file__).resolve().parents[1] / "benchmarks" / "records"


@click.group("report")
def group() -> None:
    """Pages and tables from benchmark records; what changed between two runs."""


@group.command("bench")
@click.argument("records", nargs=-1, type=click.Path(path_type=Path))
@click.option("-o", "--out", type=click.Path(path_type=Path), default=Path("sanjeh-report"), help="Folder for the report.")
@click.option("--language", type=click.Choice(["en", "fa"]), default="en", help="Language of the page.")
@click.option("--calendar", type=click.Choice(["gregorian", "jalali"]), default="gregorian", help="Calendar of its dates.")
def bench(records: Sequence[Path], out: Path, language: str, calendar: str) -> None:
    """Write a report of RECORDS (.jsonl files or folders of them; default: the published ones) as HTML, Markdown, CSV and LaTeX."""
    from benchmarks.engine.findings import collect
    from graders.kit.errors import InputError
    from reports.bench import write_bench

    findings = collect(list(records) or [RECORDS])
    try:
        page = write_bench(findings, out, _thresholds(), language=language, calendar=calendar)
    except ValueError as error:
        raise InputError(str(error)) from error
    except OSError as error:
        raise InputError(f"the report cannot be written to {out}: {error.strerror}") from error
    for remark in findings.remarks:
        click.echo(f"note: {remark}", err=True)
    click.echo(f"{findings.records} records, {len(findings.chapters)} chapters: open {page}")


def _thresholds() -> tuple[Threshold, ...]:
    from graders.engine.course import Course
    from reports.thresholds import thresholds

    course = Course()
    return tuple(item for slug in course.slugs() for item in thresholds(course.assignment(slug), course.hidden_suite(slug)))


@group.command("rescore")
@click.argument("records", nargs=-1, type=click.Path(path_type=Path))
def rescore(records: Sequence[Path]) -> None:
    """Score the raw answers in RECORDS again (default: the published ones), and name records that say something else."""
    from benchmarks.engine.findings import contents_of
    from benchmarks.engine.rescore import rescored
    from graders.terminal import clean, out

    contents = [contents_of(path) for path in records or [RECORDS]]
    scores = list(rescored(record for one in contents for record in one.records))
    wrong = [score for score in scores if not score.agrees]
    for score in wrong:
        record, found = score.record, score.problem if score.again is None else f"its answers give {score.again:.6g}"
        line = f"{record.task}, {record.case}, seed {record.seed}: {record.metric.name} {score.stored:.6g}, but {found}"
        out.print(f"[red]{clean(line)}[/]", soft_wrap=True, highlight=False)
    for remark in (remark for one in contents for remark in one.remarks):
        click.echo(f"note: {remark}", err=True)
    total = sum(len(one.records) for one in contents)
    click.echo(f"{len(scores)} of {total} records hold answers that can be scored; {len(scores) - len(wrong)} agree.")
    if wrong:
        sys.exit(WORSE)


@group.command("compare")
@click.argument("before", type=click.Path(path_type=Path))
@click.argument("after", type=click.Path(path_type=Path))
@click.option("--fail-if-worse", is_flag=True, help="End with exit code 1 where a case is worse beyond chance, or gone.")
@click.option("--tolerance", type=click.FloatRange(0), metavar="X", help="Also worse: a mean that fell by more than X.")
def compare(before: Path, after: Path, fail_if_worse: bool, tolerance: float | None) -> None:
    """Say what changed from the records BEFORE to the records AFTER (.jsonl files or folders of them)."""
    from benchmarks.engine import comparison
    from benchmarks.engine.findings import contents_of
    from graders.terminal import clean, out

    first, second = contents_of(before), contents_of(after)
    changes = comparison.compare(first.records, second.records)
    for task in dict.fromkeys(change.task for change in changes):
        own = [change for change in changes if change.task == task]
        arrow = "higher" if own[0].metric.higher_is_better else "lower"
        out.print(f"[bold]{clean(task)}[/]: {clean(own[0].metric.name.replace('_', ' '))}, {arrow} is better", highlight=False)
        changed = [change for change in own if change.verdict != "unchanged"]
        if changed:
            out.print(_table(changed, wide=out.width >= WIDE))
    counts = {verdict: sum(change.verdict == verdict for change in changes) for verdict in {one.verdict for one in changes}}
    out.print(", ".join(f"{count} {verdict}" for verdict, count in sorted(counts.items())) or NOTHING, highlight=False)
    for remark in (*first.remarks, *second.remarks):
        click.echo(f"note: {remark}", err=True)
    bad = comparison.worse(changes, tolerance)
    if fail_if_worse and bad:
        click.echo(f"worse: {'; '.join(f'{change.task}, {change.case}' for change in bad)}", err=True)
        sys.exit(WORSE)


def _table(changes: Sequence[Change], *, wide: bool) -> Table:
    """One task's cases; what they were paired by and how fast they were is left to wide terminals."""
    from graders.terminal import clean

    table = Table(box=None, pad_edge=False)
    table.add_column("case", min_width=16)
    for head in ("before", "after", "difference, 95 % interval", "p", *(("paired by", "speed") if wide else ())):
        table.add_column(head, justify="right", no_wrap=True, min_width=len(head))
    table.add_column("verdict", min_width=10)
    for one in changes:
        known = [f"{one.difference:+.3f}"] if one.difference is not None else []
        known += [f"[{one.low:+.3f}, {one.high:+.3f}]"] if one.low is not None and one.high is not None else []
        more = (one.by, "" if one.faster is None else f"{one.faster:.2f}×") if wide else ()
        table.add_row(
            clean(one.case) + ("" if (one.size, one.device) == ("small", "cpu") else f" ({one.size}, {one.device})"),
            *("" if value is None else f"{value:.4g}" for value in (one.before, one.after)),
            escape(" ".join(known)),
            "" if one.p is None else f"{one.p:.3f}" if one.p >= 0.0005 else "<0.001",
            *more,
            {"better": "[green]better[/]", "worse": "[red]worse[/]", "gone": "[red]gone[/]"}.get(one.verdict, one.verdict),
        )
    return table
