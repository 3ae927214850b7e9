"""The words that suites are written in, and what each does to a check's outcome."""

from __future__ import annotations

from pathlib import Path

import pytest

from graders.engine.worker import Patience
from graders.kit.assignment import CheckSpec, Question, load
from graders.kit.checks import check
from graders.kit.direct import Direct
from graders.kit.errors import CourseError
from graders.kit.loading import CodeFolder
from graders.kit.outcome import CheckResult, Outcome
from graders.kit.plugin import Suite, SuitePlugin
from graders.kit.run import Collector, run_pytest

TOY = Path(__file__).resolve().parents[1] / "toy_course"
REFERENCE, MISTAKES = TOY / "reference" / "toy", TOY / "graders" / "toy" / "mistakes"
HEAD = "from graders.kit import award, band, check, ensure, equal, graded, notify, same\n\n\n"


class OneProvider:
    """One submission in this process; counts how often it is thrown away."""

    def __init__(self, source: str) -> None:
        self.direct = Direct(CodeFolder({"sums.py": source}))
        self.resets = 0

    def backend(self, student: str, question: Question) -> Direct:
        return self.direct

    def files(self, student: str, question: Question) -> dict[str, bytes]:
        return {"answers.toml": b"a = 1"}

    def recall(self, student: str, spec: CheckSpec) -> None:
        return None

    def remember(self, student: str, result: CheckResult) -> None:
        return None

    def reset(self) -> None:
        self.resets += 1


def run(
    tmp_path: Path, body: str, source: str = "", arguments: str = "student, right, rng", plugins: tuple[object, ...] = ()
) -> tuple[CheckResult, OneProvider]:
    """Run one check `q1.score` (5 points, bands at 0.5 and 0.9) with this body on a submission with this source."""
    lines = "\n    ".join(body.splitlines())
    tmp_path.mkdir(exist_ok=True)
    (tmp_path / "test_one.py").write_text(
        f'{HEAD}@check("q1.score")\ndef test_one({arguments}):\n    """Asked."""\n    {lines}\n'
    )
    provider = OneProvider(source)
    suite = Suite(load(TOY / "assignments" / "toy"), REFERENCE, MISTAKES)
    collector = Collector()
    run_pytest([str(tmp_path)], [SuitePlugin(suite, ["one"], provider), collector, *plugins])
    assert not collector.broken
    ((student, of, result),) = collector.rows
    assert (student, of, result.check, result.max_points) == ("one", 1, "q1.score", 5.0)
    return result, provider


@pytest.mark.parametrize(
    ("body", "outcome", "points"),
    [
        ("pass", "passed", 5.0),
        ("award(0.5, 'half')", "partial", 2.5),
        ("award(0.0, 'nothing')", "failed", 0.0),
        ("award(0.2, 'first'); award(1.0, 'last')", "passed", 5.0),
        ("band(0.95, 'score')", "passed", 5.0),
        ("band(0.9, 'score')", "passed", 5.0),
        ("band(0.7, 'score')", "partial", 2.0),
        ("band(0.49, 'score')", "failed", 0.0),
        ("band(float('nan'), 'score')", "failed", 0.0),
        ("ensure(1 < 2, 'no')", "passed", 5.0),
        ("ensure(2 < 1, 'no')", "failed", 0.0),
        ("equal([1, 2], [1, 2])", "passed", 5.0),
        ("equal([1, 2], [1, 3])", "failed", 0.0),
        ("assert 2 < 1", "ungraded", 0.0),
        ("1 / 0", "ungraded", 0.0),
        ("award(2.0, 'too much')", "ungraded", 0.0),
    ],
)
def test_outcomes(tmp_path: Path, body: str, outcome: str, points: float) -> None:
    result, provider = run(tmp_path, body)
    assert (result.outcome, result.points) == (Outcome(outcome), points)
    assert (result.attempts, provider.resets) == ((3, 3) if outcome == "ungraded" else (1, 0))


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("def score(): return [1, 2][5]", "raised IndexError at sums.py, line 1"),
        ("def other(): pass", "no function `score`"),
        ("def score(): return object()", "object"),
        ("def score(): return float('nan')", ""),
        ("import no_such_package", "no_such_package"),
    ],
)
def test_what_her_code_does_is_hers(tmp_path: Path, source: str, says: str) -> None:
    result, _ = run(tmp_path, "equal(student.sums.score(), 1.0, what='score()')", source)
    assert result.outcome is Outcome.FAILED
    assert says in result.finding.message


def test_a_wrong_answer_is_explained_by_the_mistake_that_gives_it(tmp_path: Path) -> None:
    body = "same(student.sums.row_means, right.sums.row_means, rng.normal(size=(3, 5)))"
    result, _ = run(tmp_path, body, "def row_means(m): return [float(sum(c)) / 3 for c in zip(*m)]")
    assert (result.finding.mistake, result.outcome) == ("column_means", Outcome.FAILED)
    assert "axis=1" in result.finding.lesson
    unknown, _ = run(tmp_path, body, "def row_means(m): return [7.0, 7.0, 7.0]")
    assert (unknown.finding.mistake, unknown.outcome) == ("", Outcome.FAILED)


