"""You leave the tatweel (ـ, U+0640) in. It stretches a word for looks and means nothing: ســلام is سلام. It is neither
punctuation nor a combining sign, so it has to be named. Remove it.
"""

MARKS = re.compile(f"[{VOWELS}{INVISIBLE}]")
