"""Speech HW5, question 3: from a recording to what a recogniser hears, 16 kHz mono, with a look at what may be wrong with it.

    path --read--> signal (n,) float32 in [-1, 1] at 16 kHz, and Facts --chunks--> pieces of a recogniser's window

wav, flac, ogg and mp3, any sample rate, any number of channels (they are averaged). A file is decoded and resampled piece by piece,
so that an hour of stereo at 44.1 kHz needs twice the memory of its own 16 kHz signal, and no more. What cannot be used raises
`AudioError`; what can be, but looks odd, stands in `Facts.warnings`.
"""

import mmap
import re
import zlib
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path

import numpy as np

RATE = 16_000  # Hz, what Whisper and most other recognisers take
WINDOW = 30.0  # s, what Whisper hears at once
BLOCK = 10.0  # s of a file decoded at once
RATES = (1_000, 400_000)  # Hz; a header that says less or more was written wrong
USUAL_RATES = (8_000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 88_200, 96_000, 176_400, 192_000)  # Hz
SILENCE_DB = -60.0  # dB of full scale; a quiet room recorded for speech lies above
LOUDEST_DB = 6.0  # a decoder overshoots full scale by less; integers taken for floats lie at 90
SHORTEST, SPOKEN = 0.1, 0.5  # s: less is no syllable; this long, speech is voiced somewhere
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


def read(path, text="", window=WINDOW):
    """Read a recording: -> (signal (n,) float32 at 16 kHz, Facts).

    text: its transcript, where there is one; a pace that nobody speaks at shows a wrong sample rate.
    window: s from which on a recording is called too long; None for a recogniser that cuts it itself.

    Raises:
        AudioError: no such file, not audio, cut off, without samples, or with samples that are no numbers.
    """
    import soundfile

    path = Path(path)
    if path.is_dir():
        raise AudioError(f"{path} is a folder; give one of the recordings in it")
    if not path.is_file():
        raise AudioError(f"{path} is not there; check the name, and the folder that you run in")
    if path.suffix.lower() == ".raw":
        raise AudioError(f"{path.name} has no header, so nobody knows its rate; save it as wav or flac")
    try:
        with soundfile.SoundFile(path) as file:
            form, rate, channels, promised = file.format, file.samplerate, file.channels, file.frames
            if not RATES[0] <= rate <= RATES[1]:
                raise AudioError(f"{path.name} says {rate} Hz in its header, which no recorder writes; export it again")
            signal, frames = _decode(file, path.name)
    except soundfile.LibsndfileError as error:
        raise AudioError(
            f"{path.name} cannot be decoded ({error.error_string}); it is cut off, or not audio: copy it again"
        ) from error
    if fault := _incomplete(path, form, frames, promised):
        raise AudioError(f"{path.name} {fault} after {frames / rate:.1f} s; copy it again, or export it as wav")
    if not len(signal):
        raise AudioError(f"{path.name} holds no samples (0 s); record it again, or leave it out of the list")
    peak = float(max(signal.max(), -signal.min()))
    peak_db = 20 * np.log10(peak) if peak > 0 else -np.inf
    found = Facts(path.name, form, rate, channels, frames / rate, float(peak_db), ())
    return signal, replace(found, warnings=tuple(_odd(signal, found, text, window)))


def _decode(file, name):
    """Mono signal at 16 kHz and the number of frames that were there, block by block. Raises AudioError for samples that are no numbers."""
    import soxr

    stream = soxr.ResampleStream(file.samplerate, RATE, 1, dtype="float32") if file.samplerate != RATE else None
    block, frames, pieces = int(BLOCK * file.samplerate), 0, []
    average = np.full(file.channels, 1 / file.channels, dtype=np.float32)
    while len(samples := file.read(block, dtype="float32", always_2d=True)):
        mono = samples @ average  # quicker than a mean over so short an axis
        bad = ~np.isfinite(mono)
        if bad.any():
            place = (frames + int(np.argmax(bad))) / file.samplerate
            raise AudioError(
                f"{name} holds NaN or infinity, first at {place:.2f} s; write it again from sound numbers in [-1, 1]"
            )
        frames += len(samples)
        pieces.append(stream.resample_chunk(mono) if stream else mono)
    if stream and frames:
        pieces.append(stream.resample_chunk(np.zeros(0, dtype=np.float32), last=True))
    return np.concatenate(pieces) if pieces else np.zeros(0, dtype=np.float32), frames


