"""`sanjeh bench` from plan to table, with a toy task: resumed, interrupted, failing, out of budget, without a device, audited."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from benchmarks.engine import run as engine
from benchmarks.engine import splits, store, summary
from benchmarks.engine import task as tasks
from benchmarks.engine.identity import code_fingerprint, essence, identify
from benchmarks.engine.plan import Plan, Unit
from benchmarks.engine.record import DataUsed, Metric, Predictions, Record
from benchmarks.engine.run import Finished, Options
from benchmarks.engine.task import Case, Outcome, Setting, Task
from graders.cli import main
from seeds.datasets.base import Dataset
from seeds.errors import DataError

SHARES = {"weak": 0.5, "strong": 0.9, "strong too": 0.9}
PATH = Path(__file__)


def answer(case: Case, setting: Setting) -> Outcome:
    random = np.random.default_rng([setting.seed, len(case.name)])
    labels = np.arange(200) % 5
    right = random.random(200) < SHARES[case.name]
    found = np.where(right, labels, (labels + 1) % 5)
    return Outcome(
        {"accuracy": float(np.mean(found == labels))},
        split=tasks_split(),
        predictions=Predictions.of_classes(labels, found, groups=np.arange(200) // 10),
        curves={"loss": [2.0, 1.0]},
    )


def tasks_split() -> splits.Split:
    return splits.Split("toy", 10, 0, 200, splits.items_hash(map(str, range(200))))


def cases(_: str) -> Sequence[Case]:
    return [Case(name, {"share": share, "name": name}, seconds=10.0) for name, share in SHARES.items()]


TOY = Task("toy", "Toy", Metric("accuracy", True), cases, {"small": 3, "full": 5}, run=answer)


class Quiet:
    """Progress that only remembers."""

    def __init__(self) -> None:
        self.plans: list[Plan] = []
        self.labels: list[str] = []

    def plan(self, plan: Plan) -> None:
        self.plans.append(plan)

    def begin(self, unit: Unit) -> None:
        self.labels.append(unit.label)

    def end(self, unit: Unit, records: Sequence[Record]) -> None:
        assert len(records) == len(unit.settings)


def bench(path: Path, task: Task = TOY, **options: object) -> tuple[Finished, Quiet]:
    quiet = Quiet()
    with store.opened(path) as opened:
        return engine.bench(task, PATH, Options(**options), opened, quiet), quiet  # type: ignore[arg-type]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "toy.jsonl"


def test_every_run_is_recorded_once(file: Path) -> None:
    finished, quiet = bench(file)
    assert len(finished.records) == 9 and quiet.labels[:4] == [
        "weak, seed 0",
        "strong, seed 0",
        "strong too, seed 0",
        "weak, seed 1",
    ]
    one = finished.records[0]
    assert one.status == "ok" and one.curves == {"loss": (2.0, 1.0)} and one.memory is not None and one.memory.peak_mb > 1
    assert one.device is not None and one.device.kind == "cpu" and one.versions["numpy"] == np.__version__
    assert one.energy is not None and (one.energy.joules is not None or one.energy.reason)
    again, _ = bench(file)
    assert again.records == () and again.kept == 9
    more, _ = bench(file, seeds=4)
    assert [record.seed for record in more.records] == [3, 3, 3] and len(store.read(file).records) == 12


def test_another_config_data_code_or_seed_is_another_run(tmp_path: Path) -> None:
    case, data = Case("a", {"rate": 0.1}), (DataUsed("d", "f1", 3, "", ""),)
    known = identify(TOY, case, 0, "small", "cpu", data, "code")
    others = [
        identify(TOY, Case("a", {"rate": 0.2}), 0, "small", "cpu", data, "code"),
        identify(TOY, case, 1, "small", "cpu", data, "code"),
        identify(TOY, case, 0, "full", "cpu", data, "code"),
        identify(TOY, case, 0, "small", "cuda", data, "code"),
        identify(TOY, case, 0, "small", "cpu", (DataUsed("d", "f2", 3, "", ""),), "code"),
        identify(TOY, case, 0, "small", "cpu", data, "other"),
        identify(replace(TOY, version=2), case, 0, "small", "cpu", data, "code"),
    ]
    assert len({known, *others}) == 8
    assert known == identify(TOY, Case("renamed", {"rate": 0.1}), 0, "small", "cpu", data, "code")


def test_comments_change_no_code(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_text('"""Doc."""\n\ndef f(x):\n    """More."""\n    return x + 1  # why\n')
    before = code_fingerprint([path])
    path.write_text('"""Other."""\ndef f(x):\n    # because\n\n    return x + 1\n')
    assert code_fingerprint([path]) == before
    path.write_text("def f(x):\n    return x + 2\n")
    assert code_fingerprint([path]) != before
    assert essence("s = 'a # no comment'\n") == "s = 'a # no comment'"


def test_a_failure_is_recorded_and_tried_again(file: Path) -> None:
    def sometimes(case: Case, setting: Setting) -> Outcome:
        if case.name == "strong" and broken:
            raise FloatingPointError("diverged")
        return answer(case, setting) if case.name != "weak" or not broken else Outcome({"other": 1.0})

    task, broken = replace(TOY, run=sometimes), True
    finished, _ = bench(file, task, seeds=1)
    assert [record.status for record in finished.records] == ["failed", "failed", "ok"]
    assert "gave no 'accuracy'" in finished.records[0].problem
    assert finished.records[1].problem.startswith("FloatingPointError: diverged (tests/benchmarks/test_bench.py, line ")
    assert finished.records[1].metrics == {} and finished.records[1].value is None
    broken = False
    again, _ = bench(file, task, seeds=1)
    assert [record.status for record in again.records] == ["ok", "ok"] and again.kept == 1


def test_an_interrupted_run_leaves_what_is_finished_and_goes_on(file: Path) -> None:
    calls = 0

    def interrupted(case: Case, setting: Setting) -> Outcome:
        nonlocal calls
        calls += 1
        if calls == 3:
            raise KeyboardInterrupt
        return answer(case, setting)

    with pytest.raises(KeyboardInterrupt):
        bench(file, replace(TOY, run=interrupted), seeds=1)
    assert len(store.read(file).records) == 2
    finished, _ = bench(file, replace(TOY, run=interrupted), seeds=1)
    assert (len(finished.records), finished.kept) == (1, 2)


def test_the_budget_takes_what_fits_and_names_the_rest(file: Path) -> None:
    finished, quiet = bench(file, budget=45.0)
    assert [unit.label for unit in quiet.plans[0].left_out] == [
        "strong, seed 1",
        "strong too, seed 1",
        *(f"{n}, seed 2" for n in SHARES),
    ]
    assert len(finished.records) == 4 and len(finished.left_out) == 5
    learned, quiet = bench(file, budget=1.0)  # by now it is known that a run takes next to nothing
    assert len(learned.records) == 5 and learned.left_out == () and quiet.plans[0].seconds < 1.0


def test_seeds_trained_together_are_one_unit(file: Path) -> None:
    def together(case: Case, settings: Sequence[Setting]) -> Sequence[Outcome]:
        return [answer(case, setting) for setting in settings]

    finished, quiet = bench(file, replace(TOY, run=None, run_all=together))
    assert quiet.labels == [f"{name}, 3 seeds" for name in SHARES] and len(finished.records) == 9
    with pytest.raises(ValueError, match="either run or run_all"):
        replace(TOY, run_all=together)


def test_an_absent_device_or_package_gives_no_numbers(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)  # where a GPU is, it is out of sight
    task = replace(TOY, devices=("cpu", "cuda"))
    finished, _ = bench(file, task, device="cuda", seeds=1)
    assert {record.status for record in finished.records} == {"not run here"} and len(finished.records) == 3
    assert all(not record.metrics and "no CUDA device" in record.problem for record in finished.records)
    assert bench(file, task, device="cuda", seeds=1)[0].records == (), "said once"
    missing, _ = bench(file, replace(TOY, needs=("no_such_package",)), seeds=1)
    assert missing.records[0].problem == "not installed here: no_such_package"
    assert bench(file, seeds=1)[0].records[0].status == "ok"


def test_a_case_that_lacks_something_is_named_and_the_others_run(file: Path) -> None:
    def some(_: str) -> Sequence[Case]:
        return [replace(case, lacks="get it there" if case.name == "strong" else "") for case in cases("")]

    finished, quiet = bench(file, replace(TOY, cases=some))
    absent = [record for record in finished.records if record.status == "not run here"]
    assert {(record.case, record.problem) for record in absent} == {("strong", "get it there")} and len(absent) == 3
    assert len(finished.records) == 9 and not [label for label in quiet.labels if label.startswith("strong,")]
    assert len(bench(file)[0].records) == 3, "once it is here, it is run"
    rows = {row.case: row for row in summary.cases(summary.current(store.read(file).records, "toy"))}
    assert rows["strong"].spread is not None and rows["strong"].spread.seeds == 3


def test_a_row_mixes_no_versions_of_code_or_settings(file: Path) -> None:
    finished, _ = bench(file)
    older = [replace(record, identity=f"old {record.seed}", code="older") for record in finished.records if record.case == "weak"]
    failed = replace(older[0], identity="newer", code="newer", status="failed", metrics={})
    found = summary.current([*older, *finished.records[:1], failed], "toy")
    (records,) = (rows for key, rows in found.items() if key[0] == "weak")
    assert finished.records[0].case == "weak" and records == [finished.records[0]], (
        "one seed of the code that ran last, not three"
    )
    (records,) = summary.current([failed], "toy").values()
    assert records == [failed]
    assert {record.version for record in finished.records if record.case == "weak"} == {finished.records[0].version}
    assert store.index(file)[0][0].version == finished.records[0].version


def test_what_no_seed_changes_is_run_once_and_compared_with_every_seed(file: Path) -> None:
    def some(_: str) -> Sequence[Case]:
        return [replace(case, one_seed=case.name == "strong") for case in cases("")]

    finished, _ = bench(file, replace(TOY, cases=some))
    found = summary.current(finished.records, "toy")
    assert {key[0]: len(records) for key, records in found.items()} == {"weak": 3, "strong": 1, "strong too": 3}
    means = {row.case: row.spread.mean for row in summary.cases(found) if row.spread}
    pairs = {(one.first, one.second): one for one in summary.pairs({key: summary.scored(rows) for key, rows in found.items()})}
    assert pairs["weak", "strong"].difference.value == pytest.approx(means["weak"] - means["strong"]), "all three seeds of it"


def leaky() -> Dataset:
    """One recording in two parts, under two names."""
    random = np.random.default_rng(0)
    sounds = [random.normal(scale=0.1, size=8000).astype(np.float32) for _ in range(8)]
    sounds[7] = sounds[0]
    parts, names = ["train"] * 6 + ["test"] * 2, [f"r{n}" for n in range(8)]
    return Dataset("leaky", sounds, 8000, np.arange(8) % 2, ("a", "b"), np.array(names), np.array(parts), np.array(names))


def test_a_failed_audit_stops_unless_overridden(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "active", lambda name: leaky())
    task = replace(TOY, datasets=("leaky",))
    with pytest.raises(DataError, match="fails its audit"):
        bench(file, task)
    assert not store.read(file).records
    finished, _ = bench(file, task, override_audit=True, seeds=1)
    used = finished.records[0].data[0]
    assert used.overridden and "FAILED" in used.audit and used.fingerprint == leaky().fingerprint


def test_rows_hold_intervals_and_corrected_pairs(file: Path) -> None:
    finished, _ = bench(file)
    found = summary.current(finished.records, "toy")
    rows = {row.case: row for row in summary.cases(found)}
    assert rows["weak"].spread is not None and rows["weak"].spread.seeds == 3 and rows["weak"].items == 200
    assert rows["weak"].sampling is not None and rows["weak"].sampling.low < 0.5 < rows["weak"].sampling.high
    scores = {key: summary.scored(records) for key, records in found.items()}
    pairs = {(pair.first, pair.second): pair for pair in summary.pairs(scores)}
    assert pairs["weak", "strong"].significant and pairs["weak", "strong"].difference.value == pytest.approx(-0.4, abs=0.08)
    assert not pairs["strong", "strong too"].significant
    assert all(pair.p >= pair.difference.p for pair in pairs.values())
    assert summary.current(finished.records, "toy", []) == {}


@pytest.fixture
def toy_in_the_house(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(tasks, "discover", lambda: {"toy": (TOY, PATH)})
    yield


def test_the_command_prints_table_and_remarks(toy_in_the_house: None, file: Path) -> None:
    runner = CliRunner()
    listed = runner.invoke(main, ["bench"])
    assert listed.exit_code == 0 and "toy" in listed.output and "3 cases, 3 seeds (full: 3, 5)" in listed.output
    done = runner.invoke(main, ["bench", "toy", "--records", str(file), "--budget", "1"])
    assert done.exit_code == 0, done.output
    for text in ("strong too", "200 test items in 20 independent groups", "four times in five", "Left out by the budget, 3"):
        assert text in done.output, done.output
    wrong = runner.invoke(main, ["bench", "toys", "--records", str(file)])
    assert wrong.exit_code == 2 and "wanted one of: toy" in wrong.output + getattr(wrong, "stderr", "")


DROPPED = """
from benchmarks.engine.record import Metric
from benchmarks.engine.task import Case, Outcome, Task

