"""The staff's Whisper submission against transformers' own functions, soxr, jiwer, and planted answers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jiwer
import numpy as np
import pytest
import soxr
import torch
from transformers import WhisperFeatureExtractor, WhisperForConditionalGeneration, WhisperTokenizer

from graders.engine.release import release
from graders.kit.loading import CodeFolder

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "reference" / "speech_hw5"
CHECKPOINT = ROOT / "assignments" / "speech_hw5" / "checkpoint"
CODE = CodeFolder({name: (REFERENCE / name).read_text(encoding="utf-8") for name in ("recognise.py", "normalize.py", "wer.py")})
RATE = 16_000
TEXTS = ("سلام", "ما در کوچه سه دوست داریم", "این خانم تب دارد")


def call(name: str, *args: Any, **kwargs: Any) -> Any:
    return CODE.call("recognise", name, args, kwargs)


@pytest.fixture(autouse=True)
def _one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def network() -> WhisperForConditionalGeneration:
    return WhisperForConditionalGeneration.from_pretrained(CHECKPOINT).eval()


@pytest.fixture(scope="module")
def examples() -> dict[str, np.ndarray]:
    with np.load(CHECKPOINT / "examples.npz") as stored:
        return {name: value.astype(np.float32) / 32768 if value.ndim else value for name, value in stored.items()}


def features(wave: np.ndarray) -> torch.Tensor:
    extractor = WhisperFeatureExtractor.from_pretrained(CHECKPOINT)
    return extractor(wave, sampling_rate=RATE, return_tensors="pt").input_features


# Audio


@pytest.mark.parametrize("rate", (8_000, 22_050, 44_100, 48_000))
def test_resampling_agrees_with_soxr(rate: int) -> None:
    time = np.arange(rate) / rate
    fade = np.minimum(1, 20 * np.minimum(time, 1 - time))
    signal = (fade * (0.3 * np.sin(2 * np.pi * 440 * time) + 0.2 * np.sin(2 * np.pi * 2500 * time))).astype(np.float32)
    ours, theirs = call("prepare", signal, rate, RATE), soxr.resample(signal, rate, RATE)
    assert len(ours) == RATE
    assert np.abs(ours[1000:-1000] - theirs[1000 : RATE - 1000]).max() < 2e-3


def test_channels_are_averaged_and_what_cannot_be_heard_is_refused() -> None:
    left, right = np.linspace(-1, 1, 50), np.zeros(50)
    assert np.allclose(call("prepare", np.stack([left, right], axis=1), RATE, RATE), left / 2)
    with pytest.raises(Exception, match="ValueError"):
        call("prepare", np.zeros(0), RATE, RATE)
    with pytest.raises(Exception, match="ValueError"):
        call("prepare", np.array([0.1, np.nan]), RATE, RATE)


def test_windows_lose_nothing_and_are_cut_in_the_pause() -> None:
    noise = np.random.default_rng(0).normal(size=100_000).astype(np.float32)
    noise[40_000:43_000] = 0
    pieces = call("windows", noise, 48_000, RATE)
    assert np.array_equal(np.concatenate(pieces), noise)
    assert max(map(len, pieces)) <= 48_000
    assert 40_000 <= len(pieces[0]) <= 43_000
    assert len(call("windows", noise[:48_000], 48_000, RATE)) == 1


# Writing


def test_it_writes_what_generate_writes(network: WhisperForConditionalGeneration, examples: dict[str, np.ndarray]) -> None:
    tokenizer = WhisperTokenizer.from_pretrained(CHECKPOINT)
    for language, task, name in (
        ("fa", "transcribe", "transcribe"),
        ("en", "transcribe", "transcribe"),
        ("zh", "translate", "translate"),
    ):
        ids = network.generate(features(examples[language]), language=language, task=task)
        wanted = tokenizer.batch_decode(ids, skip_special_tokens=True)[0].strip()
        assert call(name, examples[language], RATE, str(CHECKPOINT), language) == wanted == str(examples[f"{language}_text"])
        assert call(name, examples[language], RATE, str(CHECKPOINT)) == wanted


def test_it_agrees_with_the_pipelines(examples: dict[str, np.ndarray]) -> None:
    pipelines = CodeFolder.read(REFERENCE)
    for language in ("fa", "en", "zh"):
        given = (examples[language], RATE, str(CHECKPOINT))
        ours, theirs = call("detect_language", *given), pipelines.call("whisper", "detect_language", given)
        assert ours.keys() == theirs.keys()
        assert max(abs(ours[code] - theirs[code]) for code in ours) < 1e-3  # its features are in half precision
        assert call("transcribe", *given, language) == pipelines.call("whisper", "transcribe", (*given, language))


def test_the_language_is_that_of_transformers(network: WhisperForConditionalGeneration, examples: dict[str, np.ndarray]) -> None:
    codes = {number: token.strip("<|>") for token, number in network.generation_config.lang_to_id.items()}
    for language in ("fa", "en", "zh"):
        found = call("detect_language", examples[language], RATE, str(CHECKPOINT))
        assert sum(found.values()) == pytest.approx(1)
        assert (
            max(found, key=lambda code: found[code])
            == codes[int(network.detect_language(features(examples[language])))]
            == language
        )


def test_silence_stays_silent(examples: dict[str, np.ndarray]) -> None:
    assert call("transcribe", np.zeros(RATE), RATE, str(CHECKPOINT), "fa") == ""
    assert call("transcribe", 5e-4 * examples["fa"] / np.abs(examples["fa"]).max(), RATE, str(CHECKPOINT), "fa") == ""
    assert call("transcribe", 2e-2 * examples["fa"] / np.abs(examples["fa"]).max(), RATE, str(CHECKPOINT), "fa") != ""


# Labels and training


def test_labels_are_those_of_the_tokenizer() -> None:
    tokenizer = WhisperTokenizer.from_pretrained(CHECKPOINT)
    tokenizer.set_prefix_tokens(language="fa", task="transcribe")
    labels = call("make_labels", TEXTS, "fa", str(CHECKPOINT))
    for row, text in zip(labels, TEXTS, strict=True):
        wanted = tokenizer(text).input_ids[1:]
        assert row[: len(wanted)].tolist() == wanted
        assert (row[len(wanted) :] == -100).all()
    assert call("read_labels", labels, str(CHECKPOINT)) == list(TEXTS)


def test_the_loss_is_that_of_transformers(network: WhisperForConditionalGeneration, examples: dict[str, np.ndarray]) -> None:
    frames = torch.cat([features(examples[language]) for language in ("fa", "en", "zh")])
    labels = torch.from_numpy(call("make_labels", TEXTS, "fa", str(CHECKPOINT)))
    with torch.inference_mode():
        wanted = float(network(input_features=frames, labels=labels).loss)
        assert float(call("loss_of", network, frames, labels)) == pytest.approx(wanted, rel=1e-5)


def test_the_best_epoch_is_saved_and_the_first_checkpoint_kept(examples: dict[str, np.ndarray], tmp_path: Path) -> None:
    clips, texts = [examples["fa"], examples["en"]] * 2, [str(examples["fa_text"]), "یک دو"] * 2
    before = (CHECKPOINT / "model.safetensors").read_bytes()
    how = {"epochs": 3, "learning_rate": 1e-3, "batch_size": 2, "seed": 0}
    given = (clips, texts, clips[:2], texts[:2], str(CHECKPOINT))
    found = call("finetune", *given, str(tmp_path / "one"), **how)
    assert found["loss"][-1] < found["loss"][0]
    assert found["best_epoch"] == int(np.argmin(found["validation_wer"])) + 1
    measured = call("evaluate", str(tmp_path / "one"), clips[:2], texts[:2])
    assert measured["wer"] == pytest.approx(min(found["validation_wer"]))
    assert measured["wer"] == pytest.approx(jiwer.wer(texts[:2], measured["transcripts"]))  # nothing here to normalise
    assert call("finetune", *given, str(tmp_path / "two"), **how) == found
    assert (CHECKPOINT / "model.safetensors").read_bytes() == before
    assert call("transcribe", examples["fa"], RATE, str(CHECKPOINT), "fa") == str(examples["fa_text"])


# Sentences


@pytest.mark.parametrize("seed", range(3))
def test_no_sentence_is_dealt_to_two_parts(seed: int) -> None:
    texts = [f"جمله {number % 37}" + "." * (number % 2) for number in range(100)]
    found = call("split", texts, seed)
    said = [{texts[place].rstrip(".") for place in found[part]} for part in ("train", "validation", "test")]
    assert [len(one) for one in said] == [24, 6, 7]
    assert not (said[0] & said[1] or said[0] & said[2] or said[1] & said[2])
    assert sorted(place for part in found.values() for place in part) == list(range(100))
    assert call("split", texts, seed) == found != call("split", texts, seed + 1)


def test_overlaps_are_those_of_jiwer() -> None:
    rng = np.random.default_rng(1)
    texts = [" ".join(rng.choice(list("abcd"), size=rng.integers(3, 7))) for _ in range(60)]
    train, test = texts[:30], texts[30:]

    def share(one: str, other: str) -> float:
        found = jiwer.process_words(one, other)
        return (found.substitutions + found.deletions + found.insertions) / max(len(one.split()), len(other.split()))

    wanted = [[i, j] for i, one in enumerate(train) for j, other in enumerate(test) if share(one, other) <= 0.2]
    assert len(wanted) > 3
    assert call("overlaps", train, test) == wanted


# What students get


def test_the_kit_holds_the_checkpoint_in_safetensors_only(tmp_path: Path) -> None:
    import zipfile

    with zipfile.ZipFile(release(ROOT / "assignments" / "speech_hw5", tmp_path)) as kit:
        names = {name.removeprefix("checkpoint/") for name in kit.namelist() if name.startswith("checkpoint/")}
    assert names == {path.name for path in CHECKPOINT.iterdir()}
    assert {Path(name).suffix for name in names} == {".json", ".safetensors", ".npz"}
    assert sum(path.stat().st_size for path in CHECKPOINT.iterdir() if path.name != "test.npz") < 3.6e6
