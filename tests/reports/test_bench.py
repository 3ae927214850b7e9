"""The benchmark report: numbers as in the records, safe, whole without a network, in both languages, and fast for long tables."""

from __future__ import annotations

import csv
import io
import itertools
import math
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from benchmarks.engine.findings import Findings, collect
from benchmarks.engine.record import DataUsed, Device, Memory, Metric, Predictions, Record, Split, Timing
from benchmarks.engine.store import opened
from benchmarks.tasks.report import made_up, reported
from reports import charts, exports
from reports.bench import bench_page, write_bench
from reports.tables.bench import bench_rows
from reports.thresholds import Threshold

from .conftest import OVERRIDE, PAYLOAD
from .test_pages import Reader, text_of

NAMES = ("blues", "jazz", "metal")
LABELS = np.repeat([0, 1, 2], 20)
GROUPS = np.tile(np.arange(12), 5)


def record(case: str, seed: int, accuracy: float, *, task: str = "genres", status: str = "ok", problem: str = "") -> Record:
    """A run whose answers are right for the first `accuracy` of each class's items, and named "jazz" or "metal" else."""
    right = np.tile(np.arange(20) < round(20 * accuracy), 3)
    predicted = np.where(right, LABELS, (LABELS + 1) % 3)
    ok = status == "ok"
    return Record(
        identity=f"{abs(hash((task, case, seed))):032x}"[:32],
        task=task,
        case=case,
        config={"units": 64},
        seed=seed,
        size="small",
        status=status,
        problem=problem,
        metric=Metric("accuracy", higher_is_better=True),
        metrics={"accuracy": float(right.mean())} if ok else {},
        code="c0de",
        measured=f"2026-11-2{seed % 9}T10:00:00+00:00",
        data=(DataUsed("genres", "f" * 64, 60, "embedded", "audit passed"),),
        split=Split("by artist", 100, 30, 60, "items"),
        device=Device("cpu", "A processor", 2, 24000, "Linux x86_64", 0.5),
        versions={"numpy": "2.1"},
        predictions=Predictions.of_classes(LABELS, predicted, groups=GROUPS, names=NAMES) if ok else None,
        curves={"accuracy": (0.3, 0.5, 0.7 + seed / 100), "validation_accuracy": (0.2, 0.4, accuracy)} if ok else {},
        parameters=57802,
        times={"train": Timing((1.5,)), "predict": Timing((0.01, 0.02))} if ok else {},
        memory=Memory(300.0, 200.0),
        reported=("001.q4.lstm2x64.val_acc.last",) if case == "LSTM 64+64" else (),
    )


def written(folder: Path, records: list[Record]) -> Findings:
    with opened(folder / "genres.jsonl") as store:
        for one in records:
            store.append(one)
    return collect([folder])


@pytest.fixture
def findings(tmp_path: Path) -> Findings:
    records = [record(case, seed, level) for case, level in (("LSTM 64+64", 0.5), ("CNN", 0.8)) for seed in range(3)]
    records.append(record("LSTM 128", 0, 0, status="failed", problem="ValueError: " + PAYLOAD))
    records.append(record("On a GPU", 0, 0, status="not run here", problem="no GPU"))
    return written(tmp_path, records)


def test_the_page_says_what_the_records_say(findings: Findings) -> None:
    text = text_of(bench_page(findings))
    for words in ("CNN best", "0.800", "57,802", "1.5 s", "blues", "not run here", "no GPU", "failed", "A processor, 2 cores"):
        assert words in text, words
    assert "8 records" in text and "worth about" in text
    assert text.index("CNN") < text.index("LSTM 64+64"), "best first"


def test_a_documents_figure_carries_its_source_and_its_defects(findings: Findings) -> None:
    page = bench_page(findings)
    reader = Reader(page)
    assert "0.42" in text_of(page) and "#flag-warm%20start" in reader.values("href")
    assert "flag-warm%20start" in reader.values("id") and "25 steps cannot give" in text_of(page)


def test_each_measured_cell_links_to_its_record(findings: Findings) -> None:
    reader = Reader(bench_page(findings))
    links = {link for link in reader.values("href") if link.startswith("#") and len(link) == 33}
    assert len(links) == 2 and {link[1:] for link in links} <= set(reader.values("id"))
    assert "genres.jsonl:4" in text_of(bench_page(findings))


def test_the_confusion_matrix_stands_under_the_right_names(findings: Findings) -> None:
    chapter = findings.chapters[0]
    matrix = next(view.confusion for view in chapter.cases if view.row.case == "CNN")
    assert matrix is not None and matrix.names == NAMES
    assert matrix.counts == ((48, 12, 0), (0, 48, 12), (12, 0, 48))


