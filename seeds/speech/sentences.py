"""English sentences from a small grammar, with every sound of the language in them."""

from __future__ import annotations

from numpy.random import Generator

NAMES = (
    *("Susan", "Roy", "Joyce", "Matthew", "Beth", "George", "Zoe", "Hugh", "Theo", "Ruth", "Jean", "Paul", "Vera", "Chuck"),
    *("Faith", "Owen", "Ingrid", "Yusuf", "Maya", "Dalia", "Boris", "Kate", "Lionel", "Sasha", "Peter", "Naomi", "Tom", "Ursula"),
)
PEOPLE = (
    *("the judge", "a young boy", "the tall woman", "my father", "the old sailor", "her brother", "our neighbour", "the cook"),
    *("a child", "the driver", "the new teacher", "that farmer", "the girl", "an engineer", "the singer", "his aunt"),
    *(
        "the captain",
        "a thin man",
        "the shy nurse",
        "the author",
        "both doctors",
        "the king",
        "the joyful crowd",
        "every student",
    ),
)
VERBS = (
    *("saw", "found", "bought", "broke", "carried", "painted", "washed", "measured", "chose", "heard", "followed", "hid"),
    *("took", "enjoyed", "threw", "pulled", "pushed", "fixed", "showed", "drew", "lost", "missed", "reached", "watched"),
    *("joined", "changed", "shared", "called", "loved", "burned", "cooked", "used", "gave away", "looked at", "thought about"),
)
ADJECTIVES = (
    *("small", "yellow", "broken", "huge", "fresh", "quiet", "thick", "purple", "cheap", "usual", "smooth", "brown", "golden"),
    *("wooden", "dirty", "heavy", "sharp", "round", "orange", "good", "wet", "third", "noisy", "curly", "pure", "beige"),
)
THINGS = (
    *("box", "river", "book", "mirror", "ship", "garden", "window", "apple", "treasure", "hammer", "coin", "cloud", "fish"),
    *("engine", "table", "feather", "watch", "jar", "voyage", "leaf", "road", "piano", "church", "bridge", "thing", "shoe"),
    *("wheel", "bird", "horse", "mouth", "television", "garage", "bathroom", "toy", "bush", "song", "tower", "kitchen", "zoo"),
)
PLACES = (
    *("near the beach", "under the bridge", "in the south", "behind the house", "at noon", "before the war", "after lunch"),
    *("on a cold morning", "by the fire", "with great pleasure", "along the shore", "for an hour", "without a sound"),
    *("every Thursday", "in the village", "across the field", "during the storm", "over there", "beyond the woods", "in July"),
)
LINKS = ("and", "but", "while", "because", "so", "until", "when")


def draw_sentence(random: Generator) -> str:
    """Draw a sentence of one or two clauses, 5 to 22 words, without its full stop."""
    first = _draw_clause(random)
    if random.random() < 0.35:
        comma = "," if random.random() < 0.5 else ""
        return f"{first}{comma} {_pick(random, LINKS)} {_draw_clause(random)}"
    return first


def draw_text(random: Generator, words: int) -> str:
    """Draw sentences until there are at least so many words, with a full stop after each."""
    sentences: list[str] = []
    while sum(len(sentence.split()) for sentence in sentences) < words:
        sentences.append(draw_sentence(random))
    return " ".join(f"{sentence}." for sentence in sentences)


def _draw_clause(random: Generator) -> str:
    """Draw who did what, and perhaps where or when."""
    who = _pick(random, NAMES if random.random() < 0.4 else PEOPLE)
    article = _pick(random, ("the", "his", "their", "your", "this"))
    what = f"{article} {_pick(random, ADJECTIVES)} {_pick(random, THINGS)}"
    if random.random() < 0.3:
        what = f"{article} {_pick(random, THINGS)}"
    where = f" {_pick(random, PLACES)}" if random.random() < 0.6 else ""
    return f"{who} {_pick(random, VERBS)} {what}{where}"


def _pick(random: Generator, words: tuple[str, ...]) -> str:
    return words[int(random.integers(len(words)))]
