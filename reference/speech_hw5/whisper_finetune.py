"""Speech HW5, question 3 (d): fine-tune a Whisper on transcribed speech, evaluate after every epoch, keep the best epoch.

The same weights go on learning, on new data. What is easily done wrong, and is done here:

- WER is measured on validation clips after every epoch, and the epoch with the lowest is saved, not the last;
- before and after are decoded by one function (`whisper_decode.generate`), and both sides of WER are normalised alike;
- labels are padded with -100, which the loss leaves out, and never decoded;
- general speech mixed into every batch keeps alive what is not in the new data: other languages, translation, other topics.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from pathlib import Path

import torch
from normalize import normalize
from numpy.typing import NDArray
from wer import wer
from whisper_checkpoint import Checkpoint, device, load_fresh, save
from whisper_corpus import General
from whisper_data import Examples, log_mel, pad, prepare, spell
from whisper_decode import generate
from whisper_training import Schedule, Stepper, forward

SMALL_NETWORK = 10_000_000  # parameters
RATES = (3e-4, 1e-5)
"""Learning rates of a network below and above that size; 1e-5 is the course's, for whisper-small."""


def finetune(
    train_clips: Sequence[NDArray],
    train_texts: Sequence[str],
    validation_clips: Sequence[NDArray],
    validation_texts: Sequence[str],
    checkpoint: Path | str,
    folder: Path | str,
    epochs: int = 5,
    seed: int = 0,
    *,
    sample_rate: int = 16_000,
    language: str = "fa",
    learning_rate: float | None = None,
    batch_size: int = 16,
    general: General | None = None,
    general_share: float = 0.4,
    progress: Callable[[int, float, float], object] | None = None,
) -> dict[str, object]:
    """Go on training a checkpoint on clips with transcripts, and save the epoch with the lowest validation WER.

    Args:
        train_clips, validation_clips: waveforms (n,) or (n, channels) in [-1, 1], each within the checkpoint's window.
        train_texts, validation_texts: what they say, in `language`.
        checkpoint: where to start: a folder or a name on the hub; it is not changed.
        folder: where the best epoch is saved, as `from_pretrained` reads it.
        epochs: passes over the training clips; the course asks for 50 or fewer, and both students ran 5.
        seed: decides every random choice.
        sample_rate: of all clips, Hz.
        learning_rate: the highest; None is 3e-4 for a small network and 1e-5 for one of more than ten million parameters.
        batch_size: rows of labels in a step.
        general: what to mix in; None is nothing, and other languages are then forgotten.
        general_share: share of every batch that is general.
        progress: called after every epoch with its number, loss and validation WER.

    Returns:
        "loss", "validation_loss" (nats per token) and "validation_wer" (normalised corpus WER) of every epoch, and "best_epoch",
        counted from 1: the first with the lowest validation WER.

    Raises:
        ValueError: there is nothing to learn from, clips and texts are not pairs, or a clip or a text is too long.
        CheckpointError: the checkpoint cannot be used.
    """
    own = Checkpoint(*vars(load_fresh(checkpoint)).values())
    torch.manual_seed(seed)
    train = examples(own, train_clips, train_texts, [language] * len(train_clips), None, sample_rate)
    validation = examples(own, validation_clips, validation_texts, [language] * len(validation_clips), None, sample_rate)
    validation = validation.to(device())
    count, mixed = len(train), general is not None and general_share > 0
    if mixed:
        train = train.beside(examples(own, general.clips, general.texts, general.languages, general.tasks, sample_rate))
    train = train.to(device())
    ours = max(1, round(batch_size * (1 - general_share))) if mixed else batch_size
    steps = math.ceil(count / ours)
    rate = learning_rate or RATES[sum(weight.numel() for weight in own.model.parameters()) > SMALL_NETWORK]
    stepper = Stepper(own.model, Schedule(steps * epochs, batch_size, rate), seed, device())
    history: dict[str, list[float]] = {"loss": [], "validation_loss": [], "validation_wer": []}
    for epoch in range(1, epochs + 1):
        history["loss"].append(one_epoch(own, train, count, stepper, ours, batch_size - ours))
        history["validation_loss"].append(measure_loss(own, validation))
        history["validation_wer"].append(measure_wer(own, validation.features, validation_texts, language))
        best = history["validation_wer"].index(min(history["validation_wer"])) + 1
        if best == epoch:
            save(own, folder)
        if progress is not None:
            progress(epoch, history["loss"][-1], history["validation_wer"][-1])
    return {**history, "best_epoch": best}


def examples(
    checkpoint: Checkpoint,
    clips: Sequence[NDArray],
    texts: Sequence[str],
    languages: Sequence[str],
    tasks: Sequence[str] | None,
    sample_rate: int,
) -> Examples:
    """Make features and labels of clips and their texts, once for all epochs.

    Raises:
        ValueError: there are none, they are not pairs, or one does not fit into the window or the decoder.
    """
    if not len(clips) or len(clips) != len(texts):
        raise ValueError(f"got {len(clips)} clips and {len(texts)} texts, wanted as many of both, and at least one")
    heard = [prepare(clip, sample_rate, checkpoint.sample_rate) for clip in clips]
    for place, clip in enumerate(heard):
        if len(clip) > checkpoint.window:
            raise ValueError(
                f"clip {place} lasts {len(clip) / checkpoint.sample_rate:.1f} s, the checkpoint hears"
                f" {checkpoint.window / checkpoint.sample_rate:g} s at once: cut clip and text, or leave it out"
            )
    rows = [
        spell(checkpoint.tokenizer, text, language, task)
        for text, language, task in zip(texts, languages, tasks or ["transcribe"] * len(texts), strict=True)
    ]
    labels = pad(rows, checkpoint.model.config.max_target_positions)
    return Examples(log_mel(heard, checkpoint.extractor), torch.arange(len(rows)), labels)


def one_epoch(checkpoint: Checkpoint, data: Examples, count: int, stepper: Stepper, ours: int, others: int) -> float:
    """Go once over the first `count` rows, `ours` a step, with as many as `others` drawn from the rest; the mean loss of the steps."""
    checkpoint.model.train()
    losses = []
    for places in stepper.order(count).split(ours):
        drawn = count + stepper.order(len(data) - count)[:others]
        loss, _ = forward(checkpoint.model, data, torch.cat([places, drawn]), stepper)
        stepper.step(loss)
        losses.append(loss.detach())
    checkpoint.model.eval()
    return float(torch.stack(losses).mean())


def measure_loss(checkpoint: Checkpoint, data: Examples, batch: int = 32) -> float:
    """Mean cross-entropy per example, in nats per token, of undisturbed examples."""
    quiet = Stepper(
        checkpoint.model, Schedule(1, batch, 0.0, masked_frames=0, masked_bands=0, noise=0.0), 0, data.features.device
    )
    total = 0.0
    with torch.inference_mode():
        for places in torch.arange(len(data)).split(batch):
            total += len(places) * float(forward(checkpoint.model, data, places, quiet)[0])
    return total / len(data)


def measure_wer(checkpoint: Checkpoint, features: torch.Tensor, texts: Sequence[str], language: str) -> float:
    """Corpus WER of normalised texts, decoded as for the test."""
    written = [text for text, _ in generate(checkpoint, features, [language] * len(texts))]
    return wer([normalize(text) for text in texts], [normalize(text) for text in written])