def test_a_graded_score_says_how_sure_it_is(tmp_path: Path) -> None:
    body = "graded([1.0] * 85 + [0.0] * 15, 'accuracy', [place // 5 for place in range(100)])"
    result, _ = run(tmp_path, body)
    metric = result.finding.metric
    assert metric and (result.points, metric.value, metric.cutoff) == (2.0, 0.85, 0.9)
    assert 0.6 < metric.low < 0.8 and 0.9 < metric.high <= 1.0 and 0.1 < metric.probability < 0.5
    assert metric.near_miss and "near miss" in result.finding.message and "20 groups" in result.finding.message
    assert CheckResult.from_json(result.to_json()) == result
    far, _ = run(tmp_path / "far", "graded([1.0, 0.0] * 300, 'accuracy')")
    assert far.finding.metric and not far.finding.metric.near_miss and "near miss" not in far.finding.message
    assert run(tmp_path / "none", "graded([], 'accuracy')")[0].outcome is Outcome.UNGRADED


def test_a_notice_is_for_the_ta_and_changes_no_points(tmp_path: Path) -> None:
    result, _ = run(tmp_path, "notify('far off'); award(0.5, 'half')")
    assert (result.finding.notice, result.points) == ("far off", 2.5)
    assert "far off" not in result.finding.message


def test_a_check_may_name_the_mistake_itself(tmp_path: Path) -> None:
    result, _ = run(tmp_path, "ensure(False, 'no', mistake='sums__column_means')")
    assert result.finding.mistake == "column_means" and "axis=1" in result.finding.lesson
    assert run(tmp_path / "none", "ensure(False, 'no', mistake='sums__none_such')")[0].outcome is Outcome.UNGRADED


def test_a_folder_stays_for_the_whole_check(tmp_path: Path) -> None:
    source = "import os\ndef put(f):\n    open(os.path.join(f, 'w'), 'w').write('7')\ndef there(f):\n    return os.listdir(f)"
    body = "f = student.scratch('model')\nstudent.sums.put(f)\nequal(student.sums.there(f), ['w'])"
    assert run(tmp_path, body, source)[0].outcome is Outcome.PASSED
    assert run(tmp_path / "anew", "equal(student.sums.there(student.scratch('model')), [])", source)[0].outcome is Outcome.PASSED


def test_a_folder_may_hold_what_to_start_from(tmp_path: Path) -> None:
    source = "def read(f):\n    return open(f + '/deep/w.txt').read()"
    body = "f = student.scratch('start', {'deep/w.txt': b'7'})\nequal(student.sums.read(f), '7')"
    assert run(tmp_path, body, source)[0].outcome is Outcome.PASSED


def test_a_retry_sees_the_same_random_input(tmp_path: Path) -> None:
    log = tmp_path / "log"
    run(tmp_path, f"open({str(log)!r}, 'a').write(f'{{rng.normal()}} ')\nassert False")
    drawn = log.read_text().split()
    assert len(drawn) == 3 and len(set(drawn)) == 1


def test_the_submission_cannot_change_what_the_suite_holds(tmp_path: Path) -> None:
    body = "x = [1.0, 2.0]\nstudent.sums.score(x)\nequal(x, [1.0, 2.0])"
    result, _ = run(tmp_path, body, "def score(x): x.append(3.0); return 0")
    assert result.outcome is Outcome.PASSED


def test_a_suite_that_hangs_is_ours(tmp_path: Path) -> None:
    result, provider = run(tmp_path, "while True: pass", plugins=(Patience(0.2),))
    assert (result.outcome, result.attempts, provider.resets) == (Outcome.UNGRADED, 3, 3)
    assert "more than 0.2 s" in result.finding.detail


def test_suites_may_read_the_files(tmp_path: Path) -> None:
    result, _ = run(tmp_path, "ensure(files['answers.toml'] == b'a = 1', 'other')", arguments="files")
    assert result.outcome is Outcome.PASSED


def test_suites_that_cannot_grade_are_said_to_be_wrong(tmp_path: Path) -> None:
    with pytest.raises(CourseError, match="no docstring"):
        check("q1.score")(lambda student: None)
    with pytest.raises(AssertionError, match="takes none of student, files and answers"):  # reported as broken: nothing is graded
        run(tmp_path, "pass", arguments="rng")
    (tmp_path / "test_stray.py").write_text("def test_stray(): pass\n")
    with pytest.raises(CourseError, match="without @check"):
        run(tmp_path, "pass")


def test_results_survive_the_way_to_another_process(tmp_path: Path) -> None:
    result, _ = run(tmp_path, "ensure(False, 'odd \\udc80 \\x00 ‮ text')")
    assert CheckResult.from_json(result.to_json()) == result
