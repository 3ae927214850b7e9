"""What an audit says: findings, each with a severity and everything that it concerns, and the report that holds them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any


class Severity(StrEnum):
    """How much a finding matters."""

    ERROR = "error"  # results on this data would mislead: the gate stays shut
    WARNING = "warning"  # know it when you read results
    INFO = "info"


@dataclass(frozen=True)
class Finding:
    """One kind of fault.

    Attributes:
        check: which check found it, e.g. "duplicates".
        severity: how much it matters.
        message: what was found, why it matters, and how to mend it.
        items: every recording, group or class that it concerns, one line each.
    """

    check: str
    severity: Severity
    message: str
    items: tuple[str, ...] = ()


@dataclass(frozen=True)
class Report:
    """The audit of one data set.

    Attributes:
        dataset, fingerprint: what was audited.
        facts: sizes in words, in the order in which to show them.
        findings: all of them, the worst first.
        overridden: a benchmark went on although this report has errors.
    """

    dataset: str
    fingerprint: str
    facts: Mapping[str, str]
    findings: tuple[Finding, ...] = field(default=())
    overridden: bool = False

    @property
    def errors(self) -> tuple[Finding, ...]:
        """Give the findings that keep the gate shut."""
        return tuple(finding for finding in self.findings if finding.severity is Severity.ERROR)

    @property
    def passed(self) -> bool:
        """Tell whether there are no errors."""
        return not self.errors

    @property
    def verdict(self) -> str:
        """Say it in a few words, for tables and reports."""
        if self.passed:
            return "audit passed"
        return f"audit FAILED ({', '.join(error.check for error in self.errors)}){', overridden' if self.overridden else ''}"

    def spell(self) -> str:
        """Write the report as JSON."""
        return json.dumps(asdict(self), ensure_ascii=False)


def read(text: str) -> Report:
    """Read a report that `Report.spell` wrote."""
    stored: dict[str, Any] = json.loads(text)
    found = [
        Finding(one["check"], Severity(one["severity"]), one["message"], tuple(one["items"])) for one in stored.pop("findings")
    ]
    return Report(**stored, findings=tuple(found))
