"""Vocal tract, silence, room, microphone and noise: each does what it says, by a planted signal."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from seeds.determinism import rng
from seeds.speech.acoustics import Channel, coloured_noise, draw_channel, record, resample, trim
from seeds.speech.cast import TIMBRES, draw_manner, draw_speaker

RATE = 16_000


def sine(hertz: float, rate: int, seconds: float) -> NDArray[np.float64]:
    return np.sin(2 * np.pi * hertz * np.arange(round(rate * seconds)) / rate)


@pytest.mark.parametrize("warp", [0.9, 1.0, 1.07, 1.12])
def test_a_warp_raises_frequencies_and_shortens_time(warp: float) -> None:
    heard = resample(sine(1000, 22_050, 1.0), 22_050, RATE, warp=warp)
    assert len(heard) == pytest.approx(RATE / warp, rel=1e-3)
    peak = np.abs(np.fft.rfft(heard, 4 * RATE)).argmax() / 4
    assert peak == pytest.approx(1000 * warp, rel=1e-3)


def test_silence_is_cut_at_both_ends_and_only_there() -> None:
    hush = 1e-4 * rng(1, "hush").normal(size=RATE // 2)
    sound = sine(300, RATE, 0.2)
    pause = np.zeros(RATE // 10)
    trimmed = trim(np.concatenate([hush, sound, pause, sound, hush]), RATE, keep_s=0.02)
    assert len(trimmed) == pytest.approx(RATE * (0.2 + 0.1 + 0.2 + 2 * 0.02), abs=RATE // 50)
    assert np.abs(trimmed[:200]).max() < 1e-2 < np.abs(trimmed[400:600]).max()
    assert np.array_equal(trim(sound, RATE), sound)
    assert len(trim(np.zeros(RATE), RATE)) == RATE
    assert len(trim(np.zeros(3), RATE)) == 3


def test_the_ratio_of_speech_to_noise_is_the_one_asked_for() -> None:
    open_air = Channel(np.array([1.0]), np.array([1.0]))
    clean = sine(500, RATE, 1.0)
    for snr_db in (0.0, 10.0, 30.0):
        heard = record(clean, open_air, rng(2, "noise"), snr_db=snr_db, peak=0.5)
        assert np.abs(heard).max() == pytest.approx(0.5)
        gain = heard @ clean / (clean @ clean)
        noise = heard - gain * clean
        assert 10 * np.log10(np.mean((gain * clean) ** 2) / np.mean(noise**2)) == pytest.approx(snr_db, abs=0.5)


def test_noise_has_unit_power_and_never_rises_with_frequency() -> None:
    for draw in range(5):
        noise = coloured_noise(1 << 15, rng(3, "noise", draw))
        assert np.mean(noise**2) == pytest.approx(1)
        power = np.abs(np.fft.rfft(noise)) ** 2
        low, high = power[500:1000].mean(), power[8000:16_000].mean()  # four octaves apart
        assert -1 < 10 * np.log10(low / high) < 4 * 6.02 + 1


def test_a_room_begins_with_the_direct_sound_and_dies_away() -> None:
    for number in range(5):
        channel = draw_channel(rng(4, "room", number), RATE)
        assert channel.room[0] == 1
        assert not channel.room[1 : int(0.002 * RATE)].any()
        assert 0.07 * RATE < len(channel.room) < 0.36 * RATE
        tail = channel.room[int(0.002 * RATE) :]
        halves = np.array_split(tail, 2)
        assert np.sum(halves[0] ** 2) > 20 * np.sum(halves[1] ** 2)
        assert -16.1 < 10 * np.log10(np.sum(tail**2)) < -4.9


def test_speakers_are_themselves_and_differ() -> None:
    cast = [draw_speaker(number, RATE, 42, "digits") for number in range(len(TIMBRES))]
    again = draw_speaker(3, RATE, 42, "digits")
    assert (again.voice, again.warp) == (cast[3].voice, cast[3].warp)
    assert np.array_equal(again.channel.room, cast[3].channel.room)
    assert len({who.voice for who in cast}) == len({who.warp for who in cast}) == len({who.name for who in cast}) == len(TIMBRES)
    assert draw_speaker(3, RATE, 42, "other").warp != cast[3].warp
    for who in cast:
        for take in range(20):
            manner = draw_manner(who, rng(5, "manner", who.name, take))  # `Voice` refuses what the engine cannot do
            assert (manner.variant, manner.language) == (who.voice.variant, who.voice.language)
            assert 0.87 < manner.rate * who.warp / who.voice.rate < 1.15
