"""The documents' figures: all of them, and flags where a defect is known."""

from __future__ import annotations

import re

from benchmarks.engine.task import discover
from seeds.figures import FLAGGED, figures, flags


def test_every_figure_is_there() -> None:
    found = figures()
    assert len(found) == 832
    assert found["004.q3.final.test_acc"].number == 0.68
    assert found["000.q4.ep1.val_acc_pct"].number == 0.688041
    assert found["001.q3.a.lang"].number is None


def test_flags_stand_where_defects_were_found() -> None:
    found = figures()

    def names(name: str) -> set[str]:
        return {flag.name for flag in found[name].flags}

    assert {"warm start", "no time axis"} <= names("001.q4.lstm2x64.val_acc.last")
    assert "warm start" not in names("001.q4.lstm128.val_acc.last")
    assert "no time axis" not in names("002.q4.lstm2x64.test_acc") and "leakage" in names("002.q4.lstm2x64.test_acc")
    assert "label order" in {flag.name for one in found.values() if one.id.startswith("004.q3.report.row") for flag in one.flags}
    assert names("002.q3.zs.wer_test") == {"mixed pipelines"}
    assert names("004.q4.b.lr.acc") >= {"leakage", "filters", "class numbers"}
    assert not names("001.q4.lstm2x64.params.total") and not names("003.q4.lr")
    assert flags("004.q2.2L_bip_eq.test_acc")


def test_every_pattern_marks_something() -> None:
    for pattern, _ in FLAGGED:
        assert any(re.match(pattern, name) for name in figures()), pattern


def test_tasks_name_figures_that_exist() -> None:
    named = {name for task, _ in discover().values() for case in task.cases("small") for name in case.reported}
    assert named and named <= set(figures())
