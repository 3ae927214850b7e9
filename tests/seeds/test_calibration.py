"""The calibration records beside the data sets are about the sets as they are now, and show the order that the course's questions want."""

from __future__ import annotations

import json
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from seeds.datasets import _persian_made, _speakers_made, genres, phonemes

FOLDER = Path(genres.__file__).parent / "calibration"
MODULES = {"speakers": _speakers_made, "phonemes": phonemes, "genres": genres, "persian": _persian_made}


def record(name: str) -> dict[str, Any]:
    read: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return read


def means(name: str) -> dict[str, float]:
    return {key: figure["mean"] for key, figure in record(name)["figures"].items()}


@pytest.mark.parametrize(("name", "module"), MODULES.items())
def test_a_record_is_about_the_recipe_and_generator_in_use(name: str, module: ModuleType) -> None:
    found = record(name)
    assert found["data"]["recipe"] == str(module.Recipe())
    assert found["data"]["generator"] == str(module.GENERATOR)
    assert len(found["data"]["fingerprint"]) == 64
    assert found["command"].startswith(f"python -m benchmarks.tasks.calibrate_{name}")
    assert len(found["seeds"]) >= 5
    for figure in found["figures"].values():
        assert figure["mean"] == pytest.approx(sum(figure["values"]) / len(figure["values"]), abs=1e-4)


def test_genres_have_the_order_of_the_course() -> None:
    figures = means("genres")
    averaged = [figures[f"means.{name}"] for name in ("lstm_64_64", "lstm_128", "bilstm_64_64")]
    in_time = [figures["frames.lstm_64_64"], figures["frames.bilstm_64_64"]]
    assert min(averaged) >= 0.35
    assert max(averaged) <= 0.45
    assert max(averaged) < min(in_time)
    assert max(in_time) < figures["cnn"]
    assert 0.75 <= figures["cnn"] <= 0.9


def test_speakers_have_the_order_of_the_course() -> None:
    figures = means("speakers")
    assert figures["spectral_trio.validation_by_recording"] < 0.85 < 0.95 < figures["mfcc_mean.validation_by_recording"]


def test_context_and_normalisation_help_phonemes() -> None:
    figures = means("phonemes")
    context = figures["context_20.validation_last_epoch"]
    assert context > figures["context_0.validation_last_epoch"] + 0.08
    assert context > figures["context_20_not_normalised.validation_last_epoch"] + 0.05


def test_fine_tuning_helps_persian_and_its_test_is_new() -> None:
    figures, found = means("persian"), record("persian")
    assert found["text"]["validation.new_sentences"] == found["text"]["test.new_sentences"] == 1
    assert figures["after.test_wer"] < 0.6 * figures["before.test_wer"]
    assert all(low > 0.1 for _, low, _ in found["reduction"])  # the interval of each seed's gain


def test_general_speech_mixed_into_fine_tuning_keeps_other_languages() -> None:
    figures = means("persian")
    for name in ("language_identification", "en_wer", "zh_cer", "zh_to_en_wer"):
        start, mixed, alone = (figures[f"{when}.{name}"] for when in ("general_before", "general_after", "general_after_alone"))
        assert abs(mixed - start) < abs(alone - start)
