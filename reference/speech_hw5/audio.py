"""Speech HW5, question 3: from a recording to what a recogniser hears, 16 kHz mono, with a look at what may be wrong with it.

    path --read--> signal (n,) float32 in [-1, 1] at 16 kHz, and Facts --chunks--> pieces of a recogniser's window

wav, flac, ogg and mp3, any sample rate, any number of channels (they are averaged). A file is decoded and resampled piece by piece,
so that an hour of stereo needs no more memory than its own 16 kHz signal. What cannot be used raises `AudioError`; what can be, but looks
odd, stands in `Facts.warnings`.
"""

import re
import zlib
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path

import numpy as np

RATE = 16_000  # Hz, what Whisper and most other recognisers take
WINDOW = 30.0  # s, what Whisper hears at once
BLOCK = 10.0  # s of a file decoded at once
USUAL_RATES = (8_000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 88_200, 96_000, 176_400, 192_000)  # Hz
SILENCE_DB = -60.0  # dB of full scale; a quiet room recorded for speech lies above
PITCH = (65.0, 420.0)  # Hz, the middle pitch of speech, from a deep man's to a small child's
PACE = (3.0, 30.0)  # characters a second of read or spoken text
VOICED = 0.6  # correlation with itself one period later, from which on a frame counts as voiced
COMPRESSION = (
    4.0  # bytes over packed bytes; Whisper's own 2.4 also condemns a lecturer who says one clause three times in Persian
)


class AudioError(ValueError):
    """A recording that cannot be used: what was found, and what to do."""


@dataclass(frozen=True)
class Facts:
    """What a file held: its own format, Hz and channels, seconds of sound, the peak in dB of full scale, and what looks odd."""

    name: str
    format: str
    rate: int
    channels: int
    seconds: float
    peak_db: float
    warnings: tuple[str, ...]

    @property
    def silent(self):
        """Whether there is nothing to hear; recognisers invent text for such a file."""
        return self.peak_db < SILENCE_DB


def read(path, text=""):
    """Read a recording: -> (signal (n,) float32 at 16 kHz, Facts).

    text: its transcript, where there is one; a pace that nobody speaks at shows a wrong sample rate.

    Raises:
        AudioError: no such file, not audio, cut off, without samples, or with samples that are no numbers.
    """
    import soundfile

    path = Path(path)
    if not path.is_file():
        raise AudioError(f"{path} is not there; check the name, and the folder that you run in")
    try:
        with soundfile.SoundFile(path) as file:
            signal, frames = _decode(file, path.name)
            form, rate, channels, promised = file.format, file.samplerate, file.channels, file.frames
    except soundfile.LibsndfileError as error:
        raise AudioError(
            f"{path.name} cannot be decoded ({error.error_string}); it is cut off, or not audio: copy it again"
        ) from error
    if frames < promised or _cut_off(path, form):
        raise AudioError(f"{path.name} is cut off after {frames / rate:.1f} s; copy it again")
    if not frames:
        raise AudioError(f"{path.name} holds no samples (0 s); record it again, or leave it out of the list")
    peak = float(np.abs(signal).max(initial=0.0))
    peak_db = 20 * np.log10(peak) if peak > 0 else -np.inf
    found = Facts(path.name, form, rate, channels, frames / rate, float(peak_db), ())
    return signal, replace(found, warnings=tuple(_odd(signal, found, text)))


def _decode(file, name):
    """Mono signal at 16 kHz and the number of frames that were there, block by block. Raises AudioError for samples that are no numbers."""
    import soxr

    stream = soxr.ResampleStream(file.samplerate, RATE, 1, dtype="float32") if file.samplerate != RATE else None
    block, frames, pieces = int(BLOCK * file.samplerate), 0, []
    while len(samples := file.read(block, dtype="float32", always_2d=True)):
        bad = ~np.isfinite(samples).all(axis=1)
        if bad.any():
            place = (frames + int(np.argmax(bad))) / file.samplerate
            raise AudioError(
                f"{name} holds NaN or infinity, first at {place:.2f} s; write it again from sound numbers in [-1, 1]"
            )
        frames += len(samples)
        mono = samples.mean(axis=1)
        pieces.append(stream.resample_chunk(mono) if stream else mono)
    if stream and frames:
        pieces.append(stream.resample_chunk(np.zeros(0, dtype=np.float32), last=True))
    return np.concatenate(pieces) if pieces else np.zeros(0, dtype=np.float32), frames


def _cut_off(path, form):
    """Whether a wav or ogg file ends before it should; libsndfile then takes what is there without a word.

    An mp3 says how long it is only in a header that most programs write; without one a cut file is a short file.
    """
    with path.open("rb") as file:
        head = file.read(12)
        size = file.seek(0, 2)
        if form in ("WAV", "WAVEX") and head[:4] == b"RIFF":
            return (
                int.from_bytes(head[4:8], "little") not in (0, 0xFFFFFFFF) and int.from_bytes(head[4:8], "little") + 8 > size + 1
            )
        if form == "OGG":
            file.seek(max(0, size - 65_307))  # no page is longer
            tail = file.read()
            page = tail.rfind(b"OggS")
            return page < 0 or not tail[page + 5] & 4  # the flag of the last page
    return False


