"""`python -m graders.kit FOLDER`: the student's own check, with pytest and NumPy alone, run from the unpacked student kit."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from .assignment import Assignment, load
from .errors import SanjehError
from .outcome import Outcome
from .run import check, describe


def main(arguments: list[str] | None = None) -> int:
    """Run the check and return the exit code: 0 all passed, 1 something failed, 2 it could not run."""
    parser = argparse.ArgumentParser(prog="python -m graders.kit", description="Check your own work before you upload it.")
    parser.add_argument("folder", type=Path, help="the folder that holds your files")
    parser.add_argument("--assignment", type=Path, default=Path(), help="the folder of assignment.toml (default: here)")
    parser.add_argument("--question", default="", help="check this question alone (default: all)")
    options = parser.parse_args(arguments)
    try:
        return report(load(options.assignment.resolve()), options.folder, options.question)
    except SanjehError as error:
        print(f"sanjeh: {error}", file=sys.stderr)
        return 2


def report(assignment: Assignment, folder: Path, question: str = "") -> int:
    """Check a folder, or one question of it, print what came of it, and return 0 where everything passed, else 1."""
    outcomes = check(assignment, folder.resolve(), question)
    print(describe(assignment, outcomes, question))
    return 0 if outcomes and all(result.outcome is Outcome.PASSED for result in outcomes) else 1


if __name__ == "__main__":
    sys.exit(main())
