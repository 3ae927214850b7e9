"""You remove the vowels but keep the shadda (U+0651) and what follows it. It doubles a consonant in speech; in Persian spelling
it is as rare and as free as the vowels. Remove everything from U+064B to U+0655, and U+0670.
"""

MARKS = re.compile(f"[\u064b-\u0650{INVISIBLE}{TATWEEL}]")
