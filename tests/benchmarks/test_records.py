"""Records come back as they were written; the file of records survives being cut anywhere."""

from __future__ import annotations

import json
import math
import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.engine import packing, store
from benchmarks.engine.record import (
    SCHEMA,
    DataUsed,
    Device,
    Energy,
    Memory,
    Metric,
    Predictions,
    Record,
    RecordError,
    Split,
    Throughput,
    Timing,
)
from graders.kit.errors import InputError

RECORDS = Path(__file__).resolve().parents[2] / "benchmarks" / "records"


def record(identity: str = "a" * 32, *, seed: int = 0, status: str = "ok", accuracy: float = 0.5) -> Record:
    return Record(
        identity=identity,
        task="toy",
        case="one",
        config={"width": 3, "names": ["a", "ب"]},
        seed=seed,
        size="small",
        status=status,
        metric=Metric("accuracy", higher_is_better=True),
        code="c",
        measured="2026-01-01T00:00:00+00:00",
        metrics={"accuracy": accuracy, "mse": math.inf},
        data=(DataUsed("digits", "f", 160, "embedded", "audit passed"),),
        split=Split("by speaker", 3, 2, 4, "i"),
        versions={"python": "3.11"},
        device=Device("cpu", "chip", 2, 4096, "Linux", 0.5),
        kernel={"blas": "x"},
        predictions=Predictions.of_classes(
            [0, 1, 2, 300], [0, 1, 1, 300], groups=["b", "a", "a", "b"], confidence=[0, 0.5, 1, 1]
        ),
        curves={"loss": (1.0, math.nan)},
        parameters=12,
        times={"train": Timing((1.0, 3.0, 2.0), warm_up_s=5.0), "predict": Timing((1.0,), runs=2)},
        memory=Memory(10.0, 8.0),
        throughput=Throughput(3.0, "clips/s"),
        energy=Energy(None, reason="no counter"),
        seconds=2.5,
        reported=("004.q2.1L_relu_flat.test_acc",),
    )


def test_a_record_comes_back() -> None:
    written = record()
    line = written.to_json()
    assert "\n" not in line and json.loads(line)["times"]["train"]["median_s"] == 2.0
    assert json.loads(line)["times"]["train"]["spread_s"] == 2.0 and json.loads(line)["times"]["predict"]["spread_s"] is None
    back = Record.from_json(line)
    assert back.curves["loss"][0] == 1.0 and math.isnan(back.curves["loss"][1])
    assert replace(back, curves=written.curves) == written
    assert back.value == 0.5


def test_lines_of_other_schemas() -> None:
    stored = json.loads(record().to_json())
    with pytest.raises(RecordError, match="update sanjeh"):
        Record.from_json(json.dumps({**stored, "schema": SCHEMA + 1}))
    for bad in ("{}", "[1]", "nonsense", json.dumps({**stored, "status": "great"}), json.dumps({**stored, "metric": 3})):
        with pytest.raises(RecordError):
            Record.from_json(bad)


@given(st.lists(st.integers(-(2**62), 2**62)))
def test_packed_numbers_come_back(numbers: list[int]) -> None:
    assert packing.unpack(packing.pack(np.array(numbers, dtype=np.int64))).tolist() == numbers


def test_packing_is_small_and_refuses_what_it_cannot_hold() -> None:
    assert packing.pack(np.arange(256)).startswith("u1:") and packing.pack([-1, 1]).startswith("i1:")
    assert packing.pack(np.arange(257)).startswith("u2:")
    assert len(packing.pack(np.zeros(100_000, dtype=int))) < 300
    assert packing.unpack_texts(packing.pack_texts(["سلام", ""])) == ["سلام", ""]
    for bad in ([0.5], [[1, 2]]):
        with pytest.raises(ValueError, match="whole numbers"):
            packing.pack(bad)
    text = packing.pack(np.arange(5000))
    for damaged in (text[:-40], "u9:abc", "", "u1:***"):
        with pytest.raises(ValueError):
            packing.unpack(damaged)


def test_predictions_unpack_to_what_was_packed() -> None:
    labels, predicted, groups = record().predictions.arrays()  # type: ignore[union-attr]
    assert labels.tolist() == [0, 1, 2, 300] and predicted.tolist() == [0, 1, 1, 300]
    assert groups[0] == groups[3] != groups[1] == groups[2]
    texts = Predictions.of_texts(["a b", "c"], ["a", "c"])
    assert texts.arrays()[:2] == (["a b", "c"], ["a", "c"]) and texts.arrays()[2].tolist() == [0, 1]


