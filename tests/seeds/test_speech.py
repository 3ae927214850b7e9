"""The speech process: same request, same bytes; events that lie where the sound is; faults that say how to mend them."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from seeds.errors import DataError, EngineMissing
from seeds.speech import Speech, Voice, speak_all, worker
from seeds.speech.cast import ENGLISH, TIMBRES

NOISY = Voice("en-us", "whisper")
REQUESTS = [
    (word, voice, seed)
    for seed, word in enumerate(("seven", "six", "nine"))
    for voice in (NOISY, Voice("en-us", "f2", 210, 70, 20), Voice("en", "m3"), Voice("fa", "f1"))
]


@pytest.fixture(scope="module")
def speech() -> Iterator[Speech]:
    with Speech() as running:
        yield running


def test_order_and_number_of_workers_do_not_matter(speech: Speech) -> None:
    alone = [speech.speak(*request).samples.tobytes() for request in REQUESTS]
    assert len(set(alone)) == len(alone)
    for workers in (1, 2, 5):
        assert [said.samples.tobytes() for said in speak_all(REQUESTS, workers=workers)] == alone
    backwards = speak_all(REQUESTS[::-1], workers=2)
    assert [said.samples.tobytes() for said in backwards[::-1]] == alone


def test_a_system_without_fork_says_the_same(speech: Speech) -> None:
    with Speech(fork=False) as slow:
        for request in REQUESTS[:3]:
            assert slow.speak(*request).samples.tobytes() == speech.speak(*request).samples.tobytes()


def test_the_seed_decides_the_noise(speech: Speech) -> None:
    one, two, again = (speech.speak("six", NOISY, seed).samples for seed in (1, 2, 1))
    assert np.array_equal(one, again)
    assert not np.array_equal(one, two)


def test_events_lie_where_the_sound_is(speech: Speech) -> None:
    said = speech.speak("one, seven.", Voice("en-us", "m3"), 1)
    words = [event for event in said.events if event.kind == "word"]
    assert ["one, seven."[event.position :][: event.length] for event in words] == ["one", "seven"]
    phonemes = [event for event in said.events if event.kind == "phoneme"]
    assert [event.name for event in phonemes if not event.name.startswith("_")] == ["w", "V", "n", "s", "E", "v", "@", "n"]
    starts = [event.sample for event in phonemes]
    assert starts == sorted(starts)
    assert starts[-1] <= len(said.samples)
    place = [event.name for event in phonemes].index("s")
    hiss, vowel = (said.samples[starts[place + k] : starts[place + k + 1]].astype(float) for k in (0, 1))
    crossings = [np.mean(np.diff(np.signbit(part).astype(int)) != 0) for part in (hiss, vowel)]
    assert crossings[0] > 3 * crossings[1]  # the [s] of "seven" hisses, its vowel does not


def test_rate_and_pitch_do_what_they_say(speech: Speech) -> None:
    slow, fast = (speech.speak("seven", Voice("en-us", "m3", rate=rate), 1).samples for rate in (110, 220))
    assert len(slow) > 1.4 * len(fast)

    def period(pitch: int) -> int:
        """Samples per period in the first vowel of "five", by autocorrelation."""
        said = speech.speak("five", Voice("en-us", "m3", pitch=pitch, range=0), 1)
        start = next(event.sample for event in said.events if event.name.startswith("aI"))
        part = said.samples[start : start + 2048].astype(float)
        correlation = np.correlate(part, part, "full")[2047:]
        return 50 + int(correlation[50:400].argmax())

    assert period(20) > 1.15 * period(80)


def test_a_voice_that_the_engine_would_quietly_replace_is_refused(speech: Speech) -> None:
    with pytest.raises(DataError, match=r"no voice variant 'f99'; it has .*f1"):
        speech.speak("one", Voice("en-us", "f99"), 1)
    with pytest.raises(DataError, match="no language 'xx'"):
        speech.speak("one", Voice("xx"), 1)
    assert set(TIMBRES) <= speech.variants
    assert set(ENGLISH) <= speech.languages
    assert len(set(TIMBRES)) == len(TIMBRES)
    assert len(speech.speak("one", Voice(), 1).samples) > 1000  # it still runs


def test_a_text_that_fails_is_named_and_the_process_goes_on(speech: Speech) -> None:
    with pytest.raises(DataError, match=r"could not say 'bad \\udc80' with .*: UnicodeEncodeError"):
        speech.speak("bad \udc80", Voice(), 1)
    assert len(speech.speak("one", Voice(), 1).samples) > 1000


@pytest.mark.parametrize("wrong", [{"rate": 60}, {"rate": 500}, {"pitch": 100}, {"range": -1}])
def test_values_outside_the_engines_range_are_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(DataError, match=r"wanted 80 to 450|wanted 0 to 99"):
        Voice(**wrong)  # type: ignore[arg-type]


def test_progress_counts_every_utterance() -> None:
    seen: list[int] = []
    speak_all(REQUESTS, workers=2, progress=seen.append)
    assert sum(seen) == len(REQUESTS)
    assert speak_all([], workers=2) == []


def test_a_missing_engine_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(EngineMissing, match=r'pip install "sanjeh\[speech\]"'):
        speak_all(REQUESTS)


def test_a_broken_engine_says_why(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    broken = tmp_path / "worker.py"
    broken.write_text("raise OSError('libespeak-ng.so: wrong ELF class')\n")
    monkeypatch.setattr(worker, "__file__", str(broken))
    with pytest.raises(EngineMissing, match="wrong ELF class"):
        Speech()


def test_the_engine_is_never_loaded_here() -> None:
    code = (
        "import sys; from seeds.speech import Speech, Voice\n"
        "with Speech() as speech: speech.speak('one', Voice(), 1)\n"
        "maps = open('/proc/self/maps').read() if sys.platform == 'linux' else ''\n"
        "assert 'espeakng_loader' not in sys.modules and 'libespeak' not in maps"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
