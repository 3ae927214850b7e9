"""The speech process: text in, samples out, over plain pipes.

Started as a script; imports the standard library and `espeakng_loader` only. It is not part of any process of ours because the
engine is GPLv3+, keeps state from one utterance to the next, and seeds its noise from the clock. Hence:

- the engine is initialised once, and every utterance is spoken in a fork of that clean state (where the system cannot fork, in a
  fresh process);
- the fork seeds the engine's noise from the request.

The same request then gives the same bytes, in any order and with any number of workers.

Wire format, both ways: 4 bytes little-endian length and a JSON object of that length; a reply is followed by `bytes` bytes of
16-bit little-endian mono samples. The first thing written is a greeting: {"sample_rate", "variants", "languages"}.
"""

from __future__ import annotations

import ctypes
import json
import os
import struct
import subprocess
import sys
from pathlib import Path
from typing import Any, BinaryIO

SYNCHRONOUS = 2
PHONEME_EVENTS_AND_NO_EXIT = 0x8001
UTF8 = 1
RATE, VOLUME, PITCH, RANGE = 1, 2, 3, 4
WORD, PHONEME = 1, 7
OK = 0
STRESS_MARKS = "',%="
"""Prefixes that the engine puts before a phoneme's name to mark stress."""


class _Id(ctypes.Union):
    _fields_ = [("number", ctypes.c_int), ("name", ctypes.c_char_p), ("string", ctypes.c_char * 8)]


class _Event(ctypes.Structure):
    _fields_ = [
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", _Id),
    ]


_Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event))


class Engine:
    """The loaded library, initialised and otherwise untouched."""

    def __init__(self) -> None:
        """Load the library and its data from the installed package."""
        import espeakng_loader

        data = espeakng_loader.get_data_path()
        self.library = ctypes.CDLL(espeakng_loader.get_library_path())
        self.library.espeak_ng_SetRandSeed.argtypes = [ctypes.c_long]
        self.sample_rate: int = self.library.espeak_Initialize(SYNCHRONOUS, 0, data.encode(), PHONEME_EVENTS_AND_NO_EXIT)
        if self.sample_rate <= 0:
            raise RuntimeError(f"espeak-ng does not start with its data in {data}")
        self.variants = sorted(path.name for path in (Path(data) / "voices" / "!v").iterdir())
        self.languages = sorted(_languages(Path(data) / "lang"))

    def speak(self, request: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
        """Speak one request: {"text", "language", "variant", "rate", "pitch", "range", "seed"}."""
        pcm, events = bytearray(), []

        def receive(samples: Any, count: int, happened: Any) -> int:
            if samples and count > 0:
                pcm.extend(ctypes.string_at(samples, 2 * count))
            place = 0
            while happened[place].type:
                if happened[place].type in (WORD, PHONEME):
                    events.append(_describe(happened[place]))
                place += 1
            return 0

        callback = _Callback(receive)
        engine = self.library
        engine.espeak_SetSynthCallback(callback)
        engine.espeak_ng_SetRandSeed(request["seed"] & 0x7FFFFFFF)
        voice = request["language"] + (f"+{request['variant']}" if request["variant"] else "")
        _must(engine.espeak_SetVoiceByName(voice.encode()), f"voice {voice!r} refused")
        for parameter, value in ((RATE, request["rate"]), (PITCH, request["pitch"]), (RANGE, request["range"]), (VOLUME, 100)):
            _must(engine.espeak_SetParameter(parameter, value, 0), f"parameter {parameter} = {value} refused")
        text = request["text"].encode("utf-8") + b"\0"
        _must(engine.espeak_Synth(text, ctypes.c_size_t(len(text)), 0, 0, 0, UTF8, None, None), "the text was refused")
        _must(engine.espeak_Synchronize(), "the engine did not finish")
        return {"bytes": len(pcm), "events": events}, bytes(pcm)


def _describe(event: Any) -> list[Any]:
    """Turn an event into [kind, first sample, name, position in the text, length in the text]."""
    if event.type == WORD:
        return ["word", event.sample, "", event.text_position - 1, event.length]
    name = event.id.string.decode("utf-8", "replace").lstrip(STRESS_MARKS)
    return ["phoneme", event.sample, name, event.text_position - 1, 0]


def _must(status: int, message: str) -> None:
    if status != OK:
        raise RuntimeError(f"{message} (espeak-ng status {status})")


def _languages(folder: Path) -> set[str]:
    """Collect the language codes: each language is a file that bears its code."""
    return {path.name.lower() for path in folder.rglob("*") if path.is_file()}


def read(stream: BinaryIO) -> dict[str, Any] | None:
    """Read one JSON message; None at the end of the stream."""
    head = stream.read(4)
    if len(head) < 4:
        return None
    message: dict[str, Any] = json.loads(stream.read(struct.unpack("<I", head)[0]))
    return message


def write(stream: BinaryIO, message: dict[str, Any], payload: bytes = b"") -> None:
    """Write one JSON message and what follows it."""
    text = json.dumps(message).encode()
    stream.write(struct.pack("<I", len(text)) + text + payload)
    stream.flush()


def _answer(engine: Engine, request: dict[str, Any], stream: BinaryIO) -> None:
    """Speak and write the reply, whatever happens."""
    try:
        reply, payload = engine.speak(request)
    except Exception as error:
        reply, payload = {"error": f"{type(error).__name__}: {error}"}, b""
    write(stream, reply, payload)


def _answer_in_fork(engine: Engine, request: dict[str, Any]) -> None:
    """Speak in a child, so that the engine's state here stays as it was at the start."""
    child = os.fork()
    if child == 0:
        _answer(engine, request, sys.stdout.buffer)
        os._exit(0)
    status = os.waitpid(child, 0)[1]
    if status:
        write(sys.stdout.buffer, {"error": f"the engine died on this text (wait status {status})"})


def _answer_in_process(request: dict[str, Any]) -> None:
    """Speak in a fresh process: what Windows has instead of a fork."""
    asked = json.dumps(request).encode()
    command = [sys.executable, "-P", __file__, "--once"]
    done = subprocess.run(command, input=struct.pack("<I", len(asked)) + asked, stdout=subprocess.PIPE, check=False)
    if done.returncode:
        write(sys.stdout.buffer, {"error": f"the engine died on this text (exit status {done.returncode})"})
    else:
        sys.stdout.buffer.write(done.stdout)
        sys.stdout.buffer.flush()


def main(arguments: list[str]) -> int:
    """Serve requests until standard input ends; `--once` answers one, without a greeting; `--no-fork` never forks."""
    if sys.platform == "win32":  # pragma: no cover
        import msvcrt

        msvcrt.setmode(0, os.O_BINARY)
        msvcrt.setmode(1, os.O_BINARY)
    engine = Engine()
    if "--once" in arguments:
        request = read(sys.stdin.buffer)
        _answer(engine, request or {}, sys.stdout.buffer)
        return 0
    greeting = {"sample_rate": engine.sample_rate, "variants": engine.variants, "languages": engine.languages}
    write(sys.stdout.buffer, greeting)
    forks = hasattr(os, "fork") and "--no-fork" not in arguments
    while (request := read(sys.stdin.buffer)) is not None:
        if forks:
            _answer_in_fork(engine, request)
        else:
            _answer_in_process(request)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