def test_a_torn_last_line_is_ignored_reported_and_closed(tmp_path: Path) -> None:
    path = tmp_path / "r.jsonl"
    with store.opened(path) as opened:
        opened.append(record("1" * 32))
        opened.append(record("2" * 32))
    whole = path.read_bytes()
    for cut in (1, 40, 700):
        path.write_bytes(whole[:-cut])
        found = store.read(path)
        if cut == 1:  # only the line break is missing: the record is whole
            assert len(found.records) == 2 and not found.remarks
        else:
            assert [one.identity[0] for one in found.records] == ["1"] and "cut off" in found.remarks[0]
        with store.opened(path) as opened:
            opened.append(record("3" * 32))
        assert store.read(path).records[-1].identity == "3" * 32
        assert len(store.read(path).records) == (3 if cut == 1 else 2)


def test_the_last_record_counts_but_no_failure_hides_a_success() -> None:
    one, better, failed = record(accuracy=0.1), record(accuracy=0.2), record(status="failed")
    assert store.latest([one, better])["a" * 32].value == 0.2
    assert store.latest([one, failed])["a" * 32].status == "ok"
    assert store.latest([failed, one])["a" * 32].status == "ok"


def test_only_one_process_writes(tmp_path: Path) -> None:
    path = tmp_path / "r.jsonl"
    with store.opened(path), pytest.raises(InputError, match="another sanjeh"), store.opened(path):
        pass


def test_what_cannot_be_written_is_said_before_anything_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)  # root may write anywhere
    with pytest.raises(InputError, match=r"cannot be written \(permission denied\)"), store.opened(tmp_path / "r.jsonl"):
        pytest.fail("nothing may begin")


def test_a_folder_that_vanishes_is_a_message(tmp_path: Path) -> None:
    folder = tmp_path / "gone"
    with store.opened(folder / "r.jsonl") as opened:
        folder.rmdir()
        with pytest.raises(InputError, match="choose another file"), opened.running(record(status="failed")):
            pytest.fail("nothing may begin")


def test_an_index_finds_every_record_again(tmp_path: Path) -> None:
    path = tmp_path / "r.jsonl"
    with store.opened(path) as opened:
        opened.append(record("1" * 32))
    with path.open("a", encoding="utf-8") as file:
        file.write("\nnonsense\n")
    with store.opened(path) as opened:
        opened.append(record("2" * 32, seed=4))
    entries, remarks = store.index(path)
    assert [(one.identity[0], one.seed, one.line) for one in entries] == [("1", 0, 1), ("2", 4, 4)]
    assert [one.read().identity for one in entries] == ["1" * 32, "2" * 32] and "line 3" in remarks[0]
    path.write_text("")
    with pytest.raises(InputError, match="changed while it was read"):
        entries[0].read()


def test_a_run_in_which_the_process_died_becomes_a_failure(tmp_path: Path) -> None:
    path = tmp_path / "r.jsonl"
    with store.opened(path) as opened:
        running = opened.running(record(status="failed"))
        running.__enter__()  # and the process is killed here
    with store.opened(path) as opened:
        assert opened.bury() is not None and opened.bury() is None
    assert [one.status for one in store.read(path).records] == ["failed"]


def test_published_records_can_be_read() -> None:
    """Those of this schema; files of the scripts' own tables are older."""
    found = {path.stem: store.read(path) for path in RECORDS.glob("*.jsonl")}
    assert {"digits", "clustering", "divergences"} <= {name for name, contents in found.items() if contents.records}
    for name in ("digits", "clustering", "divergences"):
        contents = found[name]
        assert not contents.remarks
        assert all(one.status != "ok" or one.value is not None for one in contents.records)
        assert all(one.device is not None and one.kernel.get("blas") for one in contents.records if one.status == "ok")


def test_published_digits_can_be_recomputed_from_their_predictions() -> None:
    done = [one for one in store.read(RECORDS / "digits.jsonl").records if one.status == "ok"]
    assert len(done) >= 24
    for one in done:
        assert one.predictions is not None
        labels, predicted, groups = one.predictions.arrays()
        assert one.value == pytest.approx((labels == predicted).mean())
        assert one.split is not None and one.split.test == len(labels) == len(groups)
