"""A track: a genre's style with some components borrowed, an artist's taste and sound, written and played.

Everything follows from the seed, the genre, the artist's number and the track's number, in any order.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from scipy.signal import fftconvolve, firwin2

from seeds.determinism import rng
from seeds.music.sounds import INSTRUMENTS, RATE, Sound, drum, play
from seeds.music.styles import BASS, COMPING, COMPONENTS, DRUMS, HARMONY, MELODY, STYLES, Style

STEPS = 16
SOFT = 0.45
"""Level of a soft stroke."""
EQUALISER_HZ = (0.0, 120.0, 300.0, 800.0, 2000.0, 4500.0, RATE / 2)
EQUALISER_DB = 9.0
"""Spread of a band's gain where `eq` is 1."""
EQUALISER_TAPS = 255
NOTE_S = (0.3, 0.8, 2.5)
"""Lengths that notes are played in; each is cut from the next longer one, and none is longer than the last."""


@dataclass(frozen=True)
class Difficulty:
    """How far genres overlap.

    Attributes:
        mix: chance that a track has a component of another genre.
        eq: how far mastering bends the spectrum, 1 being 9 dB per band; half of it is the artist's, half the track's.
    """

    mix: float
    eq: float


class Player:
    """One track under way: its notes and drums, each played once and reused."""

    def __init__(self, seconds: float, random: Generator) -> None:
        """Begin with silence."""
        self.random = random
        self.sound: Sound = np.zeros(int(seconds * RATE))
        self._notes: dict[tuple[str, int, float], Sound] = {}

    def note(self, instrument: str, midi: int, start_s: float, seconds: float, level: float) -> None:
        """Add a note, cut to its length with a short release."""
        length = next((one for one in NOTE_S if one >= seconds), NOTE_S[-1])
        if (instrument, midi, length) not in self._notes:
            self._notes[instrument, midi, length] = play(INSTRUMENTS[instrument], midi, length, self.random)
        sound = self._notes[instrument, midi, length][: max(64, int(seconds * RATE))].copy()
        release = min(len(sound), int(0.015 * RATE))
        sound[-release:] *= np.linspace(1, 0, release)
        self.add(sound, start_s, level)

    def add(self, sound: Sound, start_s: float, level: float) -> None:
        """Mix a sound in; what goes beyond the end is lost."""
        start = int(start_s * RATE)
        room = self.sound[start : start + len(sound)]
        room += level * sound[: len(room)]


def track(seed: int, genre: str, artist: int, number: int, seconds: float, difficulty: Difficulty) -> NDArray[np.int16]:
    """Make a track (seconds * 22 050,) of 16-bit samples.

    Args:
        seed: decides everything with the next three.
        genre: one of `STYLES`.
        artist: whose it is, counted from 0 in each genre.
        number: which of the artist's tracks.
        seconds: its length.
        difficulty: how far genres overlap.
    """
    taste, random = rng(seed, "artist", genre, artist), rng(seed, "track", genre, artist, number)
    style = _borrow(STYLES[genre], genre, difficulty.mix, taste, random)
    tempo = random.uniform(*style.tempo)
    player = Player(seconds, random)
    levels = [level * 10 ** (random.normal(0, 2.5) / 20) for level in style.levels]
    root = int(random.integers(-6, 6))
    step_s = 60 / tempo / 4
    offset_s = -random.uniform(0, STEPS * step_s)  # an excerpt begins anywhere in a bar
    bars = int(np.ceil((seconds - offset_s) / (STEPS * step_s)))
    kit = {kind: drum(kind, random.uniform(0.85, 1.15), random) for kind in DRUMS[style.drums]}
    first = int(random.integers(4))
    for bar in range(bars):
        times = [offset_s + (bar * STEPS + step + style.swing * (step % 4 == 2) * 2) * step_s for step in range(STEPS)]
        chord_root, chord = HARMONY[style.harmony][(bar + first) % 4]
        _play_drums(player, style, kit, times, levels[0])
        _play_bass(player, style, root + chord_root, times, step_s, levels[1])
        _play_chords(player, style, root + chord_root, chord, times, step_s, levels[2])
        _play_melody(player, style, root, times, step_s, levels[3])
    return _master(player.sound, style, difficulty.eq, taste, random)


