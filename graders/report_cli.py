"""`sanjeh report`: pages and tables from records of benchmarks, what changed between two runs, and a gate for CI."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.table import Table

if TYPE_CHECKING:
    from benchmarks.engine.comparison import Change
    from reports.thresholds import Threshold

WORSE = 1
"""Exit code of `compare --fail-if-worse`, as `graders.cli.Exit.FAILED`."""
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
    for remark in findings.remarks:
        click.echo(f"note: {remark}", err=True)
    click.echo(f"{findings.records} records, {len(findings.chapters)} chapters: open {page}")


def _thresholds() -> tuple[Threshold, ...]:
    from graders.engine.course import Course
    from reports.thresholds import thresholds

    course = Course()
    return tuple(item for slug in course.slugs() for item in thresholds(course.assignment(slug), course.hidden_suite(slug)))


@group.command("compare")
@click.argument("before", type=click.Path(path_type=Path))
@click.argument("after", type=click.Path(path_type=Path))
@click.option("--fail-if-worse", is_flag=True, help="End with exit code 1 where a case is worse beyond chance, or gone.")
@click.option("--tolerance", type=click.FloatRange(0), metavar="X", help="Also worse: a mean that fell by more than X.")
def compare(before: Path, after: Path, fail_if_worse: bool, tolerance: float | None) -> None:
    """Say what changed from the records BEFORE to the records AFTER (.jsonl files or folders of them)."""
    from benchmarks.engine import comparison
    from benchmarks.engine.findings import records_of
    from graders.terminal import out

    changes = comparison.compare(records_of(before), records_of(after))
    out.print(_table(changes))
    counts = {verdict: sum(change.verdict == verdict for change in changes) for verdict in {one.verdict for one in changes}}
    out.print(", ".join(f"{count} {verdict}" for verdict, count in sorted(counts.items())), highlight=False)
    bad = comparison.worse(changes, tolerance)
    if fail_if_worse and bad:
        click.echo(f"worse: {'; '.join(f'{change.task}, {change.case}' for change in bad)}", err=True)
        sys.exit(WORSE)


def _table(changes: Sequence[Change]) -> Table:
    from graders.terminal import clean

    table = Table(box=None, pad_edge=False)
    for head in ("task", "case", "before", "after", "difference", "95 % interval", "p", "paired by", "speed", "verdict"):
        table.add_column(head, justify="right" if head in ("before", "after", "difference", "p", "speed") else "left")
    for one in changes:
        interval = "" if one.low is None or one.high is None else f"{one.low:+.3f} to {one.high:+.3f}"
        table.add_row(
            clean(one.task),
            clean(one.case) + ("" if (one.size, one.device) == ("small", "cpu") else f" ({one.size}, {one.device})"),
            *("" if value is None else f"{value:.3f}" for value in (one.before, one.after)),
            "" if one.difference is None else f"{one.difference:+.3f}",
            interval,
            "" if one.p is None else f"{one.p:.3f}",
            one.by,
            "" if one.faster is None else f"{one.faster:.2f}×",
            {"better": "[green]better[/]", "worse": "[red]worse[/]", "gone": "[red]gone[/]"}.get(one.verdict, one.verdict),
        )
    return table