@pytest.mark.parametrize("language", ["en", "fa"])
def test_whatever_a_record_holds_stays_text(language: str, tmp_path: Path) -> None:
    evil = f"{PAYLOAD}{OVERRIDE}\x1b[31m=cmd() | `x` \\write18"
    bad = replace(record(evil, 0, 0.5), problem=evil, versions={evil: evil}, config={evil: evil}, kernel={evil: evil})
    found = written(tmp_path, [bad, record("CNN", 0, 0.8)])
    page = bench_page(found, language=language)
    reader = Reader(page)
    assert "img" not in [tag for tag, _ in reader.elements] and "<script>alert" not in page
    assert [tag for tag, _ in reader.elements].count("script") == 1
    assert not re.search("[\x00-\x08\x0b-\x1f\u202a-\u202e]", page)
    assert not [name for _, attributes in reader.elements for name in attributes if name.startswith("on")]
    assert "<script" not in exports.to_markdown(found).replace("\\<script", "")
    assert "\\write18" not in exports.to_latex(found)
    cells = [cell for row in csv.reader(io.StringIO(exports.to_csv(found))) for cell in row]
    assert not [cell for cell in cells if cell.startswith(("=", "@", "+"))]


def test_no_network_and_one_script_of_known_hash(findings: Findings) -> None:
    page = bench_page(findings)
    assert "default-src 'none'" in page and "sha256-" in page
    assert not re.search(r'(src|href)="(https?:)?//', page)


def test_persian_pages_have_persian_digits_and_dates_on_wish(findings: Findings) -> None:
    page = bench_page(findings, language="fa", calendar="jalali")
    assert 'dir="rtl"' in page and "۰٫۸۰۰" in page and "۱۴۰۵-۰۹-" in page
    assert "۲۰۲۶-۱۱-" in bench_page(findings, language="fa")
    with pytest.raises(ValueError, match="calendar"):
        bench_page(findings, calendar="maya")


def test_all_formats_hold_the_same_numbers(findings: Findings, tmp_path: Path) -> None:
    page = write_bench(findings, tmp_path / "out")
    assert sorted(path.name for path in page.parent.iterdir()) == ["bench.csv", "bench.md", "bench.tex", "index.html"]
    rows = list(csv.DictReader(io.StringIO((page.parent / "bench.csv").read_text(encoding="utf-8-sig"))))
    assert [(row["case"], round(float(row["mean"]), 9)) for row in rows[:2]] == [("CNN", 0.8), ("LSTM 64+64", 0.5)]
    assert rows[0]["records"] == "genres.jsonl:4-6"
    assert "| CNN | 0.8 | 3 |" in (page.parent / "bench.md").read_text(encoding="utf-8")
    assert "CNN & 0.8 & 3 &" in (page.parent / "bench.tex").read_text(encoding="utf-8")


def test_thresholds_show_reference_and_mistakes(findings: Findings) -> None:
    item = Threshold(
        "hw", "q1.x", {"en": "Learns", "fa": "می‌آموزد"}, ((0.5, 0.5), (0.8, 1.0)), (("reference", (0.9,)), ("bad", (0.3,))), "c"
    )
    page = bench_page(findings, (item,))
    assert "0.8 → 100%" in text_of(page) and "Learns" in text_of(page)


def test_many_cases_are_compared_with_the_best_alone(tmp_path: Path) -> None:
    found = written(tmp_path, [record(f"case {number}", seed, (number + 1) / 20) for number in range(20) for seed in range(2)])
    chapter = found.chapters[0]
    assert not chapter.all_pairs and len(chapter.effects) == 19
    assert all("case 19" in (pair.first, pair.second) for pair in chapter.effects)
    assert "compared with the best one only" in text_of(bench_page(found))


def test_torn_lines_are_remarked(tmp_path: Path) -> None:
    written(tmp_path, [record("CNN", 0, 0.8)])
    with (tmp_path / "genres.jsonl").open("a") as file:
        file.write('{"schema": 1, "iden')
    assert "cut off" in text_of(bench_page(collect([tmp_path])))


@pytest.mark.skipif(
    not Path("/proc/self/status").is_file(), reason="not run here: the most memory of a process is read from /proc"
)
def test_ten_thousand_runs_fit_into_a_hundred_megabytes(tmp_path: Path) -> None:
    """The whole process of the command, Python and its libraries included."""
    made_up(tmp_path / "runs.jsonl", 10_000, 0)
    cost = reported(tmp_path / "runs.jsonl", tmp_path / "out")
    assert cost.peak_mb < 100
    assert cost.page_mb > 1 and "10,000 records" in text_of((tmp_path / "out" / "index.html").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("values", "ticks"),
    [([0.0, 1.0], (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)), ([3, 3], None), ([0.31, 0.34], (0.31, 0.32, 0.33, 0.34)), ([], None)],
)
def test_scales_are_round_and_hold_all(values: list[float], ticks: tuple[float, ...] | None) -> None:
    scale = charts.linear(values)
    assert scale.low <= min(values, default=scale.low) and max(values, default=scale.high) <= scale.high
    assert ticks is None or scale.ticks == pytest.approx(ticks)
    assert scale.at(scale.low) == 0 and scale.at(scale.high, 200) == 200 and scale.at(scale.high + 9) == 1