def _odd(signal, facts, text):
    """What looks wrong without being impossible."""
    if facts.silent:
        yield f"silent (peak {facts.peak_db:.0f} dB of full scale): whatever a recogniser writes for it is invented"
    if facts.rate not in USUAL_RATES:
        yield f"{facts.rate} Hz is an unusual sample rate; if speech sounds too fast or too slow, the header is wrong"
    middle = pitch(signal)
    if middle is not None and not PITCH[0] <= middle <= PITCH[1]:
        yield f"voices at {middle:.0f} Hz are no human speech: the header's {facts.rate} Hz may be wrong, or this is music or a tone"
    pace = len(text.replace(" ", "")) / facts.seconds
    if text and not PACE[0] <= pace <= PACE[1]:
        yield f"{pace:.1f} characters a second is no pace of speech: wrong sample rate in the header, or another recording's transcript"
    if facts.seconds > WINDOW:
        yield f"{facts.seconds / 60:.1f} minutes are longer than a window of {WINDOW:.0f} s: use chunks"


def pitch(signal):
    """The middle pitch of a signal (n,) at 16 kHz, in Hz, by autocorrelation over its loudest half minute; None where little is voiced.

    Heard are 40 to 800 Hz. A header that says twice or half the true rate moves a voice by an octave, so that about every other voice
    leaves the human range.
    """
    length, hop, longest, shortest = 800, 320, RATE // 40, RATE // 800  # frames of 50 ms every 20 ms; lags in samples
    if len(signal) < length + longest:
        return None
    frames = np.lib.stride_tricks.sliding_window_view(signal, length + longest)[::hop]  # (T, 1200)
    loudness = np.square(frames[:, :length]).mean(axis=1)
    loud = np.sort(np.argsort(loudness)[::-1][:1500])
    frames = frames[loud[loudness[loud] > 0.05 * loudness.max()]].astype(np.float64)
    if not len(frames):
        return None
    size = 1 << int(np.ceil(np.log2(2 * length + longest)))
    spectrum = np.conj(np.fft.rfft(frames[:, :length], size)) * np.fft.rfft(frames, size)
    product = np.fft.irfft(spectrum, size)[:, : longest + 1]  # (T, lags): x[0:800] times x[lag:lag + 800]
    energy = np.cumsum(np.pad(frames**2, ((0, 0), (1, 0))), axis=1)
    energy = energy[:, length : length + longest + 1] - energy[:, : longest + 1]
    likeness = product / np.sqrt(np.maximum(energy * energy[:, :1], 1e-20))
    best = likeness[:, shortest:].max(axis=1)
    # the first lag that is nearly as good as the best: the best may be two periods
    peak = likeness[:, 1:-1] >= np.maximum(np.maximum(likeness[:, :-2], likeness[:, 2:]), 0.9 * best[:, None])
    peak[:, : shortest - 1] = False
    voiced = (best > VOICED) & peak.any(axis=1)
    if voiced.sum() < 5:
        return None
    return float(np.median(RATE / (1 + np.argmax(peak[voiced], axis=1))))


@dataclass(frozen=True)
class Chunk:
    """A piece of a signal, and where it starts, in s."""

    start: float
    samples: np.ndarray


def chunks(signal, seconds=WINDOW, overlap=0.0):
    """Cut a signal (n,) at 16 kHz into pieces of `seconds`, each beginning `overlap` seconds before the last one ends.

    The last piece may be shorter; together they are the whole signal. Returns a list of Chunk; none for an empty signal.
    Raises ValueError unless 0 <= overlap < seconds.
    """
    if not 0 <= overlap < seconds:
        raise ValueError(f"got pieces of {seconds} s with an overlap of {overlap} s; wanted 0 <= overlap < seconds")
    size, step = round(seconds * RATE), round((seconds - overlap) * RATE)
    starts = range(0, max(1, len(signal) - (size - step)), max(1, step)) if len(signal) else range(0)
    return [Chunk(start / RATE, signal[start : start + size]) for start in starts]


def looks_hallucinated(text):
    """Why a transcript looks invented, in words; "" where it does not.

    Recognisers that meet silence or noise fall into loops: one word, a phrase or a syllable again and again. Speakers repeat themselves
    too, so a word has to come five times in a row, a phrase four times.
    """
    said = text.split()
    for size in range(1, 9):
        for place in range(len(said) - size):
            phrase = said[place : place + size]
            times = 1
            while said[place + times * size : place + (times + 1) * size] == phrase:
                times += 1
            if times >= (5 if size == 1 else 4):
                return f'"{" ".join(phrase)}" {times} times in a row'
    letters = "".join(said)
    longest = max((len(list(run)) for _, run in groupby(letters)), default=0)
    if longest >= 8:
        return f"one character {longest} times in a row"
    if loop := re.search(r"(.{2,12}?)\1{4,}", letters):
        return f'"{loop[1]}" {len(loop[0]) // len(loop[1])} times in a row'
    content = text.encode()
    ratio = len(content) / len(zlib.compress(content)) if content else 0.0
    return f"it packs {ratio:.1f} times smaller, so it repeats itself" if ratio > COMPRESSION else ""
