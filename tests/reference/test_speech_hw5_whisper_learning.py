"""The small Whisper learns: pre-trained from nothing in its quick variant, then fine-tuned; what that gains is real.

The checkpoint is kept in the cache, so that other tests and further runs have it at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from transformers import WhisperForConditionalGeneration, WhisperProcessor

from benchmarks.tasks.whisper_home import call, count, home, rate
from seeds.datasets import Dataset, persian


@pytest.fixture(scope="module", autouse=True)
def _one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def practice() -> Dataset:
    return persian.make()


@pytest.fixture(scope="module")
def general() -> Dataset:
    return persian.make(portion="generic")


@pytest.fixture(scope="module")
def start() -> Path:
    return home("quick")


@pytest.fixture(scope="module")
def tuned(start: Path, practice: Dataset, general: Dataset, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Any]:
    folder = tmp_path_factory.mktemp("tuned")
    train, validation = practice.part("train").choose(range(500)), practice.part("validation").choose(range(40))
    mixed = call("whisper_corpus.general", call("whisper_corpus.corpus", general.part("train")), 200)
    history = call(
        "whisper_finetune.finetune",
        *(list(train.waveforms), train.columns["text"].tolist()),
        *(list(validation.waveforms), validation.columns["text"].tolist()),
        *(str(start), str(folder)),
        epochs=3,
        learning_rate=6e-4,
        general=mixed,
    )
    return folder, history


def test_fine_tuning_lowers_the_error_rate_beyond_doubt(start: Path, tuned: tuple[Path, Any], practice: Dataset) -> None:
    test, (folder, history) = practice.part("test"), tuned
    before, after = count(start, test, "fa"), count(folder, test, "fa")
    paired = call("bootstrap.paired", before.errors, after.errors, before.lengths, test.groups)
    assert paired.reduction.low > 0.1
    assert paired.better > 0.999
    assert rate(after) < 0.85 * rate(before)
    assert history["best_epoch"] == 1 + int(np.argmin(history["validation_wer"]))
    assert history["loss"][-1] < history["loss"][0]


def test_it_tells_languages_apart_before_and_after(start: Path, tuned: tuple[Path, Any], general: Dataset) -> None:
    part = general.part("test").choose(range(0, len(general.part("test")), 4))
    for checkpoint in (start, tuned[0]):
        found = [next(iter(call("whisper.detect_language", clip, 16_000, str(checkpoint)))) for clip in part.waveforms]
        assert np.mean([one == other for one, other in zip(found, part.columns["language"].tolist(), strict=True)]) > 0.8


def test_chinese_is_translated_to_english(start: Path, general: Dataset) -> None:
    test = general.part("test")
    own = test.choose(test.columns["language"] == "zh").choose(range(40))
    right = rate(count(start, own, "zh", "translate"))
    heard = call("whisper.hear", list(own.waveforms), 16_000, str(start), "zh", "translate")
    assert all(one.text.isascii() and one.text for one in heard)
    shuffled = own.columns["translation"][np.random.default_rng(0).permutation(len(own))].tolist()
    assert right < 0.85 * call(
        "wer.wer", shuffled, [one.text for one in heard]
    )  # it listens, rather than saying anything English


def test_transformers_own_classes_load_it_and_write_the_same(start: Path, practice: Dataset) -> None:
    part = practice.part("test").choose(range(8))
    model, processor = WhisperForConditionalGeneration.from_pretrained(start), WhisperProcessor.from_pretrained(start)
    features = processor(list(part.waveforms), sampling_rate=16_000, return_tensors="pt").input_features
    ids = model.generate(features, language="persian", task="transcribe", num_beams=1, do_sample=False)
    assert processor.batch_decode(ids, skip_special_tokens=True) == call(
        "whisper.transcribe_all", list(part.waveforms), 16_000, str(start), "fa"
    )
