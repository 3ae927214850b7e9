"""Speech HW5, question 3: a recording in a file to a text, with what was found about the recording and what to doubt in the text.

    python reference/speech_hw5/whisper_file.py CLIP... --checkpoint FOLDER_OR_NAME [--language fa] [--task translate]

prints a text for each recording; facts and warnings go beside it, to standard error. `transcribe_file` is the same as a function.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path

from audio import RATE, AudioError, Facts, odd_pace, read
from whisper import hear
from whisper_checkpoint import CheckpointError


@dataclass(frozen=True)
class Transcript:
    """What came of one file.

    Attributes:
        text: what was written, "" for silence.
        language: code that it was written in, or heard as; "" where nothing was heard.
        facts: the file's format, rate, channels, length and loudness.
        warnings: what is odd about the recording, and why the text may be invented.
    """

    text: str
    language: str
    facts: Facts
    warnings: tuple[str, ...]


def transcribe_file(
    path: Path | str, checkpoint: Path | str, language: str | None = None, task: str = "transcribe"
) -> Transcript:
    """Read a wav, flac, ogg or mp3 of any length, and write down what is said.

    Args:
        path: the recording.
        checkpoint: a Whisper's folder, or a name on the hub.
        language: code such as "fa"; None detects it from the first window.
        task: "transcribe", or "translate" to English.

    Raises:
        AudioError: the file cannot be used: not there, cut off, no audio, NaN samples, 0 s.
        CheckpointError: the checkpoint cannot be used.
        ValueError: there is no such language or task.
    """
    signal, facts = read(path, window=None)
    heard = hear([signal], RATE, checkpoint, language, task)[0]
    doubts = [*facts.warnings]
    if not facts.silent:
        doubts += [heard.fault] if heard.fault else []
        doubts += [odd] if (odd := odd_pace(heard.text, facts.seconds)) else []
        doubts += [] if heard.text else ["nothing was written, though the recording is not silent: it may be no speech"]
    return Transcript(heard.text, heard.language, facts, tuple(doubts))


def main(options: list[str] | None = None) -> int:
    """Transcribe the files that are named: 0, or 1 where one could not be used."""
    parser = argparse.ArgumentParser(description="Write down what is said in recordings.")
    parser.add_argument("recordings", nargs="+", metavar="CLIP", help="wav, flac, ogg or mp3")
    parser.add_argument("--checkpoint", required=True, help="a Whisper's folder, or a name such as openai/whisper-small")
    parser.add_argument("--language", help="fa, en, zh, ... (default: detected)")
    parser.add_argument("--task", choices=("transcribe", "translate"), default="transcribe", help="translate writes English")
    asked = parser.parse_args(options)
    failed = False
    for path in asked.recordings:
        try:
            found = transcribe_file(path, asked.checkpoint, asked.language, asked.task)
        except AudioError as error:
            failed = True
            print(error, file=sys.stderr)
            continue
        except (CheckpointError, ValueError) as error:
            print(error, file=sys.stderr)
            return 1
        facts = found.facts
        told = f"{facts.format}, {facts.rate} Hz, {facts.channels} channel(s), {facts.seconds:.1f} s, peak {facts.peak_db:.0f} dB"
        print(f"{path}: {told}, language {found.language or 'unknown'}", file=sys.stderr)
        for doubt in found.warnings:
            print(f"{path}: {doubt}", file=sys.stderr)
        print(found.text if len(asked.recordings) == 1 else f"{path}\t{found.text}")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
