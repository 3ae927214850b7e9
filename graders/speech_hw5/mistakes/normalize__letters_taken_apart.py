"""You use NFKD and throw the combining signs away. NFKD takes letters apart, so آ becomes an alef and a sign, the sign goes,
and آب (water) turns into اب; ئ and é lose theirs as well. Use NFKC, which puts letters together, and then remove only the
signs of the handout's list.
"""


def normalize(text, steps=ALL):
    text = unicodedata.normalize("NFKD", text)
    text = "".join(character for character in text if not unicodedata.combining(character))
    text = text.translate(LETTERS).translate(DIGITS)
    text = MARKS.sub("", text)
    text = "".join(" " if is_punctuation(character) else character for character in text)
    return " ".join(text.replace(HALF_SPACE, " ").split())
