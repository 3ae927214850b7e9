"""Intake: whatever lies in an inbox becomes submissions, as plain bytes in memory.

`scan` is cheap and says who is there; `read` takes the content of one submission, so that a worker holds one at a time.
Nothing is unpacked to disk, nothing is executed or imported, links are never followed, and no header is trusted: every limit is
enforced on the bytes as they stream. A submission that cannot be read carries a `problem` for its student and stops nobody else.

A fault in a data file costs that file (with a note); a fault in a code file, or in the archive as a whole, is a problem.
"""

from .layouts import LAYOUTS, Claim, Layout
from .read import read
from .records import Entry, Limits, Part, Submission
from .scan import scan

__all__ = ["LAYOUTS", "Claim", "Entry", "Layout", "Limits", "Part", "Submission", "read", "scan"]
