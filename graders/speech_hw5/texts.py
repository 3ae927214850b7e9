"""Random utterances and random spellings for the hidden checks of the word error rate. The words are made, the letters real."""

from __future__ import annotations

import numpy as np

LETTERS = "ابپتثجچحخدذرزژسشصضطظعغفقکگلمنوهی"
VOWELS = "\u064b\u064c\u064d\u064e\u064f\u0650\u0651\u0652\u0670"
INVISIBLE = "\ufeff\u200e\u200f\u202b\u202c\u2067\u2069\u200d"
FOREIGN = {"ی": "يى", "ک": "ك", "ه": "ة", "ا": "أإٱ"}
PRESENTATION = {"ب": "ﺑ", "س": "ﺳ", "م": "ﻣ", "لا": "ﻻ", "ن": "ﻧ"}
MARKS = "،؛؟«»٪.,!?:;()[]%&-_/\"'…+="
HALF_SPACE = "\u200c"


def words(rng: np.random.Generator, count: int) -> list[str]:
    """So many words, Persian ones and now and then an English one in lower or upper case; some occur again and again."""
    stock = [_word(rng) for _ in range(max(4, count // 2))]
    return [str(stock[place]) for place in rng.integers(len(stock), size=count)]


def _word(rng: np.random.Generator) -> str:
    if rng.random() < 0.15:
        return str(rng.choice(["Whisper", "whisper", "WER", "wer", "a", "A", "model"]))
    return "".join(rng.choice(list(LETTERS), size=rng.integers(2, 7)))


def misheard(rng: np.random.Generator, spoken: list[str], rate: float) -> list[str]:
    """Words substituted, left out, put in and said twice; each kind about as often as `rate` says of a word."""
    heard: list[str] = []
    for word in spoken:
        kind = rng.choice(["keep", "substitute", "delete", "insert", "repeat"], p=[1 - 4 * rate, rate, rate, rate, rate])
        if kind == "substitute":
            heard.append(word[:-1] + str(rng.choice(list(LETTERS))) if rng.random() < 0.6 else _word(rng))
        elif kind != "delete":
            heard += [word] * (2 if kind == "repeat" else 1) + [_word(rng)] * (kind == "insert")
    return heard


def corpus(rng: np.random.Generator, size: int, *, loose: bool = True) -> tuple[list[str], list[str]]:
    """References and hypotheses of `size` utterances of 1 to 14 words.

    Among them silence with words heard in it, speech of which nothing was heard, and an utterance of which far too much was. With `loose`
    some words stand two spaces or a tab apart.
    """
    spoken = [words(rng, int(rng.integers(1, 15))) for _ in range(size)]
    heard = [misheard(rng, one, float(rng.uniform(0.02, 0.2))) for one in spoken]
    spoken[1], heard[1] = [], words(rng, 11)
    heard[2] = []
    heard[3] = heard[3] + words(rng, 9) * 3
    spoken[4], heard[4] = ["AbC", "dEf"], ["abc", "dEf"]
    both = [[_spaced(rng, one, loose) for one in side] for side in (spoken, heard)]
    return both[0], both[1]


def _spaced(rng: np.random.Generator, one: list[str], loose: bool) -> str:
    gaps = [str(rng.choice([" ", "  ", "\t"], p=[0.8, 0.1, 0.1])) if loose else " " for _ in one]
    return "".join(word + gap for word, gap in zip(one, gaps, strict=True)).rstrip("\t") if one else ""


def letters_respelled(rng: np.random.Generator) -> str:
    """A text in which each way of writing a letter occurs: Arabic letters, آ, ۀ and هٔ, vowels, tatweel, marks, presentation forms."""
    plain = [_word(rng) for _ in range(5)]
    odd = [
        "آب",
        "اب",
        "خانۀ",
        "خانهٔ",
        "مدرسة",
        "كتابي",
        "علي",
        "موسى",
        "أمير",
        "إمضا",
        "ٱلله",
        "\u0627\u0653رام",
        "caf\u0065\u0301",
    ]
    odd += ["ﻻله", "ﺳلام", "ｗｅｒ", "ســلام", "مـرد"]
    odd += ["".join(letter + str(rng.choice(list(VOWELS))) for letter in word) for word in ("محمد", "علم", "کتاب")]
    odd += [rng.choice(list(INVISIBLE)) + word + rng.choice(list(INVISIBLE)) for word in ("چپ", "راست")] + ["نا\u200dمه"]
    odd += ["".join(str(rng.choice(list(FOREIGN.get(letter, letter)))) for letter in word) for word in ("اکبری", "هایکو")]
    mixed = [str(word) for word in plain + odd]
    return " ".join(mixed[place] for place in rng.permutation(len(mixed)))


def words_respelled(rng: np.random.Generator) -> str:
    """A text with digits of three kinds, punctuation with and without spaces around it, half-spaces, and white space of many kinds."""
    parts = ["می" + HALF_SPACE + "روم", "کتاب" + HALF_SPACE + "ها" + HALF_SPACE + "یی", "۱۲۳", "٤٥٦", "789", "۴٫۵", "سال۱۳۰۳"]
    parts += [_word(rng) + mark + (_word(rng) if rng.random() < 0.5 else "") for mark in MARKS]
    parts += ["«" + _word(rng) + "»", '"' + _word(rng) + '"', *(_word(rng) for _ in range(5))]
    shuffled = [parts[place] for place in rng.permutation(len(parts))]
    gaps = rng.choice([" ", "  ", "\n", "\t", "\u00a0"], size=len(shuffled), p=[0.7, 0.1, 0.1, 0.05, 0.05])
    return " " + "".join(part + str(gap) for part, gap in zip(shuffled, gaps, strict=True))


def respelled(rng: np.random.Generator, texts: list[str]) -> list[str]:
    """The same texts as another hand would type them: Arabic ي and ك, a comma or a full stop here and there, vowels."""
    table = str.maketrans({"ی": "ي", "ک": "ك"})
    found = []
    for text in texts:
        written = [word.translate(table) if rng.random() < 0.5 else word for word in text.split()]
        written = [word + str(rng.choice(["،", ".", "؟"])) if rng.random() < 0.3 else word for word in written]
        written = [word[:1] + str(rng.choice(list(VOWELS))) + word[1:] if rng.random() < 0.3 else word for word in written]
        found.append(" ".join(written))
    return found
