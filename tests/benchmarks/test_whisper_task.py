"""The benchmark of Whisper by size: found in a hub's cache or the user's folder, never downloaded, and run with the same ears.

A small random network with the standard window of 30 s stands for the hub's checkpoints.
"""

from __future__ import annotations

import socket
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from benchmarks.engine.run import Options, bench
from benchmarks.engine.store import opened
from benchmarks.engine.task import Setting, get
from benchmarks.engine.words import word_errors
from benchmarks.tasks import whisper, whisper_ctc, whisper_home, whisper_hub
from seeds.datasets import Dataset, persian

TINY, *OTHERS = whisper_hub.SIZES
CLIPS = 4


@pytest.fixture
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache of the hub, no folder, and no network: whoever knocks at it fails the test."""
    for name in ("HF_HUB_CACHE", "XDG_CACHE_HOME", whisper_hub.FOLDERS):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hf"))

    def refuse(*_: object) -> None:
        raise AssertionError("something wanted to go online")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    return tmp_path / "hf" / "hub"


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A random network of standard window, with a pickle beside it as older copies have."""
    torch.manual_seed(0)
    shape = whisper_home.module("whisper_model").Size(
        window_s=30, width=16, heads=2, hidden=16, encoder_layers=1, decoder_layers=1
    )
    texts = [text for portion in ("generic", "fine_tuning") for text in persian.make(portion=portion).columns["text"].tolist()]
    tokenizer = whisper_home.call("whisper_model.learn_tokenizer", texts, shape)
    network = whisper_home.call("whisper_model.make_network", shape, tokenizer)
    extractor = whisper_home.call("whisper_model.make_extractor", shape)
    folder = tmp_path_factory.mktemp("saved")
    checkpoint = whisper_home.module("whisper_checkpoint").Checkpoint(network, tokenizer, extractor)
    whisper_home.call("whisper_checkpoint.save", checkpoint, folder)
    (folder / "pytorch_model.bin").write_bytes(b"a pickle that nobody may open")
    return folder


def in_cache(hub: Path, saved: Path, name: str = TINY.name) -> Path:
    """Lay a checkpoint out as huggingface_hub does: a reference to a commit, whose files are links to blobs."""
    kept = hub / f"models--openai--{name}"
    snapshot = kept / "snapshots" / "c0ffee"
    snapshot.mkdir(parents=True)
    (kept / "refs").mkdir()
    (kept / "refs" / "main").write_text("c0ffee")
    for file in saved.iterdir():
        (snapshot / file.name).symlink_to(file)
    return snapshot


def test_what_is_not_here_is_recorded_with_the_way_to_it(nowhere: Path, tmp_path: Path) -> None:
    task, path = get("whisper")
    only = replace(task, datasets=(), cases=lambda size: [case for case in whisper.cases(size) if "whisper-" in case.name])
    with opened(tmp_path / "r.jsonl") as store:
        finished = bench(only, path, Options(), store, Silent())
        again = bench(only, path, Options(), store, Silent())
    assert {record.case for record in finished.records} == {
        f"whisper-{size}, {when}" for size in ("tiny", "base", "small") for when in ("before", "after")
    }
    assert all(record.status == "not run here" and not record.metrics for record in finished.records)
    assert all(f"hf download openai/{record.case.partition(',')[0]}" in record.problem for record in finished.records)
    assert all(whisper_hub.FOLDERS in record.problem for record in finished.records)
    assert again.records == (), "said once"


def test_a_checkpoint_in_the_cache_is_found_and_so_is_a_folder(
    nowhere: Path, saved: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    absent = {case.name: case for case in whisper.cases("small")}[f"{TINY.name}, before"]
    snapshot = in_cache(nowhere, saved)
    assert whisper_hub.find(TINY.name) == snapshot and not TINY.lacks and all(one.lacks for one in OTHERS)
    present = {case.name: case for case in whisper.cases("small")}[f"{TINY.name}, before"]
    assert present.config != absent.config and present.config["weights"] == TINY.fingerprint != ""
    (snapshot / "generation_config.json").unlink()
    assert "has no generation_config.json" in TINY.lacks
    own = tmp_path / "own" / TINY.name
    own.parent.mkdir()
    own.symlink_to(saved)
    monkeypatch.setenv(whisper_hub.FOLDERS, str(own.parent))
    assert whisper_hub.find(TINY.name) == own and not TINY.lacks


def a_few(dataset: Dataset) -> Dataset:
    """The first clips of each part."""
    rows = np.concatenate([np.flatnonzero(dataset.parts == part)[:CLIPS] for part in ("train", "validation", "test")])
    return dataset.choose(np.isin(np.arange(len(dataset)), rows))


class Silent:
    """Progress that nobody is told."""

    def plan(self, plan: object) -> None: ...
    def begin(self, unit: object) -> None: ...
    def end(self, unit: object, records: object) -> None: ...


def test_before_and_after_are_heard_alike(nowhere: Path, saved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    in_cache(nowhere, saved)
    whole, general = a_few(persian.make()), persian.make(portion="generic")
    monkeypatch.setattr(persian, "make", lambda portion="fine_tuning": general if portion == "generic" else whole)
    monkeypatch.setattr(whisper_home, "MIXED", CLIPS)
    monkeypatch.setattr(whisper, "EPOCHS", 1)
    cases = {case.name: case for case in whisper.cases("small") if case.name.startswith(TINY.name)}
    device = whisper_home.device()
    found = {name: whisper.run(case, Setting(0, "small", device)) for name, case in cases.items()}
    before, after = found[f"{TINY.name}, before"], found[f"{TINY.name}, after"]
    for outcome in found.values():
        assert outcome.predictions is not None and outcome.split == before.split
        wanted, heard, _ = outcome.predictions.arrays()
        errors, words = word_errors(wanted, heard)
        assert len(wanted) == CLIPS and outcome.metrics["wer"] == pytest.approx(errors.sum() / words.sum())
        assert outcome.kernel["attention"] and outcome.parameters and "predict" in outcome.times
    assert not before.curves and "train" not in before.times
    assert len(after.curves["validation_wer"]) == 1 and after.times["train"].median_s > 0
    if device == "cuda":
        with pytest.raises(ValueError, match="CUDA_VISIBLE_DEVICES"):
            whisper.run(next(iter(cases.values())), Setting(0, "small", "cpu"))


def test_the_other_system_writes_down_the_same_recordings(monkeypatch: pytest.MonkeyPatch) -> None:
    whole, general = a_few(persian.make()), persian.make(portion="generic").choose(range(40))
    monkeypatch.setattr(persian, "make", lambda portion="fine_tuning": general if portion == "generic" else whole)
    case = replace(whisper_ctc.case(), config={**whisper_ctc.CONFIG, "steps": 2, "batch_size": 2})
    found = whisper.run(case, Setting(0, "small", whisper_home.device()))
    assert found.predictions is not None and found.split is not None and found.split.test == CLIPS
    wanted, heard, _ = found.predictions.arrays()
    errors, words = word_errors(wanted, heard)
    assert wanted == whole.part("test").columns["text"].tolist()
    assert found.metrics["wer"] == pytest.approx(errors.sum() / words.sum())
    assert found.parameters and found.kernel["attention"] and len(found.curves["loss"]) == 1
    assert any(case.name == whisper_ctc.NAME for case in whisper.cases("small"))
