"""The small Whisper of speech HW5: its tokens, windows, checkpoints and bad input, on a network that has learned next to nothing."""

from __future__ import annotations

import json
import shutil
import warnings
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import torch
from transformers import WhisperForConditionalGeneration, WhisperTokenizer, pipeline
from transformers.models.whisper.tokenization_whisper import LANGUAGES

from graders.kit.errors import StudentFault
from graders.kit.loading import CodeFolder

CODE = CodeFolder.read(Path(__file__).parents[2] / "reference" / "speech_hw5")
RATE = 16_000
LEARNT = 250
"""Steps after which the tiny network knows six tones by heart."""
TEXTS = ("سلام دنیا", "این اتاق خیلی سرد است", "my mother read the book", "I want to sleep now", "我妈妈看了书", "这个房间很冷")
TRANSLATIONS = ("hello world", "this room is very cold", "", "", "my mother read the book", "this room is very cold")
SPOKEN = ("fa", "fa", "en", "en", "zh", "zh")


def load(name: str) -> ModuleType:
    return CODE.load(name)


def call(name: str, *args: Any, **kwargs: Any) -> Any:
    """Call a function of the reference; what it raises comes as it was raised."""
    module, function = name.split(".")
    try:
        return CODE.call(module, function, args, kwargs)
    except StudentFault as fault:
        assert fault.__cause__ is not None
        raise fault.__cause__ from None


@pytest.fixture(autouse=True)
def _one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def tones(count: int, seconds: float = 1.0) -> list[np.ndarray]:
    """Clip k: three tones in a row whose pitch tells it from the others."""
    time = np.arange(round(RATE * seconds)) / RATE
    return [
        (0.3 * np.sin(2 * np.pi * (300 + 150 * k + 200 * np.floor(3 * time / seconds)) * time)).astype(np.float32)
        for k in range(count)
    ]


def corpus(**changes: Any) -> Any:
    clips = tones(len(TEXTS))
    phonemes = [np.repeat([1, 2, 3], 17)[:50] for _ in clips]
    return load("whisper_corpus").Corpus(clips, TEXTS, TRANSLATIONS, SPOKEN, phonemes, **changes)


