"""You leave the byte order mark (U+FEFF) in. Files saved by a spreadsheet begin with one, and it sticks to the first word: that
word then never matches. Remove it with the other invisible characters, and read such files with encoding="utf-8-sig".
"""

MARKS = re.compile(f"[{VOWELS}{INVISIBLE}{TATWEEL}]".replace("\ufeff", ""))
