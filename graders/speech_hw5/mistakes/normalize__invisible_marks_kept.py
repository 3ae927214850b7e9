"""You leave invisible characters in: marks that turn the direction of writing, the zero-width joiner, the byte order mark. You
cannot see them, and a word with one of them is not equal to the same word without. They come with text from web pages and
spreadsheets. Print repr(text) to see them, and remove those of the handout's list.
"""

MARKS = re.compile(f"[{VOWELS}{TATWEEL}]")
