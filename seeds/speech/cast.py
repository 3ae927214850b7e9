"""A cast of speakers: who they are, how they speak this time, and how they are recorded.

Each speaker is one of the engine's voices with an accent, pitch, pace and vocal tract of its own, in a room and before a
microphone of its own, all drawn from the seed and the data set's name.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from seeds.determinism import rng
from seeds.speech.acoustics import Channel, draw_channel, record, resample, trim
from seeds.speech.engine import Utterance, Voice

TIMBRES = (
    *("f1", "m1", "f2", "m2", "f3", "m3", "f4", "m4", "f5", "m5", "Andrea", "m6"),
    *("Annie", "m7", "anika", "m8", "belinda", "Denis", "linda", "Diogo", "steph", "Henrique", "steph2", "Marco"),
)
"""Variants of the engine that speak with a voice (no whispers, no robots), women's and men's in turn."""
ENGLISH = ("en-us", "en", "en-us", "en-gb-x-rp", "en-us", "en-gb-scotland", "en-us", "en-gb-x-gbclan", "en-us")
"""Accents, dealt in turn; "en" is the engine's British English."""
FULL_SCALE = 32767


@dataclass(frozen=True, eq=False)
class Speaker:
    """One voice with its habits and its place. A `warp` above 1 is a shorter vocal tract."""

    name: str
    voice: Voice
    warp: float
    channel: Channel


def draw_speaker(number: int, sample_rate: int, seed: int, dataset: str) -> Speaker:
    """Draw speaker `number` (0 <= number < len(TIMBRES)) of a data set, recorded at `sample_rate` Hz."""
    random = rng(seed, dataset, "speaker", number)
    voice = Voice(
        language=ENGLISH[number % len(ENGLISH)],
        variant=TIMBRES[number],
        rate=int(random.integers(135, 185)),
        pitch=int(random.integers(30, 70)),
        range=int(random.integers(30, 80)),
    )
    warp = float(random.uniform(0.90, 1.12))
    return Speaker(speaker_name(number), voice, warp, draw_channel(random, sample_rate))


def speaker_name(number: int) -> str:
    """Name speaker `number`, counted from 0: "voice01" is the first."""
    return f"voice{number + 1:02d}"


def draw_manner(who: Speaker, random: Generator) -> Voice:
    """Draw how the speaker says one thing: pace within 14 %, pitch and liveliness around the speaker's own."""
    return replace(
        who.voice,
        rate=round(who.voice.rate * random.uniform(0.88, 1.14) / who.warp),  # the warp plays it faster or slower
        pitch=int(np.clip(who.voice.pitch + random.normal(0, 5), 0, 99)),
        range=int(np.clip(who.voice.range + random.normal(0, 10), 0, 99)),
    )


def take_up(
    utterance: Utterance, who: Speaker, sample_rate: int, random: Generator, snr_db: tuple[float, float]
) -> NDArray[np.int16]:
    """Record what the engine said: cut silence, warp, room, microphone, noise, gain. Returns (n,) int16 at `sample_rate` Hz.

    Args:
        utterance: from the engine.
        who: the speaker, whose vocal tract, room and microphone apply.
        sample_rate: Hz; the rate that `who` was drawn for.
        random: decides noise and gain.
        snr_db: lowest and highest ratio of speech to noise.
    """
    spoken = resample(utterance.samples / (FULL_SCALE + 1), utterance.sample_rate, sample_rate, warp=who.warp)
    clip = record(trim(spoken, sample_rate), who.channel, random, snr_db=random.uniform(*snr_db), peak=random.uniform(0.1, 0.9))
    return np.round(clip * FULL_SCALE).astype(np.int16)
