"""A made-up class with everything that a real one brings: all outcomes, hostile text, an unreadable upload."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from graders.engine.records import ClassGrades, Grade, RunInfo
from graders.kit.assignment import Assignment, CheckSpec, Environment, Question, RubricItem
from graders.kit.outcome import CheckResult, Finding, Metric, Outcome

PUBLIC = frozenset({"q1.mfcc"})
ENVIRONMENT = Environment(("numpy",), ("torch",), 1024)
OVERRIDE = "\u202e"
PAYLOAD = '<script>alert("x")</script><img src=x onerror=alert(1)>\'"&{{ 7*7 }}'


def spec(check_id: str, points: float, en: str, fa: str) -> CheckSpec:
    return CheckSpec(check_id, points, {"en": en, "fa": fa}, check_id.replace(".", "-"), 10.0, ())


def make_assignment() -> Assignment:
    features = Question(
        "q1",
        {"en": "Features", "fa": "ویژگی‌ها"},
        "q1",
        (
            spec("q1.mfcc", 6, "MFCCs of a clip agree with the definition.", "ضریب‌های MFCC یک قطعه با تعریف یکی است."),
            spec("q1.delta", 4, "The derivatives are regressions over five frames.", "مشتق‌ها رگرسیون روی پنج فریم‌اند."),
        ),
        (),
        ("features.py",),
        ENVIRONMENT,
    )
    network = Question(
        "q2",
        {"en": "Network from scratch", "fa": "شبکه از پایه"},
        "q2",
        (
            spec("q2.sigmoid", 3, "The bipolar sigmoid and its derivative are right.", "سیگموید دوقطبی و مشتق آن درست‌اند."),
            spec("q2.gradient", 8, "Back-propagation returns the true gradient.", "پس‌انتشار گرادیان درست را برمی‌گرداند."),
            spec("q2.train", 7.5, "Training ends on speakers it never heard.", "آموزش بر گویندگان ناشنیده سنجیده می‌شود."),
        ),
        (RubricItem("q2.discussion", 12, {"en": "Which features win, and why?", "fa": "کدام ویژگی بهتر است و چرا؟"}, "q2"),),
        ("mlp.py", "weights/"),
        ENVIRONMENT,
        bonus=True,
    )
    return Assignment(
        "speech_hw4",
        {"en": "Speech processing, homework 4", "fa": "پردازش گفتار، تمرین ۴"},
        ("features.py", "mlp.py"),
        42,
        ("digits",),
        (features, network),
        Path("assignments/speech_hw4"),
    )


def make_run(isolation: str = "nested") -> RunInfo:
    return RunInfo(
        started="2026-03-01T10:00:00+00:00",
        finished="2026-03-01T10:02:41+00:00",
        seed=42,
        suite="5f3c9a1e77b0",
        isolation=isolation,
        versions={"python": "3.11.2", "numpy": "2.1.0", "sanjeh": "0.1.0"},
        data={"digits": "9be1c0ffee42"},
        machine="2 cores, Debian 12",
    )


LESSON = (
    "Your `delta` for the output layer is the error alone. That is the rule of a softmax with cross-entropy; with a squared "
    "error the chain rule asks for one factor more.\n\nMultiply the error by `bipolar_derivative(z)` before it travels back. A "
    "numerical gradient shows it: change one weight by 1e-6 and compare."
)
WRONG = Finding(
    message="gradients: the largest difference is 0.31 where 1e-4 is allowed, in layer 1, `W`.",
    difference="secret-difference dW[0] is 0.113",
    got="secret-got [[0.113, -0.42], [0.07, 0.9]]",
    wanted="secret-wanted [[0.023, -0.11], [0.02, 0.3]]",
    inputs="secret-inputs params = [{'W': (12, 11)}], x = array([0.3, -1.2, 0.8, 0.1, 0.4, 0.9, -0.2, 0.3, 0.3, 0.7, 0.1, -2.1])",
    detail="secret-detail Traceback (most recent call last): <b>File</b> mlp.py line 40",
    mistake="mlp__output_derivative_missing",
    lesson=LESSON,
    notice="secret-notice claims 0.99, reached 0.31",
)
PUBLIC_WRONG = Finding(
    message="mfcc: shape (31, 12) where (98, 12) was wanted. The hop is 10 ms; did `hop_length` reach the loop?",
    got="array of shape (31, 12)\n[[-412.1, 88.3, ...]]",
    wanted="array of shape (98, 12)\n[[-398.7, 91.0, ...]]",
    inputs="mfcc(signal=array(16000 samples, float64, min -0.71, max 0.69), sample_rate=16000)",
    detail="secret-detail hop 512",
    mistake="features__hop_not_passed",
    lesson="The hop never reaches the framing, so its default of 512 samples is used: 32 ms.\n\nPass `hop_length` on.",
)
NEAR = Metric("accuracy", 0.78, 0.7, 0.85, 0.8, 0.31)


def result(check: CheckSpec, outcome: Outcome, share: float = 0.0, finding: Finding | None = None) -> CheckResult:
    points = check.points if outcome is Outcome.PASSED else check.points * share
    return CheckResult(check.id, outcome, points, check.points, finding or Finding(), 0.1)


def perfect(assignment: Assignment) -> tuple[CheckResult, ...]:
    return tuple(result(check, Outcome.PASSED) for check in assignment.checks())


def mixed(assignment: Assignment) -> tuple[CheckResult, ...]:
    """One check of every outcome."""
    first, second, third, fourth, fifth = assignment.checks()
    late = Finding(message="train: stopped after 10 s of 10 s. Is there a loop over frames that NumPy could do at once?")
    ours = Finding(message="The check could not be completed.", detail="secret-detail the sandbox died twice")
    return (
        result(first, Outcome.FAILED, finding=PUBLIC_WRONG),
        result(
            second,
            Outcome.PARTIAL,
            0.5,
            Finding(message="Right but for the first two frames: edge frames are repeated.", metric=NEAR),
        ),
        result(third, Outcome.PASSED),
        result(fourth, Outcome.UNGRADED, finding=ours),
        result(fifth, Outcome.TIMEOUT, finding=late),
    )


def hostile(assignment: Assignment) -> tuple[CheckResult, ...]:
    """The payload in every text that a record holds."""
    text = f"{PAYLOAD}{OVERRIDE}\x1b[31m\x00\ud800"
    finding = Finding(*[text] * 9)
    return tuple(result(check, Outcome.FAILED, finding=finding) for check in assignment.checks())


def make_class(isolation: str = "nested") -> ClassGrades:
    assignment = make_assignment()
    *_, fourth, fifth = assignment.checks()
    wrong = (*perfect(assignment)[:3], result(fourth, Outcome.FAILED, finding=WRONG), result(fifth, Outcome.PARTIAL, 0.5))
    stamp = "2026-03-01T10:01:00+00:00"
    graded = partial(Grade, graded_at=stamp, files=("features.py", "mlp.py"), fingerprint="0a1b2c3d4e5f")
    notes = ("Ignored: `plot.png`", "Two uploads; the last one counts.")
    broken = "`mlp.py` is not Python: line 12 has an opening bracket that is never closed. Mend it and upload again."
    grades = (
        graded("400100", "سارا رضایی‌نژاد", results=perfect(assignment)),
        graded("400101", "Ada Lovelace", results=wrong, before=20.5),
        graded("400102", "=cmd()|' /C calc'!A0", results=mixed(assignment), notes=notes),
        graded("400103", PAYLOAD + OVERRIDE, results=hostile(assignment), notes=(PAYLOAD,)),
        graded("400104", "Wolfeschlegelsteinhausenbergerdorff" * 4, results=wrong),
        graded("400105", "Mahdi, Ali\nReza", results=(), problem=broken),
        graded("400106", f"evil{OVERRIDE}lmth.gpj", results=(), problem=PAYLOAD),
        graded("400107", "Grace Hopper", results=perfect(assignment)[:3]),
    )
    return ClassGrades(assignment, make_run(isolation), grades, PUBLIC)


@pytest.fixture
def class_grades() -> ClassGrades:
    return make_class()


@pytest.fixture
def empty_class() -> ClassGrades:
    return ClassGrades(make_assignment(), make_run(), (), PUBLIC)
