"""An audit of data, as a gate: what would make a figure mislead is found before the figure is made.

    report = audit(dataset)            # every finding at once; the second time from the cache
    gate(dataset)                      # raises where there are errors; override=True goes on, and the report says so

No group, no copy of a recording and no sentence to be recognised may stand in several parts; recordings must be readable and audible;
classes must be there and go by their right names; one sampling rate.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial

import numpy as np

from seeds import cache
from seeds.audit import checks
from seeds.audit.balance import balance
from seeds.audit.findings import Finding, Report, Severity, read
from seeds.audit.labels import check_ids, check_label_order, check_supports
from seeds.audit.sound import Sound, examine
from seeds.audit.texts import sentences
from seeds.audit.twins import clusters
from seeds.datasets.base import PARTS, Dataset
from seeds.errors import DataError
from seeds.parallel import spread

__all__ = ["Finding", "Report", "Severity", "audit", "check_label_order", "check_supports", "gate"]

VERSION = 3
"""Raise it with every change that alters a finding: the cache goes by it."""


def audit(dataset: Dataset, *, workers: int | None = None, progress: Callable[[int], object] | None = None) -> Report:
    """Look at everything, and list every fault at once.

    Args:
        dataset: what to audit, split or not.
        workers: processes; None takes one per core. The report does not depend on it.
        progress: called with the number of recordings just examined.
    """

    def make() -> cache.Arrays:
        return {"report": np.array([_audit(dataset, workers, progress).spell()])}

    if not len(dataset):
        raise DataError(f"data set {dataset.name!r} has no recordings to audit")
    return read(
        str(cache.fetch(f"audit-{dataset.name}", {"version": VERSION, "fingerprint": dataset.fingerprint}, make)["report"][0])
    )


def gate(dataset: Dataset, override: bool = False, *, workers: int | None = None) -> Report:
    """Let a data set through, or stop the benchmark that wants it.

    Args:
        dataset: what is to be trained or tested on.
        override: go on although there are errors; the report that comes back says so.
        workers: processes.

    Raises:
        DataError: the audit found errors; all are named.
    """
    report = audit(dataset, workers=workers)
    if report.passed:
        return report
    if override:
        return replace(report, overridden=True)
    problems = [
        f"{error.check}: {error.message}" + "".join(f"\n      {item}" for item in error.items[:5]) for error in report.errors
    ]
    hint = f"see `sanjeh data audit {dataset.name}` for all of it; an override goes on, and the report will say so"
    raise DataError(f"data set {dataset.name!r} fails its audit, so figures from it would mislead; {hint}", problems)


def _audit(dataset: Dataset, workers: int | None, progress: Callable[[int], object] | None) -> Report:
    sounds = []
    for sound in spread(partial(examine, dataset), len(dataset), workers=workers):
        sounds.append(sound)
        if progress:
            progress(1)
    found: Iterable[Finding] = (
        *checks.groups(dataset),
        *checks.health(dataset, sounds),
        *checks.duplicates(dataset, clusters(dataset, sounds, workers=workers)),
        *sentences(dataset),
        *balance(dataset),
        *filter(None, [check_ids(dataset)]),
        *checks.bandwidth(dataset, sounds),
    )
    ordered = tuple(sorted(found, key=lambda finding: list(Severity).index(finding.severity)))
    return Report(dataset.name, dataset.fingerprint, _facts(dataset, sounds), ordered)


def _facts(dataset: Dataset, sounds: list[Sound]) -> dict[str, str]:
    """Say in words how much there is."""
    seconds = sum(sound.seconds for sound in sounds)
    parts = [(part or "no part", int((dataset.parts == part).sum())) for part in ("", *PARTS)]
    classes = len(dataset.label_names) - (dataset.outsider_label is not None)
    facts = {"examples": str(len(dataset)), "classes": f"{classes}{' and outsiders' if dataset.outsiders.any() else ''}"}
    if dataset.frame_labels is not None:
        facts["frames"] = f"{int(dataset.frame_labels.lengths.sum())} of {len(dataset.frame_labels.names)} classes"
    facts |= {"groups": str(len(set(dataset.groups.tolist()))), "parts": ", ".join(f"{part} {n}" for part, n in parts if n)}
    return facts | ({"sound": f"{seconds / 60:.1f} minutes at {dataset.sample_rate} Hz"} if seconds else {})