def _incomplete(path, form, frames, promised):
    """Why what was decoded is not the whole recording, in words; "" where it is. libsndfile says nothing of it for wav, ogg and mp3.

    How long an mp3 is stands in a first frame that most programs write; without one libsndfile guesses from the first bit rate, and stops
    there.
    """
    cut = "is cut off"
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        if form in ("WAV", "WAVEX") and content[:4] == b"RIFF":
            said = int.from_bytes(content[4:8], "little")
            return cut if frames < promised or (said not in (0, 0xFFFFFFFF) and said + 8 > len(content) + 1) else ""
        if form == "OGG":
            tail = content[-65_307:]  # no page is longer
            page = tail.rfind(b"OggS")
            return cut if frames < promised or page < 0 or not tail[page + 5] & 4 else ""  # the flag of the last page
        if form in ("MP3", "MPEG"):
            known = any(mark in content[:4096] for mark in (b"Xing", b"Info", b"VBRI"))
            whole, there = _walk(content)
            if (known and frames < promised) or not whole:
                return cut
            return (
                "" if known or there < frames + 5 * 1152 else "does not say its length, so the rest cannot be read, and was left"
            )
    return cut if frames < promised else ""


MP3_KBPS = (  # of layer III, by the four bits in a frame's head: MPEG 2 and 2.5, MPEG 1
    (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
    (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
)
MP3_RATES = {3: (44_100, 48_000, 32_000), 2: (22_050, 24_000, 16_000), 0: (11_025, 12_000, 8_000)}  # Hz, by version: 1, 2, 2.5


def _walk(content):
    """Whether the last frame of an mp3 is whole, and how many samples its frames hold: from head to head, each tells its own length.

    (True, 0) where the walk meets anything else, such as tags at the end: then nothing is known.
    """
    place, end, samples = 0, len(content), 0
    if content[:3] == b"ID3":
        place = 10 + sum((byte & 127) << 7 * (3 - k) for k, byte in enumerate(content[6:10]))
    if content[-128:-125] == b"TAG":
        end -= 128
    while place + 4 <= end:
        head = int.from_bytes(content[place : place + 4], "big")
        version, layer, speed, rate = head >> 19 & 3, head >> 17 & 3, head >> 12 & 15, head >> 10 & 3
        if head >> 21 != 0x7FF or version == 1 or layer != 1 or speed in (0, 15) or rate == 3:
            return True, 0
        held = 1152 if version == 3 else 576
        place += held // 8 * 1000 * MP3_KBPS[version == 3][speed] // MP3_RATES[version][rate] + (head >> 9 & 1)
        samples += held
    return place == end, samples


def _odd(signal, facts, text, window):
    """What looks wrong without being impossible."""
    if facts.silent:
        yield f"silent (peak {facts.peak_db:.0f} dB of full scale): whatever a recogniser writes for it is invented"
        return
    if np.ptp(signal) < 10 ** (SILENCE_DB / 20):
        yield "nothing but a constant: the microphone was not connected, or its channel was not recorded"
        return
    if facts.peak_db > LOUDEST_DB:
        yield f"samples up to {10 ** (facts.peak_db / 20):.0f} where 1 is full scale: divide integers by 32768 before saving floats"
    if facts.seconds < SHORTEST:
        yield f"{1000 * facts.seconds:.0f} ms are shorter than a syllable"
    if facts.rate not in USUAL_RATES:
        yield f"{facts.rate} Hz is an unusual sample rate; if speech sounds too fast or too slow, the header is wrong"
    middle = pitch(signal)
    if middle is None and facts.seconds >= SPOKEN:
        yield "no voice in it: noise, or whispering; what a recogniser writes for it may be invented"
    if middle is not None and not PITCH[0] <= middle <= PITCH[1]:
        yield f"voices at {middle:.0f} Hz are no human speech: the header's {facts.rate} Hz may be wrong, or this is music or a tone"
    if odd := odd_pace(text, facts.seconds):
        yield odd
    if window is not None and facts.seconds > window:
        yield f"{facts.seconds / 60:.1f} minutes are longer than a window of {window:.0f} s: use chunks"


def odd_pace(text, seconds):
    """Why a text cannot be what was said in so many seconds; "" where it can, or where there is none."""
    pace = len(text.replace(" ", "")) / seconds
    if not text or PACE[0] <= pace <= PACE[1]:
        return ""
    return (
        f"{pace:.1f} characters a second is no pace of speech: wrong sample rate in the header, another recording's transcript,"
        " or hardly any speech"
    )


def pitch(signal):
    """The middle pitch of a signal (n,) at 16 kHz, in Hz, by autocorrelation over its loudest half minute; None where little is voiced.

    Heard are 40 to 800 Hz. A header that says twice or half the true rate moves a voice by an octave, so that about every other voice
    leaves the human range.
    """
    length, hop, longest, shortest = 800, 320, RATE // 40, RATE // 800  # frames of 50 ms every 20 ms; lags in samples
    if len(signal) < length + longest:
        return None
    frames = np.lib.stride_tricks.sliding_window_view(signal, length + longest)[::hop]  # (T, 1200), no copy
    loudness = np.einsum("tn,tn->t", frames[:, :length], frames[:, :length])
    loud = np.sort(np.argsort(loudness)[::-1][:1500])
    frames = frames[loud[loudness[loud] > 0.05 * loudness.max()]].astype(np.float64)
    frames -= frames.mean(axis=1, keepdims=True)  # a constant is like itself at every lag
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
