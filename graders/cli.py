"""The `sanjeh` command. Only this file turns errors into messages and exit codes."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from enum import IntEnum
from pathlib import Path
from typing import Any

import click

from benchmarks.bench_cli import command as bench_command
from graders.data_cli import group as data_group
from graders.engine.course import Course
from graders.kit.errors import SandboxUnavailable, SanjehError
from graders.report_cli import group as report_group
from graders.speech_cli import transcribe, wer
from seeds.errors import DataError


class Exit(IntEnum):
    """Exit codes, documented in the README."""

    OK = 0
    FAILED = 1  # `check`, `bench`: something failed; `doctor`: something needed is missing
    UNUSABLE = 2  # the command, its input or the course is wrong
    NO_SANDBOX = 3  # student code cannot be isolated here
    NEEDS_TA = 4  # graded, but something broke on our side and a TA must look
    INTERRUPTED = 130  # Ctrl-C


class Commands(click.Group):
    """Turns our errors into one message on stderr and an exit code."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command."""
        try:
            return super().invoke(ctx)
        except (SanjehError, DataError) as error:
            from graders.terminal import fail

            fail(str(error))
            sys.exit(Exit.NO_SANDBOX if isinstance(error, SandboxUnavailable) else Exit.UNUSABLE)
        except KeyboardInterrupt:
            from graders.terminal import fail

            fail("interrupted. What was finished is kept; the same command goes on from there.")
            sys.exit(Exit.INTERRUPTED)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="sanjeh")
@click.option(
    "--course",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Another course's folder (default: sanjeh's own).",
)
@click.pass_context
def main(context: click.Context, course: Path | None) -> None:
    """Grade and benchmark a course in speech processing and machine learning."""
    context.obj = Course(course.resolve()) if course else Course()


main.add_command(bench_command)
main.add_command(report_group)
main.add_command(data_group)
main.add_command(transcribe)
main.add_command(wer)


def _workers() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@main.command()
@click.argument("slug")
@click.argument("inbox", type=click.Path(path_type=Path))
@click.option("-o", "--out", type=click.Path(path_type=Path), help="Where ledger and pages go (default: sanjeh-out/SLUG).")
@click.option("-n", "--workers", type=click.IntRange(1, 256), default=_workers, help="Processes (default: one per core).")
@click.option("--regrade", is_flag=True, help="Grade finished submissions again and show what moved.")
@click.option("--no-sandbox", is_flag=True, help="Run student code UNPROTECTED in the grader: only for code that you trust.")
@click.option(
    "--data", multiple=True, metavar="NAME=PATH", help="Grade on a real copy of a data set instead of the embedded one."
)
@click.option("--language", type=click.Choice(["en", "fa"]), default="en", help="Language of the pages.")
@click.pass_obj
def grade(
    course: Course,
    slug: str,
    inbox: Path,
    out: Path | None,
    workers: int,
    regrade: bool,
    no_sandbox: bool,
    data: Sequence[str],
    language: str,
) -> None:
    """Grade a class: INBOX is a folder or archive of submissions, or a Moodle bulk download."""
    from graders import terminal
    from graders.engine.grading import Options
    from graders.engine.grading import grade as run
    from reports.render import write_all

    _use_data(data)
    options = Options((out or Path("sanjeh-out") / slug).resolve(), workers, regrade, sandboxed=not no_sandbox)
    if no_sandbox:
        terminal.err.print("[bold yellow]--no-sandbox: student code runs with your rights on this machine.[/]")
    with terminal.bar() as bar:
        outcomes = run(course, slug, inbox.resolve(), options, bar)
    page = write_all(outcomes.grades, options.out, course.handouts(slug), language=language)
    terminal.summary(outcomes, str(page))
    if any(grade.ungraded for grade in outcomes.grades.grades):
        sys.exit(Exit.NEEDS_TA)


def _use_data(pairs: Sequence[str]) -> None:
    """Point data sets at real copies, for this process and the workers that it starts."""
    from seeds.choice import use

    for pair in pairs:
        name, equals, path = pair.partition("=")
        if not equals:
            raise click.BadParameter(f"{pair!r} is not NAME=PATH, for example digits=~/AudioMNIST", param_hint="--data")
        use(name, Path(path).expanduser().resolve())


@main.command()
@click.argument("slug")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--question", default="", metavar="ID", help="Check this question alone, e.g. q2 (default: all).")
@click.pass_obj
def check(course: Course, slug: str, folder: Path, question: str) -> None:
    """Check your own work before you upload it: the public checks, on your own machine, without isolation."""
    from graders.kit.__main__ import report

    sys.exit(Exit(report(course.assignment(slug), folder, question)))


@main.command()
@click.argument("slug")
@click.option("-o", "--out", type=click.Path(path_type=Path), default=Path(), help="Folder for the kit (default: here).")
@click.pass_obj
def release(course: Course, slug: str, out: Path) -> None:
    """Write the student kit: handout, starter, public checks; nothing of the reference or the hidden suites."""
    from graders.engine.release import release as write

    click.echo(f"wrote {write(course.assignment(slug).folder, out)}")


@main.command()
def doctor() -> None:
    """Tell what works on this machine, and how to mend what does not."""
    from graders.doctor import examine

    sys.exit(Exit.OK if examine() else Exit.FAILED)


@main.command()
@click.argument("slug", default="speech_hw4")
@click.option("-o", "--out", type=click.Path(path_type=Path), default=Path("sanjeh-demo"), help="Where it all goes.")
@click.option("-n", "--workers", type=click.IntRange(1, 256), default=_workers, help="Processes (default: one per core).")
@click.option(
    "--mistakes", type=click.IntRange(0), default=8, metavar="N", help="Known mistakes of each file (default: 8; 0: all)."
)
@click.pass_context
def demo(context: click.Context, slug: str, out: Path, workers: int, mistakes: int) -> None:
    """Grade a bundled class on embedded data: the reference, the starter, known mistakes, broken and hostile files."""
    from graders.engine.demo import write_class

    inbox = write_class(context.obj, slug, out.resolve() / "inbox", mistakes)
    click.echo(f"wrote a class of {len(list(inbox.iterdir()))} submissions to {inbox}")
    context.invoke(grade, slug=slug, inbox=inbox, out=out / "grades", workers=workers)


if __name__ == "__main__":
    main()