def _borrow(style: Style, genre: str, mix: float, taste: Generator, random: Generator) -> Style:
    """Replace components by other genres': half by the artist's habit, half by the track's whim."""
    others = [name for name in STYLES if name != genre]
    borrowed: dict[str, object] = {}
    for source in (taste, random):
        draws = source.random(len(COMPONENTS))
        picks = source.integers(len(others), size=len(COMPONENTS))
        for component, draw, pick in zip(COMPONENTS, draws, picks, strict=True):
            if draw < mix / 2:
                borrowed[component] = getattr(STYLES[others[pick]], component)
    return replace(style, **borrowed)  # type: ignore[arg-type]


def _play_drums(player: Player, style: Style, kit: Mapping[str, Sound], times: list[float], level: float) -> None:
    for kind, pattern in DRUMS[style.drums].items():
        for time, stroke in zip(times, pattern, strict=True):
            if stroke != "." and time >= 0 and player.random.random() > 0.04:
                soft = SOFT if stroke == "o" else 1.0
                quiet = 0.35 if kind in ("hat", "open_hat", "ride", "brush", "crash") else 1.0
                player.add(kit[kind], time, level * soft * quiet * player.random.uniform(0.8, 1.0))


def _play_bass(player: Player, style: Style, root: int, times: list[float], step_s: float, level: float) -> None:
    pattern, intervals, length = BASS[style.bass]
    struck = 0
    for time, stroke in zip(times, pattern, strict=True):
        if stroke != ".":
            midi = 36 + (root + 5) % 12 - 5 + intervals[struck % len(intervals)]
            struck += 1
            if time >= 0:
                player.note(style.low, midi, time, length * step_s, 0.7 * level)


def _play_chords(
    player: Player, style: Style, root: int, chord: tuple[int, ...], times: list[float], step_s: float, level: float
) -> None:
    pattern, length, manner = COMPING[style.comping]
    base = style.register + (root + 6) % 12 - 6
    notes = {"power": (0, 7, 12), "broken": (*chord, 12), "full": chord}[manner]
    struck = 0
    for time, stroke in zip(times, pattern, strict=True):
        if stroke == ".":
            continue
        struck += 1
        sounding = (notes[struck % len(notes)],) if manner == "broken" else notes
        if time >= 0:
            for interval in sounding:
                soft = SOFT if stroke == "o" else 1.0
                player.note(style.chordal, base + interval, time, length * step_s, soft * level * 0.6 / len(sounding) ** 0.5)


def _play_melody(player: Player, style: Style, root: int, times: list[float], step_s: float, level: float) -> None:
    chance, length, scale, above = MELODY[style.melody]
    degree = int(player.random.integers(len(scale)))
    for time in times:
        if player.random.random() < chance:
            degree = int(np.clip(degree + player.random.integers(-2, 3), -1, len(scale)))
            octave, place = divmod(degree, len(scale))
            midi = style.register + above + (root + 6) % 12 - 6 + 12 * octave + scale[place]
            if time >= 0:
                player.note(style.solo, midi, time, length * step_s * player.random.uniform(0.7, 1.3), 0.5 * level)


def _master(sound: Sound, style: Style, eq: float, taste: Generator, random: Generator) -> NDArray[np.int16]:
    """Add room, push, equalise, and set the level and the noise floor."""
    tail = np.arange(int(0.5 * RATE)) / RATE
    room = taste.normal(size=len(tail)) * np.exp(-tail / 0.12)
    wet = fftconvolve(sound, room / np.sqrt(np.sum(room**2)))[: len(sound)]
    sound = sound + style.room * wet
    sound = sound / (np.sqrt(np.mean(sound**2)) + 1e-9)
    if style.crush:
        sound = np.tanh(0.6 * style.crush * sound) / style.crush
    gains_db = eq * EQUALISER_DB * np.sqrt(0.5) * (taste.normal(size=len(EQUALISER_HZ)) + random.normal(size=len(EQUALISER_HZ)))
    filtered = fftconvolve(sound, firwin2(EQUALISER_TAPS, EQUALISER_HZ, 10 ** (gains_db / 20), fs=RATE), mode="same")
    filtered /= np.abs(filtered).max()
    filtered += 10 ** (-random.uniform(45, 75) / 20) * random.normal(size=len(filtered))
    return np.asarray(np.round(filtered / np.abs(filtered).max() * random.uniform(0.3, 0.95) * 32767), dtype=np.int16)