def test_logarithmic_scales_are_powers_of_ten() -> None:
    scale = charts.logarithmic([0.02, 30.0])
    assert (scale.low, scale.high) == (0.01, 100.0) and scale.at(1.0, 100) == 50
    assert charts.logarithmic([0.13, 0.9]).ticks == (0.1, 0.2, 0.5, 1.0)
    assert charts.logarithmic([5.0]).low <= 5.0 < charts.logarithmic([5.0]).high


def test_a_scale_is_logarithmic_where_numbers_span_many_powers_of_ten() -> None:
    wide = charts.fitting([0.0, 4e-17, 0.01])
    assert wide.logarithmic and wide.at(0.0) == 0
    assert not charts.fitting([0.1, 0.9]).logarithmic and not charts.fitting([-1e-9, 1.0]).logarithmic


def test_labels_do_not_cover_each_other() -> None:
    assert charts.rows([10, 40, 200], 60) == [0, 1, 0] and charts.rows([], 60) == []
    scale = charts.logarithmic([1e-17, 0.1])
    kept = [scale.at(tick, 200) for tick in charts.labelled(scale, 200, 30)]
    assert kept[0] == 0 and kept[-1] == 200 and all(b - a >= 30 for a, b in itertools.pairwise(kept))


def test_marks_are_pushed_apart_and_stay_in_the_chart() -> None:
    crowd = [(50.0, 50.0), (50.0, 50.0), (52.0, 50.0), (0.0, 0.0), (1.0, 0.0), (90.0, 10.0)]
    moved = charts.apart(crowd, 15.0, (0.0, 0.0, 100.0, 100.0))
    assert all(math.dist(a, b) > 14.5 for a, b in itertools.combinations(moved, 2))
    assert all(0 <= x <= 100 and 0 <= y <= 100 for x, y in moved) and moved[-1] == (90.0, 10.0)
    assert moved == charts.apart(crowd, 15.0, (0.0, 0.0, 100.0, 100.0))


def test_a_matrix_of_many_classes_is_a_picture_with_the_commonest_confusions(tmp_path: Path) -> None:
    names = tuple(f"class {number}" for number in range(20))
    labels = np.repeat(np.arange(20), 5)
    predicted = np.where((labels == 3) & (np.arange(100) % 5 < 2), 7, labels)
    one = replace(record("CNN", 0, 0.9), predictions=Predictions.of_classes(labels, predicted, names=names))
    found = written(tmp_path, [one])
    confusion = found.chapters[0].cases[0].confusion
    assert confusion is not None and confusion.commonest(5) == [("class 3", "class 7", 2, 0.4)]
    reader = Reader(bench_page(found))
    assert "heat" in reader.values("class") and "confusion" not in reader.values("class")
    assert "40%" in text_of(bench_page(found)) and "The commonest confusions" in text_of(bench_page(found))


def test_few_seeds_have_no_interval_and_no_share_is_above_one(tmp_path: Path) -> None:
    few = [record("CNN", seed, level) for seed, level in enumerate((0.5, 0.9))]
    many = [record("LSTM 64+64", seed, level) for seed, level in enumerate((0.3, 1, 1, 1, 1))]
    same = [record("LSTM 128", seed, 0.5) for seed in range(3)]
    found = written(tmp_path, [*few, *many, *same])
    rows = {row.case: row for row in bench_rows(found.chapters[0])}
    assert rows["CNN"].seed_low is None and (rows["CNN"].lowest, rows["CNN"].highest) == (0.5, 0.9)
    assert rows["LSTM 64+64"].seed_high == 1.0 and rows["LSTM 64+64"].seed_low is not None
    text = exports.to_markdown(found)
    assert "| runs 0.5 to 0.9 |" in text and "| all equal |" in text
    page = text_of(bench_page(found))
    assert "read the dots, not the deviation" in page and "3 all equal" in page


def test_a_documents_figure_leads_to_its_source(findings: Findings) -> None:
    reader = Reader(bench_page(findings))
    assert "#figure-001.q4.lstm2x64.val_acc.last" in reader.values("href")
    assert "figure-001.q4.lstm2x64.val_acc.last" in reader.values("id")
    assert "001_bac2ff33a6bec35c.txt" in text_of(bench_page(findings))


def test_records_show_the_kernel_path(tmp_path: Path) -> None:
    found = written(tmp_path, [replace(record("CNN", 0, 0.8), kernel={"convolution": "oneDNN"})])
    assert "convolution: oneDNN" in text_of(bench_page(found)) and "Most memory: 300 MB" in text_of(bench_page(found))
