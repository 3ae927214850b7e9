"""Recordings, the small checkpoint, and looks at answers, for the checks of question 3's Whisper.

The checkpoint lies in the assignment, since students try their code on it too; what a check plays to it are other recordings, by voices
that the checkpoint has not heard. Nothing here runs a network in this process, except where the staff's own code is asked.

Recordings are of two kinds. What is scored is withheld: its texts stay in this process. What a submission is given with its texts, to
learn from or to compare with, is disclosed, and never scored.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graders.kit import ensure
from graders.kit.loading import CodeFolder
from graders.kit.proxy import Proxy
from seeds.datasets import Dataset, persian

ROOT = Path(__file__).parents[2]
CHECKPOINT = ROOT / "assignments" / "speech_hw5" / "checkpoint"
REFERENCE = ROOT / "reference" / "speech_hw5"
CODE = CodeFolder.read(REFERENCE)
RATE = persian.SAMPLE_RATE
RECIPE = persian.Recipe(train=260, validation=60, test=70, generic=60, voices=6, seed=2026)
PRESCRIBED = "نوشت"
"""The last word of a kind of sentence of which half a hundred suffice to learn the kind: who prescribed what for which complaint."""
NORMALIZERS = {"fa": "normalize", "en": "normalize_english", "zh": "normalize_chinese"}

Samples = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Clips:
    """N recordings at 16 kHz, what they say, what that is in English, and who says it. Only the very same are equal."""

    waves: list[Samples]
    texts: list[str]
    translations: list[str]
    voices: list[str]

    def __getitem__(self, places: slice) -> Clips:
        """Some of them."""
        return Clips(self.waves[places], self.texts[places], self.translations[places], self.voices[places])

    def __add__(self, others: Clips) -> Clips:
        """These and then others."""
        return Clips(
            self.waves + others.waves,
            self.texts + others.texts,
            self.translations + others.translations,
            self.voices + others.voices,
        )

    def __len__(self) -> int:
        return len(self.waves)


@dataclass(frozen=True)
class Lesson:
    """What a small fine-tuning learns from, chooses by, and is measured on: one kind of sentence, other voices in each part."""

    train: Clips
    validation: Clips
    test: Clips


@dataclass(frozen=True)
class Training:
    """How a check fine-tunes."""

    epochs: int
    learning_rate: float
    batch_size: int
    seed: int


@cache
def everyday(language: str, recipe: persian.Recipe = RECIPE) -> Clips:
    """About a dozen everyday sentences in "fa", "en" or "zh", in an order that mixes the voices; withheld."""
    return _everyday(language, recipe, disclosed=False)


@cache
def disclosed(language: str, recipe: persian.Recipe = RECIPE) -> Clips:
    """Other everyday sentences by other voices, whose texts a check may give away."""
    return _everyday(language, recipe, disclosed=True)


def _everyday(language: str, recipe: persian.Recipe, *, disclosed: bool) -> Clips:
    generic = persian.make(recipe, portion="generic")
    home = np.array(["-everyday-" in name for name in generic.ids.tolist()])
    return clips(generic.choose((generic.columns["language"] == language) & home & ((generic.parts == "train") == disclosed)))


@cache
def prescriptions(recipe: persian.Recipe = RECIPE) -> Lesson:
    """Persian sentences of a doctor's practice that end in "prescribed"; those of the test part are withheld."""
    practice = persian.make(recipe)
    kind = practice.choose(np.array([text.endswith(PRESCRIBED) for text in practice.columns["text"].tolist()]))
    return Lesson(clips(kind.part("train"))[:48], clips(kind.part("validation"))[:12], clips(kind.part("test"))[:16])


def clips(part: Dataset) -> Clips:
    """All recordings of a data set."""
    waves = [np.asarray(wave, dtype=np.float32) for wave in part.waveforms]
    return Clips(waves, part.columns["text"].tolist(), part.columns["translation"].tolist(), [str(one) for one in part.groups])


def at_rate(wave: Samples, rate: int) -> Samples:
    """The same recording at another rate, as a sound card would have stored it."""
    import soxr

    return np.asarray(soxr.resample(wave, RATE, rate), dtype=np.float32)


@cache
def checkpoint_files() -> dict[str, bytes]:
    """The small checkpoint, to be put where a submission runs."""
    return {path.name: path.read_bytes() for path in sorted(CHECKPOINT.iterdir()) if path.suffix in (".json", ".safetensors")}


