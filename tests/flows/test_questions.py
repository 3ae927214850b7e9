"""Questions with files, packages, rules and weights of their own, graded through the command line."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest
from toy import gradebook, sanjeh

TOML = """
title.en = "Duo"
title.fa = "دو"
files = ["plain.py", "net.py"]
seed = 3
packages = ["numpy"]

[[questions]]
id = "q1"
title.en = "Plain"
title.fa = "ساده"
files = ["plain.py"]
forbidden = ["scipy"]

[[questions.checks]]
id = "q1.number"
points = 1
title.en = "A number"
title.fa = "یک عدد"

[[questions.checks]]
id = "q1.alone"
points = 2
title.en = "Sees its own files"
title.fa = "پرونده‌های خودش را می‌بیند"

[[questions]]
id = "q2"
title.en = "Net"
title.fa = "شبکه"
files = ["net.py", "weights/"]
packages = ["scipy"]

[[questions.checks]]
id = "q2.claimed"
points = 4
title.en = "The weights handed in"
title.fa = "وزن‌های تحویل‌شده"
bands = [[0.5, 0.5], [0.9, 1.0]]

[[questions.checks]]
id = "q2.retrained"
points = 3
title.en = "Trained here"
title.fa = "آموزش در اینجا"
"""
SUITE = '''
"""Checks of both questions."""
from graders.kit import award, check, equal, graded, notify


@check("q1.number")
def test_number(student, right):
    """A number."""
    award(1.0, f"told {student.plain.number()} where {right.plain.number() * 0} was not asked")


@check("q1.alone")
def test_alone(student):
    """Its own files."""
    equal(student.plain.files(), ["helper.py", "plain.py"], what="files")


@check("q2.claimed")
def test_claimed(student):
    """Weights."""
    share = graded(student.net.predict("weights"), "accuracy", [0, 0, 1, 1, 2, 2, 3, 3, 4, 4])
    if share > 0.8:
        notify("claims much")


@check("q2.retrained")
def test_retrained(student, right):
    """Training."""
    for code in (student, right):
        folder = code.scratch("net")
        code.net.train(folder)
        given = code.scratch("given", {"w.txt": b"2 3"})
        equal(code.net.predict(given), [2.0, 3.0], what="predict")
        equal(code.net.predict(folder), [1.0] * 10, what="predict")
'''
PLAIN = """import os, random, time
def number():
    return time.time_ns() % 10**9 + random.SystemRandom().random()
def files():
    return sorted(name for name in os.listdir('.') if name != '__pycache__')
"""
NET = """import scipy.stats, os
def train(folder):
    with open(os.path.join(folder, 'w.txt'), 'w') as file:
        file.write('1 ' * 10)
def predict(folder):
    return [float(x) for x in open(os.path.join(folder, 'w.txt')).read().split()]
"""


def write_course(root: Path) -> Path:
    for folder in ("assignments/duo/checks", "assignments/duo/starter", "graders/duo", "reference/duo"):
        (root / folder).mkdir(parents=True)
    (root / "assignments/duo/assignment.toml").write_text(TOML, encoding="utf-8")
    (root / "graders/duo/test_both.py").write_text(SUITE, encoding="utf-8")
    for name, text in (("plain.py", PLAIN), ("net.py", NET)):
        (root / "reference/duo" / name).write_text(text, encoding="utf-8")
    return root


def submit(inbox: Path, name: str, weights: str, plain: str = PLAIN) -> None:
    (inbox / name / "weights").mkdir(parents=True)
    for file, text in (("plain.py", plain), ("net.py", NET), ("helper.py", ""), ("weights/w.txt", weights)):
        (inbox / name / file).write_text(text, encoding="utf-8")


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    base = tmp_path_factory.mktemp("duo")
    course = write_course(base / "course")
    submit(base / "inbox", "Ann", "1 " * 10)
    submit(base / "inbox", "Bob", "1 " * 10)
    submit(base / "inbox", "Cem", "1 1 1 1 1 0 0 0 1 1")
    submit(base / "inbox", "Dot", "1 " * 10, "import scipy\n" + PLAIN)
    done = sanjeh("grade", "duo", base / "inbox", "-o", base / "out", "-n", "1", course=course)
    assert done.returncode == 0, done.stdout + done.stderr
    return base / "out"


def findings(out: Path, name: str) -> dict[str, dict[str, object]]:
    query = "select r.check_id, r.finding from results r join grades g on g.id = r.grade_id where g.name = ?"
    with sqlite3.connect(out / "ledger.sqlite") as connection:
        return {check: json.loads(finding) for check, finding in connection.execute(query, [name])}


def test_each_question_has_its_own_rules_and_files(out: Path) -> None:
    points = {name: (row["q1 (3)"], row["q2 (7)"]) for name, row in gradebook(out).items()}
    assert points == {"Ann": ("3", "7"), "Bob": ("3", "7"), "Cem": ("3", "5"), "Dot": ("0", "7")}


def test_equal_files_get_equal_verdicts_without_running_again(out: Path) -> None:
    told = {name: findings(out, name)["q1.number"]["message"] for name in ("Ann", "Bob", "Cem")}
    assert "told" in str(told["Ann"]) and len(set(told.values())) == 1, "q1 is the same for all three; q2 differs for Cem"


def test_claims_are_measured_and_noticed(out: Path) -> None:
    assert findings(out, "Ann")["q2.claimed"]["notice"] == "claims much"
    metric = findings(out, "Cem")["q2.claimed"]["metric"]
    assert isinstance(metric, dict) and (metric["value"], metric["cutoff"]) == (0.7, 0.9)
    assert "claims much" in (out / "class.html").read_text(encoding="utf-8")
    assert not any("claims much" in page.read_text(encoding="utf-8") for page in (out / "feedback").glob("*.html"))


def test_without_the_sandbox_it_is_the_same(tmp_path: Path) -> None:
    course = write_course(tmp_path / "course")
    submit(tmp_path / "inbox", "Ann", "1 " * 10)
    done = sanjeh("grade", "duo", tmp_path / "inbox", "-o", tmp_path / "out", "-n", "1", "--no-sandbox", course=course)
    assert done.returncode == 0, done.stdout + done.stderr
    assert gradebook(tmp_path / "out")["Ann"]["automatic total"] == "10"


PUBLIC = '''
"""Public checks of both questions."""
from graders.kit import award, check, equal


@check("q1.number")
def test_number(student):
    """A number."""
    award(1.0, f"told {student.plain.number()}")


@check("q2.claimed")
def test_claimed(student):
    """Weights."""
    equal(student.net.predict("weights"), [0.0], what="predict")
'''


def test_one_question_may_be_checked_alone(tmp_path: Path) -> None:
    course = write_course(tmp_path / "course")
    (course / "assignments/duo/checks/test_public.py").write_text(PUBLIC, encoding="utf-8")
    submit(tmp_path / "inbox", "Ann", "1 " * 10)
    both, one, wrong = (
        sanjeh("check", "duo", tmp_path / "inbox" / "Ann", *options, course=course)
        for options in ((), ("--question", "q1"), ("--question", "q7"))
    )
    assert both.returncode == 1 and "Public checks: 1 of 5 points." in both.stdout
    assert one.returncode == 0 and "Public checks: 1 of 1 points.\nHidden checks, run after you hand in: 2 points" in one.stdout
    assert wrong.returncode == 2 and "no question 'q7'; it has q1, q2" in wrong.stderr
