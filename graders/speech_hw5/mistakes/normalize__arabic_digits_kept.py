"""You turn the Persian digits into 0 to 9, but not the Arabic ones. ۴ and ٤ differ in code point, and mostly in looks as well;
۱ and ١ look alike. Take U+0660 to U+0669 in, too.
"""

DIGITS = str.maketrans("۰۱۲۳۴۵۶۷۸۹", "0123456789")
