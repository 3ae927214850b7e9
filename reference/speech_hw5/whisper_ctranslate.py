"""Speech HW5, question 3: the same Whisper in CTranslate2, a C++ engine that faster-whisper is built on; optional.

The checkpoint is converted once, beside the cache of whoever asks, and computes in 8-bit integers where the processor can. Features, prompt
and greedy decoding are those of `whisper_decode`, so that differences in the texts come from the engine's arithmetic alone.
"""

from __future__ import annotations

import importlib.util
import tempfile
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from whisper_checkpoint import load
from whisper_data import log_mel, prepare

BATCH = 32
_folders: list[tempfile.TemporaryDirectory[str]] = []


def installed() -> bool:
    """Tell whether the engine can be used here."""
    return importlib.util.find_spec("ctranslate2") is not None


def transcribe_all(
    clips: Sequence[ArrayLike], sample_rate: int, checkpoint: Path | str, language: str, compute_type: str = "default"
) -> list[str]:
    """Write down clips that fit into the window.

    Args:
        clips: N waveforms (n,) or (n, channels).
        sample_rate: Hz.
        checkpoint: folder or name, as for `whisper.transcribe`.
        language: code.
        compute_type: CTranslate2's: "default" keeps the checkpoint's numbers, "int8" is smaller and on most processors faster.

    Raises:
        ModuleNotFoundError: the engine is not installed.
        ValueError: a clip cannot be used, or is longer than the window.
    """
    if not installed():
        raise ModuleNotFoundError("CTranslate2 is not installed: pip install ctranslate2, or use whisper.transcribe_all")
    import ctranslate2

    whisper = load(checkpoint)
    samples = [prepare(clip, sample_rate, whisper.sample_rate) for clip in clips]
    if max(map(len, samples)) > whisper.window:
        raise ValueError(
            f"a clip lasts longer than the window of {whisper.window / whisper.sample_rate:g} s: cut it with whisper_decode.windows"
        )
    engine = _converted(str(checkpoint), compute_type)
    prompt = whisper.tokenizer.convert_tokens_to_ids(
        ["<|startoftranscript|>", f"<|{language}|>", "<|transcribe|>", "<|notimestamps|>"]
    )
    features = log_mel(samples, whisper.extractor).float().numpy()
    texts = []
    for start in range(0, len(features), BATCH):
        block = ctranslate2.StorageView.from_array(np.ascontiguousarray(features[start : start + BATCH]))
        limit = whisper.model.config.max_target_positions
        for answer in engine.generate(block, [prompt] * block.shape[0], beam_size=1, max_length=limit):
            texts.append(whisper.tokenizer.decode(answer.sequences_ids[0], skip_special_tokens=True).strip())
    return texts


@lru_cache(maxsize=2)
def _converted(checkpoint: str, compute_type: str) -> Any:
    """Convert into a folder that goes with this process, and load it."""
    import ctranslate2

    folder = tempfile.TemporaryDirectory(prefix="ctranslate-")
    _folders.append(folder)
    place = str(Path(folder.name) / "model")
    ctranslate2.converters.TransformersConverter(checkpoint).convert(place)
    return ctranslate2.models.Whisper(place, device="auto", compute_type=compute_type, intra_threads=1)
