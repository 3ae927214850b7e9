"""What Whisper learns from: log-mel frames, made once and kept, and texts as rows of tokens of one fixed length.

A row of labels is <|language|> <|task|> <|notimestamps|> text <|endoftext|>, padded with -100, which the loss leaves out. The decoder
reads the same row one place later, behind <|startoftranscript|>. The task is given, not recognised, so the loss leaves out its place too;
the place of the language stays in: it is how Whisper learns to detect languages.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import soxr
import torch
from numpy.typing import ArrayLike, NDArray
from torch.nn import functional
from transformers import WhisperFeatureExtractor, WhisperTokenizer

IGNORED = -100
"""A label that `cross_entropy` leaves out. It is no token: put the padding token back before decoding labels."""
BLOCK = 64
"""Clips turned into frames at once: enough to be quick, few enough that memory stays flat."""


MOST_CHANNELS = 16
"""More are no channels: the array is (channels, n) and must be transposed."""


@dataclass(frozen=True)
class Examples:
    """Utterances ready for training; several rows of labels may share one utterance, such as its transcript and its translation.

    Attributes:
        features: (N, mel bands, frames) float16, log-mel as `WhisperFeatureExtractor` scales it, about -1 to 2.
        rows: (M,) int64: which utterance each row of labels belongs to.
        labels: (M, L) int64 with -100 behind the end.
    """

    features: torch.Tensor
    rows: torch.Tensor
    labels: torch.Tensor

    def __len__(self) -> int:
        """Count the rows of labels."""
        return len(self.rows)

    def beside(self, others: Examples) -> Examples:
        """Append others, whose rows keep their own utterances; the shorter labels are padded."""
        longest = max(self.labels.shape[1], others.labels.shape[1])
        labels = [functional.pad(own, (0, longest - own.shape[1]), value=IGNORED) for own in (self.labels, others.labels)]
        rows = torch.cat([self.rows, others.rows + len(self.features)])
        return Examples(torch.cat([self.features, others.features]), rows, torch.cat(labels))

    def to(self, device: torch.device) -> Examples:
        """Move everything to a device once, so that no step waits for a copy."""
        return replace(self, features=self.features.to(device), rows=self.rows.to(device), labels=self.labels.to(device))


def prepare(audio: ArrayLike, sample_rate: float, wanted: int) -> NDArray[np.float32]:
    """Bring samples in memory to one channel and the wanted rate; `audio.read` does it for files.

    Args:
        audio: (n,) or (n, channels) in [-1, 1]; channels are averaged.
        sample_rate, wanted: Hz.

    Returns:
        (n * wanted / sample_rate,) float32.

    Raises:
        ValueError: there are no samples, some are not finite, or the shape or the rate is no recording's.
    """
    samples = np.asarray(audio, dtype=np.float32)
    if samples.ndim not in (1, 2) or (samples.ndim == 2 and samples.shape[1] > MOST_CHANNELS):
        raise ValueError(
            f"got samples of shape {samples.shape}, wanted (n,), or (n, channels) with at most {MOST_CHANNELS} channels"
        )
    if not samples.size:
        raise ValueError("got a recording of 0 s: check that the file was read, or leave it out")
    if not np.isfinite(samples).all():
        raise ValueError("the recording holds NaN or infinity: write it again from sound numbers in [-1, 1]")
    if not 1000 <= sample_rate <= 400_000:
        raise ValueError(f"got {sample_rate} Hz, wanted the rate at which the audio was stored, such as 16000 or 44100")
    mono = samples if samples.ndim == 1 else samples.mean(axis=1)
    return mono if sample_rate == wanted else soxr.resample(mono, sample_rate, wanted)


def log_mel(clips: Sequence[NDArray[np.float32]], extractor: WhisperFeatureExtractor) -> torch.Tensor:
    """Turn clips (n_i,) at the extractor's rate into frames (N, mel bands, frames), padded with silence to the window.

    Half precision: its steps of at most 0.001 are far below the noise of any recording, and the features take half the memory.
    """
    blocks = []
    for start in range(0, len(clips), BLOCK):
        block = [np.asarray(clip, dtype=np.float32) for clip in clips[start : start + BLOCK]]
        made = extractor(block, sampling_rate=extractor.sampling_rate, return_tensors="pt").input_features
        blocks.append(made.to(torch.float16))
    return torch.cat(blocks)


def spell(tokenizer: WhisperTokenizer, text: str, language: str, task: str = "transcribe") -> list[int]:
    """Write a text as the decoder should: language, task, no timestamps, pieces, end."""
    prompt = tokenizer.convert_tokens_to_ids([f"<|{language}|>", f"<|{task}|>", "<|notimestamps|>"])
    return [*prompt, *tokenizer(text, add_special_tokens=False).input_ids, tokenizer.eos_token_id]


def pad(rows: Sequence[Sequence[int]], limit: int) -> torch.Tensor:
    """Bring rows of tokens to the length of the longest with -100.

    One length for all batches: every step then does the same work, and a compiled model is compiled once.

    Args:
        rows: as `spell` gives them.
        limit: the most tokens that the decoder can write.

    Raises:
        ValueError: a row is longer.
    """
    lengths = [len(row) for row in rows]
    if max(lengths) > limit:
        worst = int(np.argmax(lengths))
        raise ValueError(
            f"text {worst} takes {lengths[worst]} tokens, this checkpoint writes at most {limit}: cut it, or leave it out"
        )
    labels = torch.full((len(rows), max(lengths)), IGNORED)
    for place, row in enumerate(rows):
        labels[place, : len(row)] = torch.tensor(row)
    return labels


def decoder_inputs(labels: torch.Tensor, start: int, padding: int) -> torch.Tensor:
    """Shift labels (B, L) by one place, behind the start token; the decoder must never read -100, so padding is put back."""
    whole = labels.masked_fill(labels == IGNORED, padding)
    return torch.cat([torch.full_like(whole[:, :1], start), whole[:, :-1]], dim=1)


def scored(labels: torch.Tensor) -> torch.Tensor:
    """Leave the places of task and <|notimestamps|> out of the loss: the caller gives them, the recording does not tell."""
    kept = labels.clone()
    kept[:, 1:3] = IGNORED
    return kept
