"""Speech HW5, question 3: transcribe, detect the language, translate, fine-tune, with Whisper (Radford et al., 2022).

`checkpoint` is everywhere a folder, or a name on the hub such as "openai/whisper-small". The translate task writes English, whatever was
spoken: Whisper has no token for another direction. So (b) is Chinese speech to English text.

Audio is (n,), or (n, channels), in [-1, 1], at any rate and of any length: channels are averaged, the rate is changed to 16 kHz, and
what is longer than the window is cut where it is quietest. For recordings in files there is `whisper_file.transcribe_file`.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import whisper_ctranslate
from numpy.typing import ArrayLike
from whisper_checkpoint import load
from whisper_corpus import General
from whisper_data import log_mel, prepare
from whisper_decode import Heard, Writer, generate, language_codes, language_probabilities, listen, warn, windows
from whisper_finetune import finetune

__all__ = ["General", "Heard", "detect_language", "finetune", "hear", "transcribe", "transcribe_all", "translate"]

ENGINES = ("torch", "compiled", "ctranslate2")


def transcribe(audio: ArrayLike, sample_rate: int, checkpoint: Path | str, language: str | None = None) -> str:
    """Write down what is said, in the language in which it is said.

    Args:
        audio: (n,) or (n, channels).
        sample_rate: Hz.
        checkpoint: folder or name.
        language: code such as "fa"; None detects it. In an experiment give it: a wrong detection is another kind of error.

    Returns:
        The text, "" for silence, with a warning; there is a warning too where the text repeats itself, as an invented one does.

    Raises:
        ValueError: there are no samples, or some are not finite; there is no such language.
        CheckpointError: the checkpoint cannot be used.
    """
    heard = hear([audio], sample_rate, checkpoint, language)[0]
    warn(heard)
    return heard.text


def translate(audio: ArrayLike, sample_rate: int, checkpoint: Path | str, language: str | None = None) -> str:
    """Write in English what is said in another language; arguments and errors as for `transcribe`."""
    heard = hear([audio], sample_rate, checkpoint, language, "translate")[0]
    warn(heard)
    return heard.text


def detect_language(audio: ArrayLike, sample_rate: int, checkpoint: Path | str) -> dict[str, float]:
    """Tell how probable each language is, from the first window.

    Returns:
        {code: probability} of all languages of the checkpoint, the most probable first; they add to 1.

    Raises:
        ValueError: there are no samples, or some are not finite.
        CheckpointError: the checkpoint cannot be used.
    """
    whisper = load(checkpoint)
    samples = prepare(audio, sample_rate, whisper.sample_rate)
    first = windows(samples, whisper.window, whisper.sample_rate)[0]
    row = language_probabilities(whisper, log_mel([first], whisper.extractor))[0].double()
    found = zip(language_codes(whisper), (row / row.sum()).tolist(), strict=True)
    return dict(sorted(found, key=lambda pair: -pair[1]))


def transcribe_all(
    clips: Sequence[ArrayLike], sample_rate: int, checkpoint: Path | str, language: str | None = None
) -> list[str]:
    """Transcribe N recordings in batches: the same texts as one by one, in a fraction of the time."""
    return [heard.text for heard in hear(clips, sample_rate, checkpoint, language)]


def hear(
    clips: Sequence[ArrayLike],
    sample_rate: int,
    checkpoint: Path | str,
    language: str | None = None,
    task: str = "transcribe",
    batch: int = 32,
    engine: str = "torch",
) -> list[Heard]:
    """Write down N recordings: text, language, number of tokens, and whether the text is to be trusted.

    Args:
        clips: N waveforms (n_i,) or (n_i, channels).
        sample_rate: of all, Hz.
        checkpoint: folder or name.
        language: code; None detects it for each recording.
        task: "transcribe" or "translate".
        batch: windows decoded at once.
        engine: "torch"; "compiled", which on a GPU compiles the decoder's step first and pays for many hours of sound; or
            "ctranslate2", where that is installed.

    Raises:
        ValueError: a recording cannot be used; there is no such language, task or engine.
        CheckpointError: the checkpoint cannot be used.
        ModuleNotFoundError: the engine is not installed.
    """
    whisper = load(checkpoint)
    known = language_codes(whisper)
    if language is not None and language not in known:
        raise ValueError(
            f"got the language {language!r}, wanted one of the checkpoint's {len(known)} codes, such as 'fa', 'en' or 'zh'"
        )
    if task not in ("transcribe", "translate"):
        raise ValueError(f"got the task {task!r}, wanted 'transcribe' or 'translate'")
    if engine not in ENGINES:
        raise ValueError(f"got the engine {engine!r}, wanted one of {', '.join(ENGINES)}")
    samples = [prepare(clip, sample_rate, whisper.sample_rate) for clip in clips]
    return listen(whisper, samples, language, task, batch, _writer(engine, checkpoint))


def _writer(engine: str, checkpoint: Path | str) -> Writer:
    """Give what writes the windows down."""
    if engine == "ctranslate2":
        return whisper_ctranslate.writer(checkpoint)
    return partial(generate, compiled=True) if engine == "compiled" else generate
