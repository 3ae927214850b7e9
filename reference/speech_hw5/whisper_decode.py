"""Let a Whisper write: many windows at once, greedy, always with the same settings.

Comparisons before and after fine-tuning are worth something only where both sides were decoded alike. So there is one function that
decodes, and its settings are here: greedy, no timestamps, language and task given, as many tokens as the checkpoint writes.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
import torch
from audio import SILENCE_DB, looks_hallucinated
from numpy.typing import NDArray
from whisper_checkpoint import Checkpoint
from whisper_data import log_mel

BATCH = 32
"""Windows decoded at once. A batch takes as many steps as its longest text, so windows are sorted by length of sound first."""
SILENT = f"the recording is silent (its peak is below {SILENCE_DB:g} dB of full scale), so nothing was written"
BF16_ON = ("cuda",)
"""Kinds of devices that write in bfloat16: twice as fast there, and greedy choices hardly ever differ. Weights stay float32."""
QUIETEST_S = 0.1
"""Windows of long recordings are cut in the middle of the quietest stretch of this length in their last third."""


Writer = Callable[[Checkpoint, torch.Tensor, Sequence[str], str, int], list[tuple[str, int]]]
"""Writes windows down as `generate` does."""


@dataclass(frozen=True)
class Heard:
    """What was written for one recording.

    Attributes:
        text: the windows' texts joined.
        language: code that it was written in, or heard as.
        tokens: how many were generated, ends included; a decoder that writes nothing looks fast.
        fault: "" or why the text is not to be trusted, in words.
    """

    text: str
    language: str
    tokens: int
    fault: str = ""


def windows(samples: NDArray[np.float32], length: int, sample_rate: int) -> list[NDArray[np.float32]]:
    """Cut samples (n,) into pieces of at most `length`, where it is quietest, so that few words are cut in two."""
    pieces = []
    stretch = max(1, round(QUIETEST_S * sample_rate))
    while len(samples) > length:
        first = 2 * length // 3
        power = np.convolve(samples[first:length].astype(np.float64) ** 2, np.ones(stretch), mode="valid")
        cut = first + int(power.argmin()) + stretch // 2
        pieces.append(samples[:cut])
        samples = samples[cut:]
    return [*pieces, samples]


def language_probabilities(checkpoint: Checkpoint, features: torch.Tensor) -> torch.Tensor:
    """Ask for the token behind <|startoftranscript|>: (N, mel bands, frames) -> (N, languages), each row adding to 1.

    All other tokens are left out before the softmax, as Radford et al. do. Columns are in the order of `language_codes`.
    """
    model = checkpoint.model
    columns = torch.tensor(list(model.generation_config.lang_to_id.values()), device=model.device)
    rows = []
    for block in features.split(BATCH):
        start = torch.full((len(block), 1), model.config.decoder_start_token_id, device=model.device)
        with torch.inference_mode():
            logits = model(input_features=block.to(model.device, model.dtype), decoder_input_ids=start, use_cache=False).logits
        rows.append(logits[:, -1, columns].float().softmax(-1).cpu())
    return torch.cat(rows)


def language_codes(checkpoint: Checkpoint) -> list[str]:
    """Give the codes of the checkpoint's languages, "en" first."""
    return [token.strip("<|>") for token in checkpoint.model.generation_config.lang_to_id]


