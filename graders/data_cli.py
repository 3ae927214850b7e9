"""`sanjeh data`: make, link, verify and audit data sets."""

from __future__ import annotations

import inspect
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from seeds.errors import DataError

FAULTY = 1
"""Exit code where data has faults, as `graders.cli.Exit.FAILED`; what cannot be looked at at all is a `DataError`."""
SHOWN = 10
"""Items printed under a finding, without --all."""
QUIET_SECONDS = 5.0
"""Between lines of progress where stderr is no terminal."""

Names = click.argument("names", nargs=-1, metavar="[NAME]...")
Name = click.argument("name")
Processes = click.option("-n", "--workers", type=click.IntRange(1, 256), help="Processes (default: one per core).")


@click.group("data")
def group() -> None:
    """Data sets: the embedded ones, which sanjeh makes itself, and real copies of yours."""


@group.command("list")
def list_() -> None:
    """List the data sets: which copy is in use, what making one costs, and how a real copy must lie on disk."""
    from graders.terminal import clean, out
    from seeds.choice import chosen
    from seeds.datasets import discover

    for name, spec in sorted(discover().items()):
        choice, (files, megabytes) = chosen(name), _on_disk(name)
        path = f" {choice.path}{'' if choice.path.exists() else ' (MISSING)'}" if choice.path else ""
        state = {"run": "chosen for this run:", "link": "linked:", "embedded": "embedded"}[choice.kind] + path
        made = f"made, {megabytes:.1f} MB in {files} file(s)" if files else "made when first wanted"
        cost = [f"{spec.examples} examples" if spec.examples else "", f"about {spec.seconds:g} s to make" if spec.seconds else ""]
        cost.append(f"{spec.megabytes:g} MB" if spec.megabytes else "")
        out.print(f"[bold]{clean(name)}[/]  {clean(spec.title)}", soft_wrap=True, highlight=False)
        rows = {"in use": state, "embedded": "; ".join([", ".join(filter(None, cost)), made]).removeprefix("; ")}
        for head, text in (rows | {"real copy": spec.layout, "licence": spec.licence}).items():
            out.print(f"  {head:<10} {clean(text)}", soft_wrap=True, highlight=False)


def _on_disk(name: str) -> tuple[int, float]:
    """Count the embedded set's files in the cache, and their megabytes."""
    from seeds.cache import folder

    sizes = [path.stat().st_size for path in folder().glob(f"{name}-*.arrays")]
    return len(sizes), sum(sizes) / 1e6


@group.command("make")
@Names
@Processes
def make(names: Sequence[str], workers: int | None) -> None:
    """Make embedded data sets now rather than when they are first wanted: those named, or all."""
    from graders.terminal import fail
    from seeds.datasets import discover, get

    specs = [get(name) for name in names or sorted(discover())]
    failed = False
    for spec in specs:
        start = time.perf_counter()
        try:
            with _progress(f"making {spec.name}", spec.examples) as advance:
                dataset = spec.make(**_taken(spec.make, workers=workers, progress=advance))
        except DataError as error:
            fail(f"{spec.name}: {error}")
            failed = True
            continue
        seconds, megabytes = time.perf_counter() - start, _on_disk(spec.name)[1]
        size = f", {megabytes:.1f} MB on disk" if megabytes else ""
        click.echo(f"{spec.name}: {len(dataset)} examples in {seconds:.1f} s{size}, fingerprint {dataset.fingerprint[:16]}")
    if failed:
        raise DataError("not all data sets could be made; see above")


def _taken(function: Callable[..., Any], **options: Any) -> dict[str, Any]:
    """Keep the options that a data set's `make` takes; None leaves its own default."""
    known = inspect.signature(function).parameters
    return {name: value for name, value in options.items() if name in known and value is not None}


@group.command()
@Name
@click.argument("path", type=click.Path(path_type=Path))
def link(name: str, path: Path) -> None:
    """Use the real copy at PATH from now on in place of the embedded set. It is verified first."""
    from seeds import choice

    choice.link(name, path)
    click.echo(f"{name} is {choice.links()[name]} from now on")


@group.command()
@Name
def unlink(name: str) -> None:
    """Go back to the embedded set. The copy's files stay as they are."""
    from seeds import choice

    choice.unlink(name)
    click.echo(f"{name} is the embedded set from now on")


