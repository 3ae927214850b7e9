"""Deciding whether a student's formula is right: numerically at random points, then by proof.

judged = judge(r"\\frac{n}{\\sum \\ln(x_i/b)}", "n/T", context)
judged.verdict.kind          # proved, agrees, refuted or undecided
"""

from __future__ import annotations

from .decide import Judged, decide, judge
from .verdict import Counterexample, Kind, Options, Verdict

__all__ = ["Counterexample", "Judged", "Kind", "Options", "Verdict", "decide", "judge"]