def generate(
    checkpoint: Checkpoint,
    features: torch.Tensor,
    languages: Sequence[str],
    task: str = "transcribe",
    batch: int = BATCH,
    *,
    compiled: bool = False,
) -> list[tuple[str, int]]:
    """Write a text for each window: greedy.

    Args:
        checkpoint: what listens.
        features: (N, mel bands, frames).
        languages: code of each window.
        task: "transcribe", or "translate" (to English).
        batch: windows at once.
        compiled: keep a cache of fixed size, for which transformers compiles the decoder's step on a GPU (not on a CPU). That takes
            half a minute or more for each loaded checkpoint and size of batch, so it pays for many hours of sound.

    Returns:
        N texts, and how many tokens each took, the end included.
    """
    model, tokenizer = checkpoint.model, checkpoint.tokenizer
    written = []
    for start in range(0, len(features), batch):
        block, asked = features[start : start + batch], list(languages[start : start + batch])
        counted, lacking = len(block), batch - len(block) if compiled else 0
        if lacking:  # one size of batch, else the last is compiled anew
            block, asked = torch.cat([block, block[-1:].expand(lacking, -1, -1)]), asked + asked[-1:] * lacking
        block = block.to(model.device, model.dtype)
        heard = torch.ones(block.shape[::2], dtype=torch.long, device=model.device)  # padding is silence, and is heard
        kind = model.device.type
        with torch.inference_mode(), torch.autocast(kind, torch.bfloat16, enabled=kind in BF16_ON):
            ids = model.generate(
                block,
                attention_mask=heard,
                language=asked,
                task=task,
                num_beams=1,
                do_sample=False,
                return_timestamps=False,
                cache_implementation="static" if compiled else None,
            )[:counted]
        counts = (ids != tokenizer.pad_token_id).sum(1) + 1
        written += list(zip(tokenizer.batch_decode(ids, skip_special_tokens=True), counts.tolist(), strict=True))
    return [(text.strip(), count) for text, count in written]


def listen(
    checkpoint: Checkpoint,
    clips: Sequence[NDArray[np.float32]],
    language: str | None,
    task: str = "transcribe",
    batch: int = BATCH,
    write: Writer = generate,
) -> list[Heard]:
    """Write down recordings of any length.

    Args:
        checkpoint: what listens.
        clips: N waveforms (n_i,) at the checkpoint's rate, finite.
        language: code; None detects it from the first window of each recording.
        task: "transcribe" or "translate".
        batch: windows at once.
        write: what writes them down.

    Returns:
        N results; silence is not given to the network.
    """
    rate = checkpoint.sample_rate
    cut = [(place, piece) for place, clip in enumerate(clips) for piece in windows(clip, checkpoint.window, rate)]
    owner, pieces = [place for place, _ in cut], [piece for _, piece in cut]
    floor = 10 ** (SILENCE_DB / 20)
    loud = [place for place, piece in enumerate(pieces) if np.abs(piece).max(initial=0.0) >= floor]
    texts: dict[int, tuple[str, int]] = {}
    spoken = [language or ""] * len(clips)
    if loud:
        features = log_mel([pieces[place] for place in loud], checkpoint.extractor)
        if language is None:
            _detect(checkpoint, features, [owner[place] for place in loud], spoken)
        order = sorted(range(len(loud)), key=lambda k: len(pieces[loud[k]]))
        asked = [spoken[owner[loud[k]]] for k in order]
        answers = write(checkpoint, features[order], asked, task, batch)
        texts = {loud[k]: answer for k, answer in zip(order, answers, strict=True)}
    heard = []
    for place, group in groupby(range(len(pieces)), key=lambda piece: owner[piece]):
        own = [texts[piece] for piece in group if piece in texts]
        text = " ".join(part for part, _ in own if part)
        fault = next(filter(None, (looks_hallucinated(part) for part, _ in own)), "") if own else SILENT
        heard.append(Heard(text, spoken[place], sum(count for _, count in own), fault))
    return heard


def _detect(checkpoint: Checkpoint, features: torch.Tensor, owners: Sequence[int], spoken: list[str]) -> None:
    """Write each recording's language, heard in its first window, into `spoken`."""
    first = {own: k for k, own in reversed(list(enumerate(owners)))}
    codes = language_codes(checkpoint)
    best = language_probabilities(checkpoint, features[list(first.values())]).argmax(1).tolist()
    for own, column in zip(first, best, strict=True):
        spoken[own] = codes[column]


def warn(heard: Heard) -> None:
    """Tell whoever reads only the text that it is not to be trusted."""
    if heard.fault:
        warnings.warn(f"{heard.fault}; the text is {heard.text[:60]!r}", stacklevel=3)
