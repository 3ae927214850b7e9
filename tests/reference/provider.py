"""Submissions called in this process, as the suites' own tests need them: no sandbox, nothing remembered."""

from __future__ import annotations

from collections.abc import Mapping

from graders.kit.assignment import CheckSpec, Question
from graders.kit.direct import Direct
from graders.kit.loading import CodeFolder
from graders.kit.outcome import CheckResult
from graders.kit.proxy import Backend


class InProcess:
    """A `Provider` of submissions by name; `written` are the files that checks may read."""

    def __init__(self, codes: Mapping[str, CodeFolder], written: Mapping[str, bytes] | None = None) -> None:
        self.direct = {name: Direct(code) for name, code in codes.items()}
        self.written = dict(written or {})

    def backend(self, student: str, question: Question) -> Backend:
        return self.direct[student]

    def files(self, student: str, question: Question) -> dict[str, bytes]:
        return self.written

    def recall(self, student: str, spec: CheckSpec) -> CheckResult | None:
        return None

    def remember(self, student: str, result: CheckResult) -> None:
        return None

    def reset(self) -> None:
        return None