def at_home(student: Proxy, folder: str) -> Proxy:
    """The submission, called with the path of the checkpoint in this process wherever its own is `folder`: so that both get one input."""

    def call(module: str, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        there = [folder if isinstance(one, str) and one == str(CHECKPOINT) else one for one in args]
        return getattr(getattr(student, module), name)(*there, **kwargs)

    return Proxy(call)


# ------------------------------------------------------------------------------------------------------- looking at answers


def written(value: Any, what: str) -> str:
    """An answer as a text without special tokens. Fails the check where it is none."""
    ensure(isinstance(value, str), f"{what} should return a str.", got=value)
    tokens = "The text holds special tokens such as <|fa|>; decode with skip_special_tokens=True."
    ensure("<|" not in value, tokens, got=value, mistake="recognise__special_tokens_kept")
    return str(value)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float | np.integer | np.floating) and not isinstance(value, bool) and bool(np.isfinite(value))


def _is_whole(value: Any) -> bool:
    return isinstance(value, int | np.integer) and not isinstance(value, bool)


def probabilities(value: Any) -> dict[str, float]:
    """An answer of `detect_language`: {code: probability}, adding to 1."""
    shape = isinstance(value, dict) and value and all(isinstance(key, str) for key in value)
    ensure(shape, "detect_language should return a dictionary with a probability for each language code.", got=value)
    numbers = [float(one) for one in value.values() if _is_number(one)]
    ensure(len(numbers) == len(value), "The values of detect_language should be finite numbers.", got=value)
    whole = min(numbers) >= 0 and abs(sum(numbers) - 1) < 1e-3
    scores = "The values of detect_language should be probabilities: not negative, and adding to 1."
    ensure(whole, scores, got=value, mistake="recognise__scores_for_probabilities" if min(numbers) < 0 else "")
    return {str(key): float(one) for key, one in value.items()}


def evaluation(value: Any, n: int) -> tuple[float, list[str]]:
    """An answer of `evaluate`: WER, and n transcripts."""
    whole = isinstance(value, dict) and {"wer", "transcripts"} <= set(value) and isinstance(value["transcripts"], list | tuple)
    ensure(whole, 'evaluate should return {"wer": ..., "transcripts": [...]}.', got=value)
    found = value["wer"], value["transcripts"]
    ensure(_is_number(found[0]), "wer of evaluate should be a number.", got=found[0])
    less = f"evaluate gave {len(found[1])} transcripts for {n} clips; the test part must be the same for whatever is compared."
    ensure(len(found[1]) == n, less, got=len(found[1]), wanted=n, mistake="recognise__last_batch_dropped" if n > 16 else "")
    return float(found[0]), [written(text, "Each transcript of evaluate") for text in found[1]]


def history(value: Any, epochs: int) -> tuple[list[float], list[float], int]:
    """An answer of `finetune`: loss and validation WER of every epoch, and the best epoch."""
    keys = ("loss", "validation_wer", "best_epoch")
    whole = isinstance(value, dict) and set(keys) <= set(value)
    ensure(whole, f"finetune should return a dictionary with {', '.join(keys)}.", got=value)
    curves = []
    for key in keys[:2]:
        try:
            curve = np.asarray(value[key], dtype=float)
        except (TypeError, ValueError):
            curve = np.empty(0)
        fits = curve.shape == (epochs,) and bool(np.isfinite(curve).all())
        ensure(fits, f"{key} of finetune should hold one number for each epoch.", got=value[key])
        curves.append([float(one) for one in curve])
    best = value["best_epoch"]
    counted = _is_whole(best) and 1 <= best <= epochs
    ensure(counted, "best_epoch of finetune should be the number of an epoch, counted from 1.", got=best)
    return curves[0], curves[1], int(best)


def parts(value: Any, n: int) -> dict[str, list[int]]:
    """An answer of `split`: each of n numbers in one of three parts."""
    names = ("train", "validation", "test")
    whole = isinstance(value, dict) and set(value) == set(names)
    whole = whole and all(isinstance(value[name], list | tuple | np.ndarray) for name in names)
    ensure(whole, 'split should return {"train": [...], "validation": [...], "test": [...]}.', got=value)
    complete = all(_is_whole(place) for name in names for place in value[name])
    complete = complete and sorted(place for name in names for place in value[name]) == list(range(n))
    ensure(complete, "Every text should be in one part, by its number.", got=value)
    return {name: [int(place) for place in value[name]] for name in names}


