"""Verdicts of one run, shared by its workers: equal files get equal verdicts, and are graded once.

A check depends on the files that its question may see, on the suite and on the seed, and the last two are the same within a run. So
an unchanged starter, a resubmission and thirty copies of one question cost what one of them costs.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path

from graders.kit.outcome import CheckResult, Outcome

# A budget overrun or a fault of ours may end otherwise next time.
LASTING = frozenset({Outcome.PASSED, Outcome.PARTIAL, Outcome.FAILED})


class Verdicts:
    """Results by check and content, one small file each in `folder`, which must exist."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def recall(self, check: str, files: Mapping[str, bytes]) -> CheckResult | None:
        """The result of that check on files of the same names and contents, where there is one."""
        try:
            return CheckResult.from_json(json.loads(self._place(check, files).read_text(encoding="utf-8")))
        except FileNotFoundError:
            return None

    def remember(self, result: CheckResult, files: Mapping[str, bytes]) -> None:
        """Keep a result that would come out the same again."""
        if result.outcome in LASTING:
            place = self._place(result.check, files)
            draft = place.with_suffix(f".{os.getpid()}")
            draft.write_text(json.dumps(result.to_json()), encoding="utf-8")
            draft.replace(place)

    def _place(self, check: str, files: Mapping[str, bytes]) -> Path:
        digest = hashlib.sha256(check.encode())
        for name, content in sorted(files.items()):
            raw = name.encode("utf-8", "surrogateescape")
            digest.update(f"{len(raw)}:{len(content)}:".encode() + raw + content)  # lengths first: no two sets read the same
        return self.folder / f"{digest.hexdigest()}.json"
