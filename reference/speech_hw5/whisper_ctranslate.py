"""Speech HW5, question 3: the same Whisper in CTranslate2, a C++ engine that faster-whisper is built on; optional.

    hear(clips, sample_rate, checkpoint, "fa", engine="ctranslate2")

The checkpoint is converted when it is first asked for. Windows, features, prompt and greedy decoding are those of `whisper_decode`, so that
differences in the texts come from the engine's arithmetic alone.
"""

from __future__ import annotations

import importlib.util
import tempfile
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import torch
from whisper_checkpoint import WEIGHTS, Checkpoint
from whisper_decode import BATCH, Writer

INSTALL = "CTranslate2 is not installed: pip install ctranslate2, or use the engine 'torch'"


def installed() -> bool:
    """Tell whether the engine can be used here."""
    return importlib.util.find_spec("ctranslate2") is not None


def writer(checkpoint: Path | str, compute_type: str = "default") -> Writer:
    """Give a function that writes texts as `whisper_decode.generate` does.

    Args:
        checkpoint: the folder or name that the function's `Checkpoint` was loaded from.
        compute_type: CTranslate2's: "default" keeps the checkpoint's numbers, "int8" is smaller, and may change texts.

    Raises:
        ModuleNotFoundError: the engine is not installed.
    """
    if not installed():
        raise ModuleNotFoundError(INSTALL)
    weights = Path(checkpoint) / WEIGHTS[0]
    engine = _converted(str(checkpoint), weights.stat().st_mtime_ns if weights.is_file() else 0, compute_type)

    def write(
        heard: Checkpoint, features: torch.Tensor, languages: Sequence[str], task: str = "transcribe", batch: int = BATCH
    ) -> list[tuple[str, int]]:
        return _write(engine, heard, features, languages, task, batch)

    return write


def _write(
    engine: Any, heard: Checkpoint, features: torch.Tensor, languages: Sequence[str], task: str, batch: int
) -> list[tuple[str, int]]:
    """Give the text of each window (N, mel bands, frames), and how many tokens it took, the end included."""
    import ctranslate2

    tokenizer = heard.tokenizer
    names = [["<|startoftranscript|>", f"<|{language}|>", f"<|{task}|>", "<|notimestamps|>"] for language in languages]
    prompts = [tokenizer.convert_tokens_to_ids(row) for row in names]
    # The engine writes at most half of the length that it is given: meant for what stands before the prompt in long recordings.
    length = 2 * (heard.model.config.max_target_positions - len(prompts[0]))
    written = []
    for start in range(0, len(features), batch):
        block = np.ascontiguousarray(features[start : start + batch].float().numpy())
        view, asked = ctranslate2.StorageView.from_array(block), prompts[start : start + batch]
        for answer in engine.generate(view, asked, beam_size=1, max_length=length):
            ids = answer.sequences_ids[0]
            written.append((tokenizer.decode(ids, skip_special_tokens=True).strip(), len(ids) + 1))
    return written


@lru_cache(maxsize=2)
def _converted(checkpoint: str, stamp: int, compute_type: str) -> Any:
    """Convert and load; weights that were written anew have another stamp."""
    import ctranslate2

    with tempfile.TemporaryDirectory(prefix="ctranslate-") as folder:
        place = str(Path(folder) / "model")
        ctranslate2.converters.TransformersConverter(checkpoint).convert(place)
        threads = torch.get_num_threads()
        return ctranslate2.models.Whisper(place, device="auto", compute_type=compute_type, intra_threads=threads)
