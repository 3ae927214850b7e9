"""What a genre is: tempo, drums, bass, accompaniment, chords, melody, instruments and mix, as most tracks of it have them.

Patterns are one bar of 16 steps: "x" strikes, "o" strikes softly, "." rests. Chords are semitones above the key's root.
"""

from __future__ import annotations

from dataclasses import dataclass

Chord = tuple[int, ...]


@dataclass(frozen=True)
class Style:
    """One genre.

    Attributes:
        tempo: slowest and fastest, beats per minute.
        swing: how late every second eighth comes, as a share of an eighth.
        drums, bass, comping, harmony, melody: names of the tables below.
        chordal, solo, low: names of instruments for accompaniment, melody and bass.
        register: MIDI number around which the accompaniment lies.
        levels: of drums, bass, accompaniment and melody.
        crush: how hard the mix is pushed into saturation; 0 is clean.
        room: level of the reverberation.
    """

    tempo: tuple[float, float]
    swing: float
    drums: str
    bass: str
    comping: str
    harmony: str
    melody: str
    chordal: str
    solo: str
    low: str
    register: int
    levels: tuple[float, float, float, float]
    crush: float
    room: float


COMPONENTS = (
    *("tempo", "swing", "drums", "bass", "comping", "harmony", "melody", "chordal", "solo", "low", "register", "levels", "crush"),
    "room",
)
"""What a track may borrow from another genre."""

STYLES = {
    "blues": Style(
        (75, 120), 0.33, "shuffle", "boogie", "shuffle", "twelve_bar", "sparse_blue", "crunch_guitar", "harmonica", "electric_bass", 52,
        (0.6, 0.7, 0.6, 0.8), 0.4, 0.15,
    ),
    "classical": Style(
        (60, 130), 0.0, "none", "long", "arpeggio", "cadence", "flowing", "strings", "flute", "strings", 62,
        (0.0, 0.5, 0.8, 0.8), 0.0, 0.5,
    ),
    "country": Style(
        (95, 150), 0.05, "train", "root_fifth", "boom_chick", "three_chords", "running", "steel_guitar", "fiddle", "upright_bass", 57,
        (0.5, 0.7, 0.8, 0.7), 0.1, 0.12,
    ),
    "disco": Style(
        (108, 130), 0.0, "four_floor", "octaves", "scratch", "minor_vamp", "stabs", "clean_guitar", "strings", "synth_bass", 62,
        (0.9, 0.8, 0.5, 0.6), 0.5, 0.2,
    ),
    "hiphop": Style(
        (78, 104), 0.12, "boom_bap", "sub", "loop", "two_chords", "spoken", "electric_piano", "voice", "sub_bass", 60,
        (1.0, 1.0, 0.4, 0.7), 0.8, 0.08,
    ),
    "jazz": Style(
        (110, 200), 0.3, "ride", "walking", "shells", "two_five_one", "bebop", "piano", "saxophone", "upright_bass", 58,
        (0.5, 0.7, 0.5, 0.9), 0.0, 0.25,
    ),
    "metal": Style(
        (120, 200), 0.0, "double_kick", "riff", "chug", "flat_second", "shred", "heavy_guitar", "heavy_guitar", "electric_bass", 45,
        (0.8, 0.6, 1.0, 0.4), 1.5, 0.1,
    ),
    "pop": Style(
        (96, 128), 0.0, "backbeat", "eighths", "pads", "axis", "hook", "saw", "voice", "synth_bass", 62,
        (0.8, 0.7, 0.6, 0.9), 0.9, 0.2,
    ),
    "reggae": Style(
        (66, 92), 0.15, "one_drop", "dub", "skank", "two_chords", "bubble", "clean_guitar", "organ", "electric_bass", 62,
        (0.7, 1.0, 0.6, 0.4), 0.2, 0.3,
    ),
    "rock": Style(
        (104, 150), 0.0, "rock", "eighths", "strum", "mixolydian", "sparse_blue", "crunch_guitar", "crunch_guitar", "electric_bass", 52,
        (0.9, 0.7, 0.9, 0.5), 0.9, 0.15,
    ),
}  # fmt: skip
"""In the order of the names, which is that of the labels."""

DRUMS: dict[str, dict[str, str]] = {
    "none": {},
    "shuffle": {"kick": "x.......x.o.....", "snare": "....x.......x...", "ride": "x..ox..ox..ox..o"},
    "train": {"kick": "x.......x.......", "brush": "o.oox.oxo.oox.ox"},
    "four_floor": {
        "kick": "x...x...x...x...",
        "clap": "....x.......x...",
        "open_hat": "..x...x...x...x.",
        "hat": "xoooxoooxoooxooo",
    },
    "boom_bap": {"deep_kick": "x......x..x.....", "snare": "....x.......x..o", "hat": "x.x.x.x.x.x.x.xo"},
    "ride": {"ride": "x...x..xx...x..x", "hat": "....x.......x...", "brush": "o.....o...o....o"},
    "double_kick": {"kick": "xxxxxxxxxxxxxxxx", "snare": "....x.......x...", "crash": "x.......o......."},
    "backbeat": {"kick": "x.....x.x.......", "snare": "....x.......x...", "clap": "....x.......x...", "hat": "x.x.x.x.x.x.x.x."},
    "one_drop": {"kick": "........x.......", "rim": "........x......o", "hat": "x.x.x.x.x.x.x.xo"},
    "rock": {
        "kick": "x.......x.x.....",
        "snare": "....x.......x...",
        "open_hat": "x.x.x.x.x.x.x.x.",
        "crash": "x...............",
    },
}

