"""Our side of the pipe to the speech process: voices, utterances, and many of them at once.

    with Speech() as speech:
        utterance = speech.speak("seven", Voice("en-us", "f2", pitch=62), seed=5)

Same text, voice and seed give the same samples, in any order and with any number of workers.
"""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from functools import partial
from types import TracebackType
from typing import Any, BinaryIO, Literal, Self

import numpy as np
from numpy.typing import NDArray

from seeds.errors import DataError, EngineMissing
from seeds.speech import worker

INSTALL = 'pip install "sanjeh[speech]"'
WORDS_PER_MINUTE = (80, 450)
"""Speaking rates that the engine can do."""


@dataclass(frozen=True)
class Voice:
    """Who speaks. `rate` in words per minute (80..450), `pitch` and `range` from 0 to 99 (50 is the variant's own)."""

    language: str = "en-us"
    variant: str = ""
    rate: int = 175
    pitch: int = 50
    range: int = 50

    def __post_init__(self) -> None:
        """Refuse values that the engine would silently clip."""
        if not WORDS_PER_MINUTE[0] <= self.rate <= WORDS_PER_MINUTE[1]:
            raise DataError(f"got a rate of {self.rate} words per minute, wanted 80 to 450")
        if not (0 <= self.pitch <= 99 and 0 <= self.range <= 99):
            raise DataError(f"got pitch {self.pitch} and range {self.range}, wanted 0 to 99 each")


@dataclass(frozen=True)
class Event:
    """Where a word or a phoneme begins.

    `sample` counts at the utterance's own rate, which is the engine's. `name` is the phoneme in the engine's own spelling
    without stress marks, "" for a word; `position` and `length` are characters of the text (0 and up).
    """

    kind: Literal["word", "phoneme"]
    sample: int
    name: str
    position: int
    length: int


@dataclass(frozen=True, eq=False)
class Utterance:
    """What was said: `samples` (n,) int16, mono, at `sample_rate` Hz, and its events in order of time."""

    samples: NDArray[np.int16]
    sample_rate: int
    events: tuple[Event, ...]


class Speech:
    """One running speech process. A context manager; not for two threads at once."""

    def __init__(self, *, fork: bool = True) -> None:
        """Start the process.

        Args:
            fork: False speaks each utterance in a fresh process, as on a system without fork: the same bytes, but slower.

        Raises:
            EngineMissing: the engine is not installed, or does not start.
        """
        if importlib.util.find_spec("espeakng_loader") is None:
            raise EngineMissing(
                "the speech engine espeak-ng is not installed here; the embedded speech is made with it."
                f" Install the optional part: {INSTALL}, or link real recordings instead"
            )
        command = [sys.executable, "-P", worker.__file__, *([] if fork else ["--no-fork"])]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        greeting = self._receive()
        self.sample_rate = int(greeting["sample_rate"])
        self.variants = frozenset(greeting["variants"])
        self.languages = frozenset(greeting["languages"])

    def __enter__(self) -> Self:
        """Give the running process."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """End the process."""
        self.close()

    def close(self) -> None:
        """End the process; closing twice is fine."""
        self._stdin.close()
        try:
            self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._stdout.close()
        if self._process.stderr:
            self._process.stderr.close()

    def speak(self, text: str, voice: Voice, seed: int) -> Utterance:
        """Say `text`; the seed decides the engine's noise.

        Raises:
            DataError: the engine has no such language or variant (it would silently take another), or failed on the text.
        """
        self._validate(voice)
        worker.write(self._stdin, {"text": text, **asdict(voice), "seed": seed})
        reply = self._receive()
        if "error" in reply:
            raise DataError(f"espeak-ng could not say {text!r} with {voice}: {reply['error']}")
        samples = np.frombuffer(self._stdout.read(reply["bytes"]), dtype="<i2").astype(np.int16)
        return Utterance(samples, self.sample_rate, tuple(Event(*event) for event in reply["events"]))

    def _validate(self, voice: Voice) -> None:
        if voice.variant and voice.variant not in self.variants:
            raise DataError(f"espeak-ng has no voice variant {voice.variant!r}; it has {', '.join(sorted(self.variants))}")
        if voice.language not in self.languages:
            raise DataError(f"espeak-ng has no language {voice.language!r}; it has {', '.join(sorted(self.languages))}")

    def _receive(self) -> dict[str, Any]:
        message = worker.read(self._stdout)
        if message is None:
            said = self._process.stderr.read().decode(errors="replace").strip() if self._process.stderr else ""
            self.close()
            last = said.splitlines()[-1] if said else "it said nothing"
            raise EngineMissing(f"the speech process ended by itself: {last}. Reinstall the optional part: {INSTALL}")
        return message

    @property
    def _stdin(self) -> BinaryIO:
        assert self._process.stdin is not None
        return self._process.stdin  # type: ignore[return-value]

    @property
    def _stdout(self) -> BinaryIO:
        assert self._process.stdout is not None
        return self._process.stdout  # type: ignore[return-value]


Request = tuple[str, Voice, int]
"""Text, voice and seed of one utterance."""


def speak_all(
    requests: Sequence[Request], *, workers: int = 2, progress: Callable[[int], object] | None = None
) -> list[Utterance]:
    """Say every request over several speech processes, in the order of the requests.

    Args:
        requests: what to say.
        workers: speech processes; the bytes do not depend on it.
        progress: called with the number of utterances just finished, from several threads.

    Raises:
        EngineMissing, DataError: as `Speech` and `Speech.speak`.
    """
    if not requests:
        return []
    shares = [requests[start::workers] for start in range(min(workers, len(requests)))]
    with ThreadPoolExecutor(len(shares)) as pool:
        spoken = list(pool.map(partial(_speak_share, progress=progress), shares))
    said: list[Utterance] = [spoken[0][0]] * len(requests)
    for start, share in enumerate(spoken):
        said[start :: len(shares)] = share
    return said


def _speak_share(requests: Sequence[Request], progress: Callable[[int], object] | None) -> list[Utterance]:
    said = []
    with Speech() as speech:
        for text, voice, seed in requests:
            said.append(speech.speak(text, voice, seed))
            if progress:
                progress(1)
    return said