@group.command()
@Name
@click.argument("path", type=click.Path(path_type=Path), required=False)
def verify(name: str, path: Path | None) -> None:
    """List every fault of a real copy at once: at PATH, or the one that is linked."""
    from graders.terminal import clean, out
    from seeds.choice import chosen
    from seeds.datasets import get
    from seeds.exported import verify as faults

    spec, path = get(name), path or chosen(name).path
    if path is None:
        raise DataError(f"no copy of {name!r} is linked: give its PATH; it should be {spec.layout}")
    if not path.exists():
        raise DataError(f"{path} does not exist: check the spelling, or unpack the data set there")
    problems = faults(spec, path)
    for problem in problems:
        out.print(clean(problem), soft_wrap=True, highlight=False)
    if problems:
        out.print(f"{len(problems)} problem(s) in {clean(str(path))}", soft_wrap=True, highlight=False)
        sys.exit(FAULTY)
    out.print(f"{clean(str(path))} has no faults", soft_wrap=True, highlight=False)


@group.command()
@Name
@Processes
@click.option("--all", "everything", is_flag=True, help=f"Print all items of a finding, not only the first {SHOWN}.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
def audit(name: str, workers: int | None, everything: bool, as_json: bool) -> None:
    """Look for what would make figures mislead: copies and groups across parts, broken or silent recordings, wrong names."""
    from graders.terminal import clean, out
    from seeds.audit import audit as look
    from seeds.choice import active

    dataset = active(name)
    with _progress(f"auditing {name}", len(dataset)) as advance:
        report = look(dataset, workers=workers, progress=advance)
    if as_json:
        click.echo(report.spell())
        sys.exit(0 if report.passed else FAULTY)
    colours = {"error": "bold red", "warning": "yellow", "info": "dim"}
    for fact, value in report.facts.items():
        out.print(f"{fact:<10} {clean(value)}", soft_wrap=True, highlight=False)
    for finding in report.findings:
        head = f"[{colours[finding.severity]}]{finding.severity.upper()}[/] {finding.check}: {clean(finding.message)}"
        out.print(head, soft_wrap=True, highlight=False)
        shown = finding.items if everything else finding.items[:SHOWN]
        more = [f"... and {len(finding.items) - len(shown)} more (--all)"] if len(shown) < len(finding.items) else []
        for item in (*shown, *more):
            out.print(f"    {clean(item)}", soft_wrap=True, highlight=False)
    out.print(clean(report.verdict), soft_wrap=True, highlight=False)
    sys.exit(0 if report.passed else FAULTY)


@group.command()
@Name
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--parts", default="train,validation", show_default=True, help="Parts to write, with commas between.")
@Processes
def export(name: str, folder: Path, parts: str, workers: int | None) -> None:
    """Write a data set into FOLDER for a class: recordings as the published set lays them out, and labels.csv.

    The test part stays at home unless --parts names it. The copy in use is written, the embedded one or the linked one.
    """
    from graders.terminal import clean, err
    from seeds.choice import active
    from seeds.datasets import get
    from seeds.export import export as write
    from seeds.export import select

    wanted = [part.strip() for part in parts.split(",") if part.strip()]
    spec, dataset = get(name), active(name)
    with _progress(f"writing {name}", len(select(dataset, wanted))) as advance:
        written = write(spec, dataset, folder, parts=wanted, workers=workers, progress=advance)
    there = set(written.parts.tolist())
    if "test" in there:
        err.print(
            f"[bold red]WARNING[/] {clean(str(folder))} holds the test part with its labels: never give it to the class",
            soft_wrap=True,
        )
    elif there == {""}:
        err.print(
            f"{name} is not split into parts, so all of it was written: nothing is withheld", soft_wrap=True, highlight=False
        )
    click.echo(f"{name}: {len(written)} examples written to {folder}; `sanjeh data link {name} {folder}` uses them")
    click.echo(f"licence: {spec.licence}")


@contextmanager
def _progress(what: str, total: int) -> Iterator[Callable[[int], object]]:
    """Show how long work goes on stderr: a bar, or a line now and then where it is no terminal. Gives the function to call."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn())
    shown = Progress(*columns, console=Console(file=sys.stderr, stderr=True), transient=True)
    task, last, done = shown.add_task(what, total=total or None), time.monotonic(), 0
    terminal = sys.stderr.isatty()

    def advance(count: int) -> None:
        nonlocal last, done
        done += count
        shown.update(task, advance=count)
        if not terminal and time.monotonic() - last > QUIET_SECONDS:
            last = time.monotonic()
            click.echo(f"{what}: {done}{f' of {total}' if total else ''}", err=True)

    if not terminal:
        yield advance
        return
    with shown:
        yield advance