BASS: dict[str, tuple[str, tuple[int, ...], float]] = {
    "boogie": ("x.x.x.x.x.x.x.x.", (0, 0, 4, 4, 7, 7, 9, 9), 1.8),
    "long": ("x.......x.......", (0, 7), 7.5),
    "root_fifth": ("x.......x.......", (0, 7), 3.0),
    "octaves": ("x.x.x.x.x.x.x.x.", (0, 12), 1.5),
    "sub": ("x......x..x.....", (0, 0, -2), 4.0),
    "walking": ("x...x...x...x...", (0, 4, 7, 9), 3.6),
    "riff": ("xx.xx.xxxx.xx.xx", (0,), 0.9),
    "eighths": ("x.x.x.x.x.x.x.x.", (0,), 1.7),
    "dub": ("x..x..x....x..x.", (0, 0, 7, 5, 3), 2.0),
}
"""Rhythm, semitones above the chord's root in turn, and how many steps a note lasts."""

COMPING: dict[str, tuple[str, float, str]] = {
    "shuffle": ("x..xx..xx..xx..x", 1.6, "power"),
    "arpeggio": ("x.x.x.x.x.x.x.x.", 4.0, "broken"),
    "boom_chick": ("....x.o.....x.o.", 1.6, "full"),
    "scratch": ("x.xx.oxxx.xx.oxx", 0.6, "full"),
    "loop": ("x.....x...x.....", 5.0, "full"),
    "shells": ("...x......x...x.", 1.5, "full"),
    "chug": ("xx.xx.xxxx.xx.xx", 0.9, "power"),
    "pads": ("x...............", 16.0, "full"),
    "skank": ("..x...x...x...x.", 0.8, "full"),
    "strum": ("x.x.xxx.x.x.xxx.", 2.0, "power"),
}
"""Rhythm, how many steps a chord lasts, and whether it is played full, as root and fifth, or broken."""

MAJOR, MINOR, DOMINANT, MAJOR7, MINOR7 = (0, 4, 7), (0, 3, 7), (0, 4, 7, 10), (0, 4, 7, 11), (0, 3, 7, 10)
HARMONY: dict[str, tuple[tuple[int, Chord], ...]] = {
    "twelve_bar": ((0, DOMINANT), (5, DOMINANT), (0, DOMINANT), (7, DOMINANT)),
    "cadence": ((0, MAJOR), (9, MINOR), (2, MINOR), (7, MAJOR)),
    "three_chords": ((0, MAJOR), (5, MAJOR), (7, MAJOR), (0, MAJOR)),
    "minor_vamp": ((0, MINOR7), (10, MAJOR), (8, MAJOR7), (10, MAJOR)),
    "two_chords": ((0, MINOR7), (0, MINOR7), (5, MINOR7), (0, MINOR7)),
    "two_five_one": ((2, MINOR7), (7, DOMINANT), (0, MAJOR7), (9, MINOR7)),
    "flat_second": ((0, MINOR), (1, MAJOR), (0, MINOR), (6, MINOR)),
    "axis": ((0, MAJOR), (7, MAJOR), (9, MINOR), (5, MAJOR)),
    "mixolydian": ((0, MAJOR), (10, MAJOR), (5, MAJOR), (0, MAJOR)),
}

MELODY: dict[str, tuple[float, float, tuple[int, ...], int]] = {
    "sparse_blue": (0.22, 3.0, (0, 3, 5, 6, 7, 10), 12),
    "flowing": (0.45, 2.5, (0, 2, 4, 5, 7, 9, 11), 14),
    "running": (0.50, 1.6, (0, 2, 4, 7, 9), 14),
    "stabs": (0.12, 5.0, (0, 3, 7, 10), 14),
    "spoken": (0.62, 0.8, (0, 1, 2), -7),
    "bebop": (0.55, 1.8, (0, 2, 3, 4, 5, 7, 9, 10, 11), 9),
    "shred": (0.70, 0.9, (0, 2, 3, 5, 7, 8, 11), 26),
    "hook": (0.30, 2.8, (0, 2, 4, 7, 9), 7),
    "bubble": (0.25, 0.8, (0, 3, 7), 4),
}
"""Chance of a note at a step, how many steps it lasts, the scale, and semitones above the accompaniment."""
