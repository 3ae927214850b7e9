"""`sanjeh grade` end to end: a class goes in, a ledger, pages and a gradebook come out."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import time
from pathlib import Path

import pytest
from toy import COURSE, RIGHT, command, gradebook, sanjeh, write_inbox, zipped

CLASS = {
    "Right": RIGHT,
    "Columns": RIGHT.replace("axis=1", "axis=0"),
    "Medium": RIGHT.replace("return 1.0", "return 0.6"),
    "Loops": RIGHT.replace("return sum(values)", "while True: pass"),
    "Loops at import": "while True: pass",
    "Raises": RIGHT.replace("return sum(values)", "return values['secret']"),
    "Exits": RIGHT.replace("return sum(values)", "import os; os._exit(0)"),
    "Syntax": "def broken(:",
    "Empty": "",
    "Forbidden": "import sklearn\n" + RIGHT,
    "Unknown package": "import no_such_package\n" + RIGHT,
    "=cmd('x'), <b>Mallory</b>": RIGHT,
    "سارا احمدی": RIGHT,
}


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, subprocess.CompletedProcess[str]]:
    """The class, graded once: inbox, output folder, and what was printed."""
    base = tmp_path_factory.mktemp("class")
    inbox = write_inbox(base / "inbox", CLASS)
    return inbox, base / "out", sanjeh("grade", "toy", inbox, "-o", base / "out", "-n", "2")


def outcomes(out: Path, name: str) -> dict[str, str]:
    """Outcome of each check of one student, from the ledger."""
    rows = ledger(
        out,
        "select r.check_id, r.outcome from results r join grades g on g.id = r.grade_id where g.current and g.name = ?",
        name,
    )
    return {str(check): str(outcome) for check, outcome in rows}


def ledger(out: Path, query: str, *values: str) -> list[tuple[object, ...]]:
    """Rows of the ledger."""
    with sqlite3.connect(out / "ledger.sqlite") as connection:
        return connection.execute(query, values).fetchall()


def test_it_ends_well(graded: tuple[Path, Path, subprocess.CompletedProcess[str]]) -> None:
    _, out, done = graded
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Graded now: 13" in done.stdout
    assert str(out / "class.html") in done.stdout.replace("\n", "")
    assert len(list((out / "feedback").glob("*.html"))) == len(CLASS) + 2  # and two handouts


@pytest.mark.parametrize(
    ("name", "points"),
    [
        ("Right", 10), ("Columns", 7), ("Medium", 7), ("Loops", 8), ("Loops at import", 0), ("Raises", 8), ("Exits", 8),
        ("Syntax", 0), ("Empty", 0), ("Forbidden", 0), ("Unknown package", 0), ("سارا احمدی", 10),
    ],
)  # fmt: skip
def test_points(graded: tuple[Path, Path, subprocess.CompletedProcess[str]], name: str, points: float) -> None:
    row = gradebook(graded[1])[name]
    assert float(row["automatic total"]) == points
    assert row["status"] == "graded"


def test_outcomes(graded: tuple[Path, Path, subprocess.CompletedProcess[str]]) -> None:
    out = graded[1]
    assert outcomes(out, "Medium") == {"q1.total": "passed", "q1.mean": "passed", "q1.score": "partial"}
    assert outcomes(out, "Loops") == {"q1.total": "timeout", "q1.mean": "passed", "q1.score": "passed"}
    assert outcomes(out, "Loops at import") == dict.fromkeys(["q1.total", "q1.mean", "q1.score"], "timeout")
    assert outcomes(out, "Columns")["q1.mean"] == "failed"


def test_the_mistake_is_named_and_hidden_inputs_are_not_shown(
    graded: tuple[Path, Path, subprocess.CompletedProcess[str]],
) -> None:
    (page,) = list((graded[1] / "feedback").glob("*olumns*.html"))
    text = page.read_text(encoding="utf-8")
    assert "The columns are averaged, not the rows" in text
    (finding,) = ledger(graded[1], "select finding from results where outcome = 'failed' and finding like '%column_means%'")
    shown = json.loads(str(finding[0]))
    assert shown["inputs"] and shown["inputs"].split("[")[1][:12] not in text


def test_names_are_harmless(graded: tuple[Path, Path, subprocess.CompletedProcess[str]]) -> None:
    out = graded[1]
    names = [name for name in gradebook(out) if "Mallory" in name]
    assert len(names) == 1 and names[0].startswith("'=")
    for page in out.rglob("*.html"):
        assert "<b>Mallory" not in page.read_text(encoding="utf-8")


def test_again_nothing_is_graded_twice_and_a_change_is(
    graded: tuple[Path, Path, subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    inbox, out = tmp_path / "inbox", tmp_path / "out"
    shutil.copytree(graded[0], inbox)
    shutil.copytree(graded[1], out)
    again = sanjeh("grade", "toy", inbox, "-o", out)
    assert "Graded now: 0. Finished before and left alone: 13." in again.stdout, again.stdout + again.stderr
    (inbox / "Medium" / "sums.py").write_text(RIGHT)
    changed = sanjeh("grade", "toy", inbox, "-o", out)
    assert "Graded now: 1. Finished before and left alone: 12." in changed.stdout
    assert "Medium: 7 → 10" in changed.stdout
    assert float(gradebook(out)["Medium"]["automatic total"]) == 10


def test_regrade_shows_what_moved(tmp_path: Path) -> None:
    course = tmp_path / "course"
    shutil.copytree(COURSE, course)
    inbox = write_inbox(tmp_path / "inbox", {"Right": RIGHT, "Columns": CLASS["Columns"]})
    out = tmp_path / "out"
    assert sanjeh("grade", "toy", inbox, "-o", out, course=course).returncode == 0
    forced = sanjeh("grade", "toy", inbox, "-o", out, "--regrade", course=course)
    assert "Graded again: 2; totals that moved: 0." in forced.stdout
    file = course / "assignments" / "toy" / "assignment.toml"
    file.write_text(file.read_text().replace("points = 3", "points = 6"))
    moved = sanjeh("grade", "toy", inbox, "-o", out, course=course)  # other points: every grade rests on another basis
    assert "Graded again: 2; totals that moved: 1." in moved.stdout
    assert "Right: 10 → 13" in moved.stdout


def test_one_archive_of_everything(tmp_path: Path) -> None:
    inbox = write_inbox(tmp_path / "inbox", {"Right": RIGHT, "Syntax": "def broken(:"})
    done = sanjeh("grade", "toy", zipped(inbox, tmp_path / "all.zip"), "-o", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    assert float(gradebook(tmp_path / "out")["Right"]["automatic total"]) == 10


def test_a_broken_suite_is_ours_and_stops_nobody(tmp_path: Path) -> None:
    course = tmp_path / "course"
    shutil.copytree(COURSE, course)
    suite = course / "graders" / "toy" / "test_hidden.py"
    suite.write_text(suite.read_text().replace('band(float(student.sums.score()), "score")', "assert 1 == 2"))
    inbox = write_inbox(tmp_path / "inbox", {"Right": RIGHT})
    done = sanjeh("grade", "toy", inbox, "-o", tmp_path / "out", course=course)
    assert done.returncode == 4, done.stdout + done.stderr
    assert outcomes(tmp_path / "out", "Right") == {"q1.total": "passed", "q1.mean": "passed", "q1.score": "ungraded"}
    (attempts,) = ledger(tmp_path / "out", "select attempts from results where outcome = 'ungraded'")
    assert attempts == (3,)
    row = gradebook(tmp_path / "out")["Right"]
    assert row["status"] == "needs TA" and row["automatic total"] == ""


def test_an_unreadable_suite_is_said_at_once(tmp_path: Path) -> None:
    course = tmp_path / "course"
    shutil.copytree(COURSE, course)
    (course / "graders" / "toy" / "test_more.py").write_text("import a_module_that_is_not_there\n")
    inbox = write_inbox(tmp_path / "inbox", {"Right": RIGHT})
    done = sanjeh("grade", "toy", inbox, "-o", tmp_path / "out", course=course)
    assert done.returncode == 2
    assert "a_module_that_is_not_there" in done.stderr


SPARE = 'CHECK("q1.spare")\ndef test_spare(student):\n    """Spare."""\n'.replace("CHECK", "@check")


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        (
            "graders/toy/test_hidden.py",
            '@check("q1.mean")',
            f'{SPARE}\n\n@check("q1.mean")',
            "has no q1.spare, which the suites define",
        ),
        ("graders/toy/test_hidden.py", '@check("q1.mean")\n', "", "has q1.mean, which no suite defines"),
        ("assignments/toy/assignment.toml", "points = 3", "points = -3", "q1.mean: points are -3.0; they must be above 0"),
    ],
)
def test_a_course_whose_parts_do_not_fit_is_told_so(tmp_path: Path, file: str, old: str, new: str, says: str) -> None:
    course = tmp_path / "course"
    shutil.copytree(COURSE, course)
    text = (course / file).read_text(encoding="utf-8")
    assert old in text
    (course / file).write_text(text.replace(old, new), encoding="utf-8")
    done = sanjeh("grade", "toy", write_inbox(tmp_path / "inbox", {"Right": RIGHT}), "-o", tmp_path / "out", course=course)
    assert done.returncode == 2
    assert says in " ".join(done.stderr.split()) and "Traceback" not in done.stderr


@pytest.mark.parametrize(("how", "code"), [(signal.SIGKILL, -9), (signal.SIGINT, 130)])
def test_stopped_in_the_middle_it_goes_on_where_it_was(tmp_path: Path, how: signal.Signals, code: int) -> None:
    slow = RIGHT.replace("return 1.0", "import time; time.sleep(0.4); return 1.0")
    inbox = write_inbox(tmp_path / "inbox", {f"Student {number:02}": f"{slow}# {number}\n" for number in range(12)})
    out = tmp_path / "out"
    run = subprocess.Popen(
        command("grade", "toy", inbox, "-o", out, "-n", "2"),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=COURSE.parents[1],
        start_new_session=True,
    )
    while not (before := graded_at(out)):
        assert run.poll() is None
        time.sleep(0.1)
    os.killpg(run.pid, how) if how is signal.SIGINT else run.send_signal(how)
    assert run.wait(timeout=60) == code
    before = graded_at(out)
    assert 0 < len(before) < 12
    assert_workers_end(run.pid)
    again = sanjeh("grade", "toy", inbox, "-o", out, "-n", "2")
    assert again.returncode == 0, again.stderr
    after = graded_at(out)
    assert len(after) == 12
    assert {name: after[name] for name in before} == before
    assert ledger(out, "select count(*) from grades") == [(12,)]
    assert ledger(out, "select count(*) from results") == [(36,)]


def graded_at(out: Path) -> dict[object, object]:
    """When each student was graded, as far as the ledger knows."""
    if not (out / "ledger.sqlite").exists():
        return {}
    try:
        return dict(ledger(out, "select student, id from grades where current"))  # type: ignore[arg-type]
    except sqlite3.OperationalError:  # not made yet
        return {}


def assert_workers_end(session: int) -> None:
    """No process of a killed run stays behind."""
    for _ in range(100):
        alive = [
            pid
            for pid in map(int, filter(str.isdigit, (path.name for path in Path("/proc").iterdir())))
            if _session(pid) == session
        ]
        if not alive:
            return
        time.sleep(0.1)
    raise AssertionError(f"processes of the killed run are still there: {alive}")


def _session(pid: int) -> int:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return -1
    return -1 if fields[0] == "Z" else int(fields[3])


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["grade", "nope", "."], "there is no assignment 'nope'; there are toy"),
        (["grade", "toy", "/no/such/inbox"], "/no/such/inbox"),
        (["grade", "toy", ".", "--data", "digits"], "is not NAME=PATH"),
        (["check", "toy", "/no/such/folder"], "does not exist"),
        (["check", "toy", "README.md"], "holds neither a .py file nor a notebook"),
    ],
)
def test_clumsy_commands(arguments: list[str], says: str) -> None:
    done = sanjeh(*arguments)
    assert done.returncode == 2
    assert says in done.stderr
    assert "Traceback" not in done.stderr


def test_without_isolation_it_refuses_and_says_why(tmp_path: Path) -> None:
    inbox = write_inbox(tmp_path / "inbox", {"Right": RIGHT})
    empty = tmp_path / "bin"
    empty.mkdir()
    done = sanjeh("grade", "toy", inbox, "-o", tmp_path / "out", PATH=str(empty))
    assert done.returncode == 3
    assert "bubblewrap" in done.stderr and "--no-sandbox" in done.stderr
    trusting = sanjeh("grade", "toy", inbox, "-o", tmp_path / "out", "--no-sandbox", PATH=str(empty))
    assert trusting.returncode == 0, trusting.stderr
    assert "runs with your rights" in trusting.stderr
    assert ledger(tmp_path / "out", "select isolation from runs") == [("none",)]
    assert "isolation" in (tmp_path / "out" / "class.html").read_text(encoding="utf-8").lower()
