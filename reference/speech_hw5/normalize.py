"""Speech HW5, question 3: writing a text in one way, so that only what was *said* differently counts as an error.

The same Persian word can be written with other code points (ي or ی), with or without short vowels, with a half-space or a space.
A listener hears no difference, so a word error rate should see none. Both sides go through the same function, at scoring only:
transcripts are kept as they came. Whoever reports a WER says by which version of the normaliser: `VERSION`.

Standard library only. Code points are written as escapes where the character is invisible or easily mistaken.
"""

import re
import unicodedata
from dataclasses import dataclass

VERSION = "fa-1"

LETTERS = str.maketrans(
    {
        "\u064a": "\u06cc",  # Arabic yeh with dots: ی
        "\u0649": "\u06cc",  # alef maksura: ی
        "\u0643": "\u06a9",  # Arabic kaf: ک
        "\u0629": "\u0647",  # teh marbuta: ه
        "\u0623": "\u0627",  # alef with hamza above: ا
        "\u0625": "\u0627",  # alef with hamza below: ا
        "\u0671": "\u0627",  # alef wasla: ا
    }  # آ stays: آب (water) is not اب
)
HEH_WITH_HAMZA = re.compile("\u06c0|[\u0647\u06d5]\u0654")  # ۀ in one code point, and ه or ە followed by a hamza above
VOWELS = "\u064b-\u0655\u0670"  # fathatan to sukun, the signs of madda and hamza left over, superscript alef
INVISIBLE = "\u061c\u200d\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff"  # directional marks, zero-width joiner, BOM
INVISIBLES = re.compile(f"[{INVISIBLE}]")
TATWEEL = "\u0640"  # ـ, which only stretches a word
MARKS = re.compile(f"[{VOWELS}{INVISIBLE}{TATWEEL}]")
DIGITS = str.maketrans("۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩", "01234567890123456789")  # Persian, then Arabic
HALF_SPACE = "\u200c"  # zero-width non-joiner, ZWNJ


@dataclass(frozen=True)
class Steps:
    """Which steps `normalize` takes, in this order."""

    compatibility: bool = True  # Unicode NFKC: ﻻ is لا, full-width letters are letters, a letter and its accent are one
    letters: bool = True  # Arabic letters as Persian ones
    heh_with_hamza: bool = True  # ۀ and هٔ are ه
    marks: bool = True  # short vowels, tatweel, directional marks, BOM: gone
    digits: bool = True  # ۱۲ and ١٢ are 12
    punctuation: bool = True  # and symbols: a space
    half_spaces: bool = True  # a space
    spaces: bool = True  # one space between words, none at the ends


ALL = Steps()


def normalize(text, steps=ALL):
    """A Persian text, written in one way. Doing it twice changes nothing more.

    text: str, kept as it is by the caller. steps: a `Steps`, to leave some out. Returns str.
    """
    if steps.compatibility:
        text = unicodedata.normalize("NFKC", text)
    if steps.letters:
        text = text.translate(LETTERS)
    if steps.heh_with_hamza:
        text = HEH_WITH_HAMZA.sub("\u0647", text)
    if steps.marks:
        text = unicodedata.normalize("NFC", MARKS.sub("", text))  # an accent may have stood behind a mark that is gone
    if steps.digits:
        text = text.translate(DIGITS)
    if steps.punctuation:
        text = "".join(" " if is_punctuation(character) else character for character in text)
    if steps.half_spaces:
        text = text.replace(HALF_SPACE, " ")
    if steps.spaces:
        text = " ".join(text.split())
    return text


def is_punctuation(character):
    """Whether Unicode counts a character as punctuation (category P: ، ؛ ؟ « » ٪ . -) or as a symbol (category S: + = $)."""
    return unicodedata.category(character)[0] in "PS"


# The other languages of the question.

ENGLISH_CONTRACTIONS = (
    (re.compile(r"\bwon't\b"), "will not"),
    (re.compile(r"\bcan't\b"), "can not"),
    (re.compile(r"\bcannot\b"), "can not"),
    (re.compile(r"\bshan't\b"), "shall not"),
    (re.compile(r"\blet's\b"), "let us"),
    (re.compile(r"n't\b"), " not"),
    (re.compile(r"'re\b"), " are"),
    (re.compile(r"'ve\b"), " have"),
    (re.compile(r"'ll\b"), " will"),
    (re.compile(r"'m\b"), " am"),
)
APOSTROPHES = re.compile("[\u2018\u2019\u02bc\uff07]")
CHINESE = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f]")


def normalize_english(text):
    """An English text in lower case, unambiguous contractions written out, other apostrophes dropped, punctuation as spaces.

    "'s" and "'d" stand for several words (is, has, of; would, had), so only their apostrophe goes: "it's" is "its" on both sides.
    Numbers stay as they are written: "ten" is not "10".
    """
    text = APOSTROPHES.sub("'", _lower(text))
    for contraction, full in ENGLISH_CONTRACTIONS:
        text = contraction.sub(full, text)
    return _plain(text.replace("'", ""))


def normalize_chinese(text):
    """A Chinese text as single characters with spaces between them, so that its WER is the usual character error rate.

    Punctuation goes. Latin words and numbers inside the text stay whole. Traditional and simplified characters differ.
    """
    return _plain(CHINESE.sub(lambda found: f" {found[0]} ", _lower(text)))


def _lower(text):
    """Invisible marks gone, NFKC, lower case."""
    composed = unicodedata.normalize("NFKC", INVISIBLES.sub("", text))
    return unicodedata.normalize("NFKC", composed.lower())  # İ in lower case is an i and a dot


def _plain(text):
    """Punctuation as spaces, single spaces."""
    return " ".join("".join(" " if is_punctuation(character) else character for character in text).split())


NORMALIZERS = {"fa": normalize, "en": normalize_english, "zh": normalize_chinese}
