"""What the command line shows: progress, tables, and errors as messages. Names are untrusted: control characters never pass."""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table

from graders.engine.records import ClassGrades, Grade
from graders.kit.outcome import Outcome

if TYPE_CHECKING:  # benchmarks print too, and need nothing that grading needs
    from graders.engine.grading import Outcomes

out = Console()
err = Console(stderr=True)
NAME_WIDTH = 44
COLUMN_WIDTH = 11  # of a question's points
TABLE_ROWS = 60


def clean(text: str) -> str:
    """Untrusted text for a terminal: no control, format or bidi characters, no markup."""
    return escape("".join(c if unicodedata.category(c)[0] != "C" else "�" for c in text))


def fail(message: str) -> None:
    """Print an error for a person."""
    err.print(f"[bold red]sanjeh:[/] {escape(message)}", highlight=False, soft_wrap=True)


class Bar:
    """A progress bar with count and ETA on stderr; where stderr is no terminal, a line now and then."""

    def __init__(self) -> None:
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
        )
        self.progress = Progress(*columns, console=Console(file=sys.stderr, stderr=True))
        self.terminal = sys.stderr.isatty()
        self.total = self.done = 0

    def begin(self, total: int) -> None:
        """So many submissions are to be graded."""
        self.total = total
        self.task = self.progress.add_task("grading", total=total)
        if self.terminal and total:
            self.progress.start()

    def advance(self, name: str) -> None:
        """One more is done."""
        self.done += 1
        self.progress.update(self.task, advance=1, description=clean(name)[:NAME_WIDTH])
        if not self.terminal and (self.done % 20 == 0 or self.done == self.total):
            err.print(f"graded {self.done} of {self.total}", highlight=False)

    def close(self) -> None:
        """Leave the terminal as it was."""
        self.progress.stop()


@contextmanager
def bar() -> Iterator[Bar]:
    """A progress bar that is always closed."""
    shown = Bar()
    try:
        yield shown
    finally:
        shown.close()


def class_table(outcomes: Outcomes) -> Table:
    """One row per submission: points by question where there is room, total, and what a person must look at."""
    grades = outcomes.grades
    assignment = grades.assignment
    table = Table(title=clean(assignment.title["en"]), title_justify="left")
    questions = assignment.questions if len(assignment.questions) * COLUMN_WIDTH <= out.width // 3 else ()
    heads = [f"{question.id} /{question.automatic_points:g}" for question in questions]
    heads.append(f"total /{assignment.automatic_points:g}")
    room = max(20, out.width - sum(len(head) + 3 for head in heads) - 7)  # what the borders leave for names and remarks
    table.add_column("student", no_wrap=True)
    for head in heads:
        table.add_column(head, justify="right", no_wrap=True)
    table.add_column("remarks", no_wrap=True)
    for grade in grades.grades[:TABLE_ROWS]:
        points = [f"{sum(result.points for result in grade.of(question)):g}" for question in questions]
        name, note = shorten(grade.name, min(NAME_WIDTH, room // 2)), shorten(remark(grade), room - min(NAME_WIDTH, room // 2))
        table.add_row(clean(name), *points, f"{grade.points:g}", clean(note))
    return table


def shorten(text: str, width: int) -> str:
    """The text in at most `width` characters."""
    return text if len(text) <= width else text[: width - 1] + "…"


def remark(grade: Grade) -> str:
    """What a TA should know about a submission, in a few words."""
    if grade.problem:
        return grade.problem
    if grade.ungraded:
        return f"{len(grade.ungraded)} UNGRADED: the grader broke, see the class page"
    timeouts = sum(result.outcome is Outcome.TIMEOUT for result in grade.results)
    return f"{timeouts} timeouts" if timeouts else ""


def summary(outcomes: Outcomes, page: str) -> None:
    """Print the class table, what moved, and where the pages are."""
    out.print(class_table(outcomes))
    hidden = len(outcomes.grades.grades) - TABLE_ROWS
    if hidden > 0:
        out.print(f"… and {hidden} more; the class page has them all.")
    out.print(f"Graded now: {len(outcomes.graded)}. Finished before and left alone: {len(outcomes.kept)}.", highlight=False)
    for line in moved(outcomes):
        out.print(line, highlight=False)
    rubric = outcomes.grades.assignment.rubric_points
    if rubric:
        out.print(f"Not graded yet: {rubric:g} points per student that wait for a TA.", highlight=False)
    out.print(f"[bold]Open[/] {escape(page)}", highlight=False, soft_wrap=True)


def moved(outcomes: Outcomes) -> list[str]:
    """Whose total changed in this run, and how."""
    grades: ClassGrades = outcomes.grades
    now = {grade.student: grade for grade in grades.grades if grade.student in set(outcomes.graded) and grade.before is not None}
    if not now:
        return []
    changed = [grade for grade in now.values() if abs(grade.points - (grade.before or 0.0)) > 1e-9]
    lines = [f"Graded again: {len(now)}; totals that moved: {len(changed)}."]
    return lines + [f"  {clean(grade.name)}: {grade.before:g} → {grade.points:g}" for grade in changed]
