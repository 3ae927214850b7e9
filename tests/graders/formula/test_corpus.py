"""Every answer of the corpus gets the verdict it should; a wrong verdict is the one thing that must never happen."""

from __future__ import annotations

from collections import Counter

import pytest

from benchmarks.tasks.formula import Case, cases, is_as_expected, verdict_of
from graders.kit.errors import FormulaError
from graders.kit.formula import parse_statement, to_latex, to_plain
from graders.proof import Kind, judge

CASES = cases()


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.question}: {case.answer[:40]!r}")
def test_verdict(case: Case) -> None:
    kind = verdict_of(case)
    assert kind != "undecided", f"{case.answer}: {case.why}"
    assert is_as_expected(case.expected, kind), f"{case.answer} is {case.expected} ({case.why}), judged {kind}"


def test_corpus_is_large_and_mixed() -> None:
    counts = Counter(case.expected for case in CASES)
    assert len(CASES) >= 150
    assert min(counts["right"], counts["wrong"], counts["unreadable"]) >= 40
    assert len({case.question for case in CASES}) >= 20


@pytest.mark.parametrize("case", [case for case in CASES if case.expected == "wrong"], ids=lambda case: case.answer[:40])
def test_refutation_shows_where(case: Case) -> None:
    verdict = judge(case.answer, case.right, case.context, case.options).verdict
    assert verdict.kind is Kind.REFUTED
    assert verdict.counter is None or (verdict.counter.got != verdict.counter.wanted and verdict.counter.point)
    assert verdict.reason


@pytest.mark.parametrize("case", [case for case in CASES if case.expected == "unreadable"], ids=lambda case: case.answer[:40])
def test_error_has_a_position(case: Case) -> None:
    with pytest.raises(FormulaError) as caught:
        judge(case.answer, case.right, case.context, case.options)
    assert 0 <= caught.value.position <= len(case.answer)
    assert str(caught.value)
    assert caught.value.pointer().count("\n") == 1


@pytest.mark.parametrize("case", [case for case in CASES if case.expected != "unreadable"], ids=lambda case: case.answer[:40])
def test_echo_reads_back(case: Case) -> None:
    try:
        statement = parse_statement(case.answer, case.context)
    except FormulaError:
        # The judge alone knows that a row layout is allowed, or that a constant (`+ C`) may be dropped.
        assert case.options.transposed or case.options.up_to, f"{case.answer} is {case.expected}, and cannot be read"
        return
    for side in statement.sides:
        assert parse_statement(to_plain(side), case.context, "plain").answer == side
        assert parse_statement(to_latex(side, case.context), case.context, "latex").answer == side


def test_right_and_wrong_do_not_depend_on_the_seed() -> None:
    from dataclasses import replace

    for case in CASES[::7]:
        if case.expected == "unreadable":
            continue
        for seed in (1, 2):
            options = replace(case.options, seed=seed, prove=False)
            kind = judge(case.answer, case.right, case.context, options).verdict.kind.value
            assert is_as_expected(case.expected, kind), (case.answer, seed, kind)
