"""You leave the short vowels in. مُحَمَّد and محمد are one word; Persian text carries its vowels only where a reader might
stumble, and a recogniser hardly ever writes them. Remove U+064B to U+0655 and U+0670.
"""

MARKS = re.compile(f"[{INVISIBLE}{TATWEEL}]")