def recipe(steps: int = 30) -> Any:
    small = load("whisper_model").Size(pieces=300, width=32, heads=2, hidden=64, encoder_layers=1, decoder_layers=1)
    schedule = load("whisper_training").Schedule(steps=steps, batch=8, rate=5e-3, masked_frames=0, masked_bands=0)
    return load("whisper_pretrain").Recipe(size=small, schedule=schedule)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkpoint that knows its six tones by heart."""
    return Path(
        call("whisper_pretrain.kept", corpus(fingerprint="tones"), recipe(LEARNT), tmp_path_factory.mktemp("checkpoints"))
    )


# Tokens


def test_languages_stand_in_whispers_order_and_timestamps_last() -> None:
    tokenizer = call("whisper_model.learn_tokenizer", TEXTS, load("whisper_model").Size(pieces=300))
    start = tokenizer.convert_tokens_to_ids("<|startoftranscript|>")
    assert tokenizer.convert_tokens_to_ids("<|endoftext|>") == start - 1 == 300
    assert len(LANGUAGES) == 100
    assert [tokenizer.convert_tokens_to_ids(f"<|{code}|>") for code in LANGUAGES] == [start + 1 + k for k in range(100)]
    first = tokenizer.convert_tokens_to_ids("<|0.00|>")
    assert first == tokenizer.convert_tokens_to_ids("<|notimestamps|>") + 1
    assert tokenizer.convert_tokens_to_ids("<|30.00|>") == len(tokenizer) - 1 == first + 1500
    assert tokenizer.timestamp_ids() == list(range(first, first + 1501))


@pytest.mark.parametrize("text", [*TEXTS, "می‌خواهم ۱۲٪", "naïve – ☃"])
def test_every_text_can_be_spelt(text: str) -> None:
    tokenizer = call("whisper_model.learn_tokenizer", TEXTS, load("whisper_model").Size(pieces=300))
    row = call("whisper_data.spell", tokenizer, text, "fa", "translate")
    assert tokenizer.convert_ids_to_tokens(row[:3]) == ["<|fa|>", "<|translate|>", "<|notimestamps|>"]
    assert row[-1] == tokenizer.eos_token_id
    assert tokenizer.decode(row, skip_special_tokens=True) == text
    tokenizer.set_prefix_tokens(language="fa", task="translate")  # as a user of transformers would write it
    assert tokenizer(text).input_ids[1:] == row


def test_the_decoder_reads_its_labels_one_place_later_and_never_minus_100() -> None:
    labels = call("whisper_data.pad", [[7, 8, 9, 1, 2, 0], [7, 8, 9, 0]], 6)
    assert labels.tolist() == [[7, 8, 9, 1, 2, 0], [7, 8, 9, 0, -100, -100]]
    assert call("whisper_data.decoder_inputs", labels, 50, 0).tolist() == [[50, 7, 8, 9, 1, 2], [50, 7, 8, 9, 0, 0]]
    assert call("whisper_data.scored", labels).tolist() == [[7, -100, -100, 1, 2, 0], [7, -100, -100, 0, -100, -100]]
    with pytest.raises(ValueError, match="text 0 takes 6 tokens, this checkpoint writes at most 5"):
        call("whisper_data.pad", [[7, 8, 9, 1, 2, 0], [7, 8, 9, 0]], 5)


def test_the_loss_is_that_of_transformers() -> None:
    torch.manual_seed(0)
    size = recipe().size
    tokenizer = call("whisper_model.learn_tokenizer", TEXTS, size)
    network = call("whisper_model.make_network", size, tokenizer).eval()
    extractor = call("whisper_model.make_extractor", size)
    rows = [call("whisper_data.spell", tokenizer, text, language) for text, language in zip(TEXTS, SPOKEN, strict=True)]
    labels = call("whisper_data.pad", rows, 48)
    examples = load("whisper_data").Examples(call("whisper_data.log_mel", tones(6), extractor), torch.arange(6), labels)
    quiet = load("whisper_training").Schedule(1, 6, 0.0, masked_frames=0, masked_bands=0, noise=0.0)
    stepper = load("whisper_training").Stepper(network, quiet, 0, torch.device("cpu"))
    ours, _ = call("whisper_training.forward", network, examples, torch.arange(6), stepper)
    start = torch.full((6, 1), network.config.decoder_start_token_id)
    read = torch.cat([start, labels.clamp(min=0)[:, :-1]], dim=1)
    wanted = torch.nn.CrossEntropyLoss(reduction="none")
    logits = network(
        input_features=examples.features.float(), decoder_input_ids=read.where(read > 0, tokenizer.pad_token_id)
    ).logits
    each = wanted(logits.transpose(1, 2), labels.clamp(min=0))
    counted = (labels != -100) & (torch.arange(labels.shape[1]) != 1) & (torch.arange(labels.shape[1]) != 2)
    assert float(ours.detach()) == pytest.approx(float(each[counted].mean().detach()), rel=1e-5)


# What it hears


def test_it_says_by_heart_what_it_learnt_and_knows_the_language(folder: Path) -> None:
    for clip, text, translation, language in zip(tones(6), TEXTS, TRANSLATIONS, SPOKEN, strict=True):
        assert call("whisper.transcribe", clip, RATE, folder, language) == text
        assert call("whisper.transcribe", clip, RATE, folder) == text
        probabilities = call("whisper.detect_language", clip, RATE, folder)
        assert next(iter(probabilities)) == language
        assert len(probabilities) == 100
        assert sum(probabilities.values()) == pytest.approx(1, abs=1e-9)
        if language == "zh":
            assert call("whisper.translate", clip, RATE, folder, "zh") == translation


def test_batches_write_what_transformers_own_pipeline_writes_one_by_one(folder: Path) -> None:
    clips = [
        clip + np.random.default_rng(k).normal(scale=0.05, size=len(clip)).astype(np.float32) for k, clip in enumerate(tones(6))
    ]
    heard = call("whisper.hear", clips, RATE, folder, "fa", batch=4)
    recogniser = pipeline("automatic-speech-recognition", model=str(folder), device="cpu")
    settings = {"language": "fa", "task": "transcribe", "num_beams": 1, "do_sample": False}
    alone = [recogniser({"raw": clip, "sampling_rate": RATE}, generate_kwargs=settings)["text"].strip() for clip in clips]
    assert [one.text for one in heard] == alone
    assert any(alone)
    tokenizer = WhisperTokenizer.from_pretrained(folder)
    assert [one.tokens for one in heard] == [len(tokenizer(text, add_special_tokens=False).input_ids) + 1 for text in alone]


def test_what_a_gpu_does_writes_the_same_on_a_cpu(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cache of fixed size, a last batch that is filled up, and bfloat16, each forced here."""
    clips = [*tones(6), np.zeros(RATE, dtype=np.float32), *tones(3)]
    wanted = call("whisper.hear", clips, RATE, folder, batch=4)
    assert call("whisper.hear", clips, RATE, folder, batch=4, engine="compiled") == wanted
    asked = []
    network = load("whisper_checkpoint").load(folder).model
    given = network.generate

    def listened(*arguments: Any, **options: Any) -> torch.Tensor:
        asked.append((len(arguments[0]), options["cache_implementation"], torch.is_autocast_enabled("cpu")))
        return torch.as_tensor(given(*arguments, **options))

    monkeypatch.setattr(network, "generate", listened)
    monkeypatch.setattr(load("whisper_decode"), "BF16_ON", ("cpu", "cuda"))
    assert call("whisper.hear", clips, RATE, folder, batch=4, engine="compiled") == wanted
    assert asked == [(4, "static", True)] * 3  # nine windows to be heard