TASK = Task(
    name="dropped",
    title="A file that nobody lists",
    metric=Metric("ratio", higher_is_better=True, unit="×", of="run"),
    cases=lambda size: [Case("only", {})],
    run=lambda case, setting: Outcome({"ratio": 2.0 + setting.seed}),
    seeds={"small": 2, "full": 2},
)
"""


def test_a_file_dropped_into_the_folder_is_a_benchmark(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Listed, run and reported, and no other file knows of it."""
    import benchmarks.tasks

    folder = tmp_path / "tasks"
    folder.mkdir()
    (folder / "dropped_here.py").write_text(DROPPED)
    monkeypatch.setattr(tasks, "TASKS", folder)
    monkeypatch.setattr(benchmarks.tasks, "__path__", [str(folder)])
    runner = CliRunner()
    assert "A file that nobody lists" in runner.invoke(main, ["bench"]).output
    done = runner.invoke(main, ["bench", "dropped", "--records", str(tmp_path / "r.jsonl")])
    assert done.exit_code == 0 and "2.5 ×" in done.output, done.output
    done = runner.invoke(main, ["report", "bench", str(tmp_path / "r.jsonl"), "-o", str(tmp_path / "out")])
    assert done.exit_code == 0 and "A file that nobody lists" in (tmp_path / "out" / "index.html").read_text(encoding="utf-8")


def test_every_task_of_the_house_is_sound() -> None:
    found = tasks.discover()
    assert {"digits", "clustering", "divergences", "genres", "batching"} <= set(found)
    assert tasks.titles() == {name: task.title for name, (task, _) in found.items()}, "titles are read without an import"
    for name, (task, path) in found.items():
        assert task.name == name and path.parent == tasks.TASKS
        for size in ("small", "full"):
            listed = task.cases(size)  # type: ignore[arg-type]
            assert len({case.name for case in listed}) == len(listed) >= 1, name
            assert all((tasks.HOUSE / source).is_file() for case in listed for source in case.sources), name
            assert all(case.seconds > 0 for case in listed) and task.seeds[size] >= 1  # type: ignore[index]
            code_fingerprint([path])
            assert len({identify(task, case, 0, size, "cpu", (), "") for case in listed}) == len(listed), name
