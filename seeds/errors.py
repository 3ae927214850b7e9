"""What goes wrong with data. `seeds` imports nothing of the house, so its one exception lives here."""

from __future__ import annotations

from collections.abc import Sequence

LISTED = 40
"""Problems written out in a message; all of them stay in `DataError.problems`."""


class DataError(Exception):
    """A data set cannot be read, made or trusted. The message says what was got, what was wanted and how to mend it."""

    def __init__(self, message: str, problems: Sequence[str] = ()) -> None:
        """Keep every problem; print the first `LISTED`."""
        self.problems = tuple(problems)
        lines = [message, *(f"  - {problem}" for problem in self.problems[:LISTED])]
        if len(self.problems) > LISTED:
            lines.append(f"  ... and {len(self.problems) - LISTED} more")
        super().__init__("\n".join(lines))


class EngineMissing(DataError):
    """The speech engine, an optional part, is not installed or does not start."""