def test_languages_are_those_of_transformers(folder: Path) -> None:
    model, extractor = WhisperForConditionalGeneration.from_pretrained(folder), load("whisper_checkpoint").load(folder).extractor
    features = extractor(tones(6), sampling_rate=RATE, return_tensors="pt").input_features
    ids = model.detect_language(features)
    names = WhisperTokenizer.from_pretrained(folder).convert_ids_to_tokens(ids)
    own = [next(iter(call("whisper.detect_language", clip, RATE, folder))) for clip in tones(6)]
    assert [f"<|{code}|>" for code in own] == names


def test_stereo_and_other_rates_are_heard_alike(folder: Path) -> None:
    clip = tones(6)[2]
    time = np.arange(2 * len(clip)) / (2 * RATE)
    finer = (0.3 * np.sin(2 * np.pi * (600 + 200 * np.floor(3 * time)) * time)).astype(np.float32)
    assert call("whisper.transcribe", np.stack([clip, clip], axis=1), RATE, folder, "en") == TEXTS[2]
    assert call("whisper.transcribe", finer, 2 * RATE, folder, "en") == TEXTS[2]


def test_long_recordings_are_cut_where_it_is_quiet(folder: Path) -> None:
    pause = np.zeros(2 * RATE, dtype=np.float32)
    clips = tones(6)
    joined = np.concatenate([clips[2], pause, clips[3], pause, clips[2]])
    pieces = call("whisper_decode.windows", joined, 3 * RATE, RATE)
    np.testing.assert_array_equal(np.concatenate(pieces), joined)
    assert max(map(len, pieces)) <= 3 * RATE
    for cut in np.cumsum([len(piece) for piece in pieces])[:-1]:
        assert not joined[cut - 800 : cut + 800].any()
    heard = call("whisper.hear", [joined, clips[2]], RATE, folder, "en")
    assert heard[0].text.startswith(TEXTS[2])
    assert heard[1].text == TEXTS[2]