def finetuned(
    code: Proxy, train: Clips, validation: Clips, checkpoint: str, folder: str, how: Training
) -> tuple[list[float], list[float], int]:
    """Fine-tune a checkpoint into `folder`, and give what `history` finds in the answer."""
    given = (train.waves, train.texts, validation.waves, validation.texts, checkpoint, folder)
    return history(code.recognise.finetune(*given, **asdict(how)), how.epochs)


def heard(code: Proxy, checkpoint: str, waves: Sequence[Samples]) -> list[str]:
    """What `evaluate` writes for recordings. The texts that it wants beside them are those of disclosed ones: theirs stay here."""
    others = prescriptions().train.texts
    given = [others[place % len(others)] for place in range(len(waves))]
    return evaluation(code.recognise.evaluate(checkpoint, list(waves), given), len(waves))[1]


# ------------------------------------------------------------------------------------------------------------- measuring


def errors(wanted: Sequence[str], heard: Sequence[str], language: str) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Errors and reference words of each utterance (N,), both sides normalised by the staff's code; Chinese by characters."""
    sides = [[CODE.call("normalize", NORMALIZERS[language], (text,)) for text in side] for side in (wanted, heard)]
    scores = CODE.call("wer", "score", sides)
    return scores.errors, scores.lengths


def kinds(*sides: tuple[Sequence[str], Sequence[str], str]) -> str:
    """How many errors of each kind, in words for the student: each side is what was said, what was written, and the language."""
    total = dict.fromkeys(("substitutions", "deletions", "insertions", "lengths"), 0)
    for wanted, heard, language in sides:
        pair = [[CODE.call("normalize", NORMALIZERS[language], (text,)) for text in side] for side in (wanted, heard)]
        found = CODE.call("wer", "score", pair).total
        total = {name: total[name] + found[name] for name in total}
    s, d, i, words = total.values()
    chinese = ", Chinese by characters" if any(language == "zh" for _, _, language in sides) else ""
    return f"Of {words} words {s} are substituted, {d} deleted, and {i} inserted{chinese}."


def accuracies(wanted: Sequence[str], heard: Sequence[str], language: str) -> NDArray[np.float64]:
    """1 - errors / words of each utterance, at least 0: (N,)."""
    wrong, words = errors(wanted, heard, language)
    return np.maximum(0.0, 1 - wrong / words)


def rate(wanted: Sequence[str], heard: Sequence[str], language: str = "fa") -> float:
    """Corpus WER."""
    wrong, words = errors(wanted, heard, language)
    return float(wrong.sum() / words.sum())


def taken_away(clips: Clips, before: Sequence[str], after: Sequence[str]) -> NDArray[np.float64]:
    """What each of N Persian recordings adds to the share of errors that training takes away, which is their mean: (N,).

    Errors before count no further than those of the staff's code with the kit's checkpoint: whoever writes nonsense first gains nothing.
    """
    wrong = np.minimum(errors(clips.texts, before, "fa")[0], _staffs_errors(clips))
    fewer = errors(clips.texts, after, "fa")[0]
    return np.asarray((wrong - fewer) * len(clips) / max(1, wrong.sum()), dtype=np.float64)


@cache
def _staffs_errors(clips: Clips) -> NDArray[np.int64]:
    """Errors of the staff's code with the kit's checkpoint: (N,)."""
    staff = CODE.load("recognise")
    texts = staff.hear(clips.waves, RATE, staff.parts_of(str(CHECKPOINT)), "fa")
    return errors(clips.texts, texts, "fa")[0]


def losses(clips: Clips, others: Clips) -> dict[str, float]:
    """What the staff's network makes of labels before any step: the loss wanted, and those of two mistakes, by name.

    "padding_in_the_loss": -100 are padding tokens; "validation_learned_too": the labels of `others` count as well.
    """
    network = CODE.load("recognise")
    wanted = _loss(network, clips, padded=False)
    return {
        "": wanted,
        "padding_in_the_loss": _loss(network, clips, padded=True),
        "validation_learned_too": _loss(network, clips + others, padded=False),
    }


def _loss(code: Any, clips: Clips, *, padded: bool) -> float:
    """Mean cross-entropy of the labels of clips, with the weights as they are."""
    import torch

    network, tokenizer, extractor = code.parts_of(str(CHECKPOINT))
    labels = torch.from_numpy(code.make_labels(clips.texts, "fa", str(CHECKPOINT)))
    if padded:
        labels = labels.masked_fill(labels == code.IGNORED, tokenizer.pad_token_id)
    with torch.inference_mode():
        return float(code.loss_of(network, code.log_mel(clips.waves, extractor), labels))