# Bad input


def test_silence_is_not_given_to_the_network(folder: Path) -> None:
    with pytest.warns(UserWarning, match="silent"):
        assert call("whisper.transcribe", np.zeros(RATE, dtype=np.float32), RATE, folder, "fa") == ""
    heard = call("whisper.hear", [np.zeros(RATE), tones(6)[0]], RATE, folder, "fa")
    assert [(one.text, one.tokens > 0, one.fault) for one in heard] == [
        ("", False, load("whisper_decode").SILENT),
        (TEXTS[0], True, ""),
    ]


def test_noise_gives_a_text_and_invented_repeats_a_warning(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    noise = np.random.default_rng(0).normal(scale=0.1, size=5 * RATE)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert isinstance(call("whisper.transcribe", noise, RATE, folder, "fa"), str)
    monkeypatch.setattr(load("whisper"), "generate", lambda *_, **__: [("بله " * 9, 20), ("", 1)])
    with pytest.warns(UserWarning, match=r"\S.*; the text is 'بله بله"):
        call("whisper.transcribe", noise, RATE, folder, "fa")


@pytest.mark.parametrize("bad", [np.zeros(0), np.array([0.1, np.nan]), np.array([0.1, np.inf]), np.zeros((2, 16_000))])
def test_no_samples_and_no_numbers_are_refused(folder: Path, bad: np.ndarray) -> None:
    for function in ("transcribe", "translate", "detect_language"):
        with pytest.raises(ValueError, match=r"\w"):
            call(f"whisper.{function}", bad, RATE, folder)


def test_unknown_languages_and_tasks_are_refused(folder: Path) -> None:
    with pytest.raises(ValueError, match="'persian', wanted one of the checkpoint's 100 codes"):
        call("whisper.transcribe", tones(1)[0], RATE, folder, "persian")
    with pytest.raises(ValueError, match="wanted 'transcribe' or 'translate'"):
        call("whisper.hear", tones(1), RATE, folder, "fa", "summarise")
    with pytest.raises(ValueError, match="'fast', wanted one of torch, compiled, ctranslate2"):
        call("whisper.hear", tones(1), RATE, folder, "fa", engine="fast")


# Checkpoints


def test_a_checkpoint_is_made_once_and_by_its_recipe(folder: Path) -> None:
    made = (folder / "model.safetensors").stat().st_mtime_ns
    assert Path(call("whisper_pretrain.kept", corpus(fingerprint="tones"), recipe(LEARNT), folder.parent)) == folder
    assert (folder / "model.safetensors").stat().st_mtime_ns == made
    assert len([place for place in folder.parent.iterdir() if place.is_dir()]) == 1
    with pytest.raises(ValueError, match="no fingerprint"):
        call("whisper_pretrain.kept", corpus(), recipe(), folder.parent)


def test_training_twice_gives_the_same_weights() -> None:
    first, again, other = (call("whisper_pretrain.pretrain", corpus(), replace(recipe(4), seed=seed)).model for seed in (1, 1, 2))
    pairs = list(zip(first.state_dict().values(), again.state_dict().values(), other.state_dict().values(), strict=True))
    assert all(torch.equal(one, two) for one, two, _ in pairs)
    assert not all(torch.equal(one, three) for one, _, three in pairs)


@pytest.mark.parametrize("name", ["pytorch_model.bin", "extra/optimizer.pt", "scaler.pkl"])
def test_a_pickle_in_the_folder_is_refused_unread(folder: Path, tmp_path: Path, name: str) -> None:
    copy = Path(shutil.copytree(folder, tmp_path / "copy"))
    (copy / name).parent.mkdir(exist_ok=True)
    (copy / name).write_bytes(b"cos\nsystem\n(S'touch /tmp/never'\ntR.")
    with pytest.raises(ValueError, match=f"{name}: a pickle runs code when it is loaded"):
        call("whisper.transcribe", tones(1)[0], RATE, copy)


def test_incomplete_and_damaged_folders_say_what_is_wrong(folder: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(folder, tmp_path / "copy"))
    weights = copy / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:1000])
    with pytest.raises(ValueError, match="damaged"):
        call("whisper_checkpoint.load", copy)
    weights.unlink()
    with pytest.raises(ValueError, match=r"has no model\.safetensors: save model, tokenizer"):
        call("whisper_checkpoint.load", copy)
    with pytest.raises(ValueError, match="there is no folder"):
        call("whisper_checkpoint.load", tmp_path / "nowhere")
    with pytest.raises(ValueError, match=r"model\.safetensors is a file: give its folder"):
        call("whisper_checkpoint.load", folder / "model.safetensors")


@pytest.mark.parametrize(
    ("name", "changes", "said"),
    [
        ("config.json", {"encoder_layers": 2}, r"encoder\.layers\.1\.\S+ is missing.* and \d+ more"),
        ("config.json", {"vocab_size": 5000}, r"embed_tokens\.weight has the shape \(\d+, 32\), config\.json wants \(5000, 32\)"),
        ("config.json", {"model_type": "bert"}, "type 'bert', wanted 'whisper'"),
        ("config.json", {"vocab_size": 10}, "is no whole Whisper"),
        ("generation_config.json", {"lang_to_id": None}, "has no lang_to_id"),
        (
            "model.safetensors.index.json",
            {"weight_map": {"a": "../evil.bin"}},
            r"names \.\./evil\.bin, which is no \.safetensors",
        ),
    ],
)
def test_settings_that_are_another_networks_are_told(
    folder: Path, tmp_path: Path, name: str, changes: dict[str, Any], said: str
) -> None:
    """transformers alone would fill in random weights, or its own defaults, and only print a table."""
    copy = Path(shutil.copytree(folder, tmp_path / "copy"))
    path = copy / name
    path.write_text(json.dumps((json.loads(path.read_text()) if path.exists() else {}) | changes))
    with pytest.raises(ValueError, match=said):
        call("whisper_checkpoint.load", copy)


@pytest.mark.parametrize("name", ["config.json", "generation_config.json", "preprocessor_config.json", "tokenizer_config.json"])
def test_settings_that_are_no_json_are_told(folder: Path, tmp_path: Path, name: str) -> None:
    copy = Path(shutil.copytree(folder, tmp_path / "copy"))
    (copy / name).write_bytes("{}".encode("utf-16"))
    with pytest.raises(ValueError, match=rf"{name} is no JSON in UTF-8"):
        call("whisper_checkpoint.load", copy)
    (copy / name).write_text("[1]")
    with pytest.raises(ValueError, match=rf"{name} holds a list"):
        call("whisper_checkpoint.load", copy)
    (copy / name).unlink()
    with pytest.raises(ValueError, match=f"has no {name}"):
        call("whisper_checkpoint.load", copy)


def test_weights_in_half_precision_are_read_and_no_numbers_refused(folder: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(folder, tmp_path / "copy"))
    network = WhisperForConditionalGeneration.from_pretrained(copy).half()
    network.save_pretrained(copy)
    assert call("whisper_checkpoint.load", copy).model.dtype == torch.float32
    assert call("whisper.transcribe", tones(1)[0], RATE, copy, "fa") == TEXTS[0]
    network.model.decoder.layer_norm.weight.data[0] = torch.nan
    network.save_pretrained(copy)
    with pytest.raises(ValueError, match="hold NaN or infinity"):
        call("whisper_checkpoint.load_fresh", copy)


def test_another_vocabulary_is_refused(folder: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(folder, tmp_path / "copy"))
    call("whisper_model.learn_tokenizer", TEXTS, replace(recipe().size, pieces=280)).save_pretrained(copy)
    with pytest.raises(ValueError, match=r"not of one Whisper: .*startoftranscript.* is 281, the network starts with 301"):
        call("whisper_checkpoint.load", copy)
    replaced = Path(shutil.copytree(folder, tmp_path / "longer"))
    call("whisper_model.make_extractor", replace(recipe().size, window_s=5)).save_pretrained(replaced)
    with pytest.raises(ValueError, match="extractor gives 500 frames, the network hears 300"):
        call("whisper_checkpoint.load", replaced)


def test_a_name_on_the_hub_without_network_says_what_to_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(ValueError, match=r"whisper-small cannot be loaded .*; without a network give the folder of a copy"):
        call("whisper_checkpoint.load_fresh", "openai/whisper-small")


# Fine-tuning


def tune(folder: Path, place: Path, **options: Any) -> Any:
    return call("whisper_finetune.finetune", tones(4), TEXTS[:4], tones(2), TEXTS[:2], folder, place, **options)


def test_the_best_epoch_is_saved_and_not_the_last(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    module, planned = load("whisper_finetune"), [0.5, 0.2, 0.2, 0.9]
    states: list[dict[str, torch.Tensor]] = []

    def measured(checkpoint: Any, *_: Any) -> float:
        states.append({name: value.clone() for name, value in checkpoint.model.state_dict().items()})
        return planned[len(states) - 1]

    monkeypatch.setattr(module, "measure_wer", measured)
    history = tune(folder, tmp_path / "tuned", epochs=4, learning_rate=1e-3)
    assert history["best_epoch"] == 2
    assert history["validation_wer"] == planned
    assert [len(history[name]) for name in ("loss", "validation_loss")] == [4, 4]
    saved = WhisperForConditionalGeneration.from_pretrained(tmp_path / "tuned").state_dict()
    assert all(torch.equal(saved[name], value) for name, value in states[1].items())
    assert not all(torch.equal(saved[name], value) for name, value in states[3].items())


def test_fine_tuning_learns_leaves_its_beginning_alone_and_can_be_repeated(folder: Path, tmp_path: Path) -> None:
    before = (folder / "model.safetensors").read_bytes()
    clips, texts = tones(6)[4:], ["کتاب را خواند", "هوا گرم است"]  # sounds that it took for Chinese
    general = load("whisper_corpus").General(tones(4), TEXTS[:4], SPOKEN[:4], ["transcribe"] * 4)
    options = {"epochs": 8, "learning_rate": 5e-3, "batch_size": 8, "general": general}
    runs = [
        call("whisper_finetune.finetune", clips * 24, texts * 24, clips, texts, folder, tmp_path / name, seed=seed, **options)
        for name, seed in (("one", 1), ("two", 1))
    ]
    assert runs[0] == runs[1]
    assert runs[0]["loss"][-1] < 0.5 * runs[0]["loss"][0]
    assert (tmp_path / "one" / "model.safetensors").read_bytes() == (tmp_path / "two" / "model.safetensors").read_bytes()
    assert call("whisper.transcribe_all", clips, RATE, tmp_path / "one", "fa") == texts
    assert call("whisper.transcribe_all", tones(4)[2:], RATE, tmp_path / "one", "en") == list(
        TEXTS[2:4]
    )  # mixed in, so not forgotten
    assert (folder / "model.safetensors").read_bytes() == before


def test_clips_and_texts_that_do_not_fit_are_refused(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="got 4 clips and 3 texts"):
        call("whisper_finetune.finetune", tones(4), TEXTS[:3], tones(2), TEXTS[:2], folder, tmp_path)
    with pytest.raises(ValueError, match=r"clip 0 lasts 4\.0 s, the checkpoint hears 3 s"):
        call("whisper_finetune.finetune", tones(1, 4.0), TEXTS[:1], tones(2), TEXTS[:2], folder, tmp_path)
    with pytest.raises(ValueError, match=r"takes .* tokens, this checkpoint writes at most 48"):
        call("whisper_finetune.finetune", tones(1), ["☃" * 40], tones(2), TEXTS[:2], folder, tmp_path)
